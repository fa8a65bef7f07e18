"""Files of open lists, with hostile words in them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.opening import open_list_formats as formats

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\r\n=1",
    "＝cmd|' /C calc'!A0",
    "|x",
    "\ufeff=1",
    '=HYPERLINK("https://example.org","点击")',
)
HOSTILE = "\x00\x08\x0b\x1f\ufffe\ud800<script>alert(1)</script>&]]>\"'"
any_text = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize("value", FORMULAS)
def test_no_cell_becomes_a_formula(value):
    text = formats.as_csv(["名称"], [[value]])
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert rows[1][0].startswith("'")
    book = formats.as_xlsx(
        "清单", ("清单", "说明"), [("单位", value)], ["序号"], [[value]]
    )
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 2
        for name in sheets:
            assert b"<f>" not in parts.read(name)
            assert b"<hyperlink" not in parts.read(name)


@settings(max_examples=150, deadline=None)
@given(st.lists(any_text, min_size=3, max_size=3))
def test_csv_reads_back(cells):
    text = formats.as_csv(["甲", "乙", "丙"], [cells])
    table = text.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert len(rows) == 2
    for cell, read in zip(cells, rows[1], strict=True):
        clean = cell.replace("\x00", "").encode("utf-8", "replace").decode()
        assert read in (clean, f"'{clean}")
        assert formats.safe(read) == read or read[:1] == "'"


@settings(max_examples=150, deadline=None)
@given(any_text, any_text)
def test_a_feed_is_well_formed(title, summary):
    entry = {
        "id": "urn:uuid:1",
        "title": title + HOSTILE,
        "url": "http://localhost/open-list",
        "updated": "2026-11-23T10:00:00+08:00",
        "summary": summary + HOSTILE,
    }
    made = formats.as_atom(
        id="urn:uuid:2",
        title=HOSTILE,
        author="上海教育数据开放平台",
        page="http://localhost/open-list",
        feed="http://localhost/open-list.atom",
        updated=None,
        entries=[entry],
    )
    root = ET.fromstring(made)
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert root.find("a:updated", names).text == "2026-11-23T02:00:00Z"
    assert len(root.findall("a:entry", names)) == 1
    assert root.find("a:entry/a:title", names).text.endswith(
        "<script>alert(1)</script>&]]>\"'"
    )
    assert root.find("a:entry/a:title", names).get("type") is None


def test_json_of_hostile_words():
    made = formats.as_json({"title": HOSTILE})
    assert json.loads(made.decode("utf-8"))["title"].startswith("\x00")


def test_a_long_text_is_kept_in_xlsx():
    book = formats.as_xlsx(
        "清单", ("清单", "说明"), [], ["甲", "乙"], [[1, "长" * 40_000]]
    )
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        words = parts.read("xl/sharedStrings.xml").decode()
    assert words.count("长") == 32_000
