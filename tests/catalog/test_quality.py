"""Quality of entries as people meet it: late, missing, not fitting (Art. 12, 18)."""

from __future__ import annotations

import csv
import datetime
import io
import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.catalog import jobs_quality, quality_measure
from ckanext.edudata.catalog.model_quality import Quality, QualityTable
from ckanext.edudata.feedback.model import Notice
from tests.conftest import give

ROWS = [
    "学校标识码,学校名称,办学层次,教职工数",
    "3131010001,徐汇区示例小学,小学,56",
    "3131010002,徐汇区第二小学,小学,约60",
    "3131010002,徐汇区第三小学,,71",
    "3131010004,徐汇区第四中学,高职,88",
    *(f"31310100{n},徐汇区第{n}小学,小学,{n}" for n in range(10, 26)),
]
TABLE = "\n".join(ROWS)
ITEMS = [
    {
        "name": "学校标识码",
        "label": "学校标识码",
        "type": "text",
        "length": "10",
        "required": "true",
        "description": "十位学校标识码",
    },
    {"name": "学校名称", "label": "学校名称", "type": "text", "description": "全称"},
    {
        "name": "办学层次",
        "label": "办学层次",
        "type": "text",
        "codes": "小学,初中,高中",
        "required": "true",
        "description": "办学层次",
    },
    {"name": "教职工数", "label": "教职工数", "type": "integer", "description": "人数"},
]


def measure() -> int:
    return tk.get_action("edudata_quality_measure")({"ignore_auth": True}, {})


def remind() -> int:
    return tk.get_action("edudata_quality_remind")({"ignore_auth": True}, {})


def write_items(portal: Any, resource_id: str, items: list[dict[str, Any]]) -> None:
    portal.act(
        "resource_patch", portal.compiler, id=resource_id, information_items=items
    )
    portal.work()


def age(entry_id: str, days: int) -> None:
    """The last release was so many days ago."""
    model.Session.execute(
        sa.text(
            "UPDATE edudata_release SET released_at = released_at - "
            "make_interval(days => :days) WHERE entry_id = :id"
        ),
        {"days": days, "id": entry_id},
    )
    model.Session.commit()


@pytest.mark.article(12)
def test_what_is_missing_and_what_does_not_fit(portal: Any) -> None:
    entry = portal.entry()
    resource = portal.upload(entry, "schools.csv", TABLE.encode())
    portal.work()
    write_items(portal, resource["id"], ITEMS)
    show = "edudata_quality_show"
    found = portal.act(show, portal.compiler, id=entry["id"])
    assert found["validity"] == "waiting"
    assert measure() == 1
    found = portal.act(show, portal.compiler, id=entry["id"], values=True)
    assert found["validity"] == "invalid"
    (table,) = found["tables"]
    assert (table["rows"], table["bad_rows"], table["whole"]) == (20, 3, True)
    problems = {
        (column["name"], problem["code"]): (problem["count"], problem["rows"])
        for column in table["columns"]
        for problem in column["problems"]
    }
    assert problems == {
        ("学校标识码", "unique"): (1, [3]),
        ("办学层次", "required"): (1, [3]),
        ("办学层次", "codes"): (1, [4]),
        ("教职工数", "type"): (1, [2]),
    }
    values = {
        column["name"]: column["problems"][0].get("cells")
        for column in table["columns"]
    }
    assert values["教职工数"] == {"2": "约60"}
    gaps = {gap["field"] for gap in found["gaps"]}
    assert {"keywords", "contact_office", "temporal_start"} <= gaps
    assert 0 < found["completeness"] < 100
    # Nothing of a cell is kept.
    row = model.Session.scalars(sa.select(QualityTable)).one()
    assert "约60" not in json.dumps(row.result, ensure_ascii=False)
    assert "学校" not in json.dumps(row.result, ensure_ascii=False)

    # The same content under the same items is not read again, under others it is.
    assert measure() == 0
    before = row.measured_at
    portal.act("package_patch", portal.compiler, id=entry["id"], keywords="学校")
    assert measure() == 1
    model.Session.expire_all()
    assert model.Session.scalars(sa.select(QualityTable)).one().measured_at == before
    write_items(portal, resource["id"], [{**ITEMS[0], "required": ""}, *ITEMS[1:]])
    assert measure() == 1
    assert len(model.Session.scalars(sa.select(QualityTable)).all()) == 2


