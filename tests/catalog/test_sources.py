"""One data, one source: likely duplicates, answers, and the superior's decision."""

from __future__ import annotations

import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.catalog import scope, sources
from ckanext.edudata.catalog.model_sources import SourceCase
from ckanext.edudata.feedback.model import Notice
from tests.conftest import give
from tests.visitors import Visitor

TREE = scope.Tree(
    {
        "sh": ("municipal_commission", ""),
        "office": ("department", "sh"),
        "other-office": ("department", "sh"),
        "xh": ("district_bureau", "sh"),
        "cn": ("district_bureau", "sh"),
        "school": ("school", "xh"),
        "school2": ("school", "xh"),
    }
)
TITLES = st.text("徐汇区学校教师名单表数据2024年", max_size=12)


def resource(key, unit, title, items=(), **more):
    words = sources.core(title, ["徐汇区", "长宁区", "上海市"])
    return sources.Resource(key, unit, words, frozenset(items), **more)


@pytest.mark.article(4, 10)
class TestRules:
    def test_titles_are_compared_without_places_and_empty_words(self):
        one = resource("a", "xh", "徐汇区中小学名单")
        for title in ("上海市中小学名录", "中小学基本信息", "中小学数据集"):
            assert sources.alike(one.words, resource("b", "sh", title).words) == 1
        for title in ("幼儿园名单", "中小学教师培训", "中小学名单2024"):
            assert sources.alike(one.words, resource("b", "sh", title).words) < 0.85

    def test_units_that_do_the_same_for_themselves_are_no_duplicates(self):
        items = ("学校名称", "学校标识码", "校舍面积", "班级数")
        one = resource("a", "school", "学校基本信息", items)
        assert (
            sources.grounds(one, resource("b", "school2", "学校基本信息", items), TREE)
            == []
        )
        assert sources.grounds(one, resource("b", "xh", "学校基本信息", items), TREE)
        digests = frozenset({"d"})
        same = resource("b", "school2", "x", digests=digests)
        one = resource("a", "school", "学校基本信息", digests=digests)
        assert sources.grounds(one, same, TREE) == [sources.SAME_DATA]

    def test_departments_of_one_body_are_compared(self):
        one = resource("a", "office", "教师培训名单")
        other = resource("b", "other-office", "教师培训情况表")
        assert sources.grounds(one, other, TREE) == [sources.TITLE]

    def test_what_was_made_from_one_row_of_a_template_is_no_duplicate(self):
        one = resource("a", "school", "学校基本信息", template="row")
        assert (
            sources.grounds(
                one, resource("b", "xh", "学校基本信息", template="row"), TREE
            )
            == []
        )
        assert sources.grounds(
            one, resource("b", "xh", "学校基本信息", template="x"), TREE
        )

    def test_items_find_what_titles_hide(self):
        items = ["学校名称", "学校标识码", "校舍面积", "班级数", "建校年月"]
        one = resource("a", "office", "校舍普查", items, category="1")
        other = resource("b", "xh", "办学条件", [*items, "备注"], category="1")
        assert sources.grounds(one, other, TREE) == [sources.ITEMS]
        assert sources.grounds(one, resource("b", "xh", "办学条件", items), TREE) == []

    @pytest.mark.article(6)
    def test_the_superior_is_the_source_else_the_earlier(self):
        low = resource("a", "school", "x", listed_at="2026-01-01")
        high = resource("b", "xh", "x", listed_at="2026-02-01")
        assert sources.authoritative(low, high, TREE) == "b"
        assert sources.authoritative(high, low, TREE) == "b"
        late = resource("c", "cn", "x", listed_at="2026-03-01")
        assert sources.authoritative(late, high, TREE) == "b"
        assert sources.authoritative(resource("d", "cn", "x"), high, TREE) == "b"

    def test_the_nearest_common_superior_decides(self):
        assert sources.authority("school", "school2", TREE) == "xh"
        assert sources.authority("school", "xh", TREE) == "xh"
        assert sources.authority("school", "cn", TREE) == "sh"
        assert sources.authority("office", "other-office", TREE) == "sh"

    def test_a_new_ground_asks_anew(self):
        case = {"state": "settled", "grounds": ["title"]}
        assert not sources.undecided(["title"], case)
        assert sources.undecided(["same_data", "title"], case)
        assert sources.undecided(["title"], {**case, "state": "asked"})
        assert sources.undecided(["title"], None)

    @given(TITLES, TITLES)
    def test_likeness_has_no_direction(self, one, other):
        a, b = sources.core(one), sources.core(other)
        assert 0 <= sources.alike(a, b) == sources.alike(b, a) <= 1
        assert sources.alike(a, a) == 1


