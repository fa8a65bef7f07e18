"""The pages of applying: form, drafts that save themselves, agreement, questions."""

from __future__ import annotations

import re

import pytest
from ckan import model

from ckanext.edudata.requests.model import Application, Request
from tests.conftest import give
from tests.delivery import conditional
from tests.visitors import Visitor, words

pytestmark = pytest.mark.article(28)
SCRIPT = "<script>alert(1)</script>"


def asked(page):
    """The version that the form's page knows."""
    return re.search(r'name="version" value="(\d+)"', page)[1]


class TestForm:
    def test_questions_of_the_unit_and_what_is_asked_for(self, app, portal, data):
        reviewer, me = Visitor(app, portal.reviewer), Visitor(app, portal.researcher)
        address = f"/unit-forms/{portal.bureau['name']}"
        assert Visitor(app, portal.stranger).get(address).status_code == 403
        bad = reviewer.post(
            address,
            {
                "number": "2",
                "q0-label": SCRIPT,
                "q0-kind": "choice",
                "q0-choices": "甲",
            },
        )
        assert bad.status_code == 400
        assert SCRIPT not in bad.get_data(as_text=True)
        assert 'href="#field-q0-choices"' in bad.get_data(as_text=True)
        assert SCRIPT in words(bad)
        done = reviewer.post(
            address,
            {
                "number": "4",
                "version": "0",
                **{"q0-label": "机器在何处？", "q0-required": "yes", "q0-order": "2"},
                **{"q1-label": SCRIPT, "q1-kind": "choices", "q1-choices": "甲\r\n乙"},
                **{"q1-order": "1", "q2-label": "不问了", "q2-remove": "yes"},
            },
        )
        assert done.status_code == 302
        page = reviewer.text(address)
        assert page.index(SCRIPT) < page.index("机器在何处？")
        assert "不问了" not in page

        path = f"/dataset/{data.name}/apply/{data.resource_id}"
        first = me.get(path)
        assert first.status_code == 302
        assert "/applicant?back=" in first.location
        conditional.known(portal, portal.researcher)
        page = me.get(path).get_data(as_text=True)
        assert SCRIPT not in page
        for label in ("学校", "仅限教育研究。", "机器在何处？", "合成样例"):
            assert label in page
        form = {**conditional.form(), "agreed": "yes", "do": "submit"}
        wrong = me.post(path, form)
        assert wrong.status_code == 400
        assert 'id="error-answer_q2"' in words(wrong)
        # What was right is kept all the same.
        assert conditional.form()["purpose"] in me.text(path)
        sent = me.post(path, {**form, "answer_q2": SCRIPT, "answer_q1": ["乙"]})
        assert sent.status_code == 302
        request = model.Session.query(Request).one()
        assert request.form["answers"] == {"q2": SCRIPT, "q1": ["乙"]}
        theirs = Visitor(app, portal.reviewer)
        assert SCRIPT not in theirs.get(sent.location).get_data(as_text=True)
        whole = f"/applications/{request.application_id}"
        assert me.get(whole).status_code == 200
        for person in (portal.reviewer, portal.stranger):
            assert Visitor(app, person).get(whole).status_code == 404
        assert Visitor(app).get(whole).status_code == 302