@pytest.mark.article(12, 36)
def test_values_of_personal_columns_are_shown_to_nobody(portal: Any) -> None:
    entry = portal.entry(opening_class="not_open", opening_ground="privacy")
    rows = ["序号,手机号码,金额"]
    rows += [f"{n},1390000{n:04},{n * 3}" for n in range(1, 9)]
    rows += ["甲,139000,五元"]
    resource = portal.upload(entry, "people.csv", "\n".join(rows).encode())
    portal.work()
    items = [
        {"name": "序号", "type": "integer"},
        {"name": "手机号码", "type": "text", "length": "5"},
        {"name": "金额", "type": "integer", "personal": "true"},
    ]
    write_items(portal, resource["id"], items)
    measure()
    for person in (portal.compiler, portal.reviewer):
        found = portal.act("edudata_quality_show", person, id=entry["id"], values=True)
        columns = {c["name"]: c for t in found["tables"] for c in t["columns"]}
        assert columns["序号"]["problems"][0]["cells"] == {"9": "甲"}
        for name in ("手机号码", "金额"):
            assert columns[name]["personal"]
            assert all("cells" not in problem for problem in columns[name]["problems"])
        assert "139000" not in json.dumps(found)
    # Counts are for all roles of the unit, cells for those who can mend them.
    portal.act("edudata_quality_show", portal.technician, id=entry["id"])
    with pytest.raises(tk.NotAuthorized):
        portal.act(
            "edudata_quality_show", portal.technician, id=entry["id"], values=True
        )


@pytest.mark.article(12, 18)
def test_still_current_moves_the_date_once_and_on_record(portal: Any) -> None:
    entry = portal.entry(update_cycle="annual")
    portal.upload(entry, "schools.csv", TABLE.encode())
    released = portal.released(entry)
    still = "edudata_entry_still_current"
    with pytest.raises(tk.ValidationError) as refused:
        portal.act(still, portal.compiler, id=entry["id"])
    assert "state" in refused.value.error_dict
    age(entry["id"], 500)
    show = "edudata_quality_show"
    found = portal.act(show, portal.compiler, id=entry["id"])["currency"]
    assert (found["state"], found["base_kind"]) == ("overdue", "release")
    public = portal.act("edudata_dataset_quality_show", None, id=released["dataset_id"])
    assert public["currency"]["confirmed_on"] is None
    with pytest.raises(tk.NotAuthorized):
        portal.act(still, portal.technician, id=entry["id"])
    with pytest.raises(tk.ObjectNotFound):
        portal.act(still, portal.outsider, id=entry["id"])
    done = portal.act(still, portal.compiler, id=entry["id"])
    today = quality_measure.today()
    assert done["due_on"] == today.replace(year=today.year + 1).isoformat()
    # The second one comes too late, whoever it is.
    with pytest.raises(tk.ValidationError):
        portal.act(still, portal.reviewer, id=entry["id"])
    found = portal.act(show, portal.compiler, id=entry["id"])
    assert found["currency"]["state"] == "current"
    assert [c["confirmed_by"] for c in found["confirmations"]] == [
        portal.compiler["id"]
    ]
    public = portal.act("edudata_dataset_quality_show", None, id=released["dataset_id"])
    assert public["currency"]["confirmed_on"] == today.isoformat()
    actions = model.Session.scalars(
        sa.text("SELECT action FROM edudata_audit WHERE object_id = :id"),
        {"id": entry["id"]},
    ).all()
    assert actions.count("entry_still_current") == 1


@pytest.mark.article(12)
def test_what_changes_daily_is_not_confirmed_by_word(portal: Any) -> None:
    entry = portal.entry(update_cycle="daily")
    portal.upload(entry, "schools.csv", TABLE.encode())
    portal.released(entry)
    age(entry["id"], 30)
    show = portal.act("edudata_quality_show", portal.compiler, id=entry["id"])
    assert show["currency"]["state"] == "overdue"
    with pytest.raises(tk.ValidationError):
        portal.act("edudata_entry_still_current", portal.compiler, id=entry["id"])


@pytest.mark.article(12, 18)
def test_a_draft_moves_no_date(portal: Any) -> None:
    """The cycle that counts is the one that was reviewed and that the public reads."""
    entry = portal.entry(update_cycle="annual")
    portal.upload(entry, "schools.csv", TABLE.encode())
    portal.released(entry)
    age(entry["id"], 500)
    portal.act("package_patch", portal.compiler, id=entry["id"], update_cycle="never")
    found = portal.act("edudata_quality_show", portal.compiler, id=entry["id"])
    assert found["currency"]["state"] == "overdue"