CSV = "学校名称,学校标识码,办学层次\n甲大学,1,本科\n乙大学,2,专科\n".encode()


@pytest.fixture
def two(portal):
    """The commission's list is approved; the district is about to collect it again."""
    people = ("second_reviewer", "stranger", "researcher")
    for role, name in zip(("compiler", "reviewer", "coordinator"), people, strict=True):
        give(getattr(portal, name), role, portal.commission)
    portal.held = _entry(portal, portal.second_reviewer, portal.commission)
    portal.act("edudata_entry_submit", portal.second_reviewer, id=portal.held["id"])
    portal.act("edudata_entry_approve", portal.stranger, id=portal.held["id"])
    portal.mine = _entry(portal, portal.compiler, portal.bureau, "徐汇区高等学校名录")
    return portal


def _entry(portal, person, unit, title="上海市高等学校名单", csv=CSV, **more):
    made = portal.entry(person, title=title, owner_org=unit["id"], **more)
    portal.act(
        "resource_create",
        person,
        package_id=made["id"],
        upload=portal.file("表.csv", csv),
    )
    portal.work()
    return made


def _choose(portal, person=None, **data):
    return portal.act(
        "edudata_source_choose",
        person or portal.compiler,
        **{"id": portal.mine["id"], "other": portal.held["id"], **data},
    )


def _submit(portal):
    return portal.act("edudata_entry_submit", portal.compiler, id=portal.mine["id"])


@pytest.mark.article(4, 10)
class TestAnswers:
    def test_a_reason_lets_it_be_submitted_and_is_reviewed_with_it(self, two):
        found = two.act("edudata_source_list", two.reviewer, id=two.mine["id"])
        assert [item["id"] for item in found] == [two.held["id"]]
        assert found[0]["authoritative"] == two.held["id"]
        assert "title" in found[0]["grounds"]
        with pytest.raises(tk.ValidationError) as refused:
            _submit(two)
        assert "sources" in refused.value.error_dict
        with pytest.raises(tk.ValidationError):
            _choose(two, choice="another", reason=" 不 ")
        with pytest.raises(tk.NotAuthorized):
            _choose(two, two.reviewer, choice="another", reason="范围和口径都不同。")
        with pytest.raises(tk.ObjectNotFound):
            _choose(two, two.outsider, choice="another", reason="范围和口径都不同。")
        with pytest.raises(tk.ObjectNotFound):
            _choose(two, other=two.mine["id"], choice="refer")
        _choose(two, choice="another", reason="本区登记的是校区，不是学校。")
        shown = _submit(two)
        assert shown["content"]["duplicate_reason"] == "本区登记的是校区，不是学校。"
        assert _trail() == ["source_choose"]

    def test_it_may_refer_to_the_source(self, two):
        _choose(two, choice="refer")
        assert _submit(two)["content"]["authoritative_entry"] == two.held["id"]
        mine = {"id": two.mine["id"]}
        two.act("edudata_entry_approve", two.reviewer, **mine)
        shown = two.act("edudata_resource_catalog_show", two.outsider, **mine)
        assert shown["authoritative"]["id"] == two.held["id"]

    def test_new_grounds_ask_anew(self, two):
        _choose(two, choice="another", reason="本区登记的是校区，不是学校。")
        case = model.Session.scalar(sa.select(SourceCase))
        case.grounds = ["items"]
        model.Session.commit()
        with pytest.raises(tk.ValidationError):
            _submit(two)
        _choose(two, choice="another", reason="口径仍然不同，见摘要。")
        _submit(two)
        states = model.Session.scalars(sa.select(SourceCase.state)).all()
        assert sorted(states) == ["settled", "superseded"]

    def test_nothing_is_said_of_what_the_unit_may_not_know(self, two):
        two.act(
            "package_patch",
            two.second_reviewer,
            id=two.held["id"],
            sharing_class="not_shared",
        )
        assert two.act("edudata_source_list", two.compiler, id=two.mine["id"]) == []
        with pytest.raises(tk.ObjectNotFound):
            _choose(two, choice="refer")
        _submit(two)

    def test_the_same_table_is_found_under_any_title_unless_it_could_be_guessed(
        self, portal
    ):
        for rows, count in ((3, 0), (40, 1)):
            csv = "编号,数值\n" + "".join(f"{n},{n * 7}\n" for n in range(rows))
            entries = [
                _entry(
                    portal, portal.compiler, portal.bureau, f"甲{rows}", csv.encode()
                )
            ]
            portal.approved(entries[0])
            theirs = _entry(
                portal, portal.outsider, portal.other, f"乙丙{rows}", csv.encode()
            )
            found = portal.act("edudata_source_list", portal.outsider, id=theirs["id"])
            assert len(found) == count
            assert all(item["grounds"] == ["same_data"] for item in found)
            assert "digest" not in repr(found)


