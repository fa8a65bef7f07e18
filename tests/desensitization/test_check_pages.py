"""Pages of the check and of desensitized data, as each person meets them."""

from __future__ import annotations

import pytest

from tests.desensitization import rosters
from tests.visitors import Visitor, words

ROSTER = rosters.roster(30)
SECRETS = [row[place] for row in ROSTER[1:] for place in (0, 3, 5)]


@pytest.fixture
def compiler(app, portal):
    return Visitor(app, portal.compiler)


@pytest.fixture
def roster(portal, tmp_path):
    """An entry with a class roster, checked: `(entry, resource id)`."""
    entry = portal.entry(title="七年级学业情况", notes="性别、班级和成绩。")
    path = rosters.write_xlsx(ROSTER, tmp_path / "名册.xlsx")
    made = portal.upload(entry, "名册.xlsx", path.read_bytes())
    portal.work()
    return entry, made["id"]


def check_of(roster):
    entry, resource_id = roster
    return f"/entry/{entry['name']}/check/{resource_id}"


def plan_of(roster):
    entry, resource_id = roster
    return f"/entry/{entry['name']}/desensitize/{resource_id}"


class TestCheck:
    def test_says_what_was_found_where_and_what_to_do(self, compiler, roster):
        page = compiler.text(check_of(roster))
        for word in ("姓名", "身份证号", "家长手机", "3–22"):
            assert word in page
        assert plan_of(roster) in page
        assert "/resource/" in page

    def test_shows_no_value_in_full(self, compiler, roster):
        page = compiler.text(check_of(roster))
        assert not [value for value in SECRETS if value in page]

    def test_is_there_for_the_reviewer_who_cannot_correct(self, app, portal, roster):
        page = Visitor(app, portal.reviewer).text(check_of(roster))
        assert "身份证号" in page
        assert plan_of(roster) not in page

    def test_tells_the_technician_the_verdict_and_no_more(self, app, portal, roster):
        technician = Visitor(app, portal.technician)
        assert technician.get(check_of(roster)).status_code == 403
        page = technician.text(f"/entry/{roster[0]['name']}")
        assert check_of(roster) not in page

    def test_is_not_there_for_others(self, app, portal, roster):
        for user in (None, portal.outsider, portal.researcher):
            for url in (check_of(roster), plan_of(roster)):
                assert Visitor(app, user).get(url).status_code == 404

    def test_a_file_of_another_entry_is_not_there(self, compiler, portal, roster):
        other = portal.entry(title="另一条")
        url = f"/entry/{other['name']}/check/{roster[1]}"
        assert compiler.get(url).status_code == 404

    def test_runs_again_and_follows_by_itself(self, compiler, portal, roster):
        url = check_of(roster)
        assert compiler.post(f"{url}/run", page=url).status_code == 302
        assert 'hx-trigger="every 2s"' in compiler.text(url)
        portal.work()
        assert 'hx-trigger="every 2s"' not in compiler.text(url)

    def test_says_why_a_file_cannot_be_read(self, compiler, portal):
        entry = portal.entry()
        made = portal.upload(entry, "坏.xlsx", b"PK\x03\x04 broken")
        portal.work()
        page = compiler.text(f"/entry/{entry['name']}/check/{made['id']}")
        assert "XLSX" in page
        assert f"/resource/{made['id']}/edit" in page

    def test_shows_the_check_of_the_description(self, compiler, portal, roster):
        entry = roster[0]
        page = compiler.text(f"/entry/{entry['name']}/check/{entry['id']}")
        assert "edw-verdict" in page


class TestDesensitize:
    FORM = {f"step-{n}": "drop" for n in range(len(rosters.HEADER))}

    def test_proposes_by_what_was_found_and_shows_what_comes_out(
        self, compiler, roster
    ):
        page = compiler.text(plan_of(roster))
        preview = page.split('id="preview"')[1].split("</section>")[0]
        assert "出生年份" in preview
        assert not [value for value in SECRETS if value in page]

    def test_previews_a_choice_without_keeping_anything(self, compiler, portal, roster):
        sent = {**self.FORM, "step-1": "keep", "step-6": "generalise:band"}
        answer = compiler.post(plan_of(roster), {**sent, "do": "preview"})
        preview = words(answer).split('id="preview"')[1].split("</section>")[0]
        assert "语文_区间" in preview
        assert "班级" not in preview
        shown = portal.act("package_show", portal.compiler, id=roster[0]["id"])
        assert len(shown["resources"]) == 1

    def test_makes_it_and_leads_to_the_entry(self, compiler, portal, roster):
        sent = {**self.FORM, "step-1": "keep", "step-6": "keep", "name": "成绩"}
        answer = compiler.post(plan_of(roster), {**sent, "do": "make"})
        assert answer.status_code == 302
        portal.work()
        page = compiler.text(f"/entry/{roster[0]['name']}")
        assert "成绩" in page
        assert "edw-inside" in page
        source, made = portal.act("package_show", portal.compiler, id=roster[0]["id"])[
            "resources"
        ]
        assert source["not_released"]
        assert made["desensitized_from"] == source["id"]

    def test_keeps_the_choices_when_one_is_wrong(self, compiler, portal, roster):
        sent = {**self.FORM, "step-1": "keep", "step-6": "generalise:band"}
        answer = compiler.post(plan_of(roster), {**sent, "size-6": "0", "do": "make"})
        page = words(answer)
        assert answer.status_code == 422
        assert "edw-summary" in page
        assert 'value="generalise:band" selected' in page
        shown = portal.act("package_show", portal.compiler, id=roster[0]["id"])
        assert len(shown["resources"]) == 1

    def test_refuses_a_plan_that_keeps_nothing(self, compiler, roster):
        answer = compiler.post(plan_of(roster), {**self.FORM, "do": "make"})
        assert answer.status_code == 422
        assert "edw-summary" in words(answer)

    def test_is_the_compilers_alone(self, app, portal, roster):
        reviewer = Visitor(app, portal.reviewer)
        assert reviewer.get(plan_of(roster)).status_code == 403

    def test_without_its_token_is_refused(self, compiler, portal, roster):
        sent = {**self.FORM, "step-1": "keep", "do": "make"}
        assert compiler.client.post(plan_of(roster), data=sent).status_code == 400
        shown = portal.act("package_show", portal.compiler, id=roster[0]["id"])
        assert len(shown["resources"]) == 1
