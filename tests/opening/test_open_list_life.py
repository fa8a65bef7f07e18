"""The open list of a unit: made, published, changed, withdrawn (Art. 16, 26, 27)."""

from __future__ import annotations

import json

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.opening import open_list
from tests.opening.conftest import CANARIES, CLOSED, PLANNED


@pytest.mark.article(16, 26, 27)
@pytest.mark.promise(3, 5, 6)
def test_from_the_catalog_to_a_numbered_list(lists):
    portal = lists.portal
    draft = lists.draft()
    assert {line["title"]: line["kind"] for line in draft["lines"]} == {
        "徐汇区小学名录": "unconditional",
        "学位供给月度数据": "conditional",
        "幼儿园名录": "planned",
        "学生体质健康明细": "closed",
    }
    assert (draft["number"], draft["waiting"], draft["unmarked"]) == (0, 4, 1)

    done = lists.publish(digest=draft["digest"])
    assert (done["number"], done["lines"], done["refused"]) == (1, 4, 0)
    shown = lists.show()
    lines = {line["title"]: line for line in shown["lines"]}
    free, conditional = lines["徐汇区小学名录"], lines["学位供给月度数据"]
    assert free["fields"]["ways"] == ["download", "interface"]
    assert free["fields"]["update_cycle"] == "annual"
    assert (free["dataset"], free["now"]) == ("xuhui-xiaoxue", "unconditional")
    assert conditional["fields"]["opening_ground"] == "timeliness"
    assert conditional["fields"]["opening_condition"] == "仅限教育研究使用。"
    assert conditional["dataset"] == "xuewei"
    assert conditional["apply_to"]
    assert lines["幼儿园名录"]["fields"] == {
        "opening_class": "unconditional",
        "planned_date": "2027-03-01",
    }
    assert lines["学生体质健康明细"]["fields"] == {
        "opening_class": "not_open",
        "opening_ground": "privacy",
        "reason": "含学生个人健康信息。",
    }
    said = json.dumps(shown, ensure_ascii=False)
    entries = [entry["id"] for entry in lists.entries.values()]
    for word in (*CANARIES, *entries):
        assert word not in said

    # What was published proves itself.
    digests = [open_list.line_digest(x, x["nonce"]) for x in shown["lines"]]
    assert digests == [line["digest"] for line in shown["lines"]]
    unit_id = portal.bureau["id"]
    assert open_list.version_digest(unit_id, 1, digests) == shown["digest"]
    record = model.Session.scalars(
        sa.select(AuditRecord).where(AuditRecord.action == "open_list_publish")
    ).one()
    assert record.actor_id == portal.reviewer["id"]
    assert record.detail["digest"] == shown["digest"]

    with pytest.raises(tk.ValidationError, match="unit"):
        lists.publish()

    # A release and a stop put the next version on the desk by themselves.
    portal.act("edudata_release", portal.reviewer, id=lists.entries["planned"]["id"])
    lists.stop("xuhui-xiaoxue")
    now = {line["title"]: line["now"] for line in lists.show()["lines"]}
    assert now["徐汇区小学名录"] == "stopped"
    assert now["幼儿园名录"] == "unconditional"
    waiting = portal.act("edudata_open_list_waiting", portal.reviewer)
    assert {w["unit_id"]: w["waiting"] for w in waiting}[unit_id] == 2
    changes = lists.draft()["changes"]
    assert changes["same"] == 2
    assert {item["title"]: item["fields"][0] for item in changes["changed"]} == {
        "徐汇区小学名录": {"field": "kind", "old": "unconditional", "new": "stopped"},
        "幼儿园名录": {"field": "kind", "old": "planned", "new": "unconditional"},
    }
    second = portal.act("edudata_open_list_publish", portal.coordinator, unit=unit_id)
    assert second["number"] == 2
    first = lists.show(number=1)
    assert [line["kind"] for line in first["lines"]] == [
        "unconditional",
        "conditional",
        "planned",
        "closed",
    ]
    diff = portal.act("edudata_open_list_diff", None, unit="xh", **{"from": 1, "to": 2})
    assert len(diff["changed"]) == 2
    assert diff["same"] == 2
    versions = portal.act("edudata_open_list_list", None, unit="xh")
    assert [version["number"] for version in versions] == [2, 1]


@pytest.mark.article(27)
def test_who_publishes(lists):
    portal = lists.portal
    for user in (portal.compiler, portal.outsider, portal.technician, portal.stranger):
        with pytest.raises(tk.NotAuthorized):
            lists.publish(user)
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_open_list_publish_all", user, unit="shjw")
    for user in (portal.outsider, portal.stranger, None):
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_open_list_draft", user, unit="xh")
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_open_list_waiting", user)
    with pytest.raises(tk.NotAuthorized):
        lists.publish(unit="cn")
    with pytest.raises(tk.ObjectNotFound):
        lists.show()


@pytest.mark.article(16, 27)
@pytest.mark.promise(3)
def test_data_without_a_file_are_named_once_their_description_is_approved(quick):
    portal = quick.portal
    marked = {**CLOSED, "open_list_reason": "含学生个人健康信息。"}
    entry = portal.entry(title="学生体质健康明细", **marked)
    hidden = {"notes": "金丝雀摘要", "keywords": "金丝雀关键词"}
    planned = portal.entry(title="幼儿园名录", **{**PLANNED, **hidden})
    unmarked = portal.entry(title="金丝雀未勾选", opening_plan_date="2027-04-01")
    assert quick.draft()["lines"] == []
    for each in (entry, planned, unmarked):
        portal.approved(each)
    draft = quick.draft()
    assert quick.publish(digest=draft["digest"])["lines"] == 2
    said = json.dumps(quick.show(), ensure_ascii=False)
    assert "含学生个人健康信息。" in said
    assert "金丝雀" not in said
    with pytest.raises(tk.ValidationError) as error:
        portal.act("edudata_release", portal.reviewer, id=planned["id"])
    assert "resources" in error.value.error_dict
    # The mark is taken back: the next version stands on the desk, without the line.
    portal.act(
        "package_patch", portal.compiler, id=entry["id"], open_list_publishable=""
    )
    waiting = portal.act("edudata_open_list_waiting", portal.reviewer, unit="xh")
    assert waiting[0]["waiting"] == 1
    assert quick.publish()["lines"] == 1


@pytest.mark.article(27)
def test_open_data_without_a_file_and_without_a_date_are_not_submitted(quick):
    portal = quick.portal
    entry = portal.entry(title="食堂名录")
    portal.work()
    with pytest.raises(tk.ValidationError) as error:
        portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
    assert "resources" in error.value.error_dict