@pytest.mark.article(4)
class TestAuthority:
    def test_a_doubtful_case_goes_to_the_superior_and_is_decided_once(self, two, app):
        case = _choose(two, choice="ask", reason="不清楚以哪一份为准。")
        assert case["authority_id"] == two.commission["id"]
        with pytest.raises(tk.ValidationError):
            _submit(two)
        with pytest.raises(tk.ValidationError):
            _choose(two, choice="another", reason="还是另外一份数据。")
        # Who wrote into one of the two, other roles and other units do not decide.
        for person in (two.second_reviewer, two.compiler, two.reviewer):
            with pytest.raises(tk.NotAuthorized):
                _decide(two, person, case)
        with pytest.raises(tk.ObjectNotFound):
            _decide(two, two.outsider, case)
        found = two.act("edudata_source_case_list", two.researcher)
        assert found["results"][0]["title"] == "徐汇区高等学校名录"
        told = model.Session.scalars(
            sa.select(Notice.user_id).where(Notice.kind == "source_asked")
        ).all()
        assert two.researcher["id"] in told
        assert two.compiler["id"] not in told
        outcomes = _race(app, lambda: _decide(two, two.researcher, case))
        assert sorted(outcomes) == ["decided", "refused"]
        _submit(two)
        records = _trail()
        assert records == ["source_ask", "source_decide"]
        heard = model.Session.scalars(
            sa.select(Notice.user_id).where(Notice.kind == "source_decided")
        ).all()
        assert {two.compiler["id"], two.second_reviewer["id"]} <= set(heard)

    def test_the_decision_binds_both(self, two):
        case = _choose(two, choice="ask", reason="不清楚以哪一份为准。")
        _decide(two, two.stranger, case, decision="refer")
        shown = two.act("package_show", two.compiler, id=two.mine["id"])
        assert shown["authoritative_entry"] == two.held["id"]
        said = two.act(
            "edudata_source_decision_list", two.second_reviewer, id=two.held["id"]
        )
        assert said[0]["decision"] == "refer"
        with pytest.raises(tk.ValidationError):
            _choose(two, choice="another", reason="还是另外一份数据。")

    def test_pages_lead_through_it(self, two, app):
        mine = Visitor(app, two.compiler)
        address = f"/entry/{two.mine['id']}"
        assert "上海市高等学校名单" in mine.text(address)
        form = {"other": two.held["id"], "choice": "ask", "reason": "不"}
        refused = mine.post(f"{address}/sources", form, page=address)
        assert refused.status_code == 422
        assert ">不</textarea>" in refused.get_data(as_text=True)
        form["reason"] = "不清楚以哪一份为准。"
        assert mine.post(f"{address}/sources", form, page=address).status_code == 302
        case = model.Session.scalar(sa.select(SourceCase))
        authority = Visitor(app, two.researcher)
        assert f"/sources/{case.id}" in authority.text("/desk")
        stranger = Visitor(app, two.outsider)
        assert stranger.get(f"/sources/{case.id}").status_code == 404
        decision = {"decision": "this", "reason": "由区里负责登记。"}
        assert authority.post(f"/sources/{case.id}", decision).status_code == 302
        theirs = Visitor(app, two.second_reviewer)
        assert "由区里负责登记。" in theirs.text(f"/entry/{two.held['id']}")


def _decide(portal, person, case, decision="another"):
    return portal.act(
        "edudata_source_decide",
        person,
        id=case["id"],
        decision=decision,
        reason="口径不同，各为其源。",
    )


def _race(app, act):
    outcomes = []
    barrier = threading.Barrier(2)

    def run():
        with app.flask_app.test_request_context():
            barrier.wait(20)
            try:
                act()
                outcomes.append("decided")
            except tk.ValidationError:
                outcomes.append("refused")
            finally:
                model.Session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def _trail():
    rows = model.Session.scalars(
        sa.select(AuditRecord.action)
        .where(AuditRecord.action.like("source_%"))
        .order_by(AuditRecord.id)
    )
    return list(rows)
