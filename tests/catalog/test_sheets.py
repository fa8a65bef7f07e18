"""Cells: what goes out comes back, dates in any form, and workbooks that attack."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.catalog import sheets, sheets_parse, sheets_read, sheets_write
from ckanext.edudata.catalog.sheets import Column

pytestmark = pytest.mark.article(16, 17)

COLUMNS = [
    Column(sheets.ID, "标识", locked=True),
    Column(sheets.NUMBER, "序号"),
    Column("title", "名称", required=True),
    Column("notes", "摘要"),
    Column("cycle", "更新周期", "choice", (("annual", "每年"), ("daily", "每日"))),
    Column("stage", "学段", "choice", (("a", "小学"), ("b", "小学"), ("c", "初中"))),
    Column("temporal_start", "起", "date"),
    Column("temporal_end", "止", "date"),
    Column("listed", "公布", "yes"),
]
ITEMS = [*(Column(name, name) for name in sheets.ITEM_KEYS), Column("name", "字段名称")]

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.just("\n"),
    max_size=40,
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "title": TEXT.filter(lambda text: sheets.clean(text) != ""),
            "notes": TEXT | st.sampled_from(["=1+1", "'=x", "@a", "-5", "_x0041_"]),
            "cycle": st.sampled_from(["", "annual", "daily"]),
            "stage": st.sampled_from(["", "a", "b", "c"]),
            "temporal_start": st.dates().map(str) | st.just(""),
            "listed": st.sampled_from(["", "true"]),
        }
    ),
    min_size=1,
    max_size=8,
)


def written(rows: list[dict[str, Any]], path: Path) -> dict[str, Any]:
    cells = [
        {column.name: sheets.shown(column, row.get(column.name)) for column in COLUMNS}
        for row in rows
    ]
    content = sheets_write.render(
        [
            sheets_write.Table(sheets.ENTRIES, COLUMNS, cells),
            sheets_write.Table(sheets.ITEMS, ITEMS, []),
        ],
        ["说明"],
        "目录",
    )
    path.write_bytes(content)
    book = sheets_read.read(str(path))
    assert not book.reason
    return book.sheets


@settings(max_examples=15, deadline=None)
@given(rows=ROWS)
def test_what_goes_out_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    book = written(rows, tmp_path_factory.mktemp("book") / "a.xlsx")
    parsed = sheets_parse.parse(book, COLUMNS, ITEMS)
    assert [row.number for row in parsed.rows] == list(range(3, len(rows) + 3))
    for row, found in zip(rows, parsed.rows, strict=True):
        values, wrong = sheets_parse.values(found.cells, COLUMNS)
        assert not wrong
        for name, value in row.items():
            column = next(c for c in COLUMNS if c.name == name)
            out = sheets.clean(sheets.neutral(sheets.shown(column, value)))
            assert found.cells[name] == out
            if column.kind != "text":
                assert values[name] == value


@given(text=TEXT)
def test_no_text_is_a_formula_and_none_is_lost(text: str) -> None:
    out = sheets.neutral(text)
    assert not out.startswith(("=", "+", "-", "@"))
    assert sheets.restored(out) == text


@pytest.mark.parametrize(
    "text",
    [
        *("2026-9-1", "2026/09/01", "2026.9.1", "20260901", "46266"),
        *("2026年9月1日", "２０２６年９月１日", " 2026 年 9 月 1 日 "),
        *("2026-09-01 00:00:00", "2026-09-01T08:30:00+08:00"),
    ],
)
def test_days_in_any_usual_form(text: str) -> None:
    assert sheets.day(text) == "2026-09-01"


def test_months_are_their_first_or_last_day() -> None:
    assert sheets.day("2026年2月") == "2026-02-01"
    assert sheets.day("2024-02", last=True) == "2024-02-29"
    assert sheets.day("2026-02-30") is None
    assert sheets.day("去年") is None


def test_columns_in_any_order_under_label_or_name() -> None:
    book = {
        "Sheet1": [
            ["本校数据目录", None, None],
            ["更新周期", " 名称 *", "temporal_end", "没有的列"],
            ["每年", "课程表", "2026年8月", "x"],
            [None, None, None, None],
            ["DAILY", "食谱", "", ""],
        ]
    }
    parsed = sheets_parse.parse(book, COLUMNS, ITEMS)
    assert [row.number for row in parsed.rows] == [3, 5]
    assert parsed.unknown == ["没有的列"]
    first, second = (sheets_parse.values(row.cells, COLUMNS) for row in parsed.rows)
    assert first[0] == {
        "cycle": "annual", "title": "课程表", "temporal_end": "2026-08-31"
    }  # fmt: skip
    assert second[0]["cycle"] == "daily"


def test_choices_are_labels_or_values_and_doubled_labels_carry_theirs() -> None:
    stage = COLUMNS[5]
    assert sheets.shown(stage, "a") == "小学（a）"
    assert sheets.choice(stage, "小学(b)") == "b"
    assert sheets.choice(stage, "c") == "c"
    _, wrong = sheets_parse.values({"cycle": "每旬", "listed": "也许"}, COLUMNS)
    assert set(wrong) == {"cycle", "listed"}
    assert "每年、每日" in wrong["cycle"]


def test_items_find_their_resource_by_number_or_title() -> None:
    book = {
        sheets.ENTRIES: [["序号", "名称"], ["1", "甲"], ["2", "乙"], ["2", "丙"]],
        sheets.ITEMS: [
            ["resource_number", "resource_title", "字段名称"],
            ["1", "", "a"],
            ["", "丙", "b"],
            ["2", "", "c"],
            ["9", "", "d"],
        ],
    }
    parsed = sheets_parse.parse(book, COLUMNS, ITEMS)
    assert [[i["name"] for i in row.items] for row in parsed.rows] == [["a"], [], ["b"]]
    assert [wrong["row"] for wrong in parsed.stray] == [4, 5]


def test_a_workbook_has_drop_downs_locked_ids_and_no_formula(tmp_path: Path) -> None:
    row = {"id": "x", "title": "=cmd|' /C calc'!A0", "cycle": "annual"}
    written([row], tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        parts = {n: book.read(n).decode() for n in book.namelist() if "sheet" in n}
    text = next(part for part in parts.values() if "cmd|" in part)
    assert "<f>" not in "".join(parts.values())
    assert "dataValidation " in text
    assert "sheetProtection" in text
    assert 'hidden="1"' in text


def hostile() -> dict[str, bytes]:
    def book(**members: str) -> bytes:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as made:
            made.add_worksheet("数据资源").write(0, 0, "名称")
        with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return target.getvalue()

    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    lol = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<sheetData>{rows}</sheetData></worksheet>"
    )
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        made.add_worksheet("数据资源").write(0, 0, "名称")
    whole = target.getvalue()

    def replaced(content: str) -> bytes:
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(whole)) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in old.namelist():
                data = old.read(name)
                new.writestr(
                    name, content if name == "xl/worksheets/sheet1.xml" else data
                )
        return out.getvalue()

    return {
        "empty": b"",
        "no zip": b"PK\x03\x04" + b"\0" * 100,
        "text": "名称,摘要\n课程表,x\n".encode(),
        "cut": whole[: len(whole) // 2],
        "bomb": replaced(sheet.format(rows="<row>" + " " * 200_000_000 + "</row>")),
        "laughs": replaced(lol + sheet.format(rows="<row><c><v>&l9;</v></c></row>")),
        "outside": replaced(
            '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
            + sheet.format(rows='<row r="1"><c r="A1" t="str"><v>&e;</v></c></row>')
        ),
        "far": replaced(sheet.format(rows=far)),
        "embedded": book(**{"xl/embeddings/a.bin": "x"}),
    }


@pytest.mark.parametrize("kind", list(hostile()))
def test_a_hostile_workbook_costs_a_refusal(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(hostile()[kind])
    started = time.monotonic()
    book = sheets_read.read(str(path), seconds=20)
    assert time.monotonic() - started < 25
    assert book.reason in sheets_read.REASONS or not any(
        "root:" in (cell or "") or "hahaha" in (cell or "")
        for rows in book.sheets.values()
        for row in rows
        for cell in row
    )
    if kind not in ("outside", "laughs"):
        assert book.reason


def test_a_workbook_that_never_ends_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as made:
        page = made.add_worksheet("数据资源")
        for row in range(9000):
            for place in range(40):
                page.write_string(row, place, "某某某某")
    assert sheets_read.read(str(path), seconds=0).reason == "timeout"
    assert sheets_read.read(str(path), memory=20 << 20).reason in ("memory", "broken")
