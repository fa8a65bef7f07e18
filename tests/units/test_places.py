"""Units move, end, and are acted for: powers go with the place, nothing is lost."""

from __future__ import annotations

import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback import telling
from ckanext.edudata.units import forest, moving, people, placing, tree
from ckanext.edudata.units.model import UnitChange
from tests import visitors
from tests.conftest import give, make_unit


def sees(portal, user):
    found = portal.act(
        "package_search", user, fq="+dataset_type:entry", include_private=True
    )
    return {each["id"] for each in found["results"]}


def recorded(action):
    return list(
        model.Session.scalars(
            sa.select(AuditRecord).where(AuditRecord.action == action)
        )
    )


@pytest.mark.article(2, 4, 6)
class TestMoving:
    def test_data_and_powers_go_with_the_unit(self, portal):
        entry = portal.entry(owner_org=portal.school["id"])
        below = make_unit("zw", "总务处", "department", portal.school["id"])
        assert sees(portal, portal.reviewer) == {entry["id"]}
        moved = portal.act(
            "edudata_unit_move",
            portal.coordinator,
            id="xhsy",
            superior="长宁区教育局",
            reason="区划调整",
        )
        assert (moved["from"], moved["superior"]) == (
            portal.bureau["id"],
            portal.other["id"],
        )
        assert sees(portal, portal.reviewer) == set()
        assert sees(portal, portal.outsider) == {entry["id"]}
        with pytest.raises(tk.ObjectNotFound):
            portal.act("package_show", portal.reviewer, id=entry["id"])
        assert people.holds(portal.outsider["id"], ["compiler"], below["id"])
        change = portal.act("edudata_unit_change_list", portal.outsider, id="xhsy")[0]
        assert change["reason"] == "区划调整"
        assert change["made_by"] == portal.coordinator["id"]
        assert len(recorded("unit_move")) == 1
        assert moving.unindexed() == []

    def test_a_crash_before_the_index_is_made_good(self, portal, monkeypatch):
        entry = portal.entry(owner_org=portal.school["id"])
        monkeypatch.setattr(moving, "index", lambda *_: 0)
        portal.act("edudata_unit_move", portal.coordinator, id="xhsy", superior="cn")
        monkeypatch.undo()
        assert len(moving.unindexed()) == 1
        # Even now nobody of the old place gets at it.
        with pytest.raises(tk.ObjectNotFound):
            portal.act("package_show", portal.reviewer, id=entry["id"])
        tk.get_action("edudata_unit_settle")({"ignore_auth": True}, {})
        assert sees(portal, portal.outsider) == {entry["id"]}
        assert moving.unindexed() == []

    @pytest.mark.parametrize("below", ["shjw", "xh", "xhsy"])
    def test_circles_are_refused(self, portal, below):
        with pytest.raises(tk.ValidationError):
            tk.get_action("edudata_unit_move")(
                people.system_context(), {"id": "shjw", "superior": below}
            )

    def test_both_places_must_be_ones_own(self, portal):
        give(portal.second_reviewer, "coordinator", portal.bureau)
        for user in (portal.second_reviewer, portal.compiler, portal.outsider, None):
            with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
                portal.act("edudata_unit_move", user, id="xhsy", superior="cn")
            with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
                portal.act("organization_patch", user, id="xhsy", superior="cn")
        # Nor may one take one's own unit away from the people above it.
        with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
            portal.act(
                "edudata_unit_move", portal.second_reviewer, id="xh", superior=""
            )
        assert tree.with_superiors(portal.school["id"])[1] == portal.bureau["id"]

    def test_a_form_that_does_not_name_the_superior_leaves_it(self, portal):
        portal.act(
            "organization_update",
            portal.coordinator,
            id="xhsy",
            name="xhsy",
            title="徐汇区示例小学（东校）",
            kind="school",
        )
        assert tree.with_superiors(portal.school["id"])[1] == portal.bureau["id"]
        assert len(recorded("unit_update")) == 1

    @pytest.mark.promise(5)
    def test_two_moves_at_once_make_no_circle(self, portal, app):
        one = make_unit("aa", "甲单位", "affiliated", portal.commission["id"])
        two = make_unit("bb", "乙单位", "affiliated", portal.commission["id"])
        name, start, said = portal.coordinator["name"], threading.Barrier(2), []

        def move(unit: str, superior: str) -> None:
            with app.flask_app.test_request_context("/"):
                start.wait()
                try:
                    tk.get_action("edudata_unit_move")(
                        {"user": name}, {"id": unit, "superior": superior}
                    )
                    said.append("moved")
                except tk.ValidationError:
                    said.append("refused")
                finally:
                    model.Session.remove()

        threads = [
            threading.Thread(target=move, args=pair)
            for pair in ((one["id"], two["id"]), (two["id"], one["id"]))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        model.Session.rollback()
        assert sorted(said) == ["moved", "refused"]
        assert len(tree.walk()) == 6


@pytest.mark.article(4)
class TestEnding:
    def test_only_what_has_nothing_left_ends(self, portal):
        entry = portal.entry(owner_org=portal.school["id"])
        give(portal.stranger, "compiler", portal.school)
        left = portal.act("edudata_unit_remains", portal.coordinator, id="xhsy")
        assert (left["entries"], left["roles"]) == (1, 1)
        ask = {"id": "xhsy", "into": "徐汇区教育局", "reason": "撤并"}
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_unit_end", portal.coordinator, **ask)
        portal.act("package_delete", portal.compiler, id=entry["id"])
        role = portal.act("edudata_role_list", portal.stranger)[0]
        portal.act("edudata_role_end", portal.coordinator, id=role["id"])
        portal.act("edudata_unit_end", portal.coordinator, **ask)
        assert portal.school["id"] not in {unit["id"] for unit in tree.walk()}
        shown = portal.act("edudata_unit_end_show", None, id="xhsy")
        assert shown["into"]["title"] == "徐汇区教育局"
        assert len(recorded("unit_end")) == 1
        with pytest.raises(tk.ObjectNotFound):
            give(portal.stranger, "compiler", portal.school)

    def test_by_nobody_else_and_by_no_other_way(self, portal):
        for user in (portal.compiler, portal.outsider, None):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_unit_end", user, id="xhsy", reason="x")
        sysadmin = factories.Sysadmin()
        for user in (portal.coordinator, sysadmin):
            for action in ("organization_delete", "organization_purge"):
                if user is sysadmin:
                    continue
                with pytest.raises(tk.NotAuthorized):
                    portal.act(action, user, id="xhsy")


@pytest.mark.article(8, 9, 33, 38)
class TestActingFor:
    @pytest.fixture
    def office(self, portal):
        made = make_unit("xxk", "信息科", "department", portal.bureau["id"])
        give(portal.stranger, "reviewer", made)
        give(portal.researcher, "coordinator", made)
        return made

    def test_the_districts_office_acts_for_a_school(self, portal, office):
        entry = portal.entry(owner_org=portal.school["id"])
        assert sees(portal, portal.stranger) == set()
        portal.act(
            "organization_patch", portal.coordinator, id="xhsy", acting_office="xxk"
        )
        assert people.holds(portal.stranger["id"], ["reviewer"], portal.school["id"])
        assert not people.holds(
            portal.stranger["id"], ["reviewer"], portal.bureau["id"]
        )
        assert sees(portal, portal.stranger) == {entry["id"]}
        assert telling.responsible(portal.school["id"], ["reviewer"]) == [
            portal.stranger["id"]
        ]
        assert portal.school["id"] in people.all_units_where(
            portal.stranger["id"], ["reviewer"]
        )
        # Moved to another district, the school leaves the office behind.
        portal.act("edudata_unit_move", portal.coordinator, id="xhsy", superior="cn")
        assert not people.holds(
            portal.stranger["id"], ["reviewer"], portal.school["id"]
        )
        assert sees(portal, portal.stranger) == set()

    def test_an_office_that_moves_away_loses_the_school(self, portal, office):
        portal.act(
            "organization_patch", portal.coordinator, id="xhsy", acting_office="xxk"
        )
        portal.act("edudata_unit_move", portal.coordinator, id="xxk", superior="cn")
        assert not people.holds(
            portal.stranger["id"], ["reviewer"], portal.school["id"]
        )

    def test_departments_of_a_level_act_for_it(self, portal, office):
        person = portal.researcher["id"]
        assert not people.holds(person, ["coordinator"], portal.school["id"])
        portal.act(
            "organization_patch",
            portal.coordinator,
            id="xh",
            coordinating_department="信息科",
        )
        assert people.holds(person, ["coordinator"], portal.school["id"])
        assert not people.holds(person, ["coordinator"], portal.other["id"])
        # The role that is designated, and no other.
        assert not people.holds(
            portal.stranger["id"], ["reviewer"], portal.bureau["id"]
        )
        assert telling.responsible(portal.school["id"], ["coordinator"]) == [person]
        found = portal.act("edudata_unit_responsible", portal.reviewer, id="xhsy")
        assert found["coordinator"] == [
            {"user_id": person, "unit_id": portal.bureau["id"]}
        ]

    def test_who_only_keeps_the_tree_gives_no_powers(self, portal, office):
        admin = factories.User()
        give(admin, "system_admin", portal.commission)
        with pytest.raises(tk.ValidationError) as raised:
            portal.act("organization_patch", admin, id="xhsy", acting_office="xxk")
        assert "acting_office" in raised.value.error_dict

    def test_only_from_ones_own_line(self, portal, office):
        with pytest.raises(tk.ValidationError):
            portal.act(
                "organization_patch", portal.coordinator, id="cn", acting_office="xxk"
            )
        with pytest.raises(tk.ValidationError):
            portal.act(
                "organization_patch",
                portal.coordinator,
                id="cn",
                technical_department="xxk",
            )


@pytest.mark.article(2)
class TestSchema:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("office_phone", "13812345678"),
            ("office_phone", "打给张老师"),
            ("office_email", "13812345678@139.com"),
            ("office_email", "123456789@qq.com"),
            ("office_email", "没有"),
            ("office_name", "张老师 13812345678"),
            ("office_address", "110101199003071234"),
        ],
    )
    def test_the_contact_is_an_office(self, portal, field, value):
        with pytest.raises(tk.ValidationError) as raised:
            portal.act(
                "organization_patch", portal.coordinator, id="xhsy", **{field: value}
            )
        assert value not in str(raised.value.error_dict)

    def test_what_is_an_office_passes_and_stands_on_its_page(self, portal, app):
        portal.act(
            "organization_patch",
            portal.coordinator,
            id="xhsy",
            office_name="信息中心",
            office_phone="021-64181234转801",
            office_email="xxzx@xhedu.sh.cn",
            office_address="漕溪北路336号",
        )
        page = app.get("/organization/xhsy").body
        for words in ("信息中心", "021-64181234转801", "xxzx@xhedu.sh.cn"):
            assert words in page

    def test_an_identifier_is_made_and_no_code_stands_twice(self, portal):
        made = portal.act(
            "organization_create",
            portal.coordinator,
            title="徐汇区光明小学",
            kind="school",
            superior="徐汇区教育局",
            code="2131000042",
        )
        assert (made["name"], made["superior"]) == ("2131000042", portal.bureau["id"])
        with pytest.raises(tk.ValidationError) as raised:
            portal.act(
                "organization_patch", portal.coordinator, id="xhsy", code="2131000042"
            )
        assert "code" in raised.value.error_dict


