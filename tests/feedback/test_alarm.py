"""Personal data here: reported by anybody, told at once, stopped with one click."""

from __future__ import annotations

import threading
from email import message_from_bytes, policy

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback import jobs, telling
from ckanext.edudata.feedback.model import Alarm, Notice
from tests.visitors import Visitor

SCHOOLS = "学校名称,办学层次\n示例一中,高中\n示例二中,初中\n"
NEEDLE = "13812345678"


@pytest.fixture
def dataset(portal):
    entry = portal.entry()
    portal.upload(entry, "学校.csv", SCHOOLS.encode())
    return portal.released(entry)["dataset_id"]


def alarms():
    return model.Session.scalars(sa.select(Alarm).order_by(Alarm.raised_at)).all()


@pytest.mark.article(26)
def test_anybody_reports_and_the_responsible_stop_with_one_click(app, portal, dataset):
    public = Visitor(app, None)
    name = model.Package.get(dataset).name
    assert f"/dataset/{name}/personal-data" in public.text(f"/dataset/{name}")
    url = f"/dataset/{name}/personal-data"
    assert public.post(url, {"kind": "", "where": "第二列"}).status_code == 422
    sent = public.post(url, {"kind": "name", "where": "第二列第 3 行"})
    assert sent.status_code == 200
    (alarm,) = alarms()
    assert (alarm.state, alarm.where, alarm.kind) == ("open", "第二列第 3 行", "name")
    officer = Visitor(app, portal.security_officer)
    page = f"/report/{alarm.id}"
    assert page in officer.text("/desk")
    answered = officer.post(f"{page}/answer", {"answer": "stop"}, page=page)
    assert answered.status_code == 302
    model.Session.expire_all()
    assert alarms()[0].state == "stopped"
    shown = portal.act("package_show", None, id=dataset)
    assert shown["opening_state"] == "stopped"
    actions = model.Session.scalars(sa.select(AuditRecord.action)).all()
    assert actions.count("alarm_raise") == actions.count("alarm_answer") == 1


def test_words_that_name_somebody_are_not_kept(portal, dataset):
    done = portal.act(
        "edudata_alarm_raise", None, id=dataset, kind="contact", where=f"电话{NEEDLE}"
    )
    assert done == {"state": "open", "where_kept": False}
    assert alarms()[0].where == ""


def test_many_reports_are_one_alarm_and_one_notice_each(portal, dataset):
    for _ in range(3):
        portal.act("edudata_alarm_raise", None, id=dataset, kind="name")
    (alarm,) = alarms()
    assert alarm.reports == 3
    told = model.Session.scalars(sa.select(Notice).where(Notice.kind == "alarm")).all()
    users = {portal.reviewer["id"], portal.second_reviewer["id"]}
    assert {n.user_id for n in told} == users | {portal.security_officer["id"]}
    assert len(told) == 3


@pytest.mark.parametrize("who", ["compiler", "outsider", "stranger", None])
def test_others_do_not_learn_of_a_report(portal, dataset, who):
    portal.act("edudata_alarm_raise", None, id=dataset, kind="name")
    (alarm,) = alarms()
    user = getattr(portal, who) if who else None
    for action, more in (
        ("edudata_alarm_show", {}),
        ("edudata_alarm_answer", {"answer": "stop"}),
    ):
        with pytest.raises(tk.ObjectNotFound):
            portal.act(action, user, id=alarm.id, **more)
    assert alarms()[0].state == "open"


def test_a_report_is_answered_once(portal, dataset):
    portal.act("edudata_alarm_raise", None, id=dataset, kind="name")
    alarm = alarms()[0].id
    with pytest.raises(tk.ValidationError):
        portal.act(
            "edudata_alarm_answer", portal.reviewer, id=alarm, answer="unfounded"
        )
    portal.act(
        "edudata_alarm_answer",
        portal.reviewer,
        id=alarm,
        answer="unfounded",
        reason="看过全部三行，只有学校名称。",
    )
    with pytest.raises(tk.ValidationError):
        portal.act(
            "edudata_alarm_answer", portal.security_officer, id=alarm, answer="stop"
        )
    assert portal.act("package_show", None, id=dataset)["opening_state"] != "stopped"


def test_only_open_datasets_can_be_reported(portal):
    entry = portal.entry()
    for reference in (entry["id"], entry["name"], "no-such-dataset"):
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_alarm_raise", None, id=reference, kind="name")
    assert not alarms()


def test_the_owner_is_told_by_masked_mail(app, portal, sink):
    entry = portal.entry(title="家长通讯录")
    portal.upload(entry, "表.csv", f"学校,说明\n示例一中,家长电话{NEEDLE}\n".encode())
    portal.work()
    assert jobs.send_mails(telling.due()) == 4
    assert jobs.send_mails(telling.due()) == 0
    mail = message_from_bytes(sink.mails[0], policy=policy.default)
    body = mail.get_content()
    whole = str(mail["Subject"]) + body
    assert NEEDLE not in whole
    assert "家长通讯录" not in whole
    assert "/check/" in body
    mine = portal.act("edudata_notice_list", portal.compiler, unread=True)
    assert mine["unread"] == 1
    assert not portal.act("edudata_notice_list", portal.outsider)["results"]
    visitor = Visitor(app, portal.compiler)
    notice = mine["results"][0]
    assert visitor.post(f"/notice/{notice['id']}", page="/notices").status_code == 302
    assert (
        portal.act("edudata_notice_list", portal.compiler, unread=True)["unread"] == 0
    )
    with pytest.raises(tk.ObjectNotFound):
        portal.act("edudata_notice_read", portal.outsider, id=notice["id"])


def test_mail_that_fails_is_tried_again_and_logs_no_address(portal, sink, caplog):
    entry = portal.entry()
    portal.upload(entry, "表.csv", f"学校,说明\n示例一中,{NEEDLE}\n".encode())
    portal.work()
    sink.refuse = True
    ids = telling.due()
    assert jobs.send_mails(ids) == 0
    assert not telling.due()
    addresses = [portal.compiler["email"], portal.reviewer["email"]]
    assert not any(a and a in caplog.text for a in addresses)
    sink.refuse = False
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("UPDATE edudata_notice SET next_try = now()"))
    assert jobs.send_mails(ids) == len(ids)


def test_two_workers_send_a_mail_once(portal, sink):
    entry = portal.entry()
    portal.upload(entry, "表.csv", f"学校,说明\n示例一中,{NEEDLE}\n".encode())
    portal.work()
    ids = telling.due()

    def work():
        try:
            jobs.send_mails(ids)
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.mails) == len(ids)
