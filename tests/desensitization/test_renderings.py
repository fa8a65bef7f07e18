"""What a report shows in each format: never a value, and nothing that does anything."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from ckanext.edudata.desensitization.renderings import Words, describe, render, words
from ckanext.edudata.desensitization.report import (
    CheckReport,
    ColumnInfo,
    Finding,
    Reason,
    TableInfo,
)

ENGLISH = Words(lambda text: text, lambda one, many, n: one if n == 1 else many, "en")
KEYS = {
    "entity", "label", "sheet", "column", "rows", "where", "score", "masked", "clause",
    "advice", "count",
}  # fmt: skip


def finding(entity="MOBILE", column="phone", where="cell", sheet="", **more):
    values = {
        "label": "Mobile phone number",
        "rows": [2, 3, 4],
        "count": 3,
        "score": 0.9,
        "masked": ["138******12"],
        "clause": "PIPL Art. 4",
        "advice": "Remove this column.",
        **more,
    }
    return Finding(entity=entity, column=column, where=where, sheet=sheet, **values)


def table(*labels, sheet="", **entities):
    columns = [
        ColumnInfo(f"c{n}", label, "text", 3, 0, entity=entities.get(f"c{n}", ""))
        for n, label in enumerate(labels)
    ]
    return TableInfo(sheet, 1, columns, 3, "digest")


def item(*findings, tables=(), name="file.csv", verdict="blocked", **more):
    report = CheckReport(
        sha256="ab" * 32,
        verdict=verdict,
        ruleset="2026.1+test",
        findings=list(findings),
        tables=list(tables),
        rows=3,
        cells=6,
        **more,
    )
    return describe(name, report.to_dict(), ENGLISH)


def everything(*items):
    """Each format as one text."""
    found = {kind: render(kind, items, ENGLISH) for kind in ("text", "json", "html")}
    texts = {kind: data.decode() for kind, data in found.items()}
    texts["json"] = json.dumps(json.loads(texts["json"]), ensure_ascii=False)
    with zipfile.ZipFile(io.BytesIO(render("xlsx", items, ENGLISH))) as book:
        texts["xlsx"] = "".join(book.read(n).decode() for n in book.namelist())
    return texts


def test_json_says_for_each_file_what_the_documentation_promises():
    (shown,) = json.loads(render("json", [item(finding(column="c1"))], ENGLISH))
    assert set(shown) >= {"file", "sha256", "verdict", "ruleset", "findings"}
    (found,) = shown["findings"]
    assert set(found) >= KEYS
    assert (found["rows"], found["count"]) == ([2, 3, 4], 3)


def test_a_name_that_was_found_to_be_personal_is_not_shown():
    """A table without a header, whose first row was taken for one."""
    number = "13812345678"
    shown = item(
        finding(where="header", column="", sheet=number),
        finding(where="sheet_name", column="", sheet=number),
        finding(column="c0", sheet=number),
        tables=[table(number, "班级", sheet=number)],
    )
    for kind, text in everything(shown).items():
        assert number not in text, kind
    assert shown["tables"][0]["columns"][0]["name"] == "Column 1"


def test_names_of_members_of_an_archive_are_hidden_with_the_file_name():
    read = table("班级", sheet="王小明.xlsx/一班")
    found = finding(where="filename", column="", sheet="")
    shown = item(found, tables=[read])
    assert "王小明" not in json.dumps(shown, ensure_ascii=False)


def test_the_first_of_a_list_of_names_is_no_column_name():
    read = table("王小明", c0="PERSON_NAME")
    found = finding("PERSON_NAME", column="c0", label="Name of a person")
    for kind, text in everything(item(found, tables=[read])).items():
        assert "王小明" not in text, kind


def test_a_column_keeps_the_name_that_it_has_in_the_file():
    read = table("家长 手机")
    shown = item(finding(column="c0"), tables=[read])
    assert shown["findings"][0]["column"] == "家长 手机"
    assert shown["findings"][0]["column_number"] == 1


def test_no_field_of_a_description_shows_the_item_that_was_found():
    shown = item(finding(where="metadata", column="2.1.王小明"))
    assert shown["findings"][0]["column"] == "File 2, information item 1"
    assert item(finding(where="metadata", column="1.name"))["findings"][0][
        "column"
    ] == ("File 1, Name")


HOSTILE = '<img src=x onerror=alert(1)>"\x1b[31m=HYPERLINK("http://x")\u202e'


def test_names_from_a_file_do_nothing():
    read = table(HOSTILE, sheet="=1+1")
    shown = item(
        finding(column="c0", sheet="=1+1", masked=["=1+1", HOSTILE]),
        tables=[read],
        name=HOSTILE,
    )
    texts = everything(shown)
    assert "<img" not in texts["html"]
    for kind in ("text", "html"):
        assert "\x1b" not in texts[kind]
        assert "\u202e" not in texts[kind]
    assert "<f>" not in texts["xlsx"]
    assert "<hyperlink " not in texts["xlsx"]


def test_the_page_loads_and_runs_nothing():
    page = render("html", [item(finding()), item()], ENGLISH).decode()
    assert not re.search(r"<script|<link|<img|@import|url\(|https?:|\son\w+=", page)
    assert "default-src 'none'" in page


def test_the_spreadsheet_can_be_read_again():
    data = render(
        "xlsx", [item(finding(column="c0"), tables=[table("phone")])], ENGLISH
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    files, found, read = (
        book.get_sheet_by_name(name).to_python() for name in book.sheet_names
    )
    assert files[1][:2] == ["file.csv", "Personal data found"]
    assert found[1][2:4] == ["phone", "Mobile phone number"]
    assert read[1][2] == "phone"


def test_says_in_which_columns_people_could_be_singled_out():
    read = table("区", "缺课人数", sheet="名册")
    ground = {"code": "small_cells", "columns": ["c1"], "count": 2, "rows": [4, 9]}
    read.grounds = [ground]
    shown = item(tables=[read], verdict="restricted", grounds=["small_cells"])
    for kind, text in everything(shown).items():
        assert "缺课人数" in text, kind
        assert "2 cells (rows 4, 9)" in text, kind


def test_what_could_not_be_read_says_why():
    why = Reason(
        "too_large", "The file is larger than the limit of {limit}.", {"limit": 9}
    )
    for kind, text in everything(item(verdict="unreadable", reason=why)).items():
        assert "larger than the limit of 9" in text, kind


def test_a_very_long_name_does_not_break_the_spreadsheet():
    shown = item(finding(column="c0", advice="長" * 40_000), tables=[table("a")])
    assert "長" * 30_000 in everything(shown)["xlsx"]


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({}, "zh"),
        ({"LANG": "zh_CN.GB18030"}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_system_and_chinese_first(environ, lang):
    assert words.language(environ) == lang


def test_the_package_brings_its_own_words():
    assert Words.of_package("zh").gettext("Personal data found") == "发现个人信息"
    assert (
        Words.of_package("en").gettext("Personal data found") == "Personal data found"
    )
