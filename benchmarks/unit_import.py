"""2,000 schools and their people from one spreadsheet, as an importer waits for it.

`./portal test benchmarks/unit_import.py -s`
"""

from __future__ import annotations

import io
import statistics
import time
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
import xlsxwriter
from ckan import model
from werkzeug.datastructures import FileStorage

from benchmarks.machine import describe
from ckanext.edudata.units import people, tree
from tests.conftest import clean_db, portal  # noqa: F401

SCHOOLS, DISTRICTS, LIMIT = 2000, 16, 120.0
UNITS = ("单位名称", "学校标识码", "单位类型", "上级单位", "联系部门", "办公电话")
PEOPLE = ("姓名", "账号", "邮箱", "单位", "角色", "有效期至")


def book() -> bytes:
    """Districts, schools and one person for each school, in two sheets."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        units, folk = workbook.add_worksheet("单位"), workbook.add_worksheet("人员")
        units.write_row(0, 0, UNITS)
        folk.write_row(0, 0, PEOPLE)
        for number in range(DISTRICTS):
            units.write_row(
                number + 1, 0, (f"第{number}区教育局", "", "区教育局", "shjw")
            )
        for number in range(SCHOOLS):
            name, code = f"第{number}小学", f"2131{number:06d}"
            above = f"第{number % DISTRICTS}区教育局"
            units.write_row(
                number + 1 + DISTRICTS,
                0,
                (name, code, "小学", above, "信息中心", f"021-6{number:07d}"),
            )
            folk.write_row(
                number + 1,
                0,
                (
                    f"人{number}",
                    f"p{number}",
                    f"p{number}@example.cn",
                    code,
                    "编目员",
                    "",
                ),
            )
    return made.getvalue()


@pytest.mark.slow
def test_two_thousand_schools(portal: Any) -> None:  # noqa: F811
    content = book()
    context: Any = {"user": portal.coordinator["name"]}
    began = time.perf_counter()
    found = tk.get_action("edudata_unit_import_check")(
        context.copy(), {"upload": FileStorage(io.BytesIO(content), "units.xlsx")}
    )
    looked = time.perf_counter()
    assert found["errors"] == []
    done = tk.get_action("edudata_unit_import_apply")(
        context.copy(), {"id": found["id"], "invite": False}
    )
    ended = time.perf_counter()
    again = tk.get_action("edudata_unit_import_check")(
        context.copy(), {"upload": FileStorage(io.BytesIO(content), "units.xlsx")}
    )
    repeated = time.perf_counter()
    assert done["counts"]["units_new"] == SCHOOLS + DISTRICTS
    assert done["accounts"] == SCHOOLS
    assert again["counts"]["units_same"] == SCHOOLS + DISTRICTS
    records = model.Session.scalar(
        sa.text("SELECT count(*) FROM edudata_audit WHERE action = 'unit_create'")
    )
    assert (records or 0) >= SCHOOLS + DISTRICTS
    walks = _times(tree.walk)
    asks = _times(
        lambda: people.holds(portal.reviewer["id"], ["reviewer"], portal.school["id"])
    )
    print(describe())
    print(f"dry run of {SCHOOLS} schools and people: {looked - began:.1f} s")
    print(
        f"import: {ended - looked:.1f} s; the same file again: {repeated - ended:.1f} s"
    )
    print(f"tree.walk(): {walks:.2f} ms; people.holds(): {asks:.2f} ms")
    assert ended - began < LIMIT


def _times(ask: Any) -> float:
    """Median of a call in milliseconds."""
    found = []
    for _ in range(30):
        began = time.perf_counter()
        ask()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)
