"""The form of an entry: few fields first, Article 27 as questions, Article 23 told."""

from __future__ import annotations

import pytest
from ckan import model

from tests.catalog.test_entry_pages import FORM
from tests.visitors import Visitor, words

QUESTIONS = {"questions": "1", "opening_law": "no", "opening_privacy": "no"}
ASKED = {key: value for key, value in FORM.items() if key != "opening_class"}
ROSTER = "姓名,身份证号\n王小明,11010519491231002X\n"


@pytest.fixture
def compiler(app, portal):
    return Visitor(app, portal.compiler)


@pytest.fixture
def sent(portal):
    return {
        **ASKED,
        **QUESTIONS,
        "opening_demand": "none",
        "owner_org": portal.bureau["id"],
    }


def only():
    return model.Session.query(model.Package).filter_by(type="entry").one()


class TestSections:
    def test_few_fields_first_and_the_others_wait(self, compiler, portal):
        page = compiler.text("/entry/new")
        first, more = page.split('<details class="edw-card edw-more"')
        for name in ("title", "notes", "opening_law", "sharing_class", "data_grade"):
            assert f'name="{name}"' in first, name
        for name in ("category", "temporal_start", "contact_phone", "license_id"):
            assert f'name="{name}"' in more, name
            assert f'name="{name}"' not in first, name
        assert 'name="resource_code"' not in page
        # Closed, unless something in it is wrong.
        assert "open" not in more.split(">", 1)[0]

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, compiler, sent):
        typed = {
            **sent,
            "temporal_start": "2025-09-01",
            "temporal_end": "2024-01-01",
            "contact_phone": "13812345678",
            "contact_email": "wangxiaoming@qq.com",
            "sharing_scope": "named",
            "sharing_units": "没有这个单位",
            "related_resources": "305003001-XX/000001",
            "opening_plan_date": "明年",
        }
        answer = compiler.post("/entry/new", typed)
        page = words(answer)
        assert answer.status_code == 422
        for field in (
            "temporal_end",
            "contact_phone",
            "contact_email",
            "sharing_units",
            "related_resources",
            "opening_plan_date",
        ):
            assert f'href="#field-{field}"' in page, field
            assert typed[field] in page, field
        assert '<details class="edw-card edw-more" open>' in page
        assert 'name="opening_demand" value="none" checked' in page

    def test_keeps_all_of_it(self, compiler, portal, sent):
        told = {
            "category": "003001",
            "business_domain": "basic_education",
            "data_format": "table",
            "source": "collected",
            "spatial_coverage": "全区各街道、镇",
            "temporal_start": "2024年9月1日",
            "temporal_end": "2025-08-31",
            "opening_way": "download",
            "license_id": "other-at",
            "sharing_scope": "named",
            "sharing_units": f"徐汇区示例小学\n{portal.other['name']}",
            "contact_office": "信息中心",
            "contact_phone": "021-64872222",
            "contact_email": "bgs@xhedu.sh.cn",
        }
        assert compiler.post("/entry/new", {**sent, **told}).status_code == 302
        entry = only()
        shown = portal.act("package_show", portal.compiler, id=entry.id)
        assert shown["sharing_units"] == [portal.school["id"], portal.other["id"]]
        assert shown["temporal_start"] == "2024-09-01"
        page = compiler.text(f"/entry/{entry.name}")
        for said in ("机构名录", "全区各街道、镇", "徐汇区示例小学", "注明来源"):
            assert said in page, said
        assert shown["resource_code"] in page
        # The form shows names again, and saves them again.
        page = compiler.text(f"/entry/edit/{entry.name}")
        assert "徐汇区示例小学" in page
        again = {**sent, **told, "contact_office": ""}
        assert compiler.post(f"/entry/edit/{entry.name}", again).status_code == 302
        shown = portal.act("package_show", portal.compiler, id=entry.id)
        assert not shown["contact_office"]


