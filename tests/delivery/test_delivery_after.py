"""What follows a grant: reports of use, handing on, recalls."""

from __future__ import annotations

import datetime
import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.delivery import jobs, provision_rules, recall_rules, report_rules
from ckanext.edudata.delivery.model import Grant, GrantPerson
from ckanext.edudata.delivery.model_after import Provision, Recall, UseReport
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.requests import book
from tests.delivery import conditional

pytestmark = [pytest.mark.article(30, 31)]

DAY = datetime.timedelta(days=1)
REPORT = {
    "uses": "研究年级规模。",
    "results": "论文一篇。",
    "security": "加密单机，两人。",
    "third": "no",
    "copies": "deleted",
}
ONWARD = {
    "third_party": "示例研究院",
    "third_kind": "body",
    "purpose": "复核统计结果。",
    "security": "只在内网使用。",
    "what": "data",
    "fields": ["school"],
}
CONFIRMED = {"what": "服务器与备份中的文件。", "derived": "none"}


@pytest.fixture
def grant(portal, request_granted):
    """A grant that came from an application."""
    found = portal.act(
        "edudata_grant_list", portal.researcher, request_id=request_granted["id"]
    )
    return found["results"][0]


def settle(name):
    model.Session.remove()
    return tk.get_action(f"edudata_{name}_settle")({"ignore_auth": True}, {})


def told(user, prefix):
    model.Session.remove()
    kinds = model.Session.scalars(
        sa.select(Notice.kind)
        .where(Notice.user_id == user["id"], Notice.kind.startswith(prefix))
        .order_by(Notice.created_at)
    )
    return list(kinds)


def moved(grant, **values):
    row = model.Session.get(Grant, grant["id"])
    for name, value in values.items():
        setattr(row, name, value)
    model.Session.commit()


class TestReport:
    def test_its_life(self, portal, grant):
        request_id = grant["request_id"]
        call = {"request_id": request_id}
        shown = portal.act("edudata_use_report_show", portal.researcher, **call)
        until = datetime.datetime.fromisoformat(grant["until"])
        due = datetime.date.fromisoformat(shown["due"])
        assert shown["filed_at"] is None
        assert datetime.timedelta(14) <= until.date() - due <= datetime.timedelta(17)
        assert settle("use_report") == 0
        moved(grant, granted_until=book.now() + 20 * DAY)
        assert settle("use_report") == 1
        assert settle("use_report") == 0
        assert told(portal.researcher, "use_report") == ["use_report_soon"]
        moved(grant, granted_until=book.now() + 2 * DAY,
              starts=book.now() - 60 * DAY)  # fmt: skip
        # Once to the holder; to each reviewer of the owner as well.
        assert settle("use_report") == 3
        assert settle("use_report") == 0
        assert told(portal.researcher, "use_report")[-1] == "use_report_late"
        assert told(portal.reviewer, "use_report") == ["use_report_missing"]
        listed = portal.act(
            "edudata_use_report_list",
            portal.reviewer,
            unit_id=portal.bureau["id"],
            state="late",
        )
        assert listed["count"] == 1
        with pytest.raises(tk.ValidationError) as refused:
            portal.act(
                "edudata_use_report_file",
                portal.researcher,
                **call,
                **{**REPORT, "uses": " ", "third": "consented"},
            )
        assert set(refused.value.error_dict) == {"uses", "third_words"}
        filed = portal.act(
            "edudata_use_report_file", portal.researcher, **call, **REPORT
        )
        assert filed["late"] is True
        assert filed["stage"] == ""
        again = {**REPORT, "results": "论文两篇。"}
        portal.act("edudata_use_report_file", portal.researcher, **call, **again)
        read = portal.act(
            "edudata_use_report_read", portal.reviewer, **call, words="谢谢。"
        )
        assert read["form"]["results"] == "论文两篇。"
        assert told(portal.researcher, "use_report")[-1] == "use_report_answered"
        for command, user in (
            ("file", portal.researcher),
            ("read", portal.second_reviewer),
        ):
            values = REPORT if command == "file" else {}
            with pytest.raises(tk.ValidationError):
                portal.act(f"edudata_use_report_{command}", user, **call, **values)
        actions = list(
            model.Session.scalars(
                sa.select(AuditRecord.action)
                .where(
                    AuditRecord.object_id == request_id,
                    AuditRecord.action.startswith("use_report"),
                )
                .order_by(AuditRecord.id)
            )
        )
        assert actions == ["use_report_file", "use_report_file", "use_report_read"]

    def test_for_holder_and_owner_only(self, portal, grant):
        call = {"request_id": grant["request_id"]}
        for user in (portal.stranger, portal.outsider, portal.compiler, None):
            for command, values in (("show", {}), ("file", REPORT), ("read", {})):
                with pytest.raises(tk.ObjectNotFound):
                    portal.act(f"edudata_use_report_{command}", user, **call, **values)
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_use_report_list", portal.stranger,
                       unit_id=portal.bureau["id"])  # fmt: skip
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_use_report_read", portal.researcher, **call)
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_use_report_file", portal.reviewer, **call, **REPORT)
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_use_report_show", portal.reviewer, request_id="nothing")

    @given(
        st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)),
        st.integers(0, 400),
        st.integers(0, 60),
        st.one_of(st.none(), st.integers(0, 400)),
    )
    def test_it_is_due_within_the_grant_or_after_its_early_end(
        self, starts, length, days, ended
    ):
        last = starts + length * DAY
        end = starts + min(ended, length) * DAY if ended is not None else None
        due = report_rules.due(report_rules.Span(starts, last, end), days)
        assert starts <= due
        if end is None:
            assert due <= last
        else:
            assert due >= end + days * DAY or due >= last - days * DAY
        assert report_rules.stage(due, due + DAY, 7, filed=False) == "late"
        assert report_rules.stage(due, due, 7, filed=False) == "soon"
        assert report_rules.stage(due, due + 99 * DAY, 7, filed=True) == ""


