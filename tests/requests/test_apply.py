"""One application over several datasets: parts, drafts, agreements, questions."""

from __future__ import annotations

import datetime
import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import terms_agreements
from ckanext.edudata.requests.model import Application, Request
from ckanext.edudata.requests.model_agreements import Acceptance
from tests.conftest import give
from tests.delivery import conditional
from tests.requests import files

pytestmark = pytest.mark.article(28)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def two(portal, data):
    """A second conditional table, of another owner."""
    give(portal.compiler, "compiler", portal.other)
    give(portal.outsider, "reviewer", portal.other)
    other = conditional.released(
        portal, 20, owner_org=portal.other["id"], reviewer=portal.outsider
    )
    conditional.known(portal, portal.researcher)
    return data, other


def whole(portal, two, **changed):
    """A draft for both tables, complete."""
    first, second = two
    draft = portal.act(
        "edudata_request_create", portal.researcher,
        resource_ids=[first.resource_id, second.resource_id],
        **conditional.form(**changed),
    )  # fmt: skip
    return portal.act(
        "edudata_application_show", portal.researcher, id=draft["application_id"]
    )


def change(portal, command, application, **given):
    return portal.act(
        f"edudata_application_{command}", portal.researcher,
        id=application["id"], **given,
    )  # fmt: skip


