"""The desk, the forms and the page of an entry, as each person meets them."""

from __future__ import annotations

import io

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from tests.visitors import Visitor, words

LIST = """序号,学校名称,学校标识码,主管部门
1,甲大学,4131010001,市教委
2,乙大学,4131010002,教育部
"""

FORM = {
    "title": "普通高等学校名单",
    "notes": "本市普通高等学校的名称、代码和办学层次。",
    "subject_database": "school",
    "update_cycle": "annual",
    "opening_class": "unconditional",
    "sharing_class": "unconditional",
    "data_class": "management",
    "data_grade": "general",
    "no_state_secret": "true",
}


@pytest.fixture
def compiler(app, portal):
    return Visitor(app, portal.compiler)


@pytest.fixture
def reviewer(app, portal):
    return Visitor(app, portal.reviewer)


@pytest.fixture
def listed(portal):
    """An entry with a clear list, checked to the end."""
    entry = portal.entry()
    portal.upload(entry, "高校名单.csv", LIST.encode("gb18030"))
    portal.work()
    return portal.act("package_show", portal.compiler, id=entry["id"])


class TestDesk:
    def test_leads_the_anonymous_to_the_login_and_back(self, app, portal):
        answer = Visitor(app).get("/desk")
        assert answer.status_code == 302
        assert "/user/login" in answer.location
        assert "desk" in answer.location

    def test_a_compiler_finds_their_entries_and_the_button(self, compiler, listed):
        page = compiler.text("/desk")
        assert listed["title"] in page
        assert "/entry/new" in page

    def test_a_reviewer_finds_what_waits_for_review(self, portal, reviewer, listed):
        portal.act("edudata_entry_submit", portal.compiler, id=listed["id"])
        page = reviewer.text("/desk")
        assert listed["title"] in page.split('id="to-review"')[1].split("</section>")[0]
        assert "/entry/new" not in page

    def test_another_unit_finds_nothing_of_it(self, app, portal, listed):
        assert listed["title"] not in Visitor(app, portal.outsider).text("/desk")

    def test_a_person_without_a_role_is_told_what_to_do(self, app, portal):
        page = Visitor(app, portal.stranger).text("/desk")
        assert "edw-empty" in page
        assert "/entry/new" not in page


class TestForm:
    def test_offers_only_units_one_compiles_for(self, compiler, portal):
        page = compiler.text("/entry/new")
        assert portal.bureau["id"] in page
        assert portal.school["id"] in page
        assert portal.other["id"] not in page
        assert portal.commission["id"] not in page

    def test_chooses_nothing_for_the_person(self, compiler):
        page = compiler.text("/entry/new")
        assert 'value="student" selected' not in page
        assert "checked" not in page.split("opening_class")[1].split("</fieldset>")[0]

    def test_makes_an_entry_and_leads_to_the_upload(self, compiler, portal):
        answer = compiler.post("/entry/new", {**FORM, "owner_org": portal.bureau["id"]})
        assert answer.status_code == 302
        assert answer.location.endswith("/resource/new")
        made = model.Session.query(model.Package).filter_by(type="entry").one()
        assert (made.title, made.state, made.private) == (FORM["title"], "active", True)

    def test_keeps_what_was_typed_when_something_is_missing(self, compiler, portal):
        typed = {**FORM, "owner_org": portal.bureau["id"], "data_grade": ""}
        answer = compiler.post("/entry/new", typed)
        page = words(answer)
        assert answer.status_code == 422
        assert "edw-summary" in page
        assert 'href="#field-data_grade"' in page
        assert FORM["title"] in page
        assert FORM["notes"] in page
        assert 'value="annual" selected' in page
        assert 'name="opening_demand" value="none" checked' in page

    def test_refuses_a_unit_one_does_not_compile_for(self, compiler, portal):
        answer = compiler.post("/entry/new", {**FORM, "owner_org": portal.other["id"]})
        assert answer.status_code in (403, 422)
        assert not model.Session.query(model.Package).filter_by(type="entry").all()

    def test_takes_no_field_that_it_does_not_offer(self, compiler, portal):
        compiler.post(
            "/entry/new",
            {
                **FORM,
                "owner_org": portal.bureau["id"],
                "private": "False",
                "type": "dataset",
                "name": "stolen",
                "state": "deleted",
            },
        )
        made = model.Session.query(model.Package).one()
        assert (made.type, made.private, made.state) == ("entry", True, "active")
        assert made.name != "stolen"

    def test_is_not_for_reviewers_nor_for_the_anonymous(self, app, portal, reviewer):
        assert reviewer.get("/entry/new").status_code == 403
        assert "/user/login" in Visitor(app).get("/entry/new").location

    def test_without_its_token_is_refused(self, app, compiler, portal):
        """Also after somebody anonymous, or with an API token, used the same form."""
        Visitor(app).client.post("/entry/new", data={})
        Visitor(app).client.get("/entry/new")
        sent = {**FORM, "owner_org": portal.bureau["id"]}
        answer = compiler.client.post("/entry/new", data=sent)
        assert answer.status_code == 400
        assert not model.Session.query(model.Package).filter_by(type="entry").all()

    def test_edits_and_keeps_the_files(self, compiler, listed):
        url = f"/entry/edit/{listed['name']}"
        typed = {**FORM, "owner_org": listed["owner_org"], "title": "新名称"}
        assert compiler.post(url, typed).status_code == 302
        page = compiler.text(f"/entry/{listed['name']}")
        assert "新名称" in page
        assert listed["resources"][0]["id"] in page


