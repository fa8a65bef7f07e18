"""Clean tables: public tables of education, described in ``clean_kinds.txt``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from pypinyin import lazy_pinyin

from benchmarks.made import DISTRICTS, WORDS, Case, Maker, Table

_LINES = Path(__file__).with_name("clean_kinds.txt").read_text("utf-8").splitlines()
_PHASES = ["幼儿园", "小学", "初中", "高中", "中职", "特教", "高校", "工读"]


def _check(body: str, weights: list[int], modulus: int, signs: str) -> str:
    total = sum(int(c) * w for c, w in zip(body, weights, strict=True))
    return signs[-total % modulus]


def _isbn(m: Maker) -> str:
    body = "9787" + m.digits(8)
    code = body + _check(body, [1, 3] * 6, 10, "0123456789")
    return m.chance.choice([code, f"978-7-{body[4:8]}-{body[8:]}-{code[-1]}"])


def _issn(m: Maker) -> str:
    body = m.digits(7)
    return f"{body[:4]}-{body[4:]}" + _check(
        body, [*range(8, 1, -1)], 11, "0123456789X"
    )


def _ean(m: Maker) -> str:
    body = "69" + m.digits(10)
    return body + _check(body, [1, 3] * 6, 10, "0123456789")


def _uscc(m: Maker) -> str:
    """Unified social credit code (GB 32100)."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = "5231" + m.digits(4) + "MJ" + "".join(m.chance.choices(signs, k=7))
    total = sum(signs.index(c) * pow(3, n, 31) for n, c in enumerate(body))
    return body + signs[-total % 31]


def _time(m: Maker, first: int = 6, last: int = 21) -> str:
    return f"{m.chance.randint(first, last)}:{m.chance.choice([0, 15, 30, 45]):02d}"


MAKERS: dict[str, Callable[[Maker], str]] = {
    "district": lambda m: m.chance.choice(DISTRICTS),
    "school": Maker.school,
    "seq": lambda m: str(m.chance.randint(1, 60)),
    "date": lambda m: m.day().strftime(m.day_form),
    "year": lambda m: str(m.chance.randint(1990, 2026)),
    "month": lambda m: m.day().strftime("%Y-%m"),
    "time": _time,
    "span": lambda m: f"{_time(m, 7, 11)}-{_time(m, 12, 17)}",
    "slot": lambda m: f"周{m.chance.choice('一二三四五')}{_time(m, 14, 16)}",
    # Faker's own time of day depends on the moment it is asked.
    "datetime": lambda m: (
        f"{m.day():%Y-%m-%d} {m.chance.randint(0, 23):02d}:"
        f"{m.chance.randint(0, 59):02d}:{m.chance.randint(0, 59):02d}"
    ),
    "room": lambda m: f"{m.chance.choice('东南西北')}楼{m.chance.randint(101, 520)}",
    "stage": lambda m: m.chance.choice(_PHASES),
    "klass": lambda m: f"{m.chance.choice('六七八九')}（{m.chance.randint(1, 12)}）班",
    "isbn": _isbn,
    "issn": _issn,
    "ean": _ean,
    "uscc": _uscc,
    "cn": lambda m: m.pattern("CN31-9999/G4"),
    "doi": lambda m: m.pattern("10.16382/j.cnki.1000-9999.2024.09.999"),
    "url": lambda m: f"https://{''.join(lazy_pinyin(m.word('school')))}.edu.sh.cn/",
    "icp": lambda m: m.pattern("沪ICP备05099999号-1"),
    "version": lambda m: (
        f"V{m.chance.randint(1, 12)}.{m.chance.randint(0, 9)}.{m.digits(4)}"
    ),
    "ip": lambda m: f"10.{m.chance.randint(1, 254)}.{m.chance.randint(0, 254)}.0/24",
    "docno": lambda m: f"沪教委基〔20{m.chance.randint(10, 26)}〕{m.digits(2)}号",
    "gb": lambda m: f"GB/T {m.chance.randint(1000, 49999)}-20{m.digits(2)}",
    "lng": lambda m: f"{m.chance.uniform(120.9, 121.9):.6f}",
    "lat": lambda m: f"{m.chance.uniform(30.7, 31.6):.6f}",
    "hash": lambda m: m.fake.md5(),
}


def _number(maker: Maker, text: str) -> str:
    low, high, decimals, suffix = re.fullmatch(
        r"~(\d+)\.\.(\d+)(?:\.(\d))?(.*)", text
    ).groups()  # type: ignore[union-attr]
    if not decimals:
        return str(maker.chance.randint(int(low), int(high))) + suffix
    value = maker.chance.uniform(float(low), float(high))
    return f"{value:.{int(decimals)}f}{suffix}"


def cell(maker: Maker, holds: str) -> str:
    """One cell of a column of ``clean_kinds.txt``."""
    sign, rest = holds[0:1], holds[1:]
    if sign == "@":
        return MAKERS[rest](maker)
    if sign == "#":
        return maker.pattern(rest)
    if sign == "~":
        return _number(maker, holds)
    if sign == "%":
        text = re.sub(r"\{(.+?)\}", lambda m: cell(maker, m[1]), rest)
        return re.sub(r"~\d+\.\.\d+", lambda m: _number(maker, m[0]), text)
    return (
        maker.word(holds) if holds in WORDS else maker.chance.choice(holds.split(","))
    )


def _kinds() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    kinds = {}
    for line in _LINES:
        if line.startswith("#"):
            continue
        kind, titles, *columns = (part.strip() for part in line.split(" | "))
        pairs = [column.split("=", 1) for column in columns]
        kinds[kind] = (titles, [(h, holds) for h, holds in pairs])
    return kinds


KINDS = _kinds()


def _once(maker: Maker, holds: str) -> list[str]:
    """All words of a column whose words stand once each."""
    if holds == "@district":
        return list(DISTRICTS)
    if holds == "@stage":
        return _PHASES[:]
    words = maker.half(WORDS[holds])
    return maker.chance.sample(words, len(words))


def clean(maker: Maker, kind: str, rows: int = 30) -> Case:
    """A public table of that kind with nobody in it, with or without a title."""
    titles, columns = KINDS[kind]
    made: list[list[str]] = []
    for headers, holds in columns:
        if holds.startswith("*"):
            words = _once(maker, holds[1:])
            rows = min(rows, len(words))
            made.append([headers.split("/")[maker.parity], *words])
        else:
            heads = headers.split("/") * 2
            head = heads[maker.parity]
            made.append([head, *(cell(maker, holds) for _ in range(rows))])
    table = [list(row) for row in zip(*(c[: rows + 1] for c in made), strict=True)]
    title = titles.split("/")[maker.parity]
    return Case(f"clean: {kind}", dressed(maker, table, title), verdicts=("clear",))


def dressed(maker: Maker, table: Table, title: str, first: bool = True) -> Table:
    """Perhaps with a number in front, a title above, and a note below."""
    pick, wide = maker.chance.random, len(table[0])
    if first and pick() < 0.4:
        table = [[str(n) if n else "序号", *row] for n, row in enumerate(table)]
        wide += 1
    if pick() < 0.3:
        note = maker.chance.choice(
            ["注：本表数据截至学年初。", "资料来源：教育事业统计。"]
        )
        table = [*table, [note] + [""] * (wide - 1)]
    if pick() < 0.5:
        year = f"{maker.chance.randint(2019, 2026)}年"
        table = [[year + title] + [""] * (wide - 1), *table]
    return table
