"""Pages of the check and of desensitized data, as each person meets them."""

from __future__ import annotations

import copy
import datetime
import functools
import io
import re
import zipfile

import pytest
from ckan import model

from ckanext.edudata.desensitization import runs
from tests.desensitization import rosters
from tests.visitors import Visitor, words

ROSTER = rosters.roster(30)
NOW = functools.partial(datetime.datetime.now, datetime.timezone.utc)
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

    def test_progress_stands_on_the_page_and_follows(self, compiler, portal, roster):
        url = check_of(roster)
        compiler.post(f"{url}/run", page=url)
        check = runs.latest(roster[1])
        check.state = "running"
        check.started_at = check.beat_at = NOW() - datetime.timedelta(seconds=30)
        check.progress = {"rows": 12_000, "cells": 96_000, "done": 25, "total": 100}
        model.Session.commit()
        page = compiler.text(url)
        assert 'value="25"' in page
        assert "25%" in page
        assert "12,000" in page
        assert re.search(r"9\d 秒|[12] 分钟", page)

    def test_what_passes_is_told_apart_and_stands_last(self, compiler, roster):
        check = runs.latest(roster[1])
        kept = copy.deepcopy(check.report)
        kept["findings"][0]["passed"] = "institutions"
        check.report = kept
        model.Session.commit()
        page = compiler.text(check_of(roster))
        tags = re.findall(r"edw-tag edw-tag--(success|danger)", page)
        assert tags.count("success") == 1
        assert tags[-1] == "success"

    def test_a_name_of_a_column_that_is_personal_itself_is_not_shown(
        self, compiler, roster
    ):
        check = runs.latest(roster[1])
        kept = copy.deepcopy(check.report)
        column = kept["tables"][0]["columns"][0]
        found = {**kept["findings"][0], "where": "header", "column": ""}
        for finding in kept["findings"]:
            if finding["column"] == column["name"]:
                finding["column"] = SECRETS[0]
        column["name"] = column["label"] = SECRETS[0]
        kept["findings"].append(found)
        check.report = kept
        model.Session.commit()
        assert SECRETS[0] not in compiler.text(check_of(roster))
        for kind in ("html", "json"):
            assert SECRETS[0] not in words(
                compiler.get(f"{check_of(roster)}/report.{kind}")
            )

    def test_shows_the_check_of_the_description(self, compiler, portal, roster):
        entry = roster[0]
        page = compiler.text(f"/entry/{entry['name']}/check/{entry['id']}")
        assert "edw-verdict" in page


def test_a_removed_file_asks_for_nothing_any_more(portal, roster):
    _, resource_id = roster
    (told,) = portal.act("edudata_check_attention", portal.compiler)
    assert told["resource_id"] == resource_id
    portal.act("resource_delete", portal.compiler, id=resource_id)
    assert portal.act("edudata_check_attention", portal.compiler) == []


class TestReport:
    """The same as a file: by the action of the page, so by its rules."""

    @pytest.mark.parametrize("kind", ["xlsx", "html", "json"])
    def test_can_be_taken_along(self, compiler, roster, kind):
        answer = compiler.get(f"{check_of(roster)}/report.{kind}")
        assert answer.status_code == 200
        assert {"private", "no-store"} <= answer.cache_control.keys()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        shown = answer.headers["Content-Disposition"]
        assert shown == f'attachment; filename="check-report.{kind}"'
        data = answer.get_data()
        if kind == "xlsx":
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                data = b"".join(book.read(name) for name in book.namelist())
        assert "身份证号".encode() in data
        assert not [value for value in SECRETS if value.encode() in data]

    def test_says_what_the_command_says(self, compiler, roster):
        (item,) = compiler.get(f"{check_of(roster)}/report.json").get_json()
        assert item["verdict"] == "blocked"
        assert {"file", "sha256", "ruleset", "findings"} <= set(item)
        assert item["findings"][0]["rows"][0] == 3

    def test_a_file_whose_name_is_personal_goes_without_it(self, compiler, roster):
        check = runs.latest(roster[1])
        kept = copy.deepcopy(check.report)
        kept["findings"].append(
            {**kept["findings"][0], "where": "filename", "column": "", "sheet": ""}
        )
        check.report = kept
        model.Session.commit()
        (item,) = compiler.get(f"{check_of(roster)}/report.json").get_json()
        assert "名册" not in item["file"]

    def test_is_there_for_nobody_who_may_not_see_the_page(self, app, portal, roster):
        for user, status in (
            (None, 404),
            (portal.outsider, 404),
            (portal.researcher, 404),
            (portal.technician, 403),
            (portal.reviewer, 200),
        ):
            visitor = Visitor(app, user)
            for kind in ("xlsx", "html", "json"):
                url = f"{check_of(roster)}/report.{kind}"
                assert visitor.get(url).status_code == status, (url, status)

    def test_is_not_there_before_it_is_done_nor_in_another_format(
        self, compiler, portal, roster
    ):
        url = check_of(roster)
        assert compiler.get(f"{url}/report.pdf").status_code == 404
        compiler.post(f"{url}/run", page=url)
        assert compiler.get(f"{url}/report.json").status_code == 404


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