@pytest.mark.article(18)
def test_reminders_come_once_before_and_after_and_go_up(
    portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = portal.entry(update_cycle="annual")
    portal.upload(entry, "schools.csv", TABLE.encode())
    portal.released(entry)
    released = quality_measure.today()

    def told_after(days: int) -> list[tuple[str, str]]:
        """What is told so many days after the release, however often it is asked."""
        day = released + datetime.timedelta(days=days)
        monkeypatch.setattr(quality_measure, "today", lambda: day)
        before = set(notices())
        remind()
        remind()
        return sorted(set(notices()) - before)

    def notices() -> list[tuple[str, str]]:
        rows = model.Session.execute(
            sa.select(Notice.kind, Notice.user_id).where(Notice.kind.like("quality_%"))
        )
        return [(row.kind, row.user_id) for row in rows]

    measure()
    owners = [portal.compiler, portal.reviewer, portal.second_reviewer]
    assert told_after(300) == []
    assert told_after(340) == [("quality_due", portal.compiler["id"])]
    assert told_after(360) == []
    assert told_after(420) == sorted(("quality_overdue", p["id"]) for p in owners)
    # Nobody above hears of it before the owner had time to act.
    assert told_after(430) == []
    assert told_after(435) == [("quality_escalated", portal.coordinator["id"])]
    assert told_after(600) == []
    assert len(notices()) == 5
    # A notice says nothing of the data; a confirmation ends it all.
    details = model.Session.scalars(
        sa.select(Notice.detail).where(Notice.kind.like("quality_%"))
    )
    assert all(detail == {} for detail in details)
    portal.act("edudata_entry_still_current", portal.compiler, id=entry["id"])
    assert told_after(601) == []


@pytest.mark.article(18)
def test_who_answers_for_several_gets_one_notice(
    portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("甲区名单", "乙区名单", "丙区名单"):
        entry = portal.entry(title=title, update_cycle="annual")
        portal.upload(entry, "schools.csv", TABLE.encode())
        portal.released(entry)
    measure()
    day = quality_measure.today() + datetime.timedelta(days=350)
    monkeypatch.setattr(quality_measure, "today", lambda: day)
    assert remind() == 1
    assert remind() == 0
    notice = model.Session.scalars(
        sa.select(Notice).where(Notice.kind.like("quality_%"))
    ).one()
    assert notice.kind == "quality_due_several"
    assert notice.detail["count"] == 3
    assert "名单" not in json.dumps(notice.detail, ensure_ascii=False)


@pytest.mark.article(18)
def test_figures_by_unit_and_below_for_those_who_work_there(
    portal: Any, app: Any
) -> None:
    giver = factories.User(name="school-compiler")
    give(giver, "compiler", portal.school)
    entry = portal.entry()
    portal.upload(entry, "schools.csv", TABLE.encode())
    portal.released(entry)
    age(entry["id"], 500)
    portal.entry(giver, title="=1+1 校历", owner_org=portal.school["id"])
    portal.entry(
        portal.outsider, title="长宁区未公开资源", owner_org=portal.other["id"]
    )
    measure()
    figures = "edudata_quality_unit_list"
    whole = portal.act(figures, portal.coordinator)
    assert whole["unit_id"] == portal.commission["id"]
    assert whole["whole"]["entries"] == 3
    rows = {row["unit_id"]: row for row in whole["results"]}
    assert rows[portal.bureau["id"]]["entries"] == 2
    assert rows[portal.bureau["id"]]["overdue"] == 1
    assert rows[portal.bureau["id"]]["current_rate"] == 0
    assert rows[portal.other["id"]]["entries"] == 1
    below = portal.act(figures, portal.compiler)
    assert below["unit_id"] == portal.bureau["id"]
    assert (below["whole"]["entries"], below["own"]["entries"]) == (2, 1)
    assert portal.act(figures, giver)["whole"]["entries"] == 1

    listed = portal.act("edudata_quality_list", portal.compiler)
    assert listed["count"] == 2
    assert listed["results"][0]["id"] == entry["id"]
    assert "长宁" not in json.dumps(listed, ensure_ascii=False)
    late = portal.act("edudata_quality_list", portal.compiler, state="overdue")
    assert late["count"] == 1
    # Who works elsewhere, or nowhere, gets nothing of it.
    for name in ("edudata_quality_list", figures):
        with pytest.raises(tk.NotAuthorized):
            portal.act(name, portal.outsider, unit_id=portal.bureau["id"])
        with pytest.raises(tk.NotAuthorized):
            portal.act(name, portal.stranger)
        with pytest.raises(tk.NotAuthorized):
            portal.act(name, None)
    for person in (portal.outsider, portal.stranger, None):
        with pytest.raises((tk.ObjectNotFound, tk.NotAuthorized)):
            portal.act("edudata_quality_show", person, id=entry["id"])

    def get(path: str, user: Any, status: int = 200) -> Any:
        token = factories.APIToken(user=user["name"])["token"] if user else ""
        return app.get(path, headers={"Authorization": token}, status=status)

    page = get("/quality", portal.compiler).body
    assert "普通高等学校名单" in page
    assert "长宁区未公开资源" not in page
    get(f"/quality?unit={portal.bureau['name']}", portal.outsider, 403)
    get(f"/quality?unit={portal.bureau['name']}", portal.stranger, 403)
    get("/quality?unit=nowhere", portal.compiler, 404)
    text = get("/quality.csv", portal.compiler).get_data(as_text=True)
    assert text.startswith("\ufeff")
    table = list(csv.reader(io.StringIO(text[1:])))
    assert {len(row) for row in table} == {len(table[0])}
    assert [row[3] for row in table[1:]] == ["2", "1", "1"]
    assert "still-current" in page
    # A button is only there for those who may press it.
    assert "still-current" not in get("/quality", portal.coordinator).body
    # The page of the entry links to exactly the field that is missing.
    body = get(f"/entry/{entry['name']}", portal.compiler).body
    assert f"/entry/edit/{entry['name']}#field-temporal_start" in body
    form = get(f"/entry/edit/{entry['name']}", portal.compiler).body
    assert 'id="field-temporal_start"' in form
    assert 'id="field-contact_office"' in form


@pytest.mark.article(12)
def test_the_public_reads_counts_of_released_data_only(portal: Any, app: Any) -> None:
    entry = portal.entry()
    resource = portal.upload(entry, "schools.csv", TABLE.encode())
    portal.work()
    write_items(portal, resource["id"], ITEMS)
    released = portal.released(entry)
    measure()
    show = "edudata_dataset_quality_show"
    found = portal.act(show, None, id=released["dataset_id"])
    (table,) = found["tables"]
    assert table["rows"] == 20
    filled = {column["name"]: column["filled"] for column in table["columns"]}
    assert filled["办学层次"] == 95
    assert filled["学校名称"] == 100
    page = app.get(f"/dataset/{released['dataset_name']}").body
    assert "95%" in page
    # A new file that nobody approved changes nothing outside.
    portal.act(
        "resource_patch",
        portal.compiler,
        id=resource["id"],
        upload=portal.file("schools.csv", TABLE.replace("小学,56", ",56")),
    )
    portal.work()
    measure()
    assert portal.act(show, None, id=released["dataset_id"]) == found
    portal.act(
        "edudata_stop", portal.reviewer, id=released["dataset_id"], reason="更正中"
    )
    stopped = portal.act(show, None, id=released["dataset_id"])
    assert stopped == {"currency": None, "tables": []}
    with pytest.raises(tk.ObjectNotFound):
        portal.act(show, None, id=entry["id"])


@pytest.mark.article(12)
def test_of_conditional_data_the_public_learns_no_count(portal: Any) -> None:
    entry = portal.entry(
        opening_class="conditional",
        opening_ground="continuous",
        opening_condition="高等学校和科研机构可以申请。",
    )
    portal.upload(entry, "schools.csv", TABLE.encode())
    released = portal.released(entry)
    measure()
    found = portal.act("edudata_dataset_quality_show", None, id=released["dataset_id"])
    assert found["tables"] == []
    assert found["currency"]["state"] == "current"


@pytest.mark.article(12, 18)
def test_limits_and_crashes_cost_a_sentence(
    portal: Any, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = portal.entry()
    portal.upload(entry, "schools.csv", TABLE.encode())
    portal.work()
    monkeypatch.setitem(ckan_config, "ckanext.edudata.quality.rows_max", 2)
    measure()
    show = "edudata_quality_show"
    (table,) = portal.act(show, portal.compiler, id=entry["id"])["tables"]
    assert (table["rows"], table["whole"]) == (2, False)
    # Another limit asks anew; a child that dies is a state, and no other entry waits.
    monkeypatch.setitem(ckan_config, "ckanext.edudata.quality.rows_max", 3)
    monkeypatch.setitem(ckan_config, "ckanext.edudata.check.memory_mb", 16)
    other = portal.entry(title="另一份名单")
    assert measure() == 2
    (table,) = portal.act(show, portal.compiler, id=entry["id"])["tables"]
    assert table["state"] in ("memory", "failed")
    row = model.Session.get(Quality, other["id"])
    assert row is not None
    assert row.validity == "none"
    assert not jobs_quality.queue()
