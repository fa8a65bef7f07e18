"""Notices of applications: who is told what, in which language, and until when."""

from __future__ import annotations

import datetime
from email import message_from_bytes, policy

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.feedback import (
    jobs,
    mailing,
    preferences,
    settling,
    telling,
    words,
    words_requests,
)
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.requests import states, told_clocks
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_applicants import RequestPerson
from tests.delivery import conditional
from tests.visitors import Visitor
from tests.visitors import words as page_words

SECRET = "请补充：联系人王小明的电话13812345678写错了。"


def give(portal, name, user, request, **values):
    return portal.act(f"edudata_request_{name}", user, id=request["id"], **values)


def read(raw: bytes):
    mail = message_from_bytes(raw, policy=policy.default)
    return mail, mail.get_content()


def mails_to(sink, address):
    found = [read(raw) for raw in sink.mails]
    return [body for mail, body in found if address in str(mail["To"])]


def send(app) -> int:
    """Send what is due as a worker does, which has an app and no page."""
    with app.flask_app.app_context():
        return jobs.send_mails(telling.due())


def digests(app) -> int:
    with app.flask_app.app_context():
        return jobs.send_digests()


def kinds(user) -> list[str]:
    model.Session.rollback()
    query = sa.select(Notice.kind).where(Notice.user_id == user["id"])
    return list(model.Session.scalars(query.order_by(Notice.created_at)))


def waiting(portal, user) -> list[str]:
    found = portal.act("edudata_notice_list", user, unread=True)
    return [notice["kind"] for notice in found["results"]]


def test_every_step_that_leads_on_is_told_to_the_applicant():
    """Of the table: whoever moves an application, its applicant hears, but of what
    they did themselves and need no receipt of."""
    own = {"withdraw", "end"}
    for rule in states.TABLE:
        if rule.source == rule.target or rule.command in own:
            continue
        kind = told_clocks.APPLICANT[rule.command, rule.target]
        assert kind in words_requests.APPLICANT
    for capacity, kind in told_clocks.AUTHORITY.values():
        assert capacity in states.WHO
        assert kind in {**words_requests.DUTIES, **words_requests.NEWS}
    for kind in words.KINDS:
        assert preferences.group(kind) in preferences.GROUPS
    assert {"request_", "review_"} == {
        kind.split("_")[0] + "_"
        for kind in (
            *words_requests.APPLICANT, *words_requests.DUTIES, *words_requests.NEWS
        )
    }  # fmt: skip


@pytest.mark.article(28)
def test_the_way_of_an_application_as_people_hear_of_it(app, portal, data, sink):
    request = conditional.submitted(portal, data)
    mine, theirs = portal.researcher, portal.reviewer
    assert kinds(mine) == ["request_received"]
    assert waiting(portal, theirs) == ["review_new"]
    assert waiting(portal, portal.second_reviewer) == ["review_new"]
    assert not kinds(portal.outsider)
    assert not kinds(portal.stranger)
    give(portal, "accept", theirs, request)
    assert waiting(portal, portal.second_reviewer) == [], "somebody did it"
    give(portal, "return", theirs, request, words=SECRET)
    assert waiting(portal, mine) == ["request_returned"]
    give(portal, "resubmit", mine, request)
    assert waiting(portal, portal.second_reviewer) == ["review_again"]
    done = give(portal, "approve", theirs, request)
    assert waiting(portal, mine) == ["request_provisioned"]
    give(portal, "freeze", portal.security_officer, request, words=SECRET)
    assert waiting(portal, theirs) == ["review_held"]
    give(portal, "unfreeze", portal.security_officer, request)
    give(portal, "revoke", portal.security_officer, request, words=SECRET)
    assert kinds(mine) == [
        "request_received", "request_accepted", "request_returned",
        "request_received_again", "request_provisioned", "request_frozen",
        "request_unfrozen", "request_revoked",
    ]  # fmt: skip

    send(app)
    assert send(app) == 0
    bodies = mails_to(sink, mine["email"])
    assert len(bodies) == 8
    for raw in sink.mails:
        mail, body = read(raw)
        whole = str(mail["Subject"]) + body
        assert done["number"] in body
        assert "王小明" not in whole
        assert "13812345678" not in whole
        assert "示例一中" not in whole
        assert mine["fullname"] not in whole
        assert not any(
            other["email"] in whole for other in (mine, theirs, portal.security_officer)
        )
        assert f"/requests/{request['id']}" in body
        assert "/notices/settings" in body
    returned = next(body for body in bodies if "退回补正" in body)
    assert "重新提交" in returned
    assert "逾期失效" in returned
    duty = [body for body in mails_to(sink, theirs["email"]) if "待受理" in body]
    assert not duty, "nobody is mailed to do what was done"


