"""Commands: who, when, once, with their record, and what follows."""

from __future__ import annotations

import datetime
import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.requests import states
from ckanext.edudata.requests.model import Request
from tests.conftest import give
from tests.delivery import conditional

WORDS = "理由如下。"


def command(portal, name, user, request, **values):
    return portal.act(f"edudata_request_{name}", user, id=request["id"], **values)


def audited(request):
    rows = model.Session.execute(
        sa.text(
            "SELECT action, actor_id, outcome FROM edudata_audit"
            " WHERE object_id = :id ORDER BY id"
        ),
        {"id": request["id"]},
    )
    return [tuple(row) for row in rows]


def events(request):
    return model.Session.execute(
        sa.text("SELECT command FROM edudata_request_event WHERE request_id = :id"),
        {"id": request["id"]},
    ).all()


@pytest.mark.promise(5)
@pytest.mark.article(28)
class TestOneWinner:
    def test_sixty_four_decide_and_one_wins(self, app, portal, data, ckan_config):
        request = conditional.in_review(portal, data)
        people = [portal.reviewer, portal.second_reviewer]
        for _ in range(6):
            people.append(factories.User())
            give(people[-1], "reviewer", portal.bureau)
        start = threading.Barrier(64)
        outcomes: list[tuple[str, str]] = []

        def decide(number):
            name = ("approve", "refuse", "return", "withdraw")[number % 4]
            user = portal.researcher if name == "withdraw" else people[number // 8]
            # Half of the pages know which version they show, as browsers' do.
            seen = {"version": request["version"]} if number % 8 < 4 else {}
            try:
                with app.flask_app.test_request_context():
                    start.wait()
                    command(portal, name, user, request, words=WORDS, **seen)
                outcomes.append((name, ""))
            except (tk.ValidationError, tk.NotAuthorized) as error:
                outcomes.append((name, str(error)))
            finally:
                model.Session.remove()

        threads = [threading.Thread(target=decide, args=(n,)) for n in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        winners = [name for name, told in outcomes if not told]
        assert len(outcomes) == 64
        assert len(winners) == 1
        done = {
            "approve": "active", "refuse": "refused",
            "return": "returned", "withdraw": "withdrawn",
        }[winners[0]]  # fmt: skip
        found = command(portal, "show", portal.reviewer, request)
        assert found["state"] == done
        # Each of the 63 is told in which state it is now, after somebody else decided.
        label = tk._(states.STATES[done])
        chinese = {"active": "使用中", "refused": "不予通过", "returned": "退回补正",
                   "withdrawn": "已撤回"}[done]  # fmt: skip
        for _, told in outcomes:
            assert not told or label in told or chinese in told
        given = [row.command for row in events(request)]
        decisions = ("approve", "refuse", "return", "withdraw")
        assert sum(name in decisions for name in given) == 1
        kept = [row for row in audited(request) if row[2] == "done"]
        assert len(kept) == len(given)
        grants = model.Session.scalar(sa.text("SELECT count(*) FROM edudata_grant"))
        assert grants == (done == "active")

    def test_a_stale_page_is_told(self, portal, data):
        request = conditional.submitted(portal, data)
        command(portal, "accept", portal.reviewer, request, version=request["version"])
        with pytest.raises(tk.ValidationError) as error:
            command(
                portal, "refuse", portal.second_reviewer, request,
                version=request["version"], words=WORDS,
            )  # fmt: skip
        assert "version" in error.value.error_dict
        assert tk._(states.STATES["in_review"]) in str(error.value.error_dict)

    def test_state_event_and_record_stand_or_fall_together(self, portal, data):
        request = conditional.in_review(portal, data)
        before = (audited(request), events(request))
        with model.ensure_engine().begin() as connection:
            connection.execute(
                sa.text(
                    """
                    CREATE FUNCTION edudata_test_fail() RETURNS trigger AS
                    'BEGIN RAISE EXCEPTION ''no commit''; END' LANGUAGE plpgsql;
                    CREATE CONSTRAINT TRIGGER edudata_test_fail
                    AFTER INSERT ON edudata_grant DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION edudata_test_fail()
                    """
                )
            )
        try:
            with pytest.raises(sa.exc.DBAPIError):
                command(portal, "approve", portal.reviewer, request)
        finally:
            with model.ensure_engine().begin() as connection:
                connection.execute(sa.text("DROP FUNCTION edudata_test_fail() CASCADE"))
        assert (audited(request), events(request)) == before
        assert command(portal, "show", portal.reviewer, request)["state"] == "in_review"
        assert command(portal, "approve", portal.reviewer, request)["state"] == "active"


@pytest.mark.promise(5, 7)
class TestWho:
    def test_strangers_do_not_learn_that_it_exists(self, portal, data):
        request = conditional.submitted(portal, data)
        for user in (portal.stranger, portal.outsider, portal.compiler, None):
            for name in ("show", "accept", "approve", "withdraw", "appeal"):
                with pytest.raises(tk.ObjectNotFound) as error:
                    command(portal, name, user, request)
                with pytest.raises(tk.ObjectNotFound) as none:
                    command(portal, name, user, {"id": "no-such-thing"})
                assert str(error.value) == str(none.value)
        assert portal.act("edudata_request_list", portal.stranger)["count"] == 0
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "edudata_request_list", portal.outsider, unit_id=portal.bureau["id"]
            )

    def test_a_draft_is_its_authors_only(self, portal, data):
        draft = portal.act(
            "edudata_request_create", portal.researcher, resource_id=data.resource_id
        )
        with pytest.raises(tk.ObjectNotFound):
            command(portal, "show", portal.reviewer, draft)
        assert portal.act("edudata_request_list", portal.reviewer, inbox=True) == {
            "count": 0,
            "states": {},
            "results": [],
        }

    def test_the_wrong_person_is_told_the_state_and_is_on_record(self, portal, data):
        request = conditional.in_review(portal, data)
        for user, name in (
            (portal.researcher, "approve"),
            (portal.coordinator, "approve"),
            (portal.technician, "refuse"),
            (portal.reviewer, "withdraw"),
        ):
            with pytest.raises(tk.NotAuthorized) as error:
                command(portal, name, user, request, words=WORDS)
            assert tk._("In review") in str(error.value)
        denied = [row for row in audited(request) if row[2] == "denied"]
        assert len(denied) == 4

    def test_system_administrators_decide_nothing(self, portal, data):
        request = conditional.in_review(portal, data)
        model.User.get(portal.stranger["id"]).sysadmin = True
        model.Session.commit()
        for context in ({}, {"ignore_auth": True}):
            with pytest.raises(tk.ObjectNotFound):
                tk.get_action("edudata_request_approve")(
                    {"user": portal.stranger["name"], **context}, {"id": request["id"]}
                )

    def test_who_applies_never_decides(self, portal, data):
        request = conditional.submitted(portal, data, portal.reviewer)
        for name in ("accept", "return", "refuse"):
            with pytest.raises(tk.NotAuthorized):
                command(portal, name, portal.reviewer, request, words=WORDS)
        command(portal, "accept", portal.second_reviewer, request)
        with pytest.raises(tk.NotAuthorized, match=""):
            command(portal, "approve", portal.reviewer, request)
        done = command(portal, "approve", portal.second_reviewer, request)
        assert done["state"] == "active"

    def test_the_wrong_state_is_named(self, portal, data):
        request = conditional.submitted(portal, data)
        with pytest.raises(tk.ValidationError) as error:
            command(portal, "approve", portal.reviewer, request)
        assert tk._("Submitted") in str(error.value.error_dict["state"])


@pytest.mark.article(24, 28)
class TestWays:
    def test_returned_corrected_and_approved_for_less(self, portal, data):
        request = conditional.submitted(portal, data, rows={"school": ["示例一中"]})
        with pytest.raises(tk.ValidationError) as error:
            command(portal, "return", portal.reviewer, request)
        assert "words" in error.value.error_dict
        command(portal, "return", portal.reviewer, request, words="请说明用途。")
        fixed = command(
            portal, "resubmit", portal.researcher, request, purpose="详细的用途说明。"
        )
        assert (fixed["state"], fixed["form"]["purpose"]) == (
            "in_review",
            "详细的用途说明。",
        )
        for wider in (
            {"fields": ["school", "score"]},
            {"fields": []},
            {"rows": {}},
            {"rows": {"school": ["示例一中", "示例二中"]}},
            {"until": "2999-01-01"},
            {"until": "2020-01-01"},
            {"way": "copy"},
        ):
            with pytest.raises(tk.ValidationError):
                command(
                    portal, "approve", portal.reviewer, request, words=WORDS, **wider
                )
        with pytest.raises(tk.ValidationError) as error:
            command(portal, "approve", portal.reviewer, request, fields=["pupils"])
        assert "words" in error.value.error_dict
        done = command(
            portal, "approve", portal.reviewer, request, fields=["pupils"], words=WORDS
        )
        assert done["decided"]["fields"] == ["pupils"]
        found = portal.act(
            "datastore_search", portal.researcher, resource_id=data.resource_id
        )
        assert [field["id"] for field in found["fields"]] == ["pupils"]
        assert found["total"] == sum(r["school"] == "示例一中" for r in data.rows)

    def test_refused_mediated_and_decided_above(self, portal, data):
        above = portal.stranger
        give(above, "reviewer", portal.commission)
        request = conditional.in_review(portal, data)
        command(portal, "refuse", portal.reviewer, request, words=WORDS)
        with pytest.raises(tk.ValidationError):
            command(portal, "appeal", portal.researcher, request)
        command(portal, "appeal", portal.researcher, request, words="请复核。")
        command(portal, "send_back", portal.coordinator, request, words="请再审。")
        for name in ("approve", "refuse"):
            with pytest.raises(tk.NotAuthorized):
                command(portal, name, portal.reviewer, request, words=WORDS)
        command(portal, "refuse", portal.second_reviewer, request, words=WORDS)
        with pytest.raises(tk.ValidationError) as error:
            command(portal, "appeal", portal.researcher, request, words="再复核。")
        assert "once" in error.value.error_dict

        other = conditional.in_review(portal, data, portal.outsider)
        command(portal, "refuse", portal.reviewer, other, words=WORDS)
        command(portal, "appeal", portal.outsider, other, words="请复核。")
        command(portal, "escalate", portal.coordinator, other)
        for user in (portal.reviewer, portal.second_reviewer, portal.coordinator):
            with pytest.raises(tk.NotAuthorized):
                command(portal, "overturn", user, other)
        done = command(portal, "overturn", above, other)
        assert done["state"] == "active"

    def test_withdrawn_and_applied_again(self, portal, data):
        request = conditional.submitted(portal, data)
        with pytest.raises(tk.ValidationError) as error:
            portal.act(
                "edudata_request_create", portal.researcher,
                resource_id=data.resource_id,
            )  # fmt: skip
        assert request["number"] in str(error.value.error_dict["resource_id"])
        command(portal, "withdraw", portal.researcher, request)
        again = conditional.submitted(portal, data)
        assert again["id"] != request["id"]

    @pytest.mark.ckan_config("ckanext.edudata.requests.provision_at_once", False)
    @pytest.mark.ckan_config("ckanext.edudata.requests.second_consent", True)
    def test_a_second_consent_and_a_technician(self, portal, data):
        request = conditional.in_review(
            portal, data, way="copy", way_reason="离线统计。"
        )
        done = command(portal, "approve", portal.reviewer, request)
        assert done["state"] == "awaiting_consent"
        done = command(portal, "consent", portal.coordinator, request)
        assert done["state"] == "approved"
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "datastore_search", portal.researcher, resource_id=data.resource_id
            )
        done = command(portal, "provision", portal.technician, request)
        assert done["state"] == "active"
        assert done["commands"] == ["comment"]

    def test_time_lapses_and_expires(self, portal, data):
        request = conditional.submitted(portal, data)
        command(portal, "return", portal.reviewer, request, words=WORDS)
        long_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(40)
        query = sa.update(Request).where(Request.id == request["id"])
        model.Session.execute(query.values(since=long_ago))
        model.Session.commit()
        found = command(portal, "show", portal.researcher, request)
        assert (found["state"], found["commands"]) == ("lapsed", [])
        with pytest.raises(tk.ValidationError):
            command(portal, "resubmit", portal.researcher, request)
        again = conditional.granted(portal, data)
        assert again["state"] == "active"
        decided = {**again["decided"], "until": "2026-01-01"}
        query = sa.update(Request).where(Request.id == again["id"])
        model.Session.execute(query.values(decided=decided))
        model.Session.execute(sa.text("UPDATE edudata_grant SET until = '2026-01-02'"))
        model.Session.commit()
        found = command(portal, "show", portal.reviewer, again)
        assert (found["state"], found["commands"]) == ("expired", [])

    def test_what_is_typed_wrong_is_said(self, portal, data):
        for wrong in (
            {"fields": ["no such field"]},
            {"until": "tomorrow"},
            {"way": "by post"},
            {"purpose": "长" * 2001},
            {"rows": {"school": []}},
            {"rows": {"$or": ["x"]}},
            {"rows": {"school": [{"gt": 1}]}},
            {"rows": {"pupils": ["many"]}},
        ):
            with pytest.raises(tk.ValidationError) as error:
                portal.act(
                    "edudata_request_create", portal.researcher,
                    resource_id=data.resource_id, **wrong,
                )  # fmt: skip
            assert set(error.value.error_dict) == set(wrong)
        for late in ("2020-01-01", "2999-01-01"):
            with pytest.raises(tk.ValidationError) as error:
                conditional.submitted(portal, data, until=late)
            assert set(error.value.error_dict) == {"until"}
            model.Session.execute(sa.delete(Request))
            model.Session.commit()
        for nothing in ("nothing", data.table_id):
            with pytest.raises(tk.ObjectNotFound):
                portal.act(
                    "edudata_request_create", portal.researcher, resource_id=nothing
                )

    def test_the_trail_holds_ids_only(self, portal, data):
        request = conditional.granted(portal, data)
        command(portal, "revoke", portal.reviewer, request, words="不应入审计的话")
        text = str(model.Session.execute(sa.text("SELECT * FROM edudata_audit")).all())
        assert "不应入审计的话" not in text
        assert conditional.form()["purpose"] not in text
        assert portal.researcher["email"] not in text
