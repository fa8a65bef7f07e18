"""Lists of many units: published in one go, gathered, and who is told (Art. 16, 27)."""

from __future__ import annotations

import datetime
import json

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.opening import open_list_runs
from ckanext.edudata.opening.model_open_list import OpenListRun
from tests.conftest import give, make_unit
from tests.opening.conftest import CLOSED, PLANNED, approve

SCHOOLS = 22


@pytest.fixture
def schools(quick):
    made = [
        make_unit(f"xhsy{n}", f"徐汇区示例小学{n}", "school", quick.portal.bureau["id"])
        for n in range(SCHOOLS)
    ]
    for unit in made:
        approve(quick.portal, f"{unit['title']}班级数", unit, **PLANNED)
    return made


@pytest.mark.article(16, 27)
@pytest.mark.promise(5)
def test_a_district_publishes_for_its_schools(quick, schools, monkeypatch, app):
    portal = quick.portal
    approve(portal, "教研员名册", portal.other, **CLOSED)
    # A school's own reviewer is told of the school's list, the district of the rest.
    give(portal.stranger, "reviewer", schools[0])
    assert quick.settle() == SCHOOLS + 1
    assert quick.settle() == 0
    told = model.Session.scalars(
        sa.select(Notice).where(Notice.kind == "open_list_waits")
    ).all()
    by_user = {notice.user_id: notice.object_id for notice in told}
    assert by_user[portal.stranger["id"]] == schools[0]["id"]
    assert by_user[portal.coordinator["id"]] in (
        portal.bureau["id"],
        portal.commission["id"],
    )
    per_place = {(notice.user_id, notice.object_id) for notice in told}
    assert len(per_place) == len(told) < 10

    queued = []
    monkeypatch.setattr(open_list_runs, "queue", queued.append)
    for user in (portal.compiler, portal.outsider, portal.stranger):
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_open_list_publish_all", user, unit="xh")
    run = portal.act("edudata_open_list_publish_all", portal.coordinator, unit="xh")
    assert (run["state"], run["total"], run["done"]) == ("queued", SCHOOLS, 0)
    assert queued == [run["id"]]
    # The worker is killed in the middle; the sweep goes on.
    real, calls = open_list_runs._one, []

    def killed(*args):
        calls.append(args)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(open_list_runs, "_one", killed)
    with pytest.raises(KeyboardInterrupt):
        open_list_runs.go_on(run["id"])
    model.Session.rollback()
    show = {"id": run["id"]}
    found = portal.act("edudata_open_list_run_show", portal.coordinator, **show)
    assert (found["state"], found["done"]) == ("running", 4)
    for user in (portal.outsider, portal.stranger, None):
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_open_list_run_show", user, **show)
    assert open_list_runs.left() == []
    row = model.Session.get(OpenListRun, run["id"])
    row.beat_at -= datetime.timedelta(hours=1)
    model.Session.commit()
    quick.settle()
    assert queued == [run["id"], run["id"]]
    open_list_runs.go_on(run["id"])
    found = portal.act("edudata_open_list_run_show", portal.coordinator, **show)
    assert found["state"] == "done"
    assert {item["state"] for item in found["results"]} == {"published"}
    assert {item["number"] for item in found["results"]} == {1}
    with pytest.raises(tk.ValidationError, match="units"):
        portal.act("edudata_open_list_publish_all", portal.coordinator, unit="xh")

    # Gathered: of the district and of Shanghai.
    gathered = portal.act("edudata_open_list_search", None, unit="xh")
    assert (gathered["count"], gathered["lists"]) == (SCHOOLS, SCHOOLS)
    assert gathered["kinds"] == {"planned": SCHOOLS}
    portal.act("edudata_open_list_publish", portal.coordinator, unit="cn")
    every = portal.act("edudata_open_list_search", None, limit=5)
    assert (every["count"], len(every["results"])) == (SCHOOLS + 1, 5)
    assert every["kinds"] == {"planned": SCHOOLS, "closed": 1}
    closed = portal.act("edudata_open_list_search", None, kind="closed")
    assert [line["title"] for line in closed["results"]] == ["教研员名册"]
    words = portal.act("edudata_open_list_search", None, q="小学7班级")
    assert words["count"] == 1
    csv = app.get("/open-list/xh/all.csv").get_data(as_text=True)
    assert csv.count("班级数") == SCHOOLS
    assert "教研员名册" not in csv
    page = app.get("/open-list?kind=planned&page=2").get_data(as_text=True)
    assert "没有符合条件的条目" in page or "班级数" in page
    as_json = json.loads(app.get("/open-list.json?kind=closed").get_data())
    assert (as_json["count"], as_json["lists"]) == (1, 1)
    # The bureau has no list of its own: its address leads to those of its schools.
    assert app.get("/open-list/xh", follow_redirects=False).status_code == 302


@pytest.mark.article(27)
def test_a_unit_without_permission_is_said_so(quick, schools):
    portal = quick.portal
    give(portal.stranger, "coordinator", schools[0])
    give(portal.stranger, "coordinator", schools[1])
    ids = [unit["id"] for unit in schools[:2]]
    run = portal.act(
        "edudata_open_list_publish_all", portal.stranger, unit="xhsy0", units=ids
    )
    assert [item["unit_id"] for item in run["results"]] == ids[:1]
    row = OpenListRun(
        unit_id=ids[0],
        units=[schools[2]["id"], ids[0], ids[1]],
        started_by=portal.stranger["id"],
        state="queued",
        results=[],
    )
    model.Session.add(row)
    model.Session.commit()
    open_list_runs.go_on(row.id)
    states = [item["state"] for item in model.Session.get(OpenListRun, row.id).results]
    assert states == ["not_allowed", "unchanged", "published"]
