"""10,000 entries by a workbook, against `package_create` in a loop; one run.

    ./portal test benchmarks/entry_import.py -s

Both sides take the same descriptions, in one process, on the same database and index.
The import is timed from the uploaded workbook to the last entry in the index with its
check queued: reading, dry run, writing, index. The loop is timed over a sample and told
per entry. `EDUDATA_ENTRIES` and `EDUDATA_SAMPLE` change the numbers. Fails if the
import is not five times as fast.
"""

from __future__ import annotations

import io
import os
import time
from typing import Any

import sqlalchemy as sa
import xlsxwriter
from ckan import model
from ckan.lib import jobs
from werkzeug.datastructures import FileStorage

from benchmarks.machine import describe
from ckanext.edudata.catalog import imports
from tests.conftest import clean_db, portal  # noqa: F401

ENTRIES = int(os.environ.get("EDUDATA_ENTRIES", "10000"))
SAMPLE = int(os.environ.get("EDUDATA_SAMPLE", "300"))
TIMES = 5
DECLARED = {"no_state_secret": "true"}

FIELDS = {
    "subject_database": "school",
    "update_cycle": "annual",
    "opening_class": "conditional",
    "opening_ground": "timeliness",
    "sharing_class": "unconditional",
    "data_class": "management",
    "data_grade": "general",
    "school_stage": "primary",
    "district": "310104",
    "temporal_start": "2026-01-01",
    "contact_office": "信息中心",
}
ITEMS = [
    {"name": f"c{n}", "label": f"字段{n}", "type": "text", "description": ""}
    for n in range(5)
]


def described(number: int, unit: str) -> dict[str, Any]:
    return {
        "title": f"示例第{number}小学课程安排",
        "notes": f"示例第{number}小学各年级每周课程安排，不含个人信息。",
        "keywords": "课程,小学",
        "owner_org": unit,
        **FIELDS,
    }


def workbook(count: int, unit: str) -> bytes:
    """The workbook of new entries, each with five information items."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        page = book.add_worksheet("数据资源")
        names = ["number", *described(0, unit)]
        page.write_row(0, 0, names)
        for number in range(count):
            page.write_row(
                number + 1, 0, [str(number), *described(number, unit).values()]
            )
        page = book.add_worksheet("信息项")
        page.write_row(0, 0, ["resource_number", "name", "label", "type"])
        row = 0
        for number in range(count):
            for item in ITEMS:
                row += 1
                cells = [str(number), item["name"], item["label"], item["type"]]
                page.write_row(row, 0, cells)
    return target.getvalue()


def test_import_against_a_loop(portal: Any, capsys: Any) -> None:  # noqa: F811
    unit = portal.bureau["name"]
    begun = time.perf_counter()
    for number in range(SAMPLE):
        one = described(ENTRIES + number, portal.bureau["id"])
        resources = [{"name": one["title"], "information_items": ITEMS}]
        portal.act(
            "package_create",
            portal.compiler,
            type="entry",
            **DECLARED,
            resources=resources,
            **one,
        )
    loop = (time.perf_counter() - begun) / SAMPLE
    jobs.get_queue("edudata").empty()

    content = workbook(ENTRIES, unit)
    steps: dict[str, float] = {}
    begun = last = time.perf_counter()

    def done(step: str) -> None:
        nonlocal last
        steps[step], last = time.perf_counter() - last, time.perf_counter()

    upload = FileStorage(io.BytesIO(content), "目录.xlsx", "upload")
    found = portal.act(
        "edudata_import_create", portal.compiler, upload=upload, **DECLARED
    )
    done("reading")
    imports.run(found["id"])
    found = portal.act("edudata_import_show", portal.compiler, id=found["id"], limit=1)
    done("dry run")
    assert found["counts"]["new"] == ENTRIES, found["counts"]
    portal.act(
        "edudata_import_run", portal.compiler, id=found["id"], sha256=found["sha256"]
    )
    imports.run(found["id"])
    found = portal.act("edudata_import_show", portal.compiler, id=found["id"], limit=1)
    done("writing, index, checks")
    assert (found["state"], found["settled"]) == ("done", True)
    bulk = (time.perf_counter() - begun) / ENTRIES
    checks = sa.text("SELECT count(*) FROM edudata_check WHERE subject = 'metadata'")
    assert model.Session.scalar(checks) == ENTRIES + SAMPLE
    jobs.get_queue("edudata").empty()
    with capsys.disabled():
        print(f"\n{describe('ckan', 'sqlalchemy')}")
        print(f"workbook: {ENTRIES} entries, {len(content) / 2**20:.1f} MiB")
        for step, seconds in steps.items():
            print(f"  {step}: {seconds:.1f} s")
        print(f"import: {bulk * 1000:.1f} ms an entry, {bulk * ENTRIES:.0f} s in all")
        print(f"package_create: {loop * 1000:.1f} ms an entry (sample of {SAMPLE})")
        print(f"times as fast: {loop / bulk:.1f} (to be at least {TIMES})")
    assert loop / bulk >= TIMES
