"""Whatever is put into a file comes out of it: as a cell, a column, a sheet's name or
a text beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.edudata.desensitization.reading import open_source
from ckanext.edudata.desensitization.report import CheckOptions

_SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Marks:
    """Texts that stand nowhere else, so that each can be looked for."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def new(self) -> str:
        self.made.append(f"m{len(self.made)}z")
        return self.made[-1]


# Shapes only; the marks are put in afterwards.
_SHAPES = st.recursive(
    st.sampled_from(["text", "number", "null"]),
    lambda inner: st.one_of(
        st.tuples(st.just("list"), st.lists(inner, max_size=4)),
        st.tuples(st.just("same"), st.integers(1, 4), inner),
        st.tuples(st.just("object"), st.lists(inner, max_size=4)),
    ),
    max_leaves=25,
)


def filled(shape: Any, marks: Marks) -> Any:
    if shape == "text":
        return marks.new()
    if shape == "number":
        marks.made.append(str(70_000_000_000 + len(marks.made)))
        return int(marks.made[-1])
    if shape == "null":
        return None
    if shape[0] == "list":
        return [filled(each, marks) for each in shape[1]]
    if shape[0] == "same":
        return [filled(shape[2], marks) for _ in range(shape[1])]
    return {marks.new(): filled(each, marks) for each in shape[1]}


def everything(path: Path) -> str:
    source = open_source(path, path.name, CheckOptions())
    found: list[str] = []
    for sheet in source.sheets:
        found.append(sheet.name)
        found += [
            cell or "" for batch in sheet.batches for row in batch for cell in row
        ]
    found += [extra.text for extra in source.extras]
    return "\n".join(found)


@_SETTINGS
@given(shape=_SHAPES)
def test_json(tmp_path: Path, shape: Any) -> None:
    marks = Marks()
    path = tmp_path / "t.json"
    path.write_text(json.dumps([{"a": filled(shape, marks)}]))
    found = everything(path)
    assert [mark for mark in marks.made if mark not in found] == []


@_SETTINGS
@given(shape=_SHAPES, piece=st.integers(1, 200))
def test_json_as_a_document_in_small_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: Any, piece: int
) -> None:
    """As large files are read: each list and object that is larger than a piece is
    gone through member by member."""
    module = "ckanext.edudata.desensitization.reading"
    monkeypatch.setattr(f"{module}.json_text._PIECE", piece)
    marks = Marks()
    path = tmp_path / "t.json"
    path.write_text(json.dumps({marks.new(): filled(shape, marks), "b": [1, {}]}))
    found = everything(path)
    assert [mark for mark in marks.made if mark not in found] == []


def element(shape: Any, marks: Marks) -> str:
    if isinstance(shape, str):
        return escape(marks.new()) if shape != "null" else f"<!--{marks.new()}-->"
    if shape[0] == "list":
        return "".join(f"<a>{element(each, marks)}</a>" for each in shape[1])
    if shape[0] == "same":
        tag = marks.new()
        return "".join(
            f"<{tag} b={quoteattr(marks.new())}>{element(shape[2], marks)}</{tag}>"
            for _ in range(shape[1])
        )
    return "".join(
        f"{marks.new()}<{(tag := marks.new())}>{element(each, marks)}</{tag}>"
        for each in shape[1]
    )


@_SETTINGS
@given(shape=_SHAPES, weight=st.sampled_from([200, 1000, 1 << 22]))
def test_xml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: Any, weight: int
) -> None:
    module = "ckanext.edudata.desensitization.reading"
    monkeypatch.setattr(f"{module}.xml_records._WEIGHT", weight)
    marks = Marks()
    path = tmp_path / "t.xml"
    path.write_text(
        f"<?xml version='1.0'?><{marks.new()}>{element(shape, marks)}</m0z>"
    )
    found = everything(path)
    assert [mark for mark in marks.made if mark not in found] == []


_PIECES = st.lists(
    st.sampled_from(
        [
            "<table>", "</table>", "<tr>", "</tr>", "<td>", "<td colspan=2>", "</td>",
            "<th rowspan='3'>", "<caption>", "</caption>", "<p>", "<br>", "</p>", "<b>",
            "<!-- {} -->", "<!-{}>", "</ {}>", "<{}>", "<a title={}>", "<a title='{}'>",
            '<a title="{}" title="{}">', "<a '{}>", '<a "{}', "<script>{}</script>",
            "<style>{}", "</style>", "<textarea>{}</textarea>", "<![CDATA[{}]]>", "{}",
            "{}", "{}", "<?{}?>", "&lt;{}&gt;", "<title>{}</title>", "<option>{}", "<",
        ]
    ),
    max_size=25,
)  # fmt: skip


@_SETTINGS
@given(pieces=_PIECES)
def test_html_however_broken(tmp_path: Path, pieces: list[str]) -> None:
    marks = Marks()
    body = "".join(
        piece.replace("{}", marks.new(), 1).replace("{}", marks.new(), 1)
        if piece.count("{}") == 2
        else piece.replace("{}", marks.new())
        if "{}" in piece
        else piece
        for piece in pieces
    )
    path = tmp_path / "t.html"
    path.write_text(f"<html>{body}")
    found = everything(path)
    assert [mark for mark in marks.made if mark not in found] == []


_CELL = st.text(st.sampled_from("学校ab1 ,;\t|\"'\n\r\\，"), max_size=6)


@_SETTINGS
@given(
    rows=st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=4, max_size=12),
    delimiter=st.sampled_from(",\t;|"),
)
def test_quoted_csv_comes_back_cell_by_cell(
    tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    path = tmp_path / "t.csv"
    text = "\r\n".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row)
        for row in [["头一", "头二", "头三"], *rows]
    )
    path.write_bytes(text.encode())
    source = open_source(path, path.name, CheckOptions())
    (sheet,) = source.sheets
    made = [row for batch in sheet.batches for row in batch]
    assert made[1:] == [[cell or None for cell in row] for row in rows]