def test_a_refusal_and_its_review_are_told(portal, data):
    request = conditional.in_review(portal, data)
    give(portal, "refuse", portal.reviewer, request, words=SECRET)
    assert waiting(portal, portal.researcher) == ["request_refused"]
    give(portal, "appeal", portal.researcher, request, words="请复核。")
    assert waiting(portal, portal.coordinator) == ["review_appeal"]
    assert waiting(portal, portal.researcher) == ["request_mediating"]
    give(portal, "send_back", portal.coordinator, request, words="请另一人看。")
    assert waiting(portal, portal.coordinator) == []
    assert waiting(portal, portal.second_reviewer) == ["review_back"]
    assert "review_back" not in kinds(portal.reviewer), "who refused cannot act"


def test_people_a_body_named_hear_what_becomes_of_the_use(portal, data):
    done = conditional.granted(portal, data)
    row = model.Session.get(Request, done["id"])
    states = {"stranger": "confirmed", "outsider": "invited"}
    for name, state in states.items():
        model.Session.add(
            RequestPerson(
                application_id=row.application_id,
                user_id=getattr(portal, name)["id"],
                sealed="-",
                state=state,
            )
        )
    model.Session.commit()
    give(portal, "freeze", portal.security_officer, done, words=SECRET)
    give(portal, "unfreeze", portal.security_officer, done)
    give(portal, "end", portal.researcher, done)
    assert kinds(portal.stranger) == ["grant_frozen", "grant_unfrozen", "grant_over"]
    assert kinds(portal.outsider) == []


def test_in_the_readers_language(app, portal, data, sink):
    portal.act("edudata_notice_preference_update", portal.researcher, language="en")
    conditional.submitted(portal, data)
    send(app)
    (mine,) = mails_to(sink, portal.researcher["email"])
    assert "was submitted" in str(
        next(
            read(raw)[0]["Subject"]
            for raw in sink.mails
            if portal.researcher["email"] in str(read(raw)[0]["To"])
        )
    )
    assert "is with the data owner" in mine
    assert "/en/requests/" in mine
    (theirs,) = mails_to(sink, portal.reviewer["email"])
    assert "有条件开放" in theirs
    assert "/en/" not in theirs


def test_as_each_wishes(app, portal, data, sink):
    """At once, daily or not by mail; obliged ones stay on the site."""
    mine = Visitor(app, portal.researcher)
    page = "/notices/settings"
    assert "我的申请和使用许可" in mine.text(page)
    form = {f"mail-{name}": "daily" for name in preferences.GROUPS if name != "danger"}
    assert mine.post(page, form).status_code == 302
    assert mine.post(page, {**form, "mail-reviews": "loud"}).status_code == 422
    portal.act(
        "edudata_notice_preference_update", portal.reviewer, mail={"reviews": "off"}
    )
    first = conditional.submitted(portal, data)
    give(portal, "accept", portal.reviewer, first)
    assert waiting(portal, portal.researcher) == ["request_accepted"]
    send(app)
    assert digests(app) == 0, "not yet the hour"
    assert not mails_to(sink, portal.researcher["email"])
    assert not mails_to(sink, portal.reviewer["email"])
    give(portal, "return", portal.reviewer, first, words=SECRET)
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("UPDATE edudata_notice SET next_try = now()"))
    assert digests(app) == 1
    assert digests(app) == 0
    (body,) = mails_to(sink, portal.researcher["email"])
    assert "退回补正" in body
    assert "已受理" not in body, "what was overtaken is not told any more"

    with pytest.raises(tk.ValidationError):
        portal.act(
            "edudata_notice_preference_update", portal.reviewer, hidden=["reviews"]
        )
    with pytest.raises(tk.ValidationError):
        portal.act(
            "edudata_notice_preference_update", portal.reviewer, mail={"danger": "off"}
        )
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_notice_preference_show", None)
    hidden = {**form, "site-quality": "yes"}
    assert mine.post(page, hidden).status_code == 302
    shown = portal.act("edudata_notice_preference_show", portal.researcher)
    site = {one["name"]: one["site"] for one in shown["groups"]}
    assert site == {name: name != "demands" for name in preferences.GROUPS}


def test_the_next_daily_mail_is_at_the_hour(portal, ckan_config, monkeypatch):
    at = telling.next_digest().astimezone(telling.people.SHANGHAI)
    now = datetime.datetime.now(datetime.timezone.utc)
    assert (at.hour, at.minute) == (8, 0)
    assert datetime.timedelta(0) < at - now <= datetime.timedelta(days=1)


