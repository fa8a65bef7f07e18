"""The cases of each part of the measurement, in an order that the seed gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

from benchmarks.made import Case, Maker, Table
from benchmarks.made_clean import KINDS, cell, clean
from benchmarks.made_files import FORMATS, RECORDS
from benchmarks.made_numbers import (
    DRESSES,
    LOOK_ALIKES,
    NUMBERS,
    broken,
    dresses_of,
    said,
)
from benchmarks.made_people import (
    CELLS,
    NAMELESS,
    NAMES,
    ROSTERS,
    STYLES,
    WORD_KINDS,
    counts,
    nameless,
    names,
    roster,
    school_list,
    words,
)
from benchmarks.quality_run import Runner

_SILENT = ("字段3", "c", "备注")
_WRONG = ("mobile", "home address", "resident ID", "bank card")


class Hay:
    """Clear tables, made and public, to hide needles in."""

    def __init__(self, run: Runner, side: str, real: list[Table]) -> None:
        maker = Maker(side, 777)
        self._chance, self._turn = maker.chance, 0
        made = [clean(maker, kind) for _ in range(3) for kind in KINDS]
        for head, *rows in real:
            some = self._chance.sample(rows, min(60, len(rows)))
            made.append(Case("public", [head, *some]))
        self._tables = [c.rows for c, got in run.cases(made) if got.verdict == "clear"]
        self._chance.shuffle(self._tables)

    def table(self) -> Table:
        """A copy of the next one."""
        self._turn += 1
        return [list(row) for row in self._tables[self._turn % len(self._tables)]]

    def needle(self, entity: str, form: str, text: str, kind: str = "needle") -> Case:
        """In the middle or the last row of the next table."""
        table = self.table()
        full = [n for n, row in enumerate(table) if sum(map(bool, row)) > 1]
        middle = self._chance.choice(full[len(full) // 2 :])
        row = full[-1] if self._turn % 2 else middle
        table[row][self._chance.randrange(len(table[row]))] = text
        return Case(kind, table, {(-2, entity)}, form=form, row=row + 1)


def number_needles(side: str, size: int, hay: Hay) -> Iterator[Case]:
    """Every number in every dress, in a sentence, and alone where it proves itself."""
    maker = Maker(side, 100)
    for number in NUMBERS:
        for dress in dresses_of(number):
            form = f"{number.form} {dress}".strip()
            for _ in range(size):
                if number.alone:
                    text = DRESSES[dress](number.make(maker))
                    yield hay.needle(number.entity, f"{form}, alone", text)
                if number.words:
                    text = said(maker, number, dress)
                    yield hay.needle(number.entity, f"{form}, said", text)


def cell_needles(side: str, size: int, hay: Hay) -> Iterator[Case]:
    maker = Maker(side, 200)
    for entity, form, make in CELLS:
        for _ in range(size * 8):
            yield hay.needle(entity, form, make(maker))


def public_needles(side: str, size: int, real: list[Table]) -> Iterator[Case]:
    """In the last row, or anywhere, of the whole of each public table."""
    maker = Maker(side, 250)
    plain = [n for n in NUMBERS if n.alone and n.form in ("", "18", "18 X", "G")]
    for table in real:
        for turn in range(size):
            number = maker.chance.choice(plain)
            row = len(table) - 1 if turn % 2 else maker.chance.randrange(1, len(table))
            line = list(table[row])
            line[maker.chance.randrange(len(line))] = number.make(maker)
            rows = [*table[:row], line, *table[row + 1 :]]
            label = {(-2, number.entity)}
            yield Case("public", rows, label, form="plain, alone", row=row + 1)


def columns(side: str, size: int) -> Iterator[Case]:
    """Twenty numbers under a column's name that says what they are, or says nothing."""
    maker = Maker(side, 300)
    for number in NUMBERS:
        for dress in dresses_of(number):
            heads = [(maker.chance.choice(number.headers), "named")] * size
            if number.alone or number.form == "cut":
                heads.append((maker.chance.choice(_SILENT), "silent"))
            for head, how in heads:
                table = [["序号", "年级", head]] + [
                    [str(n), "七年级", DRESSES[dress](number.make(maker))]
                    for n in range(1, 21)
                ]
                form = f"{number.form} {dress}, column {how}".strip()
                yield Case("column", table, {(2, number.entity)}, form=form)


