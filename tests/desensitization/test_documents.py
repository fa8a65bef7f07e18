"""Tables come out of documents as tables, and numbers out of cells digit by digit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import xlsxwriter

from ckanext.edudata.desensitization.reading import open_source
from ckanext.edudata.desensitization.reading.package import extras, unique
from ckanext.edudata.desensitization.reading.pdf_lines import (
    Cell,
    Table,
    segments,
    wrapped,
)
from ckanext.edudata.desensitization.reading.sheets import Extra, Row
from ckanext.edudata.desensitization.report import CheckOptions
from tests.desensitization import papers, places


def sheets(path: Path) -> dict[str, list[Row]]:
    source = open_source(path, path.name, CheckOptions())
    return {
        s.name: [row for batch in s.batches for row in batch] for s in source.sheets
    }


def line(*cells: tuple[float, str]) -> list[Cell]:
    return [Cell(left, left + 9 * len(text), text) for left, text in cells]


def test_a_document_is_its_paragraphs_and_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    spans = "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>"
    spans += papers.paragraph("合计") + "</w:tc><w:tc>" + papers.paragraph("9")
    path.write_bytes(papers.docx(spans + "</w:tc></w:tr></w:tbl>"))
    assert sheets(path) == {
        "正文": [["正文"], ["全区小学一览表"]],
        "表1": places.ROWS,
        "表2": [["合计", None, "9"]],
    }


def test_a_table_of_a_pdf_goes_on_over_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    texts = [
        ["全区小学一览表"],
        *places.ROWS,
        ["第1页"],
        *places.ROWS,
        ["备注到此为止"],
    ]
    path.write_bytes(papers.page(texts))
    found = sheets(path)
    assert found["表1"] == places.ROWS + places.ROWS[1:]
    assert [row[0] for row in found["正文"]] == [
        "正文", "全区小学一览表", "第1页", "备注到此为止"
    ]  # fmt: skip


def test_blank_cells_and_cells_of_two_lines() -> None:
    found = list(
        segments(
            [
                line((0, "姓名"), (100, "证件号码"), (300, "区")),
                line((0, "甲甲"), (100, "310101201203"), (300, "东")),
                line((100, "041230")),
                line((0, "乙乙"), (300, "西")),
                line((0, "丙丙"), (100, "310101201203"), (300, "西")),
            ]
        )
    )
    assert found == [
        Table(
            [
                ["姓名", "证件号码", "区"],
                ["甲甲", "310101201203041230", "东"],
                ["乙乙", None, "西"],
                ["丙丙", "310101201203", "西"],
            ]
        )
    ]


def test_lines_that_do_not_agree_stay_whole() -> None:
    lines = ["甲校 电话 138 1234 5678", "乙校 电话 139 1234 5678", "丙 校 无 有 4"]
    assert list(segments([line((0, text)) for text in lines])) == lines


def test_numbers_dates_and_errors(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet: Any = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, [310101201203040000, 13817654329, 0.5, -3, "007", True])
    sheet.write_datetime(1, 0, dt.datetime(2012, 3, 4), day)
    sheet.write_formula(2, 0, "=NA()", None, "#N/A")
    sheet.write_number(3, 0, 6.2e20)
    book.close()
    (rows,) = sheets(path).values()
    assert rows[0] == ["310101201203040000", "13817654329", "0.5", "-3", "007", "TRUE"]
    assert rows[1] == ["2012-03-04"]
    assert rows[2][:1] in ([None], ["#N/A"], [])
    assert rows[3] == ["620000000000000000000"]


def test_digits_that_a_float_would_lose(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(places.XLSX["number"][0]())
    (rows,) = sheets(path).values()
    assert rows[-1] == [None, places.IDENTITY]


def test_ods_rows_and_cells_that_are_repeated(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    twice = places.ods_text("甲").replace(
        "<table:table-cell", '<table:table-cell table:number-columns-repeated="2"', 1
    )
    gap = '<table:table-cell table:number-columns-repeated="3"/>'
    path.write_bytes(places.ods(twice + gap + places.ods_text("乙") + gap))
    (rows,) = sheets(path).values()
    assert rows == [*places.ROWS, ["甲", "甲", None, None, None, "乙"]]


def test_comments_know_their_sheet_and_row(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(places.XLSX["comment"][0]())
    found = [e for e in extras(path, "xlsx") if places.MOBILE in e.text]
    assert [(e.where, e.sheet, e.row) for e in found] == [("comment", "名单", 3)]


def test_a_long_text_comes_in_pieces_that_overlap() -> None:
    text = "字" * 4990 + places.MOBILE + "字" * 5000
    found = list(unique(iter([Extra("part", text), Extra("part", text)])))
    assert len(found) == 3
    assert any(places.MOBILE in extra.text for extra in found)
    assert all(len(extra.text) <= 5000 for extra in found)


def test_an_id_number_that_a_narrow_column_breaks() -> None:
    first, second, third = (places.IDENTITY[n : n + 7] for n in (0, 7, 14))
    page = [
        line((100, first)),
        line((0, "甲甲"), (100, second), (200, "一班")),
        line((100, third)),
        line((100, first)),
        line((0, "乙乙"), (100, second), (200, "二班")),
        line((100, third)),
    ]
    assert list(wrapped(page)) == [places.IDENTITY] * 2
    assert not list(wrapped([line((0, "1234567"), (90, "8"))] * 6))