@pytest.mark.article(27)
class TestQuestions:
    def test_a_step_towards_a_closer_class_waits_for_nothing(
        self, compiler, portal, sent
    ):
        """Desensitized data may follow; the page and the release say what is amiss."""
        assert compiler.post("/entry/new", sent).status_code == 302
        entry = {"id": only().id, "name": only().name}
        portal.upload(entry, "名单.csv", ROSTER.encode())
        portal.work()
        url = f"/entry/edit/{entry['name']}"
        closer = {**sent, "opening_demand": "security_demands"}
        assert compiler.post(url, closer).status_code == 302
        assert only().extras["opening_class"] == "conditional"
        assert "检测发现个人信息" in compiler.text(f"/entry/{entry['name']}")
        assert compiler.post(url, sent).status_code == 422

    @pytest.mark.parametrize(
        ("law", "privacy", "demand", "found"),
        [
            ("no", "no", "none", ("unconditional", None)),
            ("no", "no", "timeliness", ("conditional", "timeliness")),
            ("no", "yes", "", ("not_open", "privacy")),
            ("yes", "", "", ("not_open", "law")),
        ],
    )
    def test_the_class_follows_from_the_answers(
        self, compiler, sent, law, privacy, demand, found
    ):
        typed = {
            **sent,
            "opening_law": law,
            "opening_privacy": privacy,
            "opening_demand": demand,
            "opening_basis": "《中华人民共和国个人信息保护法》第二十八条",
        }
        assert compiler.post("/entry/new", typed).status_code == 302
        extras = only().extras
        assert extras["opening_class"] == found[0]
        assert (extras.get("opening_ground") or None) == found[1]
        page = compiler.text(f"/entry/edit/{only().name}")
        assert f'name="opening_law" value="{law}" checked' in page

    def test_an_answer_that_is_missing_is_asked_for(self, compiler, sent):
        answer = compiler.post("/entry/new", {**sent, "opening_privacy": ""})
        assert answer.status_code == 422
        assert 'href="#field-opening_class"' in words(answer)
        assert "请回答上面的问题" in words(answer)

    def test_a_law_without_its_name_is_asked_for(self, compiler, sent):
        answer = compiler.post("/entry/new", {**sent, "opening_law": "yes"})
        assert answer.status_code == 422
        assert 'href="#field-opening_basis"' in words(answer)

    def test_no_looser_than_the_check_no_closer_than_a_ground(
        self, compiler, portal, sent
    ):
        closed = {
            **sent,
            "opening_privacy": "yes",
            "opening_demand": "",
            "opening_basis": "学生个人信息",
        }
        assert compiler.post("/entry/new", closed).status_code == 302
        entry = {"id": only().id, "name": only().name}
        file = portal.upload(entry, "名单.csv", ROSTER.encode())
        portal.work()
        url = f"/entry/edit/{entry['name']}"
        assert "检测发现个人信息" in compiler.text(url)
        answer = compiler.post(url, sent)
        assert answer.status_code == 422
        assert "检测发现个人信息" in words(answer)
        assert only().extras["opening_class"] == "not_open"
        # Clear data have no privacy to protect, unless somebody says which.
        clear = portal.file("名单.csv", "学校,班级数\n甲中学,12\n乙中学,18\n")
        portal.act("resource_patch", portal.compiler, id=file["id"], upload=clear)
        portal.work()
        portal.act("package_patch", portal.compiler, id=entry["id"], opening_basis="")
        assert "请写明涉及哪些个人隐私" in compiler.text(f"/entry/{entry['name']}")
        assert compiler.post(url, sent).status_code == 302
        assert "请写明涉及哪些" not in compiler.text(f"/entry/{entry['name']}")
        assert only().extras["opening_class"] == "unconditional"
        answer = compiler.post(url, {**closed, "opening_basis": ""})
        assert answer.status_code == 422
        assert 'href="#field-opening_basis"' in words(answer)
        assert compiler.post(url, closed).status_code == 302

    def test_the_grade_speaks_against_opening_to_all(self, compiler, sent):
        answer = compiler.post("/entry/new", {**sent, "data_grade": "important"})
        assert answer.status_code == 422
        assert 'href="#field-data_grade"' in words(answer)


@pytest.mark.article(23)
def test_a_closer_sharing_without_reason_is_saved_and_told(compiler, sent):
    typed = {**sent, "sharing_class": "authorized"}
    assert "不得拒绝" in compiler.text("/entry/new")
    assert compiler.post("/entry/new", typed).status_code == 302
    url = f"/entry/{only().name}"
    assert "不得拒绝" in compiler.text(url)
    typed |= {"sharing_reason": "涉及招生安排", "sharing_basis": "《教育法》第十五条"}
    assert compiler.post(f"/entry/edit/{only().name}", typed).status_code == 302
    assert "不得拒绝" not in compiler.text(url)
