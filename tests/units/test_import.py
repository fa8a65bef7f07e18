"""Units and people from a spreadsheet: read as people write, all or nothing."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from werkzeug.datastructures import FileStorage

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.identity.model_factors import InstitutionAccount
from ckanext.edudata.units import people, tree
from tests.conftest import give, make_unit
from tests.units.sheets import PEOPLE, UNITS, book, delimited, school_code

MINISTRY = Path(__file__).parents[3] / "shared/data/moe_universities_2025.xls"


@pytest.fixture
def bring(portal):
    """Dry run, and the import if there are no errors."""

    def brought(user, upload, **data):
        found = portal.act("edudata_unit_import_check", user, upload=upload, **data)
        if not found["errors"]:
            portal.act("edudata_unit_import_apply", user, id=found["id"])
        return found

    return brought


def units_of(portal):
    return {unit["title"]: unit for unit in portal.act("edudata_unit_tree", None)}


def errors(found):
    return {(each["row"], each["field"]) for each in found["errors"]}


@pytest.mark.article(2, 4)
class TestUnits:
    def test_the_ministrys_list_becomes_69_universities(self, portal, bring):
        if not MINISTRY.exists():
            pytest.skip("The Ministry's list is not here (shared/data)")
        upload = FileStorage(MINISTRY.open("rb"), MINISTRY.name)
        found = bring(
            portal.coordinator,
            upload,
            kind="university",
            superior="shjw",
            only_column="所在地",
            only_value="上海市",
        )
        assert found["counts"]["units_new"] == 69
        made = [u for u in units_of(portal).values() if u["kind"] == "university"]
        assert len(made) == 69
        fudan = units_of(portal)["复旦大学"]
        assert fudan["code"] == "4131010246"
        assert fudan["superior"] == portal.commission["id"]
        again = bring(
            portal.coordinator,
            FileStorage(MINISTRY.open("rb"), MINISTRY.name),
            only_column="所在地",
            only_value="上海市",
        )
        assert again["counts"]["units_same"] == 69
        assert again["counts"]["units_new"] == again["counts"]["units_changed"] == 0

    def test_superiors_stand_anywhere_in_the_file(self, portal, bring):
        rows = [
            UNITS,
            ["春申小学语文组", "", "科室", "", "春申小学"],
            ["春申小学", school_code(7), "小学", "闵行", "闵行区教育局"],
            ["闵行区教育局", "", "区教育局", "闵行区", "shjw"],
        ]
        found = bring(portal.coordinator, delimited(rows, "gb18030"))
        assert found["errors"] == []
        units = units_of(portal)
        assert units["春申小学语文组"]["depth"] == 3
        assert units["春申小学"]["district"] == "310112"
        assert units["春申小学"]["kind"] == "school"
        assert units["春申小学"]["name"] == school_code(7)
        assert units["闵行区教育局"]["name"] == "minhangqujiaoyuju"

    def test_titles_above_and_headings_between(self, portal, bring):
        rows = [
            ["徐汇区学校一览", "", "", ""],
            ["（截至2025年9月）", "", "", ""],
            ["序号", "学校名称*", "学校标识码（10位）", "学校类型"],
            ["一、小学（1所）", "", "", ""],
            [1, "徐汇区光明小学", int(school_code(8)), "小学"],
            ["合计", "1", "", ""],
        ]
        found = bring(portal.coordinator, book(("学校", rows)), superior="xh")
        assert found["counts"]["units_new"] == 1
        assert found["tables"][0]["skipped"] == [4, 6]
        assert units_of(portal)["徐汇区光明小学"]["code"] == school_code(8)

    def test_errors_name_row_and_column_and_nothing_is_done(self, portal, bring):
        rows = [
            UNITS,
            ["甲小学", "123", "小学", "徐汇区", "徐汇区教育局"],
            ["乙小学", school_code(1), "马戏团", "徐汇区", "徐汇区教育局"],
            ["丙小学", school_code(2), "小学", "火星区", "徐汇区教育局"],
            ["丁小学", school_code(3), "小学", "徐汇区", "不存在的局"],
            ["戊小学", school_code(4), "小学", "徐汇区", "徐汇区教育局"],
            ["己小学", school_code(4), "小学", "徐汇区", "徐汇区教育局"],
            ["", school_code(5), "小学", "徐汇区", "徐汇区教育局"],
        ]
        before = len(units_of(portal))
        found = bring(portal.coordinator, book(("单位", rows)))
        assert errors(found) == {
            (2, "code"),
            (3, "kind"),
            (4, "district"),
            (5, "superior"),
            (7, "title"),
            (8, "title"),
        }
        assert {e["column"] for e in found["errors"]} >= {"B 学校标识码", "E 上级单位"}
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_unit_import_apply", portal.coordinator, id=found["id"])
        assert len(units_of(portal)) == before

    def test_a_circle_is_refused_also_one_through_units_that_are_there(
        self, portal, bring
    ):
        rows = [UNITS, ["徐汇区教育局", "", "", "", "徐汇区示例小学"]]
        assert (2, "superior") in errors(bring(portal.coordinator, delimited(rows)))
        rows = [
            UNITS,
            ["甲科", "", "科室", "", "乙科"],
            ["乙科", "", "科室", "", "甲科"],
        ]
        assert errors(bring(portal.coordinator, delimited(rows))) >= {
            (2, "superior"),
            (3, "superior"),
        }

    def test_changes_and_moves_what_is_there_and_empty_cells_leave_it(
        self, portal, bring
    ):
        entry = portal.entry(owner_org=portal.school["id"])
        rows = [
            ["单位名称", "学校标识码", "上级单位", "办公电话"],
            ["徐汇区示例小学", "", "长宁区教育局", "021-62510000"],
        ]
        found = bring(portal.coordinator, delimited(rows))
        assert found["counts"]["units_moved"] == 1
        shown = portal.act("organization_show", None, id="xhsy")
        assert shown["superior"] == portal.other["id"]
        assert shown["office_phone"] == "021-62510000"
        assert shown["kind"] == "school"
        # The people of the new place see its entries, those of the old one no more.
        assert portal.act("package_show", portal.outsider, id=entry["id"])
        found = portal.act(
            "package_search", portal.outsider, fq="type:entry", include_private=True
        )
        assert [each["id"] for each in found["results"]] == [entry["id"]]
        found = portal.act(
            "package_search", portal.reviewer, fq="type:entry", include_private=True
        )
        assert found["count"] == 0

    def test_is_on_record_row_by_row(self, portal, bring):
        rows = [UNITS, ["甲小学", school_code(1), "小学", "徐汇区", "徐汇区教育局"]]
        bring(portal.coordinator, delimited(rows))
        made = units_of(portal)["甲小学"]
        row = model.Session.scalar(
            sa.select(AuditRecord).where(AuditRecord.object_id == made["id"])
        )
        assert row is not None
        assert (row.action, row.actor_id) == ("unit_create", portal.coordinator["id"])
        assert model.Session.scalar(
            sa.select(AuditRecord.id).where(AuditRecord.action == "units_import")
        )

    def test_only_below_ones_own_units(self, portal, bring):
        give(portal.second_reviewer, "coordinator", portal.bureau)
        rows = [
            UNITS,
            ["甲小学", school_code(1), "小学", "徐汇区", "徐汇区教育局"],
            ["乙小学", school_code(2), "小学", "长宁区", "长宁区教育局"],
            ["长宁区教育局", "", "", "", "徐汇区教育局"],
            ["徐汇区示例小学", "", "", "", "长宁区教育局"],
        ]
        found = bring(portal.second_reviewer, delimited(rows))
        assert {row for row, _ in errors(found)} == {3, 4, 5}
        with pytest.raises(tk.NotAuthorized):
            bring(portal.compiler, delimited(rows[:2]))
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_unit_import_apply", portal.coordinator, id=found["id"])

    def test_what_is_imported_is_what_was_shown(self, portal):
        rows = [UNITS, ["甲小学", school_code(1), "小学", "", "徐汇区教育局"]]
        found = portal.act(
            "edudata_unit_import_check", portal.coordinator, upload=delimited(rows)
        )
        make_unit("xx", "甲小学", "school", portal.bureau["id"])
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_unit_import_apply", portal.coordinator, id=found["id"])

    @pytest.mark.parametrize(
        "content",
        [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"\xff\xfe", "没有表头".encode()],
    )
    def test_what_is_no_table_is_refused_with_words(self, portal, content):
        with pytest.raises(tk.ValidationError) as raised:
            portal.act(
                "edudata_unit_import_check",
                portal.coordinator,
                upload=FileStorage(io.BytesIO(content), "x.xlsx"),
            )
        assert raised.value.error_dict["upload"][0]


@pytest.mark.article(5, 6, 33, 38)
class TestPeople:
    ROWS = [
        PEOPLE,
        [
            "张三",
            "zhangsan",
            "zs@example.edu.cn",
            "徐汇区示例小学",
            "编目员、审核人",
            "",
        ],
        ["李四", "", "li.si@example.edu.cn", "xh", "安全管理责任人", "2099/12/31"],
    ]

    def test_accounts_without_a_password_and_their_roles(self, portal, bring):
        found = bring(portal.coordinator, delimited(self.ROWS))
        assert found["errors"] == []
        assert found["counts"]["people_new"] == 2
        new = model.User.get("zhangsan")
        assert new is not None
        assert (new.state, bool(new.password)) == ("pending", False)
        assert not new.validate_password("")
        assert people.holds(new.id, ["compiler"], portal.school["id"])
        li = model.User.get("li-si")
        assert li is not None
        until = portal.act(
            "edudata_role_list", portal.coordinator, unit_id="xh", user_id=li.id
        )
        assert until[0]["until"].startswith("2099-12-31")
        assert until[0]["given_by"] == portal.coordinator["id"]
        capacity = model.Session.scalar(
            sa.select(model.Member.capacity).where(model.Member.table_id == new.id)
        )
        assert capacity == "editor"
        again = bring(portal.coordinator, delimited(self.ROWS))
        assert again["counts"]["people_new"] == again["counts"]["roles_new"] == 0
        assert again["counts"]["roles_same"] == 3

    def test_with_their_units_in_one_file(self, portal, bring):
        found = bring(
            portal.coordinator,
            book(
                ("单位", [UNITS, ["新设小学", school_code(1), "小学", "", "xh"]]),
                (
                    "人员",
                    [
                        PEOPLE,
                        ["王五", "wangwu", "w5@example.cn", "新设小学", "编目员", ""],
                    ],
                ),
                ("说明", [["请先填写单位"]]),
            ),
        )
        assert found["errors"] == []
        assert found["others"] == ["说明"]
        new = model.User.get("wangwu")
        assert new is not None
        unit = units_of(portal)["新设小学"]
        assert people.holds(new.id, ["compiler"], unit["id"])
        assert people.holds(portal.reviewer["id"], ["reviewer"], unit["id"])

    @pytest.mark.promise(5)
    @pytest.mark.article(34)
    def test_the_three_administrators_stay_three_people(self, portal, bring):
        rows = [
            PEOPLE,
            ["甲", "jia", "jia@example.cn", "shjw", "系统管理员、审计管理员", ""],
            ["乙", "yi", "yi@example.cn", "shjw", "系统管理员", ""],
            ["乙", "yi", "yi@example.cn", "xh", "编目员", ""],
            ["", "reviewer", "", "shjw", "审计管理员", ""],
        ]
        found = tk.get_action("edudata_unit_import_check")(
            people.system_context(), {"upload": delimited(rows)}
        )
        assert errors(found) == {(2, "roles"), (4, "roles"), (5, "roles")}
        # Units make no administrators, by this way neither.
        found = bring(portal.coordinator, delimited([rows[0], rows[2]]))
        assert errors(found) == {(2, "roles")}

    def test_nor_by_two_accounts_of_one_person(self, portal):
        give(portal.stranger, "audit_admin", portal.commission)
        ended = datetime.datetime.now(datetime.timezone.utc)
        for user, end in ((portal.stranger, ended), (portal.researcher, None)):
            link = {"user_id": user["id"], "issuer": "https://i", "subject": "1"}
            model.Session.add(InstitutionAccount(**link, ended_at=end))
        model.Session.commit()
        rows = [PEOPLE, ["", "researcher", "", "shjw", "系统管理员", ""]]
        found = tk.get_action("edudata_unit_import_check")(
            people.system_context(), {"upload": delimited(rows)}
        )
        assert errors(found) == {(2, "roles")}

    def test_dirty_rows(self, portal, bring):
        rows = [
            PEOPLE,
            ["甲", "坏账号", "a@example.cn", "xh", "编目员", ""],
            ["乙", "yi", "no-mail", "xh", "编目员", ""],
            ["丙", "bing", "c@example.cn", "xh", "校长助理", ""],
            ["丁", "ding", "d@example.cn", "哪里", "编目员", ""],
            ["戊", "wu", "e@example.cn", "xh", "编目员", "明年"],
            ["己", "ji", "f@example.cn", "xh", "编目员", "2001-01-01"],
            ["", "geng", "g@example.cn", "xh", "编目员", ""],
            ["辛", "xin", "h@example.cn", "xh", "编目员", ""],
            ["壬", "ren", "H@example.cn", "xh", "编目员", ""],
        ]
        found = bring(portal.coordinator, delimited(rows))
        assert errors(found) == {
            (2, "account"),
            (3, "email"),
            (4, "roles"),
            (5, "unit"),
            (6, "until"),
            (7, "until"),
            (8, "fullname"),
            (10, "email"),
        }
        # What is said of an error holds nobody's address.
        assert "example.cn" not in str(found["errors"])
        assert model.User.get("xin") is None

    def test_a_file_is_forgotten_when_it_was_imported(self, portal, bring):
        found = bring(portal.coordinator, delimited(self.ROWS))
        kept = model.Session.execute(
            sa.text("SELECT content, state FROM edudata_unit_import WHERE id = :id"),
            {"id": found["id"]},
        ).one()
        assert kept == (None, "done")

    def test_the_office_acts_for_schools_from_the_file(self, portal, bring):
        rows = [
            [*UNITS, "归口科室"],
            ["徐汇区信息科", "", "科室", "", "xh", ""],
            ["徐汇区示例小学", "", "", "", "", "徐汇区信息科"],
        ]
        assert bring(portal.coordinator, delimited(rows))["errors"] == []
        office = units_of(portal)["徐汇区信息科"]
        assert tree.reached_from(portal.school["id"])[1] == office["id"]
