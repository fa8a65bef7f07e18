"""Those who decide: their inbox, the case before their eyes, notes, reasons, many at
once; and whose turn it is."""

from __future__ import annotations

import datetime
import json
import re

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.requests import inbox_review, reasons, states
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_applicants import RequestPerson
from tests.conftest import give
from tests.delivery import conditional

pytestmark = pytest.mark.article(28)
WORDS = "理由如下。"
SECRET = "此人去年逾期未删除数据"
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def command(portal, name, user, request, **values):
    return portal.act(f"edudata_request_{name}", user, id=request["id"], **values)


def long_ago(request, days=60):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days)
    query = sa.update(Request).where(Request.id == request["id"])
    model.Session.execute(query.values(since=at))
    model.Session.commit()


@pytest.fixture
def above(portal):
    """A reviewer of the superior authority."""
    user = factories.User(name="above")
    give(user, "reviewer", portal.commission)
    return user


class TestTurns:
    @pytest.mark.promise(5, 7)
    def test_the_superior_decides_only_when_time_has_run_out(
        self, portal, data, above, ckan_config
    ):
        request = conditional.submitted(portal, data)
        assert command(portal, "show", above, request)["commands"] == ["comment"]
        for name in ("accept", "refuse"):
            with pytest.raises(tk.NotAuthorized) as error:
                command(portal, name, above, request, words=WORDS)
            assert tk._(states.STATES["submitted"]) in str(error.value)
        assert not inbox_review.waiting(above["id"])
        long_ago(request)
        ckan_config["ckanext.edudata.requests.superior_when_overdue"] = False
        assert "refuse" not in command(portal, "show", above, request)["commands"]
        ckan_config["ckanext.edudata.requests.superior_when_overdue"] = True
        found = command(portal, "show", above, request)
        assert found["overdue"]
        assert {"accept", "return", "refuse", "assign"} <= set(found["commands"])
        assert "accept" in command(portal, "show", portal.reviewer, request)["commands"]
        assert [line.request.id for line in inbox_review.waiting(above["id"])] == [
            request["id"]
        ]
        assert command(portal, "accept", above, request)["state"] == "in_review"
        # A new wait: it is the owner's turn again.
        with pytest.raises(tk.NotAuthorized):
            command(portal, "approve", above, request)
        long_ago(request)
        assert command(portal, "approve", above, request)["state"] == "active"

    @pytest.mark.promise(7)
    def test_where_nobody_else_is_left_those_above_review(self, portal, data, above):
        end = "UPDATE edudata_role_assignment SET ended_at = now() WHERE user_id = :id"
        model.Session.execute(sa.text(end), {"id": portal.second_reviewer["id"]})
        model.Session.commit()
        request = conditional.submitted(portal, data)
        command(portal, "refuse", portal.reviewer, request, words=WORDS)
        command(portal, "appeal", portal.researcher, request, words=WORDS)
        command(portal, "comment", portal.coordinator, request, words=SECRET)
        # Notes while mediating are no part in what went before.
        command(portal, "send_back", portal.coordinator, request, words=WORDS)
        with pytest.raises(tk.NotAuthorized) as error:
            command(portal, "approve", portal.reviewer, request)
        assert tk._(states.GUARDS["not_who_refused"].msgid) in str(error.value)
        assert command(portal, "approve", above, request)["state"] == "active"

    @pytest.mark.promise(7)
    def test_who_is_to_work_with_the_data_decides_nothing(self, portal, data, above):
        request = conditional.submitted(portal, data)
        second = portal.second_reviewer
        assert [line.request.id for line in inbox_review.waiting(second["id"])]
        model.Session.add(
            RequestPerson(
                application_id=request["application_id"],
                user_id=second["id"],
                sealed="",
            )
        )
        model.Session.commit()
        for name in ("accept", "refuse", "assign"):
            with pytest.raises(tk.NotAuthorized):
                command(portal, name, second, request, words=WORDS)
        assert not inbox_review.waiting(second["id"])
        assert inbox_review.waiting(portal.reviewer["id"])
        assert not inbox_review.waiting(above["id"])

    def test_who_wrote_before_the_refusal_does_not_mediate(self, portal, data):
        request = conditional.submitted(portal, data)
        command(portal, "comment", portal.coordinator, request, words=WORDS)
        command(portal, "refuse", portal.reviewer, request, words=WORDS)
        command(portal, "appeal", portal.researcher, request, words=WORDS)
        with pytest.raises(tk.NotAuthorized):
            command(portal, "escalate", portal.coordinator, request)