class TestOnward:
    def test_silence_is_a_refusal(self, portal, grant):
        until = datetime.datetime.fromisoformat(grant["until"]) - 10 * DAY
        values = {**ONWARD, "grant_id": grant["id"], "until": until.date().isoformat()}
        made = portal.act("edudata_provision_create", portal.researcher, **values)
        assert made["state"] == "waiting"
        assert made["number"].startswith("DW-")
        assert told(portal.reviewer, "provision") == ["provision_asked"]
        row = model.Session.get(Provision, made["id"])
        row.due = book.today() - DAY
        model.Session.commit()
        call = {"id": made["id"]}
        shown = portal.act("edudata_provision_show", portal.researcher, **call)
        assert shown["state"] == "lapsed"
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_provision_consent", portal.reviewer, **call)
        assert settle("provision") == 1
        assert settle("provision") == 0
        assert told(portal.researcher, "provision") == ["provision_decided"]

    def test_who_decides_and_what_may_be_asked(self, portal, data, grant):
        until = datetime.datetime.fromisoformat(grant["until"]) - 10 * DAY
        values = {**ONWARD, "grant_id": grant["id"], "until": until.date().isoformat()}
        for wrong, field in (
            ({"fields": ["score"]}, "fields"),
            ({"fields": []}, "fields"),
            ({"until": "2999-01-01"}, "until"),
            ({"third_party": ""}, "third_party"),
            ({"what": "x"}, "what"),
        ):
            with pytest.raises(tk.ValidationError) as refused:
                portal.act("edudata_provision_create", portal.researcher,
                           **{**values, **wrong})  # fmt: skip
            assert field in refused.value.error_dict
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_provision_create", portal.stranger, **values)
        made = portal.act("edudata_provision_create", portal.researcher, **values)
        call = {"id": made["id"]}
        for user in (portal.stranger, portal.outsider, portal.compiler, None):
            for command in ("show", "consent", "withdraw"):
                with pytest.raises(tk.ObjectNotFound):
                    portal.act(f"edudata_provision_{command}", user, **call)
        for user in (portal.researcher, portal.security_officer):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_provision_consent", user, **call)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_provision_refuse", portal.reviewer, **call, words=" ")
        # A reviewer of the authority above decides too; of two, one wins.
        done: list[object] = []

        def decide(user, command):
            try:
                done.append(portal.act(f"edudata_provision_{command}", user, **call,
                                       words="同意。")["state"])  # fmt: skip
            except tk.ValidationError:
                done.append(None)
            finally:
                model.Session.remove()

        both = [
            threading.Thread(target=decide, args=each)
            for each in (
                (portal.reviewer, "consent"),
                (portal.second_reviewer, "refuse"),
            )
        ]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert sorted(done, key=str)[0] is None or None in done
        assert len([state for state in done if state]) == 1
        shown = portal.act("edudata_provision_show", portal.researcher, **call)
        assert shown["state"] in ("consented", "refused")
        assert "decided_by" not in shown
        # Not by a grant that does not hold.
        made = portal.act("edudata_provision_create", portal.researcher, **values)
        portal.act("edudata_request_freeze", portal.reviewer,
                   id=grant["request_id"], words="核查。")  # fmt: skip
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_provision_consent", portal.reviewer, id=made["id"])
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_provision_create", portal.researcher, **values)

    @given(
        st.dictionaries(
            st.sampled_from([*provision_rules.WORDS, "what", "until", "fields"]),
            st.one_of(st.text(max_size=30), st.lists(st.text(max_size=5), max_size=3)),
        )
    )
    def test_nothing_beyond_the_grant_gets_through(self, given_values):
        today = datetime.date(2026, 5, 1)
        form, wrong = provision_rules.clean(
            given_values, ["a", "b"], today, today + 30 * DAY
        )
        assert set(form["fields"]) <= {"a", "b"}
        if not wrong:
            assert form["third_party"]
            assert (
                today
                <= datetime.date.fromisoformat(form["until"])
                <= (today + 30 * DAY)
            )