def test_the_tree_in_memory_follows_every_writer(portal):
    assert len(forest.planted().units) == 4
    first = forest.planted()
    assert forest.planted() is first
    model.Session.execute(
        sa.text("UPDATE \"group\" SET title = '改名' WHERE name = 'xhsy'")
    )
    assert forest.planted().units[portal.school["id"]]["title"] == "改名"
    model.Session.rollback()
    assert forest.planted().units[portal.school["id"]]["title"] != "改名"
    found = portal.act("edudata_unit_below", None, id="shjw")
    assert [unit["name"] for unit in found["results"]] == ["xh", "cn"] or len(
        found["results"]
    ) == 2
    assert found["unit"]["all_below"] == 3
    found = portal.act("edudata_unit_below", None, q="小学", id="xh")
    assert [unit["name"] for unit in found["results"]] == ["xhsy"]
    assert model.Session.scalar(sa.select(sa.func.count(UnitChange.id))) == 0


def test_an_empty_field_takes_no_unit_out_of_the_tree(app, portal):
    give(portal.second_reviewer, "coordinator", portal.commission)
    visitor = visitors.Visitor(app, portal.second_reviewer)
    answer = visitor.post(
        "/organization/xh/move", {"superior": " "}, page="/organization/xh/place"
    )
    assert "此项必填" in visitors.words(answer)
    assert placing.superior_of(portal.bureau["id"]) == portal.commission["id"]
