"""Digests: what is different has a different one, what is the same has the same."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.desensitization.canonical import (
    TableDigest,
    file_digest,
    table_digest,
)
from ckanext.edudata.desensitization.columns import TypeTally, column_names

_TABLES = st.lists(st.lists(st.none() | st.text(max_size=4), max_size=3), max_size=4)


def nfc(rows: list[list[str | None]]) -> list[list[str | None]]:
    return [[c and unicodedata.normalize("NFC", c) for c in row] for row in rows]


@given(_TABLES, _TABLES)
def test_equal_tables_and_only_they_have_equal_digests(
    one: list[list[str | None]], two: list[list[str | None]]
) -> None:
    same = nfc(one) == nfc(two)
    assert (table_digest(["a"], one) == table_digest(["a"], two)) == same


def test_the_serialisation_does_not_change() -> None:
    """Clearances and releases hold these digests: a change would end them all."""
    assert table_digest(["校"], [["a", None], [""]]) == (
        "6a1c12eef134652857f636371a30b5d31f2397a8a293a48a16e31fb28207ca59"
    )


def test_streaming_in_batches(tmp_path: Path) -> None:
    rows = [["a", None], ["b", "c"], ["", "校"]]
    digest = TableDigest(["x", "y"])
    digest.update(rows[:1])
    digest.update(rows[1:])
    assert digest.hexdigest() == table_digest(["x", "y"], rows)
    path = tmp_path / "f"
    path.write_bytes(b"abc")
    assert file_digest(path).startswith("ba7816bf8f01cfea")


@given(st.lists(st.text(max_size=40), max_size=6))
def test_column_names_are_valid_and_unique(labels: list[str]) -> None:
    names = column_names(labels)
    assert len({n.lower() for n in names}) == len(labels)
    for name in names:
        assert name
        assert len(name.encode()) <= 63
        assert not name.startswith("_")
        assert '"' not in name
        assert name == name.strip()


def test_column_names_keep_the_words() -> None:
    labels = ["学校 名称", "", "成绩（分）", "a b", "成绩（分）", "oid"]
    assert column_names(labels) == [
        "学校名称", "列2", "成绩_分", "a_b", "成绩_分_2", "oid_2",
    ]  # fmt: skip


def kind(label: str, *cells: str) -> str:
    tally = TypeTally()
    for cell in cells:
        tally.add(cell)
    return tally.guess(label)


def test_types() -> None:
    assert kind("数量", "1", "20") == "integer"
    assert kind("序号", "1", "2") == "integer"
    assert kind("比例", "1", "2.5", "-3e2") == "numeric"
    assert kind("日期", "2024-01-02", "2024/3/4") == "date"
    assert kind("数量", "1", "缺") == "text"
    assert kind("空") == "text"


def test_codes_stay_text() -> None:
    assert kind("学校标识码", "4111010001") == "text"
    assert kind("x", "01001", "21017") == "text"
    assert kind("x", "411101", "411102") == "text"  # equal length, six digits
    assert kind("学号", "1", "2") == "text"
    assert kind("Major_code", "2419") == "text"