class TestNotes:
    def test_internal_notes_never_reach_the_applicant(self, portal, data, visit):
        request = conditional.submitted(portal, data)
        version = request["version"]
        command(
            portal, "comment", portal.reviewer, request, words=SECRET, internal=True
        )
        told = command(
            portal, "comment", portal.reviewer, request, words="请补充附件。"
        )
        assert told["version"] == version
        mine = command(portal, "show", portal.researcher, request)
        assert SECRET not in json.dumps(mine, ensure_ascii=False)
        assert "请补充附件。" in json.dumps(mine, ensure_ascii=False)
        theirs = command(portal, "show", portal.second_reviewer, request)
        assert SECRET in json.dumps(theirs, ensure_ascii=False)
        answer = command(
            portal, "comment", portal.researcher, request, words="已补充。"
        )
        assert SECRET not in json.dumps(answer, ensure_ascii=False)
        path = f"/requests/{request['id']}"
        assert SECRET not in visit(portal.researcher).get(path).body
        assert SECRET in visit(portal.reviewer).get(path).body
        for words, internal in (("", False), (WORDS, True), ("长" * 2001, False)):
            with pytest.raises(tk.ValidationError):
                command(
                    portal, "comment", portal.researcher, request,
                    words=words, internal=internal,
                )  # fmt: skip
        command(portal, "comment", portal.researcher, request, words="空\x00字符")
        with pytest.raises(tk.ObjectNotFound):
            command(portal, "comment", portal.stranger, request, words=WORDS)
        notices = model.Session.scalars(sa.select(Notice)).all()
        assert SECRET not in str([notice.detail for notice in notices])
        recorded = model.Session.execute(sa.text("SELECT detail FROM edudata_audit"))
        assert SECRET not in str(recorded.all())

    def test_assignment(self, portal, data):
        request = conditional.submitted(portal, data)
        second = portal.second_reviewer
        for nobody in (portal.researcher, portal.technician, {"name": "no-such"}):
            with pytest.raises(tk.ValidationError):
                command(
                    portal, "assign", portal.reviewer, request, assignee=nobody["name"]
                )
        done = command(
            portal, "assign", portal.reviewer, request,
            assignee=second["name"], version=request["version"],
        )  # fmt: skip
        assert done["version"] == request["version"]
        mine = portal.act("edudata_request_inbox", second, view="mine")
        assert [line["id"] for line in mine["results"]] == [request["id"]]
        assert mine["views"]["unassigned"] == 0
        assert (
            portal.act("edudata_request_inbox", portal.reviewer)["views"]["mine"] == 0
        )
        shown = command(portal, "show", portal.researcher, request)
        assert "assign" not in [event["command"] for event in shown["history"]]
        assert second["id"] not in json.dumps(shown)
        # The others may still decide it, and then it is in nobody's hands.
        command(portal, "refuse", portal.reviewer, request, words=WORDS)
        assert model.Session.get(Request, request["id"]).assigned_to is None


class TestInbox:
    def test_views_filters_and_counts(self, portal, data, above):
        people = [factories.User() for _ in range(3)]
        old, new, back = (conditional.submitted(portal, data, user) for user in people)
        own = conditional.submitted(portal, data, portal.reviewer)
        command(portal, "return", portal.second_reviewer, back, words=WORDS)
        long_ago(old)
        ask = lambda user, **asked: portal.act(  # noqa: E731
            "edudata_request_inbox", user, **asked
        )
        found = ask(portal.reviewer)
        assert [line["id"] for line in found["results"]] == [old["id"], new["id"]]
        assert found["views"] == {
            "waiting": 2, "mine": 0, "unassigned": 2, "overdue": 1, "all": 3,
        }  # fmt: skip
        assert found["states"] == {"submitted": 2}
        assert [one["count"] for one in found["datasets"]] == [2]
        assert found["results"][0]["overdue"]
        assert own["id"] not in json.dumps(ask(portal.reviewer, view="all"))
        assert own["id"] in json.dumps(ask(portal.second_reviewer, view="all"))
        for asked, wanted in (
            ({"due": "overdue"}, [old]),
            ({"q": new["number"][-4:].lower()}, [new]),
            ({"view": "all", "state": "returned"}, [back]),
            ({"view": "all", "q": "%"}, []),
            ({"view": "all", "q": "\x00无"}, []),
            ({"view": "all", "dataset_id": data.id, "limit": 1}, [back]),
            ({"dataset_id": "nothing"}, []),
        ):
            ids = [line["id"] for line in ask(portal.reviewer, **asked)["results"]]
            assert ids == [one["id"] for one in wanted], asked
        assert [line["id"] for line in ask(above)["results"]] == [old["id"]]
        assert ask(above, view="all")["count"] == 4
        for nobody in (portal.stranger, portal.researcher, None):
            with pytest.raises(tk.NotAuthorized):
                ask(nobody)
        assert ask(portal.technician)["count"] == 0

    def test_many_at_once_each_judged_by_itself(self, portal, data, visit):
        people = [factories.User() for _ in range(3)]
        first, second, third = (
            conditional.submitted(portal, data, user) for user in people
        )
        command(portal, "accept", portal.second_reviewer, second)
        wanted = [
            {"id": one["id"], "version": one["version"]} for one in (first, second)
        ]
        wanted += [{"id": third["id"]}, {"id": "no-such"}]
        done = portal.act(
            "edudata_request_bulk", portal.reviewer, command="accept", requests=wanted
        )
        assert [line["done"] for line in done["results"]] == [True, False, True, False]
        assert done["done"] == 2
        stale = done["results"][1]
        assert stale["number"] == second["number"]
        assert tk._(states.STATES["in_review"]) in stale["message"]
        outsider = factories.User()
        give(outsider, "reviewer", portal.other)
        done = portal.act(
            "edudata_request_bulk", outsider, command="accept", requests=wanted[:1]
        )
        assert (done["done"], done["results"][0]["number"]) == (0, "")
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_request_bulk", portal.reviewer, command="approve",
                       requests=wanted)  # fmt: skip
        page = visit(portal.reviewer).post(
            "/requests/bulk", do="assign", assignee=portal.reviewer["id"],
            request=[f"{one['id']}:{one['version']}" for one in (first, third)],
        )  # fmt: skip
        # Accepted since the page was made: told, line by line.
        assert page.status_code == 200
        assert page.body.count("edw-tag--danger") == 2
        nothing = visit(portal.reviewer).post("/requests/bulk", do="accept")
        assert nothing.status_code == 400
        assert 'id="error-requests"' in nothing.body


