"""Pages of catalogs, clicked through; files of their lines."""

from __future__ import annotations

import csv
import io
import json
import re
from urllib.parse import urlsplit

import pytest
from python_calamine import CalamineWorkbook

from tests.catalog import catalogs
from tests.visitors import Visitor, words


@pytest.fixture
def office(portal):
    staffed = catalogs.staffed(portal)
    catalogs.approved(staffed, staffed.office, "义务教育学校名单")
    catalogs.approved(
        staffed, staffed.office, "=1+1", notes="<script>alert(1)</script>"
    )
    return staffed


def click(visitor, url, page=None, **data):
    answer = visitor.post(url, data, page=page)
    assert answer.status_code == 302, words(answer)[-2000:]
    return urlsplit(answer.headers["Location"]).path


@pytest.mark.article(16)
def test_the_whole_way_by_clicking(app, office):
    compiler, reviewer, clerk, leader, technician = (
        Visitor(app, getattr(office, name))
        for name in ("compiler", "reviewer", "clerk", "leader", "technician")
    )
    page = "/catalogs/jjk"
    made = click(compiler, f"{page}/prepare", page=page)
    assert "义务教育学校名单" in compiler.text(made)
    assert made.split("/")[-1] in reviewer.text("/desk").replace("\n", "") or (
        "待报送的目录" in reviewer.text("/desk")
    )
    click(reviewer, f"{made}/submit", page=made)
    progress = "/catalogs/xh/progress"
    assert "义务教育" not in clerk.text(progress)
    assert "基础教育科" in clerk.text(progress)
    reminded = clerk.post("/catalogs/xh/remind", page=progress)
    assert reminded.status_code == 302
    back = clerk.post(f"{made}/return", {"reason": ""}, page=made)
    assert back.status_code == 422
    assert "edw-summary" in words(back)
    level = click(clerk, "/catalogs/xh/consolidate", page=progress)
    click(clerk, f"{level}/ask_consent", page=level)
    sheet = f"{level}/sheet"
    paper = clerk.text(sheet)
    assert level.split("/")[-1] in paper
    assert "徐汇区教育局" in paper
    assert "示例leader" not in paper
    future = leader.post(f"{level}/consent", {"day": "2999-01-01"}, page=level)
    assert future.status_code == 422
    assert 'value="2999-01-01"' in words(future)
    click(leader, f"{level}/consent", page=level, words="同意发布。")
    paper = clerk.text(sheet)
    assert "同意发布。" in paper
    assert "示例leader" in paper
    click(technician, f"{level}/publish", page=level)
    outsider = Visitor(app, office.outsider)
    shown = outsider.text(level)
    assert "义务教育学校名单" in shown
    assert "示例leader" not in shown
    assert outsider.get(sheet).status_code == 404
    assert outsider.get(f"{made}").status_code == 200
    lines = re.findall(rf'href="({level}/line/[^"]+)"', shown)
    assert len(lines) == 2
    for line in lines:
        assert "<script>alert" not in outsider.get(line).text
    for who in ("stranger", "researcher"):
        nobody = Visitor(app, getattr(office, who))
        for url in ("/catalogs", page, level, sheet, progress, f"{level}/lines.csv"):
            assert nobody.get(url).status_code == 404, url
    for url in ("/catalogs/", level, "/catalogs/xh/none"):
        assert Visitor(app).get(url).status_code == 302


def test_lines_as_files_begin_no_formula(app, office):
    level = catalogs.published(office, office.office)
    visitor = Visitor(app, office.outsider)
    base = f"/catalogs/xh/{level['number']}/lines"
    table = visitor.get(f"{base}.csv")
    assert table.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8-sig"))))
    titles = [list(row.values())[2] for row in rows]
    assert sorted(titles) == ["'=1+1", "义务教育学校名单"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(visitor.get(f"{base}.xlsx").data))
    sheet = book.get_sheet_by_index(0).to_python()
    assert {row[2] for row in sheet[1:]} == {"=1+1", "义务教育学校名单"}
    found = json.loads(visitor.get(f"{base}.json").data)
    assert found["number"] == level["number"]
    assert len(found["lines"]) == 2
    assert "digest" not in {key for key in found if key != "lines"}


def test_changes_page_and_odd_addresses(app, office):
    catalogs.published(office, office.office)
    entry_id = catalogs.approved(office, office.office, "新增资源")
    catalogs.version(entry_id, title="新增资源", update_cycle="monthly")
    level = catalogs.published(office, office.office)
    clerk = Visitor(app, office.clerk)
    base = f"/catalogs/xh/{level['number']}"
    assert "新增资源" in clerk.text(f"{base}/changes")
    assert "新增资源" in clerk.text(f"{base}/changes?kind=added")
    assert "新增资源" not in clerk.text(f"{base}/changes?kind=removed")
    assert clerk.get(f"{base}/changes?kind=nonsense").status_code == 200
    assert clerk.get("/catalogs?scope=x&state=y&q=%25").status_code == 200
    assert clerk.get(f"{base}/line/none").status_code == 404
    assert clerk.get("/catalogs/nowhere").status_code == 404
    assert clerk.get("/catalogs/nowhere/progress").status_code == 404
    # The address of a catalog is its number; another unit's name leads to it too.
    assert clerk.get(f"/catalogs/cn/{level['number']}").status_code in (200, 302)


def test_a_forged_click_does_nothing(app, office):
    clerk = Visitor(app, office.compiler)
    clerk.get("/catalogs/jjk")
    assert clerk.client.post("/catalogs/jjk/prepare").status_code == 400
    assert office.act("edudata_catalog_list", office.compiler)["count"] == 0


def test_two_hundred_schools_with_three_clicks(app, office):
    from tests.conftest import give, make_unit

    for number in range(12):
        school = make_unit(f"xx{number}", f"示例{number}小学", "school",
                           office.bureau["id"])  # fmt: skip
        catalogs.approved(office, school, "班级数统计")
    page = "/catalogs/xh/progress"
    click(Visitor(app, office.compiler), "/catalogs/xh/prepare_all", page=page)
    click(Visitor(app, office.reviewer), "/catalogs/xh/submit_all", page=page)
    found = office.act("edudata_catalog_progress", office.clerk, unit_id="xh")
    assert found["stands"]["submitted"] == 13
    desk = Visitor(app, office.clerk).text("/desk")
    assert "progress?stand=submitted" in desk
    give(office.clerk, "reviewer", office.bureau)
    level = click(Visitor(app, office.clerk), "/catalogs/xh/consolidate", page=page)
    shown = office.act("edudata_catalog_show", office.clerk, id=level.split("/")[-1])
    assert shown["line_count"] == 14
    assert shown["summary"]["duplicates"] == 0