def recalled(portal, data, **values):
    given_values = {"reason": "mistake", "words": "第三列有误，请删除。", **values}
    return portal.act(
        "edudata_recall_create",
        portal.security_officer,
        dataset_id=data.id,
        **given_values,
    )


class TestRecall:
    def test_its_life(self, portal, data, grant):
        other = conditional.granted(
            portal, data, user=portal.stranger, way="copy", way_reason="统计。"
        )
        theirs = portal.act(
            "edudata_grant_list", portal.stranger, request_id=other["id"]
        )["results"][0]
        copy = portal.act(
            "edudata_extract_create", portal.stranger, grant_id=theirs["id"]
        )
        jobs.run_extract(copy["id"])
        portal.act(
            "datastore_search", portal.researcher, resource_id=data.resource_id, limit=5
        )
        # One who is over, and one who was taken off the grant, have had the data too.
        model.Session.add(
            GrantPerson(
                grant_id=theirs["id"],
                user_id=portal.outsider["id"],
                resource_id=data.resource_id,
                ended_at=book.now(),
            )
        )
        model.Session.commit()
        portal.act("edudata_request_end", portal.stranger, id=other["id"])
        with pytest.raises(tk.ValidationError):
            recalled(portal, data, due="2020-01-01")
        with pytest.raises(tk.ValidationError):
            recalled(portal, data, release_id="none")
        made = recalled(portal, data, release_id=grant["release_id"])
        assert (made["state"], made["people"], made["confirmed"]) == ("open", 3, 0)
        assert made["version"] == 1
        request = portal.act(
            "edudata_request_show", portal.researcher, id=grant["request_id"]
        )
        assert request["state"] == "frozen"
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "datastore_search", portal.researcher, resource_id=data.resource_id
            )
        for user in (portal.researcher, portal.stranger, portal.outsider):
            assert told(user, "recall") == ["recall_told"]
        with pytest.raises(tk.ValidationError):
            recalled(portal, data, release_id=grant["release_id"])
        # Neither freed nor given anew.
        with pytest.raises(tk.ValidationError, match=made["number"]):
            portal.act("edudata_request_unfreeze", portal.reviewer,
                       id=grant["request_id"])  # fmt: skip
        again = conditional.in_review(portal, data, user=portal.stranger)
        with pytest.raises(tk.ValidationError, match=made["number"]):
            portal.act("edudata_request_approve", portal.reviewer, id=again["id"])
        # Chased when the date is over, not twice in a day; the owner sees who.
        assert settle("recall") == 0
        row = model.Session.get(Recall, made["id"])
        row.due = book.today() - DAY
        model.Session.commit()
        call = {"id": made["id"]}
        today = book.today().isoformat()
        portal.act("edudata_recall_confirm", portal.outsider, **call, **CONFIRMED,
                   deleted_on=today)  # fmt: skip
        owners = 3  # two reviewers and the security officer
        assert settle("recall") == 2 + owners
        assert settle("recall") == 0
        assert told(portal.outsider, "recall") == ["recall_told"]
        assert told(portal.researcher, "recall")[-1] == "recall_chase"
        assert told(portal.security_officer, "recall") == ["recall_unconfirmed"]
        people = portal.act("edudata_recall_people", portal.security_officer, **call)
        open_ones = {p["user_id"] for p in people if not p["confirmed_at"]}
        assert open_ones == {portal.researcher["id"], portal.stranger["id"]}
        mine = next(p for p in people if p["user_id"] == portal.researcher["id"])
        assert (mine["deliveries"], mine["rows"], mine["chased"]) == (1, 5, 1)
        # Confirmed once, each for themselves, and only what has happened.
        future = (book.today() + DAY).isoformat()
        for wrong, field in (
            ({"deleted_on": future}, "deleted_on"),
            ({"what": ""}, "what"),
            ({"derived": "kept"}, "derived_words"),
        ):
            values = {**CONFIRMED, "deleted_on": today, **wrong}
            with pytest.raises(tk.ValidationError) as refused:
                portal.act(
                    "edudata_recall_confirm", portal.researcher, **call, **values
                )
            assert field in refused.value.error_dict
        values = {**CONFIRMED, "deleted_on": today}
        portal.act("edudata_recall_confirm", portal.researcher, **call, **values)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_recall_confirm", portal.researcher, **call, **values)
        done = portal.act("edudata_recall_confirm", portal.stranger, **call, **values)
        assert done["state"] == "complete"
        assert told(portal.security_officer, "recall")[-1] == "recall_complete"
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_request_unfreeze", portal.reviewer,
                       id=grant["request_id"])  # fmt: skip
        portal.act("edudata_recall_lift", portal.reviewer, **call, words="误会。")
        freed = portal.act("edudata_request_unfreeze", portal.reviewer,
                           id=grant["request_id"])  # fmt: skip
        assert freed["state"] == "active"

    def test_who_may_and_who_may_know(self, portal, data, grant):
        for user in (
            portal.researcher,
            portal.stranger,
            portal.outsider,
            portal.compiler,
            portal.technician,
            None,
        ):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_recall_create", user, dataset_id=data.id,
                           reason="other", words="x")  # fmt: skip
        for unknown in (data.entry["id"], "nothing"):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_recall_create", portal.reviewer,
                           dataset_id=unknown, reason="other", words="x")  # fmt: skip
        made = recalled(portal, data)
        call = {"id": made["id"]}
        values = {**CONFIRMED, "deleted_on": book.today().isoformat()}
        for user in (portal.stranger, portal.outsider, None):
            for command, more in (
                ("show", {}),
                ("people", {}),
                ("lift", {"words": "x"}),
                ("confirm", values),
            ):
                with pytest.raises(tk.ObjectNotFound):
                    portal.act(f"edudata_recall_{command}", user, **call, **more)
        for command in ("people", "lift"):
            with pytest.raises(tk.NotAuthorized):
                portal.act(f"edudata_recall_{command}", portal.researcher, **call,
                           **({"words": "x"} if command == "lift" else {}))  # fmt: skip
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_recall_confirm", portal.reviewer, **call, **values)
        mine = portal.act("edudata_recall_list", portal.researcher, state="open")
        assert [each["id"] for each in mine["results"]] == [made["id"]]

    def test_a_crash_before_the_applications_followed(
        self, portal, data, grant, monkeypatch
    ):
        from ckanext.edudata.delivery import recalls

        with monkeypatch.context() as patch:
            patch.setattr(recalls, "follow", lambda row: None)
            recalled(portal, data)
        # The grant is frozen all the same.
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "datastore_search", portal.researcher, resource_id=data.resource_id
            )
        call = {"id": grant["request_id"]}
        shown = portal.act("edudata_request_show", portal.researcher, **call)
        assert shown["state"] == "active"
        settle("recall")
        shown = portal.act("edudata_request_show", portal.researcher, **call)
        assert shown["state"] == "frozen"

    def test_pages_and_the_list_of_destruction(
        self, app, portal, data, grant, account_token
    ):
        def page(user, path, method="get", **form):
            headers = {"Authorization": account_token(user)}
            send = getattr(app, method)
            options = {"data": form} if form else {}
            return send(path, headers=headers, follow_redirects=False, **options)

        made = recalled(portal, data, words='<img src=x onerror="alert(1)">')
        address = f"/recalls/{made['id']}"
        evil = '=HYPERLINK("http://x")<script>'
        body = page(portal.researcher, address).body
        assert "<img src=x" not in body
        assert made["number"] in body
        assert 'name="deleted_on"' in body
        bad = page(portal.researcher, address + "/confirm", "post", what=evil)
        assert bad.status_code == 422
        assert (
            "<script>" not in bad.body.split("</head>")[1].replace("<script>window", "")
            or "HYPERLINK(&#34;http" in bad.body
        )
        sent = page(
            portal.researcher,
            address + "/confirm",
            "post",
            what=evil,
            derived="deleted",
            deleted_on=book.today().isoformat(),
        )
        assert sent.status_code == 302
        for ending in ("csv", "xlsx"):
            path = f"{address}/destruction.{ending}"
            assert page(portal.researcher, path).status_code == 403
            assert page(portal.stranger, path).status_code == 404
            found = page(portal.security_officer, path)
            assert found.status_code == 200
            assert "no-store" in found.headers["Cache-Control"]
        text = page(portal.security_officer, f"{address}/destruction.csv").data.decode(
            "utf-8-sig"
        )
        assert made["number"] in text
        assert "'=HYPERLINK" in text
        exported = model.Session.scalar(
            sa.select(sa.func.count()).where(AuditRecord.action == "recall_export")
        )
        assert exported == 3
        assert page(portal.reviewer, "/follow-up").status_code == 200
        assert page(portal.stranger, "/follow-up").status_code == 403
        assert page(portal.stranger, address).status_code == 404
        assert app.get(address, follow_redirects=False).status_code == 302
        new = f"/recalls/new?dataset_id={data.id}"
        assert page(portal.reviewer, new).status_code == 200
        assert page(portal.researcher, new).status_code == 403
        for user in (portal.researcher, portal.reviewer):
            assert page(user, "/desk").status_code in (200, 302, 404)
        holder = page(portal.researcher, f"/grants/{grant['id']}").body
        assert made["number"] in holder
        report = f"/use-reports/{grant['request_id']}"
        assert page(portal.researcher, report).status_code == 200
        assert page(portal.researcher, report, "post", uses="x").status_code == 422
        assert page(portal.researcher, report, "post", **REPORT).status_code == 302
        assert "研究年级规模" in page(portal.reviewer, report).body
        read = page(portal.reviewer, report + "/read", "post", words="好。")
        assert read.status_code == 302
        assert page(portal.stranger, report).status_code == 404
        onward = f"/grants/{grant['id']}/onward"
        assert page(portal.researcher, onward).status_code == 200
        assert page(portal.stranger, onward).status_code == 404
        assert page(portal.researcher, onward, "post", what="data").status_code == 422

    @given(
        st.dates(), st.dates(), st.integers(-1, 30), st.one_of(st.none(), st.dates())
    )
    def test_nobody_is_chased_before_the_date_or_twice_a_day(
        self, due, today, every, last
    ):
        if recall_rules.to_chase(due, today, every, last):
            assert today > due
            assert last is None or today > last


def test_reports_survive_a_second_worker(portal, grant):
    moved(grant, granted_until=book.now() + 2 * DAY, starts=book.now() - 60 * DAY)
    results: list[int] = []

    def work():
        results.append(settle("use_report"))
        model.Session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sum(results) == 3
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(UseReport)) == 1