class TestDrafts:
    def test_saves_itself_and_tells_of_another_window(self, app, portal, data):
        conditional.known(portal, portal.researcher)
        me = Visitor(app, portal.researcher)
        path = f"/dataset/{data.name}/apply/{data.resource_id}"
        typed = {"do": "autosave", "purpose": "第一", "until": "20", "agreed": "yes"}
        saved = me.post(path, typed)
        told = saved.get_json()
        assert saved.status_code == 200
        assert [each["field"] for each in told["problems"]] == ["until"]
        assert asked(me.text(path)) == str(told["version"])
        assert "private" in saved.headers["Cache-Control"]
        seen = {"version": str(told["version"])}
        other = me.post(path, {**seen, "do": "update", "purpose": "另一窗口"})
        assert other.status_code == 302
        stale = me.post(path, {**seen, "do": "autosave", "purpose": "这个窗口"})
        assert (stale.status_code, stale.get_json()["stale"]) == (409, True)
        page = me.post(path, {**seen, "do": "update", "purpose": "这个窗口"})
        assert page.status_code == 409
        assert "这个窗口" in words(page)
        assert "另一窗口" in me.text(path)
        again = {"version": asked(words(page)), "do": "update", "purpose": "这个窗口"}
        assert me.post(path, again).status_code == 302
        assert "这个窗口" in me.text(path)
        # A login that has ended costs nothing that was typed.
        late = Visitor(app).post(path, {"do": "autosave", "purpose": "晚了"})
        assert late.status_code == 401
        assert late.get_json()["message"]

    def test_more_data_in_one_draft_and_out_again(self, app, portal, data):
        give(portal.compiler, "compiler", portal.other)
        give(portal.outsider, "reviewer", portal.other)
        other = conditional.released(
            portal, 20, portal.outsider, owner_org=portal.other["id"]
        )
        conditional.known(portal, portal.researcher)
        me = Visitor(app, portal.researcher)
        path = f"/dataset/{data.name}/apply/{data.resource_id}"
        me.post(path, {"do": "update", "purpose": "比较两区"})
        second = f"/dataset/{other.name}/apply/{other.resource_id}"
        application = model.Session.query(Application).one()
        here = f"/applications/{application.id}"
        assert f'action="{here}/add"' in me.text(second)
        wanted = {"resource_id": other.resource_id}
        assert me.post(f"{here}/add", wanted, page=second).status_code == 302
        assert me.get(path).location.endswith(f"{here}/form")
        page = me.text(f"{here}/form")
        assert 'name="p1-fields"' in page
        assert 'name="p2-fields"' in page
        sent = {
            **{"do": "submit", "agreed": "yes", "agreed_name": "示例申请人"},
            **{key: conditional.form()[key] for key in ("purpose", "scenario")},
            **{key: conditional.form()[key] for key in ("until", "security")},
            **{"p1-fields": ["school"], "p2-way": "copy"},
        }
        wrong = me.post(f"{here}/form", sent)
        for field in ("p2-fields", "p2-way_reason"):
            assert f'href="#field-{field}"' in words(wrong)
        done = me.post(
            f"{here}/form",
            {**sent, "p2-fields": ["grade"], "p2-way_reason": "离线统计"},
        )
        assert done.location.endswith(here)
        page = me.text(here)
        assert page.count('data-state="submitted"') == 2
        assert "退" in page or "受理" in page
        assert me.get(f"{here}/form").location.endswith(here)
        assert application.number in me.text("/applications")
        stranger = Visitor(app, portal.stranger)
        for page in ("/form", "/discard", "/add"):
            answer = stranger.post(f"{here}{page}", wanted, page="/applications")
            assert answer.status_code == 404
        assert application.number not in stranger.text("/applications")


class TestAgreement:
    def test_everybody_reads_and_the_coordinator_publishes(self, app, portal, data):
        anyone = Visitor(app)
        assert "不作他用" in anyone.text("/terms")
        assert anyone.get("/terms/7").status_code == 404
        assert anyone.get("/terms/99999999999999").status_code == 404
        assert Visitor(app, portal.reviewer).get("/terms/new").status_code == 403
        office = Visitor(app, portal.coordinator)
        text = f"第一条\n{SCRIPT}"
        wrong = office.post("/terms/new", {"text_zh": " ", "text_en": "x"})
        assert wrong.status_code == 400
        done = office.post("/terms/new", {"text_zh": text, "text_en": ""})
        assert done.status_code == 302
        page = anyone.get("/terms").get_data(as_text=True)
        assert SCRIPT not in page
        assert "第一条" in page
        assert "不作他用" in anyone.text("/terms/1")