@pytest.mark.promise(5, 7)
class TestParts:
    def test_each_owner_decides_its_part(self, portal, two):
        application = whole(portal, two)
        number = application["number"]
        numbers = [part["number"] for part in application["parts"]]
        assert numbers == [f"{number}-1", f"{number}-2"]
        sent = change(portal, "submit", application, version=application["version"])
        assert [part["state"] for part in sent["parts"]] == ["submitted"] * 2
        mine, theirs = sent["parts"]
        seen = portal.act("edudata_request_show", portal.outsider, id=theirs["id"])
        assert seen["form"]["purpose"] == conditional.form()["purpose"]
        assert mine["id"] not in str(seen)
        # Who decides one part learns nothing of the other, nor of the whole.
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_request_show", portal.outsider, id=mine["id"])
        for person in (portal.outsider, portal.reviewer, portal.stranger):
            with pytest.raises(tk.ObjectNotFound):
                portal.act("edudata_application_show", person, id=application["id"])
        portal.act(
            "edudata_request_refuse", portal.outsider, id=theirs["id"], words="否"
        )
        portal.act("edudata_request_accept", portal.reviewer, id=mine["id"])
        found = change(portal, "show", application)
        assert [part["state"] for part in found["parts"]] == ["in_review", "refused"]
        assert found["draft"] is False
        for command, given in (
            ("update", {"purpose": "改"}),
            ("submit", {}),
            ("discard", {}),
        ):
            with pytest.raises(tk.ValidationError) as error:
                change(portal, command, application, **given)
            assert "application_id" in error.value.error_dict

    def test_submitted_all_or_none(self, portal, two):
        application = whole(portal, two)
        second = application["parts"][1]["id"]
        with pytest.raises(tk.ValidationError) as error:
            change(
                portal, "submit", application,
                parts=[{"id": second, "fields": [], "way": "copy"}],
            )  # fmt: skip
        told = error.value.error_dict
        assert set(told) == {"parts"}
        assert told["parts"][0] == {}
        assert set(told["parts"][1]) == {"fields", "way_reason"}
        found = change(portal, "show", application)
        assert [part["state"] for part in found["parts"]] == ["draft", "draft"]
        with pytest.raises(tk.ValidationError) as error:
            portal.act("edudata_request_submit", portal.researcher, id=second)
        assert "id" in error.value.error_dict

    def test_common_words_go_into_all_parts(self, portal, two):
        application = whole(portal, two)
        first, second = (part["id"] for part in application["parts"])
        portal.act(
            "edudata_request_update", portal.researcher, id=first,
            purpose="共同的用途", fields=["grade"],
        )  # fmt: skip
        found = change(portal, "show", application)
        forms = [part["form"] for part in found["parts"]]
        assert [form["purpose"] for form in forms] == ["共同的用途"] * 2
        assert [form["fields"] for form in forms] == [["grade"], ["school", "pupils"]]
        assert found["version"] > application["version"]
        left = change(portal, "discard", application, request_id=first)
        assert left == {"left": 1}
        alone = change(portal, "show", application)
        assert [part["number"] for part in alone["parts"]] == [application["number"]]
        assert alone["parts"][0]["id"] == second
        assert change(portal, "discard", application) == {"left": 0}
        for table in (Application, Request, Acceptance):
            assert model.Session.query(table).count() == 0
        kept = model.Session.scalars(
            sa.text("SELECT action FROM edudata_audit WHERE object_type = 'request'")
        )
        assert list(kept).count("request_discard") == 2

    def test_added_to_a_draft_and_one_open_for_a_person_and_a_table(self, portal, two):
        first, second = two
        draft = portal.act(
            "edudata_request_create", portal.researcher,
            resource_id=first.resource_id, **conditional.form(),
        )  # fmt: skip
        with pytest.raises(tk.ObjectNotFound):
            portal.act(
                "edudata_request_create", portal.stranger,
                resource_id=second.resource_id, application_id=draft["application_id"],
            )  # fmt: skip
        added = portal.act(
            "edudata_request_create", portal.researcher,
            resource_id=second.resource_id, application_id=draft["application_id"],
        )  # fmt: skip
        assert added["form"]["purpose"] == conditional.form()["purpose"]
        assert "fields" not in added["form"]
        assert added["agreed_terms"] == draft["agreed_terms"] == "1"
        for more in ({}, {"application_id": draft["application_id"]}):
            with pytest.raises(tk.ValidationError) as error:
                portal.act(
                    "edudata_request_create", portal.researcher,
                    resource_id=second.resource_id, **more,
                )  # fmt: skip
            assert added["number"] in str(error.value.error_dict["resource_id"])
        found = portal.act("edudata_application_list", portal.researcher, drafts=True)
        assert [len(line["parts"]) for line in found["results"]] == [2]
        assert portal.act("edudata_application_list", portal.stranger)["count"] == 0

    def test_eight_submit_at_once_and_one_wins(self, app, portal, two):
        application = whole(portal, two)
        start = threading.Barrier(8)
        outcomes = []

        def submit():
            try:
                with app.flask_app.test_request_context():
                    start.wait()
                    change(portal, "submit", application)
                outcomes.append("done")
            except tk.ValidationError as error:
                outcomes.append(next(iter(error.error_dict)))
            finally:
                model.Session.remove()

        threads = [threading.Thread(target=submit) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(outcomes) == ["application_id"] * 7 + ["done"]
        count = sa.text(
            "SELECT count(*) FROM edudata_request_event WHERE command = 'submit'"
        )
        assert model.Session.scalar(count) == 2


class TestDrafts:
    def test_a_stale_draft_is_told_and_nothing_is_overwritten(self, portal, two):
        application = whole(portal, two)
        seen = application["version"]
        saved = change(portal, "update", application, version=seen, purpose="第一窗口")
        assert saved["version"] == seen + 1
        with pytest.raises(tk.ValidationError) as error:
            change(portal, "update", application, version=seen, purpose="第二窗口")
        assert set(error.value.error_dict) == {"version"}
        assert change(portal, "show", application)["purpose"] == "第一窗口"

    def test_half_typed_is_saved_as_far_as_it_is_right(self, portal, two):
        application = whole(portal, two)
        first = application["parts"][0]["id"]
        typed = {
            "purpose": "新的用途",
            "until": "20",
            "parts": [{"id": first, "fields": ["score"], "rows": {"school": []}}],
        }
        with pytest.raises(tk.ValidationError):
            change(portal, "update", application, **typed)
        saved = change(portal, "update", application, partial=True, **typed)
        assert set(saved["problems"]) == {"until", "parts"}
        assert set(saved["problems"]["parts"][0]) == {"rows"}
        assert saved["purpose"] == "新的用途"
        assert saved["parts"][0]["form"]["fields"] == ["score"]
        assert saved["until"] == conditional.form()["until"]
        # Saving what is saved already changes nothing.
        again = change(portal, "update", application, purpose="新的用途")
        assert again["version"] == saved["version"]

    def test_who_asks_for_every_field_says_why(self, portal, two):
        every = list(conditional.COLUMNS)
        application = whole(portal, two, fields=every)
        with pytest.raises(tk.ValidationError) as error:
            change(portal, "submit", application)
        assert [set(told) for told in error.value.error_dict["parts"]] == [
            {"fields_reason"}
        ] * 2
        parts = [
            {"id": part["id"], "fields_reason": "全部用于比较"}
            for part in application["parts"]
        ]
        sent = change(portal, "submit", application, parts=parts)
        assert sent["parts"][1]["state"] == "submitted"

    def test_data_stopped_meanwhile_are_taken_out(self, portal, two):
        application = whole(portal, two)
        portal.act("edudata_stop", portal.outsider, id=two[1].id, reason="数据有误。")
        with pytest.raises(tk.ValidationError) as error:
            change(portal, "submit", application)
        assert set(error.value.error_dict["parts"][1]) == {"resource_id"}
        change(portal, "discard", application, request_id=application["parts"][1]["id"])
        sent = change(portal, "submit", application)
        assert [part["state"] for part in sent["parts"]] == ["submitted"]


class TestAgreement:
    def test_ticking_is_not_enough(self, portal, two):
        application = whole(portal, two, agreed=False)
        with pytest.raises(tk.ValidationError) as error:
            change(portal, "submit", application)
        assert set(error.value.error_dict) == {"agreed"}
        with pytest.raises(tk.ValidationError) as error:
            change(portal, "submit", application, agreed=True, agreed_name=" ")
        assert set(error.value.error_dict) == {"agreed_name"}
        sent = change(portal, "submit", application, agreed=True, agreed_name="张示例")
        kept = sent["agreement"]
        assert (kept["version"], kept["way"], kept["name"]) == ("1", "name", "张示例")
        assert kept["digest"] == terms_agreements.STANDARD.digest
        row = model.Session.query(Acceptance).one()
        assert "张示例" not in row.sealed
        seen = portal.act(
            "edudata_request_show", portal.reviewer, id=sent["parts"][0]["id"]
        )
        assert seen["agreement"] == kept

    def test_by_a_stamped_page_as_long_as_it_is_there(self, portal, two):
        application = whole(portal, two, agreed=False)

        def attach():
            return portal.act(
                "edudata_attachment_create",
                portal.researcher,
                application_id=application["id"],
                kind="agreement_page",
                upload=portal.file("盖章页.pdf", files.pdf()),
            )

        page = attach()
        change(portal, "update", application, agreed=True)
        portal.act("edudata_attachment_take_back", portal.researcher, id=page["id"])
        with pytest.raises(tk.ValidationError) as error:
            change(portal, "submit", application)
        assert set(error.value.error_dict) == {"agreed"}
        page = attach()
        sent = change(portal, "submit", application, agreed=True)
        kept = sent["agreement"]
        assert (kept["way"], kept["attachment_id"]) == ("page", page["id"])

    def test_a_new_version_is_accepted_anew(self, portal, two):
        application = whole(portal, two)
        sent = change(portal, "submit", application)
        part = sent["parts"][0]["id"]
        portal.act("edudata_request_return", portal.reviewer, id=part, words="补充")
        for user in (portal.reviewer, portal.stranger):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_agreement_publish", user, text_zh="一\n二")
        made = portal.act(
            "edudata_agreement_publish", portal.coordinator, text_zh=" 一\n\n二 "
        )
        assert (made["version"], made["text_zh"], made["in_force"]) == (
            "2",
            "一\n二",
            True,
        )
        with pytest.raises(tk.ValidationError):
            portal.act(
                "edudata_agreement_publish", portal.coordinator, text_zh="一\n二"
            )
        with pytest.raises(tk.ValidationError) as error:
            portal.act("edudata_request_resubmit", portal.researcher, id=part)
        assert set(error.value.error_dict) == {"agreed"}
        done = portal.act(
            "edudata_request_resubmit", portal.researcher, id=part,
            agreed=True, agreed_name="张示例",
        )  # fmt: skip
        assert done["agreement"]["digest"] == made["digest"]
        other = change(portal, "show", application)["parts"][1]
        assert other["agreement"]["version"] == "1"
        later = datetime.datetime.now() + datetime.timedelta(days=3)
        portal.act(
            "edudata_agreement_publish", portal.coordinator,
            text_zh="三", starts=later.isoformat(),
        )  # fmt: skip
        assert portal.act("edudata_agreement_show", None)["version"] == "2"
        versions = portal.act("edudata_agreement_list", None)
        assert [each["version"] for each in versions] == ["3", "2", "1"]
        with pytest.raises(sa.exc.DBAPIError):
            model.Session.execute(sa.text("UPDATE edudata_agreement SET text_zh = ''"))
        model.Session.rollback()


class TestQuestions:
    QUESTIONS = (
        {"label": "数据存放的机器在何处？", "required": True},
        {"label": "是否涉及合作单位？", "kind": "yes_no", "required": True},
        {"label": "研究对象", "kind": "choices", "choices": ["小学", "初中"]},
    )

    def ask(self, portal, questions, user=None, unit=None, **more):
        return portal.act(
            "edudata_unit_form_update", user or portal.reviewer,
            unit_id=(unit or portal.bureau)["id"], questions=list(questions), **more,
        )  # fmt: skip

    def test_asked_answered_and_kept_with_the_version(self, portal, two):
        application = whole(portal, two)
        for user in (portal.compiler, portal.outsider, portal.researcher):
            with pytest.raises(tk.NotAuthorized):
                self.ask(portal, self.QUESTIONS, user)
        with pytest.raises(tk.ValidationError) as error:
            self.ask(portal, [{"label": "选择", "kind": "choice", "choices": ["一"]}])
        assert set(error.value.error_dict["questions"][0]) == {"choices"}
        made = self.ask(portal, self.QUESTIONS)
        assert [each["key"] for each in made["questions"]] == ["q1", "q2", "q3"]
        # Only the owner that asks is answered.
        with pytest.raises(tk.ValidationError) as error:
            change(portal, "submit", application)
        told = error.value.error_dict["parts"]
        assert set(told[0]) == {"answer_q1", "answer_q2"}
        assert told[1] == {}
        first = application["parts"][0]["id"]
        answers = {"q1": SCRIPT, "q2": "no", "q3": ["初中"], "q9": "没有问过"}
        sent = change(
            portal, "submit", application, parts=[{"id": first, "answers": answers}]
        )
        self.ask(
            portal, [{**made["questions"][0], "label": "换了一个问题？"}], version=1
        )
        with pytest.raises(tk.ValidationError):
            self.ask(portal, self.QUESTIONS, version=1)
        seen = portal.act("edudata_request_show", portal.reviewer, id=first)
        assert [(each["label"], each["answer"]) for each in seen["questions"]] == [
            ("数据存放的机器在何处？", SCRIPT),
            ("是否涉及合作单位？", "no"),
            ("研究对象", ["初中"]),
        ]
        assert sent["parts"][1]["questions"] == []
        now = portal.act("edudata_unit_form_show", None, unit_id=portal.bureau["id"])
        assert (now["version"], now["questions"][0]["key"]) == (2, "q1")

    def test_a_school_asks_what_its_office_asks_unless_it_says_otherwise(self, portal):
        self.ask(portal, self.QUESTIONS[:1])
        show = {"unit_id": portal.school["id"]}
        found = portal.act("edudata_unit_form_show", None, **show)
        assert found["of_unit"] == portal.bureau["id"]
        give(portal.second_reviewer, "reviewer", portal.school)
        self.ask(portal, [], portal.second_reviewer, portal.school)
        found = portal.act("edudata_unit_form_show", None, **show)
        assert (found["of_unit"], found["questions"]) == (portal.school["id"], [])


class TestRenewal:
    def test_tied_to_a_report_and_the_grant_goes_on(
        self, portal, data, request_granted, monkeypatch
    ):
        old = request_granted["id"]
        with pytest.raises(tk.ValidationError) as error:
            portal.act("edudata_request_renew", portal.researcher, id=old)
        assert "reported" in error.value.error_dict
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_request_renew", portal.reviewer, id=old)
        portal.act(
            "edudata_use_report_file", portal.researcher, request_id=old,
            uses="按申请用途统计。", results="报告一份。", security="加密保存。",
            third="no", copies="in_use",
        )  # fmt: skip
        draft = portal.act("edudata_request_renew", portal.researcher, id=old)
        assert (draft["renews"], draft["state"]) == (old, "draft")
        assert draft["form"]["fields"] == ["school", "pupils"]
        assert "until" not in draft["form"]
        with pytest.raises(tk.ValidationError) as error:
            portal.act("edudata_request_renew", portal.researcher, id=old)
        assert "not_renewing" in error.value.error_dict
        end = request_granted["decided"]["until"]
        until = datetime.date.fromisoformat(end) + datetime.timedelta(days=30)
        sent = portal.act(
            "edudata_request_submit", portal.researcher, id=draft["id"],
            until=until.isoformat(), agreed=True, agreed_name="示例申请人",
        )  # fmt: skip
        going_on = portal.act("edudata_request_show", portal.researcher, id=old)
        assert going_on["decided"]["until"] > end
        assert going_on["decided"]["granted_until"] == end
        grant = portal.act("edudata_grant_list", portal.researcher, request_id=old)
        assert grant["results"][0]["extended"] is True
        portal.act("edudata_request_refuse", portal.reviewer, id=sent["id"], words="否")
        over = portal.act("edudata_request_show", portal.researcher, id=old)
        assert over["decided"]["until"] == end
        assert "granted_until" not in over["decided"]
