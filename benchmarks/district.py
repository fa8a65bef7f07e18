"""A made-up district, from nothing to published open lists of all its schools; one run.

    ./portal test benchmarks/district.py -s

A district with 200 schools (`EDUDATA_SCHOOLS`) makes a template of 20 data resources
(`EDUDATA_ROWS`) with items, that are to be opened next year, and sends it; the clerk of
each school confirms, every tenth school corrects one row and has one not. What they say
is checked, submitted, reviewed by samples in rounds, and stands in their open lists.
All by the actions that pages and API call. Printed is what each step takes.
"""

from __future__ import annotations

import io
import os
import time
from typing import Any

import xlsxwriter
from ckan import model
from ckan.lib import jobs
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

from benchmarks.entry_import import DECLARED, FIELDS, ITEMS
from benchmarks.machine import describe
from tests.conftest import clean_db, give, make_unit, portal  # noqa: F401

SCHOOLS = int(os.environ.get("EDUDATA_SCHOOLS", "200"))
ROWS = int(os.environ.get("EDUDATA_ROWS", "20"))
PLANNED = {
    "opening_class": "unconditional",
    "opening_plan_date": "2027-09-01",
    "open_list_publishable": "true",
}


def workbook() -> FileStorage:
    target = io.BytesIO()
    left = ("district", "opening_ground")
    fields = {k: v for k, v in FIELDS.items() if k not in left} | PLANNED
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("数据资源")
        page.write_row(0, 0, ["number", "title", "notes", *fields])
        for number in range(1, ROWS + 1):
            said = [f"第{number}类资源", f"本校第{number}类资源的清单。"]
            page.write_row(number, 0, [str(number), *said, *fields.values()])
        page = book.add_worksheet("信息项")
        page.write_row(0, 0, ["resource_number", "name", "label", "type"])
        row = 0
        for number in range(1, ROWS + 1):
            for item in ITEMS:
                row += 1
                cells = [str(number), item["name"], item["label"], item["type"]]
                page.write_row(row, 0, cells)
    target.seek(0)
    return FileStorage(target, "模板.xlsx", "upload")


def reviewed(portal: Any, template_id: str) -> int:  # noqa: F811
    """Rounds until nothing of the template waits; how many were approved."""
    before = None
    while True:
        waiting = portal.act(
            "edudata_entry_count",
            portal.reviewer,
            template_id=template_id,
            state="submitted",
            permission="entry_review",
        )["submitted"]
        before = waiting if before is None else before
        if not waiting:
            return before
        found = portal.act(
            "edudata_review_round_start", portal.reviewer, template_id=template_id
        )
        for entry in found["entries"]:
            if not entry["in_sample"]:
                continue
            asked = {"round_id": found["round_id"], "entry_id": entry["id"]}
            seen = portal.act("edudata_review_round_open", portal.reviewer, **asked)
            portal.act(
                "edudata_review_round_confirm",
                portal.reviewer,
                **asked,
                digest=seen["digest"],
            )
        portal.act(
            "edudata_review_round_approve",
            portal.reviewer,
            round_id=found["round_id"],
        )
        model.Session.remove()


def test_a_district(portal: Any, capsys: Any) -> None:  # noqa: F811
    steps: dict[str, float] = {}
    last = time.perf_counter()

    def done(step: str) -> None:
        nonlocal last
        steps[step], last = time.perf_counter() - last, time.perf_counter()

    schools = [
        make_unit(f"school-{n}", f"示例第{n}小学", "school", portal.bureau["id"])
        for n in range(SCHOOLS)
    ]
    clerks = [factories.User(name=f"clerk-{n}") for n in range(SCHOOLS)]
    for clerk, school in zip(clerks, schools, strict=True):
        give(clerk, "compiler", school)
    done("units, accounts and roles, one by one")
    template = portal.act(
        "edudata_template_create",
        portal.compiler,
        unit_id=portal.bureau["id"],
        title="小学通用目录",
        upload=workbook(),
        **DECLARED,
    )
    done("template out of a workbook")
    ids = [school["id"] for school in schools]
    portal.act("edudata_template_send", portal.compiler, id=template["id"], units=ids)
    done("sent")
    rows = template["rows"]
    for number, (clerk, school) in enumerate(zip(clerks, schools, strict=True)):
        asked = {"id": template["id"], "unit_id": school["id"], **DECLARED}
        if number % 10 == 0:
            portal.act(
                "edudata_template_answer",
                clerk,
                **asked,
                rows=[rows[0]["id"]],
                answer="correct",
                values={"title": "另一个名称"},
            )
            portal.act(
                "edudata_template_answer",
                clerk,
                **asked,
                rows=[rows[1]["id"]],
                answer="none",
                reason="本校没有",
            )
        portal.act("edudata_template_answer", clerk, **asked, answer="confirm")
        model.Session.remove()
    done("confirmed by all schools")
    progress = portal.act(
        "edudata_template_progress", portal.compiler, id=template["id"]
    )
    done("progress by school")
    jobs.get_queue("edudata").empty()
    portal.work()
    done("descriptions checked")
    for clerk, school in zip(clerks, schools, strict=True):
        mine = portal.act("edudata_entry_list", clerk, unit_id=school["id"], limit=100)
        for entry in mine:
            portal.act("edudata_entry_submit", clerk, id=entry["id"])
        model.Session.remove()
    done("submitted by all schools")
    approved = reviewed(portal, template["id"])
    done(f"reviewed by samples ({approved} entries)")
    published = portal.act(
        "edudata_open_list_publish_all", portal.reviewer, unit=portal.bureau["id"]
    )
    for job in jobs.get_queue("edudata").jobs + jobs.get_queue("default").jobs:
        if "open_list" in job.func_name:
            job.func(*job.args)
    jobs.get_queue("edudata").empty()
    done("open lists published")
    ended = portal.act(
        "edudata_open_list_run_show", portal.reviewer, id=published["id"]
    )
    assert ended["state"] == "done"
    assert sum(r["state"] == "published" for r in ended["results"]) == SCHOOLS
    assert approved == SCHOOLS * ROWS - -(-SCHOOLS // 10)
    assert len(progress) == SCHOOLS
    assert not any(unit["counts"]["waiting"] for unit in progress)
    assert sum(unit["counts"]["corrected"] for unit in progress) == -(-SCHOOLS // 10)
    with capsys.disabled():
        print(f"\n{describe('ckan', 'sqlalchemy')}")
        print(f"{SCHOOLS} schools, {ROWS} rows each with {len(ITEMS)} items")
        for step, seconds in steps.items():
            print(f"  {step}: {seconds:.1f} s ({seconds / SCHOOLS * 1000:.0f} ms each)")
        print(f"in all: {sum(steps.values()):.0f} s")
