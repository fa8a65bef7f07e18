"""Undertakings and training of people in sensitive posts (Art. 37)."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.units import posts
from tests.conftest import give
from tests.visitors import Visitor, words

pytestmark = pytest.mark.article(37)
TODAY = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).isoformat()


def record(portal, **data):
    values = {
        "unit_id": "xh",
        "user_id": "technician",
        "post": "数据库运维",
        "kind": "undertaking",
        "made_on": day(-300),
        "valid_until": day(300),
        **data,
    }
    return portal.act("edudata_post_record", portal.security_officer, **values)


@given(st.dates(), st.dates())
def test_how_a_record_stands(until, today):
    found = posts.state(until, today)
    assert (found == "expired") == (until < today)
    assert (found == "due") == (today <= until <= today + datetime.timedelta(days=30))
    assert posts.best([found, "missing"]) == min(
        found, "missing", key=("valid", "due", "expired", "missing").index
    )


def test_who_lacks_what_is_shown_until_it_is_on_record(portal):
    ask = {"unit_id": "xh", "below": True}
    missing = portal.act("edudata_post_missing", portal.security_officer, **ask)
    assert {each["person"] for each in missing} == {
        portal.technician["fullname"],
        portal.security_officer["fullname"],
    }
    record(portal)
    record(portal, kind="training", reference="数据安全培训", valid_until=day(10))
    missing = portal.act("edudata_post_missing", portal.security_officer, **ask)
    row = next(e for e in missing if e["user_id"] == portal.technician["id"])
    assert (row["undertaking"], row["training"]) == ("valid", "due")
    record(portal, kind="training", valid_until=day(365))
    missing = portal.act("edudata_post_missing", portal.security_officer, **ask)
    assert portal.technician["id"] not in {each["user_id"] for each in missing}


def test_people_of_contractors_are_named_with_their_company(portal):
    made = record(portal, user_id="", person_name="王强", company="某公司")
    assert (made["person"], made["company"]) == ("王强", "某公司")
    for data in ({"company": ""}, {"person_name": ""}):
        with pytest.raises(tk.ValidationError):
            record(
                portal, **{"user_id": "", "person_name": "王", "company": "某", **data}
            )


@pytest.mark.parametrize(
    "data",
    [
        {"user_id": "nobody-there"},
        {"kind": "promise"},
        {"made_on": "昨天"},
        {"made_on": day(3)},
        {"valid_until": day(-400)},
        {"post": ""},
    ],
)
def test_what_is_wrong_is_said(portal, data):
    with pytest.raises(tk.ValidationError) as raised:
        record(portal, **data)
    assert next(iter(data)) in raised.value.error_dict


def test_only_for_those_who_answer_for_security(portal):
    record(portal)
    for person in (None, portal.stranger, portal.outsider, portal.compiler):
        for action in ("edudata_post_list", "edudata_post_missing"):
            with pytest.raises(tk.NotAuthorized):
                portal.act(action, person, unit_id="xh")
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_post_export", person, unit_id="xh")
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "edudata_post_record",
                person,
                unit_id="xh",
                user_id="technician",
                post="x",
                kind="training",
                made_on=day(-1),
            )
    own = portal.act("edudata_post_list", portal.technician)
    assert [each["kind"] for each in own] == ["undertaking"]
    assert portal.act("edudata_post_list", portal.stranger) == []
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_post_list", None)


def test_a_wrong_record_is_withdrawn_and_stays(portal):
    made = record(portal)
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_post_withdraw", portal.compiler, id=made["id"])
    portal.act("edudata_post_withdraw", portal.security_officer, id=made["id"])
    ask = {"unit_id": "xh"}
    assert portal.act("edudata_post_list", portal.security_officer, **ask) == []
    kept = portal.act(
        "edudata_post_list", portal.security_officer, withdrawn=True, **ask
    )
    assert kept[0]["state"] == "withdrawn"
    actions = list(
        model.Session.scalars(
            sa.select(AuditRecord.action).where(AuditRecord.object_id == made["id"])
        )
    )
    assert actions == ["post_record", "post_withdraw"]


def test_people_are_reminded_once_and_not_of_what_was_renewed(portal):
    record(portal, valid_until=day(20))
    record(portal, kind="training", valid_until=day(20))
    record(portal, kind="training", valid_until=day(400))
    record(portal, kind="confidentiality", valid_until=day(90))
    made = tk.get_action("edudata_post_remind")({"ignore_auth": True}, {})
    told = set(
        model.Session.scalars(
            sa.select(Notice.user_id).where(Notice.kind == "post_due")
        )
    )
    assert told == {portal.technician["id"], portal.security_officer["id"]}
    assert made == 2
    assert tk.get_action("edudata_post_remind")({"ignore_auth": True}, {}) == 0
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_post_remind", portal.security_officer)


def test_the_page_and_the_file_to_take_along(app, portal):
    record(
        portal, user_id="", person_name="=cmd|' /C calc'!A0", company="+86", post="@x"
    )
    officer = Visitor(app, portal.security_officer)
    page = officer.text("/organization/xh/posts?below=1")
    assert portal.technician["fullname"] in page
    answer = officer.post("/organization/xh/posts.csv", page="/organization/xh/posts")
    text = answer.get_data().decode("utf-8-sig")
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert "'=cmd" in text
    assert "'+86" in text
    assert "'@x" in text
    assert model.Session.scalar(
        sa.select(AuditRecord.id).where(AuditRecord.action == "post_export")
    )
    sent = {"user_id": "technician", "post": "", "kind": "training"}
    answer = officer.post("/organization/xh/posts", sent)
    assert answer.status_code == 422
    assert 'value="technician"' in words(answer)
    assert "敏感岗位" in officer.text("/desk")
    assert (
        Visitor(app, portal.compiler).get("/organization/xh/posts").status_code == 403
    )
    assert "/user/login" in Visitor(app).get("/organization/xh/posts").location
    mine = Visitor(app, portal.technician).text("/my-undertakings")
    assert "=cmd" not in mine


@pytest.mark.article(38)
def test_people_are_found_by_those_who_give_roles_and_nobody_else(portal):
    for person in (None, portal.stranger, portal.compiler, portal.outsider):
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_person_find", person, q="stranger")
    give(portal.second_reviewer, "leader", portal.school)
    found = portal.act("edudata_person_find", portal.second_reviewer, q="stran")
    assert [each["name"] for each in found] == ["stranger"]
    assert "email" not in found[0]
    for q in ("%", "_", "s"):
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_person_find", portal.second_reviewer, q=q)
    assert portal.act("edudata_person_find", portal.second_reviewer, q="%%") == []
