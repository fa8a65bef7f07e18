"""What time does to applications: one job, twice, late, killed; and who hears of it."""

from __future__ import annotations

import datetime
import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.requests import book, clocks, jobs, reminding_clocks
from ckanext.edudata.requests.model import Request
from tests.conftest import give
from tests.delivery import conditional
from tests.visitors import Visitor, words

WORDS = "请写明数据保存在哪里。"


def command(portal, name, user, request, **values):
    return portal.act(f"edudata_request_{name}", user, id=request["id"], **values)


def told(kind: str | None = None) -> list[tuple[str, str]]:
    """`(user id, kind)` of notices that are not done."""
    model.Session.rollback()
    query = sa.select(Notice.user_id, Notice.kind).where(Notice.done_at.is_(None))
    if kind:
        query = query.where(Notice.kind == kind)
    return [(row.user_id, row.kind) for row in model.Session.execute(query)]


def wait(request, working_days: int) -> None:
    """Put its state's beginning back, so that the wait has taken so many days."""
    day = book.today()
    back = clocks.shipped().before(day, working_days)
    moment = book.end_of(back.isoformat()) - datetime.timedelta(hours=12)
    row = model.Session.get(Request, request["id"], populate_existing=True)
    row.since = moment
    row.due_on = book.due(row, row.state)
    model.Session.commit()


@pytest.mark.article(28)
def test_reminded_overdue_coordinator_superior_each_once(portal, data):
    give(portal.outsider, "reviewer", portal.commission)
    request = conditional.in_review(portal, data)
    assert jobs.run_clocks() == {}
    wait(request, 9)
    reviewers = {portal.reviewer["id"], portal.second_reviewer["id"]}
    assert jobs.run_clocks() == {"before": 1}
    assert {user for user, _ in told("review_soon")} == reviewers
    assert jobs.run_clocks() == {}
    wait(request, 11)
    assert jobs.run_clocks() == {"overdue": 1}
    assert not told("review_soon"), "done with"
    assert {user for user, _ in told("review_overdue")} == reviewers
    coordinator = portal.coordinator["id"]
    assert told("review_overdue_coordinator") == [
        (coordinator, "review_overdue_coordinator")
    ]
    assert told("request_late") == [(portal.researcher["id"], "request_late")]
    found = portal.act("edudata_request_show", portal.reviewer, id=request["id"])
    assert found["overdue"]
    wait(request, 16)
    # Late, the job says both of the new due day, once.
    assert jobs.run_clocks() == {"overdue": 1, "superior": 1}
    assert told("review_overdue_superior") == [
        (portal.outsider["id"], "review_overdue_superior")
    ]
    assert jobs.run_clocks() == {}
    command(portal, "refuse", portal.reviewer, request, words=WORDS)
    assert not [kind for _, kind in told() if kind.startswith("review_")], "all done"


@pytest.mark.article(28)
def test_lapse_expire_and_what_is_said_before(portal, data):
    request = conditional.submitted(portal, data)
    command(portal, "return", portal.reviewer, request, words=WORDS)
    mine = portal.researcher["id"]
    assert told("request_returned") == [(mine, "request_returned")]
    wait(request, 14)
    assert jobs.run_clocks() == {"before": 1}
    assert told("request_answer_soon") == [(mine, "request_answer_soon")]
    wait(request, 16)
    assert jobs.run_clocks() == {"lapsed": 1}
    assert jobs.run_clocks() == {}
    state = model.Session.get(Request, request["id"], populate_existing=True).state
    assert state == "lapsed"
    assert told("request_lapsed") == [(mine, "request_lapsed")]
    assert not told("request_answer_soon")

    again = conditional.granted(portal, data)
    row = model.Session.get(Request, again["id"], populate_existing=True)
    row.since -= datetime.timedelta(days=80)
    soon = book.today() + datetime.timedelta(days=20)
    row.decided = {**row.decided, "until": soon.isoformat()}
    model.Session.commit()
    assert jobs.run_clocks() == {"expires": 1}
    assert told("request_expires") == [(mine, "request_expires")]
    row = model.Session.get(Request, again["id"], populate_existing=True)
    row.decided = {**row.decided, "until": "2026-01-01"}
    model.Session.execute(
        sa.text("UPDATE edudata_grant SET until = '2026-01-02', granted_until = until")
    )
    model.Session.commit()
    assert jobs.run_clocks() == {"expired": 1}
    states = model.Session.scalars(sa.text("SELECT state FROM edudata_grant")).all()
    assert states == ["expired"]
    with pytest.raises(tk.NotAuthorized):
        portal.act("datastore_search", portal.researcher, resource_id=data.resource_id)
    assert jobs.run_clocks() == {}


@pytest.mark.article(28)
def test_the_clock_stands_while_the_applicant_has_it(portal, data):
    request = conditional.in_review(portal, data)
    wait(request, 7)
    command(portal, "return", portal.reviewer, request, words=WORDS)
    wait(request, 12)
    done = command(portal, "resubmit", portal.researcher, request)
    last = clocks.after(book.today(), 3)
    assert done["state"] == "in_review"
    assert done["due"] == last.isoformat(), "three of ten days are left"
    command(portal, "refuse", portal.reviewer, request, words=WORDS)
    command(portal, "appeal", portal.researcher, request, words=WORDS)
    done = command(portal, "send_back", portal.coordinator, request, words=WORDS)
    done = portal.act("edudata_request_show", portal.second_reviewer, id=request["id"])
    assert done["due"] == clocks.after(book.today(), 10).isoformat(), "a new review"
    reviewers = [user for user, _ in told("review_back")]
    assert reviewers == [portal.second_reviewer["id"]], "not who refused it"