class TestCase:
    def test_what_was_done_before_is_told_within_bounds(self, portal, data, visit):
        old = conditional.granted(portal, data)
        portal.act("datastore_search", portal.researcher, resource_id=data.resource_id)
        command(portal, "revoke", portal.reviewer, old, words=WORDS, reason="passed_on")
        request = conditional.submitted(portal, data)
        case = command(portal, "case_show", portal.reviewer, request)
        earlier = case["earlier"]
        assert (earlier["count"], earlier["deliveries"]) == (1, 1)
        assert earlier["broken"][0]["reason"] == "passed_on"
        items = {item["id"]: item["asked"] for item in case["dataset"]["items"]}
        assert items == {"school": True, "grade": False, "pupils": True, "score": False}
        assert conditional.CANARY not in json.dumps(case, ensure_ascii=False)
        # Another owner's reviewer learns nothing of it.
        query = sa.update(Request).where(Request.id == old["id"])
        model.Session.execute(query.values(unit_id=portal.other["id"]))
        model.Session.commit()
        again = command(portal, "case_show", portal.reviewer, request)
        assert again["earlier"]["count"] == 0
        assert old["number"] not in json.dumps(again)
        page = visit(portal.reviewer).get(f"/requests/{request['id']}")
        assert old["number"] not in page.body
        for user in (portal.researcher, portal.stranger, portal.outsider, None):
            with pytest.raises((tk.ObjectNotFound, tk.NotAuthorized)):
                command(portal, "case_show", user, request)

    def test_narrowing_by_the_page(self, portal, data, visit):
        request = conditional.in_review(
            portal,
            data,
            rows={"school": ["示例一中", "示例二中"], "pupils": {"gte": 30}},
        )
        path = f"/requests/{request['id']}"
        page = visit(portal.reviewer).get(path)
        assert page.body.count('name="row:school"') == 2
        posted = {
            "fields": ["school", "pupils"], "row:school": '"示例一中"',
            "range:pupils": '{"gte": 30}', "quota_calls": "5", "quota_rows": "100",
        }  # fmt: skip
        silent = visit(portal.reviewer).post(path + "/approve", **posted)
        assert silent.status_code == 409
        assert 'id="error-words"' in silent.body
        assert silent.body.count('name="row:school"') == 2
        done = visit(portal.reviewer).post(path + "/approve", reason="rows", **posted)
        assert done.status_code == 302
        found = command(portal, "show", portal.researcher, request)
        assert found["decided"]["rows"] == {
            "school": ["示例一中"], "pupils": {"gte": 30},
        }  # fmt: skip
        assert found["decided"]["quota_calls"] == 5
        # The words of the template were taken, and the applicant reads them.
        said = [one["words"] for one in found["history"] if one["command"] == "approve"]
        assert said == ["按所述用途提供必需的数据行。"]

    def test_the_next_one_comes_by_itself(self, portal, data, visit):
        people = [factories.User() for _ in range(3)]
        ids = [conditional.submitted(portal, data, user)["id"] for user in people]
        reviewer = visit(portal.reviewer)
        for place, request_id in enumerate(ids):
            page = reviewer.get(f"/requests/{request_id}")
            assert ('rel="next"' in page.body) == (place < 2)
            stays = reviewer.post(f"/requests/{request_id}/accept")
            assert stays.location.endswith(request_id)
            order = [line.request.id for line in inbox_review.waiting(
                portal.reviewer["id"])]  # fmt: skip
            done = reviewer.post(f"/requests/{request_id}/approve", as_asked="yes")
            rest = [one for one in order if one != request_id]
            assert done.location.rsplit("/", 1)[1] in (rest or [request_id])
        assert not inbox_review.waiting(portal.reviewer["id"])