def clean_tables(side: str, size: int) -> Iterator[Case]:
    maker = Maker(side, 700)
    for _ in range(size * 2):
        yield from (clean(maker, kind, 60) for kind in KINDS)


def name_columns(side: str, size: int) -> Iterator[Case]:
    for cells, kind in product((5, 12, 60), NAMES):
        maker = Maker(side, 400 + cells)
        yield from (names(maker, kind, cells) for _ in range(size * 20))
    for cells, kind in product((5, 12, 60), WORD_KINDS):
        maker = Maker(side, 500 + cells)
        yield from (words(maker, kind, cells) for _ in range(size * 2))


def people(side: str, size: int) -> Iterator[Case]:
    maker = Maker(side, 600)
    for style in STYLES:
        for _ in range(size * 2):
            yield from (roster(maker, kind, style) for kind in ROSTERS)
        yield from (nameless(maker, k, style) for k in NAMELESS if style != "none")
    for _ in range(size * 10):
        yield counts(maker, True)
        yield counts(maker, False)
        yield school_list(maker)
        yield from (school_list(maker, wrong) for wrong in _WRONG)


def look_alikes(side: str, size: int, hay: Hay) -> Iterator[Case]:
    maker = Maker(side, 800)

    def made(what: str | Callable[[Maker], str]) -> str:
        return cell(maker, what) if isinstance(what, str) else what(maker)

    for name, what in LOOK_ALIKES.items():
        for _ in range(size * 4):
            case = hay.needle("", name, made(what), f"alike: {name}")
            case.labels, case.verdicts = set(), ("clear",)
            yield case
        table = [["序号", "c"]] + [[str(n), made(what)] for n in range(1, 21)]
        yield Case(f"alike: {name}", table, verdicts=("clear",))
    for _ in range(size * 8):
        for entity, text in broken(maker):
            case = hay.needle("", entity, text, f"wrong check digit: {entity}")
            case.labels, case.verdicts = set(), ("clear",)
            yield case


#: Big5 has no simplified characters.
_BIG5 = [["學校", "年度", "班級數", "校地面積", "備註"]] + [
    [f"東安第{n}小學", str(2010 + n), str(20 + n), f"{n * 813}.5", "公立"]
    for n in range(1, 13)
]
#: One form of each number is enough for a format.
_FORMS = {"", "18", "HK", "E", "G", "学号", "QQ", "birth", "MAC", "4"}


def files(side: str, size: int, hay: Hay) -> Iterator[Case]:
    """A clean table in each format, without and with each entity in one cell."""
    maker = Maker(side, 900)
    hidden: list[tuple[str, Callable[[Maker], str]]] = [("", str)]
    for number in NUMBERS:
        if number.form in _FORMS:
            make = number.make if number.alone else partial(said, number=number)
            hidden.append((number.entity, make))
    hidden += [(entity, make) for entity, _, make in CELLS]
    for kind, (entity, make) in product(FORMATS, hidden * size):
        text = make(maker) if entity else ""
        if kind != "csv big5":
            table = _headed(hay.table(), kind)
        elif text.isascii():
            table = [list(row) for row in _BIG5]
        else:
            continue
        case = Case(f"file: {kind}", table, verdicts=("clear",), form=kind)
        if entity:
            full = [n for n, row in enumerate(table) if sum(map(bool, row)) > 1]
            row = maker.chance.choice([full[-1], full[len(full) // 2]])
            table[row][maker.chance.randrange(len(table[0]))] = text
            case.kind, case.verdicts = f"needle: {kind}", ("blocked",)
            case.labels, case.row = {(-2, entity)}, row + 1
        yield case
    for kind in FORMATS:
        if kind != "csv big5":
            case = roster(maker, "pupils", "Chinese")
            case.kind, case.form = f"roster: {kind}", kind
            case.rows = _headed(case.rows, kind)
            yield case


def _headed(table: Table, kind: str) -> Table:
    """From the names of the columns on, where the format has no place above them."""
    first = next(n for n, row in enumerate(table) if all(row[:2]))
    return table[first:] if kind in RECORDS else table