def test_nothing_can_be_put_behind_a_header(app, portal, data, sink):
    evil = "王\r\nBcc: evil@example.org\r\n\r\n正文"
    user = model.User.get(portal.researcher["id"])
    user.fullname = evil
    model.Session.commit()
    conditional.submitted(portal, data, purpose=f"用途\r\nBcc: {evil}")
    send(app)
    (raw,) = [
        raw for raw in sink.mails if b"researcher" in raw or user.email.encode() in raw
    ]
    mail, body = read(raw)
    assert mail["Bcc"] is None
    assert mail["To"].count("@") == 1 or "evil" in str(
        mail["To"].addresses[0].display_name
    )
    assert [a.addr_spec for a in mail["To"].addresses] == [user.email]
    assert "evil" not in body
    assert mailing.clean(evil).count("\n") == 0


def test_a_mail_server_that_is_gone(portal, data, ckan_config, monkeypatch, caplog):
    """Nothing is lost: the application moves on, the mails wait and are tried again."""
    monkeypatch.setitem(ckan_config, "smtp.server", "127.0.0.1:1")
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portal@example.org")
    request = conditional.submitted(portal, data)
    ids = telling.due()
    assert len(ids) == 3
    assert jobs.send_mails(ids) == 0
    assert jobs.send_mails(telling.due()) == 0
    rows = model.Session.scalars(sa.select(Notice)).all()
    assert {(row.mail, row.tries) for row in rows} == {("waiting", 1)}
    assert min(row.next_try for row in rows) > datetime.datetime.now(
        datetime.timezone.utc
    )
    assert portal.researcher["email"] not in caplog.text
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.text("UPDATE edudata_notice SET next_try = now(), tries = 11")
        )
    assert jobs.send_mails(ids) == 0
    model.Session.expire_all()
    assert {row.mail for row in model.Session.scalars(sa.select(Notice))} == {"waiting"}
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("UPDATE edudata_notice SET next_try = now()"))
    assert jobs.send_mails(ids) == 0
    model.Session.expire_all()
    assert {row.mail for row in model.Session.scalars(sa.select(Notice))} == {"failed"}
    assert give(portal, "accept", portal.reviewer, request)["state"] == "in_review"


def test_a_page_of_ones_notices(app, portal, data):
    request = conditional.submitted(portal, data)
    mine = Visitor(app, portal.researcher)
    assert Visitor(app).get("/notices").status_code == 302
    text = mine.text("/notices")
    assert request["number"] in text
    assert "学校成绩汇总" in text
    assert request["number"] not in Visitor(app, portal.stranger).text("/notices")
    give(portal, "accept", portal.reviewer, request)
    assert ">完成<" in mine.text("/notices"), "the first one is done"
    answer = mine.post("/notices/read", page="/notices")
    assert answer.status_code == 302
    assert waiting(portal, portal.researcher) == []
    assert "没有待阅的通知" in page_words(mine.get("/notices?show=waiting"))
    with pytest.raises(tk.ValidationError):
        portal.act("edudata_notice_list", portal.researcher, limit=-1)
    assert portal.act("edudata_notice_list", portal.researcher)["count"] == 2


def test_notices_of_other_rooms_are_done_when_the_matter_is(portal, sink):
    """A check run anew, a report answered, a catalog moved on: nothing is left."""
    entry = portal.entry()
    portal.upload(entry, "表.csv", "学校,说明\n示例一中,电话13812345678\n".encode())
    portal.work()
    assert waiting(portal, portal.compiler) == ["check_blocked"]
    assert settling.settle() == 0, "nothing was done yet"
    resource = model.Package.get(entry["id"]).resources[0]
    portal.act("edudata_check_run", portal.compiler, resource_id=resource.id)
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.text(
                "UPDATE edudata_check SET state = 'done', verdict = 'clean', "
                "finished_at = clock_timestamp() WHERE state = 'queued'"
            )
        )
    assert settling.settle() == 4
    assert settling.settle() == 0
    assert waiting(portal, portal.compiler) == []
    send = {"ignore_auth": True}
    assert tk.get_action("edudata_notice_send")(send, {}) == 0
    assert not sink.mails, "nobody is mailed of what is done"


def test_the_conditions_of_all_kinds_can_be_asked(portal):
    known = {kind for kinds in settling.DONE for kind in kinds}
    assert known <= set(words.KINDS)
    assert settling.settle() == 0