class TestReasons:
    def test_every_obliged_command_has_reasons(self):
        obliged = {
            rule.command
            for rule in states.TABLE
            if {"reason", "reason_if_narrowed"} & set(rule.guards)
        } - {"appeal", "send_back"}
        assert obliged <= set(reasons.REASONS)
        for choices in reasons.REASONS.values():
            codes = [one.code for one in choices]
            assert len(set(codes)) == len(codes)
            assert codes[-1] == reasons.OTHER

    def test_templates_of_a_unit(self, portal, data, above, visit):
        wanted = {
            "unit_id": portal.bureau["id"], "command": "refuse", "code": "security",
            "title": "无专人管理", "words": SCRIPT,
        }  # fmt: skip
        for user in (portal.technician, portal.outsider, portal.researcher, None):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_request_reason_save", user, **wanted)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_request_reason_save", portal.reviewer,
                       **{**wanted, "code": "no-such"})  # fmt: skip
        own = portal.act("edudata_request_reason_save", portal.reviewer, **wanted)
        other = portal.act(
            "edudata_request_reason_save", above,
            **{**wanted, "unit_id": portal.other["id"]},
        )  # fmt: skip
        request = conditional.submitted(portal, data)
        for unknown in ("no-such", other["id"]):
            with pytest.raises(tk.ValidationError) as error:
                command(portal, "refuse", portal.reviewer, request, reason=unknown)
            assert "reason" in error.value.error_dict
        with pytest.raises(tk.ValidationError) as error:
            # It ends with a colon: the reviewer has to go on writing.
            command(portal, "refuse", portal.reviewer, request, reason="available")
        assert "words" in error.value.error_dict
        page = visit(portal.reviewer).get("/requests/reasons")
        assert "无专人管理" in page.body
        assert SCRIPT not in page.body
        done = command(portal, "refuse", portal.reviewer, request, reason=own["id"])
        assert done["history"][-1]["reason"] == "security"
        assert done["history"][-1]["words"] == SCRIPT
        for user in (portal.researcher, portal.second_reviewer):
            body = visit(user).get(f"/requests/{request['id']}").body
            assert "<script>alert" not in body
            assert "<img src=x" not in body
            assert "&lt;script&gt;" in body
        portal.act("edudata_request_reason_end", portal.reviewer,
                   id=own["id"], unit_id=portal.bureau["id"])  # fmt: skip
        left = portal.act(
            "edudata_request_reason_list", portal.reviewer, unit_id=portal.bureau["id"]
        )
        assert left == []


def test_nothing_typed_is_run_on_any_page(portal, data, visit):
    applicant = factories.User(fullname=SCRIPT)
    words = ("purpose", "scenario", "security", "results", "fields_reason")
    request = conditional.submitted(
        portal, data, applicant,
        **dict.fromkeys(words, SCRIPT), way="copy", way_reason=SCRIPT,
        rows={"school": [SCRIPT]},
    )  # fmt: skip
    for user in (portal.reviewer, applicant):
        command(portal, "comment", user, request, words=SCRIPT)
    path = f"/requests/{request['id']}"
    pages = [
        visit(portal.reviewer).get(path),
        visit(portal.reviewer).post(path + "/refuse", words="", reason=SCRIPT),
        visit(portal.reviewer).post(path + "/assign", assignee=SCRIPT),
        visit(portal.reviewer).get("/requests", q=SCRIPT, state=SCRIPT),
        visit(portal.reviewer).post("/requests/reasons", title=SCRIPT, words=SCRIPT),
        visit(applicant).get(path),
        visit(applicant).post(path + "/appeal", words=SCRIPT),
        visit(portal.reviewer).get("/desk"),
    ]
    command(portal, "accept", portal.reviewer, request)
    pages.append(visit(portal.reviewer).get(path))
    pages.append(visit(portal.reviewer).post(
        path + "/approve", words=SCRIPT, **{"row:school": json.dumps(SCRIPT)},
        fields="score", until="x", row_field="grade", row_values=SCRIPT))  # fmt: skip
    for page in pages:
        assert page.status_code in (200, 400, 403, 409), page.status_code
        assert "<script>alert" not in page.body
        assert "<img src=x" not in page.body
        assert not re.search(r'value="[^"]*"\'><img', page.body)
    assert sum("&lt;script&gt;" in page.body for page in pages) >= 7