class TestUpload:
    def test_keeps_the_file_and_begins_the_check(self, compiler, portal):
        entry = portal.entry()
        upload = (io.BytesIO(LIST.encode()), "高校名单.csv")
        url = f"/entry/{entry['name']}/resource/new"
        assert compiler.post(url, {"upload": upload}).status_code == 302
        page = compiler.text(f"/entry/{entry['name']}")
        assert "高校名单" in page
        assert 'hx-trigger="every 2s"' in page
        portal.work()
        assert 'hx-trigger="every 2s"' not in compiler.text(f"/entry/{entry['name']}")

    def test_without_a_file_says_so_and_keeps_the_words(self, compiler, portal):
        entry = portal.entry()
        answer = compiler.post(
            f"/entry/{entry['name']}/resource/new", {"description": "来自年报"}
        )
        assert answer.status_code == 422
        assert "来自年报" in words(answer)
        assert "edw-summary" in words(answer)

    def test_replaces_a_file_under_the_same_id(self, compiler, portal, listed):
        resource = listed["resources"][0]
        url = f"/entry/{listed['name']}/resource/{resource['id']}/edit"
        upload = (io.BytesIO(LIST.replace("甲大学", "丙大学").encode()), "新名单.csv")
        sent = {"upload": upload, "name": resource["name"]}
        assert compiler.post(url, sent).status_code == 302
        portal.work()
        shown = portal.act("package_show", portal.compiler, id=listed["id"])
        assert [item["id"] for item in shown["resources"]] == [resource["id"]]
        found = portal.act(
            "datastore_search", portal.compiler, resource_id=resource["id"]
        )
        assert found["records"][0]["学校名称"] == "丙大学"

    def test_leads_to_the_information_items(self, compiler, portal, listed):
        resource = listed["resources"][0]
        url = f"/entry/{listed['name']}/resource/{resource['id']}/items"
        assert url in compiler.text(f"/entry/{listed['name']}")
        page = compiler.text(url)
        assert "学校标识码" in page
        sent = {"items": str(4)}
        for number, name in enumerate(["序号", "学校名称", "学校标识码", "主管部门"]):
            sent[f"item-{number}-name"] = name
            sent[f"item-{number}-label"] = name
            sent[f"item-{number}-type"] = "text"
            sent[f"item-{number}-description"] = f"{name}的含义"
        assert compiler.post(url, sent).status_code == 302
        assert "学校标识码的含义" in compiler.text(url)

    def test_a_file_has_no_page_of_its_own(self, compiler, listed):
        resource = listed["resources"][0]["id"]
        answer = compiler.get(f"/entry/{listed['name']}/resource/{resource}")
        assert answer.status_code == 302
        assert answer.location.endswith(f"/entry/{listed['name']}#file-{resource}")