def test_two_at_once_tell_once(portal, data):
    requests = [conditional.submitted(portal, data)]
    requests.append(conditional.submitted(portal, data, portal.stranger))
    for request in requests:
        wait(request, 7)

    def work():
        try:
            jobs.run_clocks()
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.run_clocks()
    assert len(told("review_overdue")) == 4
    assert len(told("request_late")) == 2


def test_killed_half_way_nothing_is_told_twice_or_not_at_all(portal, data, monkeypatch):
    for user in (portal.researcher, portal.stranger):
        wait(conditional.submitted(portal, data, user), 7)
    real, calls = reminding_clocks._tell, []

    def killed(request, stage, last):
        calls.append(stage)
        real(request, stage, last)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(reminding_clocks, "_tell", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_clocks()
    model.Session.remove()
    assert len(told("request_late")) == 1
    monkeypatch.setattr(reminding_clocks, "_tell", real)
    assert jobs.run_clocks() == {"overdue": 1}
    assert len(told("request_late")) == 2
    assert len(told("review_overdue")) == 4


def test_one_that_fails_does_not_hold_the_others(portal, data, monkeypatch, caplog):
    first = conditional.submitted(portal, data)
    wait(first, 7)
    wait(conditional.submitted(portal, data, portal.stranger), 7)
    real = reminding_clocks._tell

    def broken(request, stage, last):
        if request.id == first["id"]:
            raise ValueError(WORDS)
        real(request, stage, last)

    monkeypatch.setattr(reminding_clocks, "_tell", broken)
    assert jobs.run_clocks() == {"overdue": 1}
    assert WORDS not in caplog.text


YEAR = (
    "2027-01-01 2027-01-03 休\n2027-02-05 2027-02-13 休\n2027-02-20 班\n"
    "2027-05-01 2027-05-05 休\n2027-10-01 2027-10-07 休\n"
)


@pytest.mark.article(28)
def test_a_year_is_announced_and_dates_follow(app, portal, data, monkeypatch):
    """Provisional where it is shown; entered, counted again, and people are told."""
    monkeypatch.setattr(book, "today", lambda: datetime.date(2027, 1, 29))
    moment = datetime.datetime(2027, 1, 29, 4, tzinfo=datetime.timezone.utc)
    monkeypatch.setattr(book, "now", lambda: moment)
    until = datetime.date(2027, 6, 30).isoformat()
    request = conditional.submitted(portal, data, until=until)
    assert request["due_provisional"] == [2027]
    before = request["due"]
    applicant = Visitor(app, portal.researcher)
    shown = applicant.text(f"/requests/{request['id']}")
    assert f"{before}（暂定" in shown
    assert f"{before}（暂定" in applicant.text("/notices")

    assert jobs.run_clocks() == {"years_asked": 1}
    assert jobs.run_clocks() == {}
    assert told("workdays_missing") == [(portal.coordinator["id"], "workdays_missing")]

    page = "/working-days"
    assert "2027" in Visitor(app).text(page)
    with pytest.raises(tk.NotAuthorized):
        portal.act(
            "edudata_workdays_announce",
            portal.reviewer, year=2027, days=YEAR, source="x",
        )  # fmt: skip
    top = Visitor(app, portal.coordinator)
    wrong = top.post(page, {"year": "2027", "days": "2027-02-30 休", "source": "通知"})
    assert wrong.status_code == 422
    assert "2027-02-30" in words(wrong), "what was typed is kept"
    sent = top.post(page, {"year": "2027", "days": YEAR, "source": "2027年通知"})
    assert sent.status_code == 302
    assert "2027-02-05 2027-02-13 休" not in Visitor(app).text("/")
    assert not told("workdays_missing"), "done with"

    found = portal.act("edudata_request_show", portal.researcher, id=request["id"])
    assert found["due_provisional"] == []
    assert found["due"] != before
    assert "（暂定" not in applicant.text(f"/requests/{request['id']}")
    assert jobs.run_clocks() == {"recounted": 1}
    assert told("request_due_changed") == [
        (portal.researcher["id"], "request_due_changed")
    ]
    assert len(told("review_due_changed")) == 2
    assert jobs.run_clocks() == {}


def test_the_commands_of_operators(cli, portal, data, tmp_path):
    from ckan.cli.cli import ckan

    wait(conditional.submitted(portal, data), 7)
    ran = cli.invoke(ckan, ["edudata", "clocks"])
    assert ran.exit_code == 0, ran.output
    assert "overdue: 1" in ran.output
    file = tmp_path / "2027.txt"
    file.write_text("2027-02-30 休\n")
    arguments = [
        "edudata",
        "workdays",
        "announce",
        "2027",
        str(file),
        "--source",
        "通知",
    ]
    ran = cli.invoke(ckan, arguments)
    assert ran.exit_code == 1
    file.write_text("\ufeff" + YEAR, encoding="utf-8")
    ran = cli.invoke(ckan, arguments)
    assert ran.exit_code == 0, ran.output
    ran = cli.invoke(ckan, ["edudata", "workdays", "list"])
    assert "2027" in ran.output
    assert "通知" in ran.output
