"""Roles: given on record, reaching all below, never against each other."""

from __future__ import annotations

import itertools

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.units import codes, people, tree, who_may
from tests.conftest import give, make_unit


@pytest.mark.article(5, 6, 8, 9, 33, 38)
class TestTable:
    def test_every_role_of_the_design_is_there(self):
        assert {role.label_zh for role in who_may.ROLES.values()} == {
            "编目员",
            "审核人",
            "单位领导",
            "数据管理协调",
            "数据技术管理",
            "安全管理责任人",
            "监督考核",
            "系统管理员",
            "安全管理员",
            "审计管理员",
        }

    def test_permissions_name_roles_that_exist(self):
        for roles in who_may.PERMISSIONS.values():
            assert roles
            assert roles <= set(who_may.ROLES)

    def test_the_technician_cannot_approve(self):
        for permission in ("entry_review", "release", "request_review"):
            assert "technician" not in who_may.roles_for(permission)

    def test_compiling_and_reviewing_are_apart(self):
        both = who_may.roles_for("entry_compile") & who_may.roles_for("entry_review")
        assert not both

    def test_administrators_see_no_data_and_cannot_touch_grants(self):
        for role in who_may.ADMINISTRATORS:
            carried = {p for p, roles in who_may.PERMISSIONS.items() if role in roles}
            assert carried <= {
                "administrator_assign",
                "audit_read",
                "audit_verify",
                "event_read",
                "factor_reset",
                # A freeze closes; to lift it is not theirs.
                "incident_freeze",
                "incident_open",
                "incident_read",
                "retention_read",
                "retention_run",
                "role_assign",
                "role_read",
                "ruleset_read",
                "ruleset_switch",
                "unit_edit",
            }

    def test_the_system_administrator_touches_no_grant_not_even_to_close(self):
        for permission in ("incident_freeze", "incident_lift", "audit_read"):
            assert "system_admin" not in who_may.roles_for(permission)

    @given(st.sets(st.sampled_from(sorted(who_may.ROLES))))
    def test_no_sequence_of_gifts_makes_one_person_two_administrators(self, wanted):
        for order in itertools.islice(itertools.permutations(sorted(wanted)), 24):
            held: set[str] = set()
            for role in order:
                if who_may.conflict(held, role) is None:
                    held.add(role)
            admins = held & who_may.ADMINISTRATORS
            assert len(admins) <= 1
            assert not (admins and held - admins)


@pytest.mark.article(2, 4, 8, 38)
class TestTree:
    def test_a_role_reaches_all_below_and_not_beside(self, portal):
        reviewer = portal.reviewer["id"]
        assert people.holds(reviewer, ["reviewer"], portal.school["id"])
        assert not people.holds(reviewer, ["reviewer"], portal.other["id"])
        assert not people.holds(reviewer, ["reviewer"], portal.commission["id"])

    def test_cycles_are_refused(self, portal):
        with pytest.raises(tk.ValidationError):
            tk.get_action("organization_patch")(
                {"ignore_auth": True, "user": "edudata_test"},
                {"id": portal.commission["id"], "superior": portal.school["id"]},
            )

    def test_the_walk_puts_each_after_its_superior(self, portal):
        walked = portal.act("edudata_unit_tree", None)
        seen: set[str] = set()
        for unit in walked:
            assert not unit["superior"] or unit["superior"] in seen
            seen.add(unit["id"])
        assert [unit["depth"] for unit in walked if unit["name"] == "xhsy"] == [2]

    def test_a_deep_tree(self, portal):
        above = portal.school["id"]
        for number in range(12):
            above = make_unit(f"d{number}", f"科室{number}", "department", above)["id"]
        assert len(tree.with_superiors(above)) == 15
        assert above in tree.with_subordinates(portal.commission["id"])
        assert people.holds(portal.reviewer["id"], ["reviewer"], above)

    @pytest.mark.parametrize("code", ["123", "0131000001", "91310000MA1FL4XX00"])
    def test_wrong_codes_are_refused(self, portal, code):
        with pytest.raises(tk.ValidationError):
            tk.get_action("organization_patch")(
                {"ignore_auth": True, "user": "edudata_test"},
                {"id": portal.school["id"], "code": code},
            )

    def test_codes(self):
        assert codes.is_school_code("2131000001")
        assert codes.is_credit_code("91350100M000100Y43")
        assert not codes.is_credit_code("91350100M000100Y44")