class TestEntry:
    def test_is_not_there_for_others(self, app, portal, listed):
        for user in (None, portal.outsider, portal.researcher):
            visitor = Visitor(app, user)
            for path in ("", f"/check/{listed['resources'][0]['id']}"):
                url = f"/entry/{listed['name']}{path}"
                answer = visitor.get(url)
                assert answer.status_code == 404, (user, url)
                assert listed["title"] not in words(answer)
            # Of any name it leads to the page above, which is not there.
            for name in (listed["name"], "no-such-entry"):
                answer = visitor.get(f"/entry/{name}/submit")
                assert answer.status_code == 302
                assert answer.location.endswith(f"/entry/{name}")
            answer = visitor.post(f"/entry/{listed['name']}/submit", {}, page="/")
            assert answer.status_code in (400, 404)

    def test_goes_its_whole_way_by_its_buttons(
        self, compiler, reviewer, portal, listed
    ):
        url = f"/entry/{listed['name']}"
        assert f"{url}/submit" in compiler.text(url)
        assert f"{url}/approve" not in compiler.text(url)
        assert f"{url}/submit" not in reviewer.text(url)
        assert compiler.post(f"{url}/submit", page=url).status_code == 302
        page = reviewer.text(url)
        digest = page.split('name="digest" value="')[1].split('"')[0]
        answer = reviewer.post(f"{url}/approve", {"digest": digest}, page=url)
        assert answer.status_code == 302
        assert f"{url}/release" in reviewer.text(url)
        assert reviewer.post(f"{url}/release", page=url).status_code == 302
        opened = portal.act("edudata_opened_list", portal.compiler, id=listed["id"])
        assert [item["state"] for item in opened] == ["live"]
        assert f"/dataset/{opened[0]['dataset_name']}" in compiler.text(url)
        assert f"{url}/stop" in reviewer.text(url)
        assert f"{url}/stop" not in compiler.text(url)

    def test_an_approval_holds_for_what_was_looked_at(
        self, compiler, reviewer, portal, listed
    ):
        url = f"/entry/{listed['name']}"
        compiler.post(f"{url}/submit", page=url)
        for digest in ("", "0" * 64):
            answer = reviewer.post(f"{url}/approve", {"digest": digest}, page=url)
            assert answer.status_code == 422
        state = portal.act("edudata_entry_show", portal.compiler, id=listed["id"])
        assert state["state"] == "submitted"

    def test_a_return_needs_a_reason_and_shows_it(self, compiler, reviewer, listed):
        url = f"/entry/{listed['name']}"
        compiler.post(f"{url}/submit", page=url)
        answer = reviewer.post(f"{url}/return", {"reason": "  "}, page=url)
        assert answer.status_code == 422
        assert "edw-summary" in words(answer)
        reason = "请补充主管部门的全称"
        answer = reviewer.post(f"{url}/return", {"reason": reason}, page=url)
        assert answer.status_code == 302
        assert reason in compiler.text(url)

    def test_says_what_differs_from_the_release(self, compiler, portal, listed):
        portal.released(listed)
        portal.act("package_patch", portal.compiler, id=listed["id"], title="改了名称")
        portal.work()
        page = compiler.text(f"/entry/{listed['name']}")
        part = page.split('id="versions-kept"')[1].split("</section>")[0]
        assert "普通高等学校名单" in part
        assert "改了名称" in part

    def test_shows_no_page_of_ckan_that_means_nothing_here(self, compiler, listed):
        for path in ("groups", "followers", "collaborators"):
            answer = compiler.get(f"/entry/{path}/{listed['name']}")
            assert answer.status_code in (302, 404), path
        page = compiler.text(f"/entry/{listed['name']}")
        for nothing in ("/entry/groups", "/entry/follow", "collaborators", "activity"):
            assert nothing not in page

    def test_is_deleted_only_while_nothing_was_released(self, compiler, portal, listed):
        url = f"/entry/{listed['name']}"
        delete = f"/entry/delete/{listed['name']}"
        assert compiler.get(delete).status_code == 302
        portal.released(listed)
        compiler.post(delete, page=f"/entry/edit/{listed['name']}")
        assert compiler.get(url).status_code == 200
        other = portal.entry(title="误建")
        other_url = f"/entry/delete/{other['name']}"
        assert (
            compiler.post(other_url, page=f"/entry/{other['name']}").status_code == 302
        )
        assert compiler.get(f"/entry/{other['name']}").status_code == 404


@pytest.mark.usefixtures("with_plugins")
class TestMoments:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            ("2026-11-23T17:30:00+00:00", "2026-11-24 01:30"),
            ("2026-11-23T17:30:00.123456", "2026-11-24 01:30"),
            ("2099-12-31T23:59:59+08:00", "2099-12-31 23:59"),
            (None, ""),
        ],
    )
    def test_are_told_by_the_clock_of_shanghai(self, value, shown):
        assert tk.h.edudata_moment(value) == shown