@pytest.mark.article(33, 38)
@pytest.mark.promise(5)
class TestGiving:
    def test_only_who_may_gives_roles(self, portal):
        data = {
            "user_id": portal.stranger["id"],
            "unit_id": portal.bureau["id"],
            "role": "reviewer",
        }
        for person in (None, portal.stranger, portal.compiler, portal.reviewer):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_role_give", person, **data)
        sysadmin = factories.Sysadmin()
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_role_give", sysadmin, **data)
        portal.act("edudata_role_give", portal.coordinator, **data)
        assert people.holds(portal.stranger["id"], ["reviewer"], portal.bureau["id"])

    def test_a_coordinator_of_one_district_gives_none_in_another(self, portal):
        give(portal.second_reviewer, "coordinator", portal.bureau)
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "edudata_role_give",
                portal.second_reviewer,
                user_id=portal.stranger["id"],
                unit_id=portal.other["id"],
                role="reviewer",
            )

    def test_the_three_administrators_are_three_people(self, portal):
        give(portal.stranger, "system_admin", portal.commission)
        for role in ("security_admin", "audit_admin", "reviewer"):
            with pytest.raises(tk.ValidationError):
                give(portal.stranger, role, portal.commission)

    def test_units_neither_make_nor_end_administrators(self, portal):
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "edudata_role_give",
                portal.coordinator,
                user_id=portal.stranger["id"],
                unit_id=portal.commission["id"],
                role="audit_admin",
            )
        give(portal.stranger, "audit_admin", portal.commission)
        role = portal.act("edudata_role_list", portal.stranger)[0]
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_role_end", portal.coordinator, id=role["id"])
        give(portal.researcher, "security_admin", portal.commission)
        portal.act("edudata_role_end", portal.researcher, id=role["id"])

    def test_an_ended_role_ends_at_once_and_stays_on_record(self, portal):
        role = portal.act("edudata_role_list", portal.reviewer)[0]
        portal.act("edudata_role_end", portal.coordinator, id=role["id"])
        assert not people.holds(
            portal.reviewer["id"], ["reviewer"], portal.bureau["id"]
        )
        past = portal.act("edudata_role_list", portal.reviewer, ended=True)
        assert past[0]["ended_at"]

    def test_a_role_ends_by_its_date(self, portal):
        with pytest.raises(tk.ValidationError):
            portal.act(
                "edudata_role_give",
                portal.coordinator,
                user_id=portal.stranger["id"],
                unit_id=portal.bureau["id"],
                role="reviewer",
                until="2020-01-01",
            )
        give(portal.stranger, "reviewer", portal.bureau)
        model.Session.execute(
            sa.text(
                "UPDATE edudata_role_assignment SET until = now() - interval '1 second'"
            )
        )
        model.Session.commit()
        assert not people.holds(
            portal.stranger["id"], ["reviewer"], portal.bureau["id"]
        )


@pytest.mark.promise(5)
class TestCapacities:
    """CKAN's memberships follow from the roles and cannot get round them."""

    def _capacity(self, portal, person):
        return model.Session.scalar(
            sa.select(model.Member.capacity).where(
                model.Member.table_id == person["id"],
                model.Member.group_id == portal.bureau["id"],
                model.Member.state == "active",
            )
        )

    def test_they_follow(self, portal):
        assert self._capacity(portal, portal.compiler) == "editor"
        assert self._capacity(portal, portal.reviewer) == "member"
        role = portal.act("edudata_role_list", portal.compiler)[0]
        portal.act("edudata_role_end", portal.coordinator, id=role["id"])
        assert self._capacity(portal, portal.compiler) is None

    @pytest.mark.parametrize(
        ("action", "data"),
        [
            ("member_create", {"object_type": "user", "capacity": "admin"}),
            ("organization_member_create", {"role": "admin"}),
            ("member_delete", {"object_type": "user"}),
            ("organization_member_delete", {}),
        ],
    )
    def test_nobody_writes_them_otherwise(self, portal, action, data):
        for context in (
            {"user": factories.Sysadmin()["name"]},
            {"user": factories.Sysadmin()["name"], "ignore_auth": True},
        ):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action(action)(
                    context,
                    {
                        "id": portal.bureau["id"],
                        "object": portal.stranger["id"],
                        "username": portal.stranger["name"],
                        **data,
                    },
                )

    def test_a_forged_membership_opens_nothing(self, portal):
        entry = portal.entry()
        model.Session.add(
            model.Member(
                table_name="user",
                table_id=portal.stranger["id"],
                group_id=portal.bureau["id"],
                capacity="admin",
                state="active",
            )
        )
        model.Session.commit()
        with pytest.raises(tk.ObjectNotFound):
            portal.act("package_show", portal.stranger, id=entry["id"])
        with pytest.raises(tk.ObjectNotFound):
            portal.act("package_patch", portal.stranger, id=entry["id"], title="x")

    def test_founding_a_unit_makes_its_founder_no_member(self, portal):
        unit = make_unit("xhxb", "新单位", "school", portal.bureau["id"])
        members = tk.get_action("member_list")(
            {"ignore_auth": True}, {"id": unit["id"], "object_type": "user"}
        )
        assert members == []


@pytest.mark.article(4, 8)
class TestUnits:
    def test_a_coordinator_makes_units_below_theirs_and_nowhere_else(self, portal):
        data = {"name": "xhxx", "title": "徐汇区新设小学", "kind": "school"}
        give(portal.second_reviewer, "coordinator", portal.bureau)
        made = portal.act(
            "organization_create",
            portal.second_reviewer,
            superior=portal.bureau["id"],
            **data,
        )
        assert made["superior"] == portal.bureau["id"]
        data["name"] = "xhxy"
        for superior in ("", portal.other["id"], portal.commission["id"]):
            with pytest.raises(tk.NotAuthorized):
                portal.act(
                    "organization_create",
                    portal.second_reviewer,
                    superior=superior,
                    **data,
                )
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "organization_create",
                portal.compiler,
                superior=portal.bureau["id"],
                **data,
            )
