"""The full metadata of an entry: codes by rule, what is public, what is read."""

from __future__ import annotations

import datetime
import re
import threading

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.catalog import code_lists, content, resource_codes
from ckanext.edudata.catalog.validators_metadata import edudata_day
from ckanext.edudata.desensitization import office, texts
from ckanext.edudata.opening import dataset, naming
from tests.visitors import Visitor

FULL = {
    "category": "003001",
    "business_domain": "basic_education",
    "data_format": "table",
    "source": "collected",
    "spatial_coverage": "徐汇区各街道、镇",
    "temporal_start": "2024-09-01",
    "temporal_end": "2025-08-31",
    "opening_way": "download_interface",
    "license_id": "other-at",
    "contact_office": "徐汇区教育局信息中心",
    "contact_phone": "021-64872222",
    "contact_email": "xxzx@xhedu.sh.cn",
    "sharing_condition": "仅限教育行政部门使用",
    "sharing_way": "platform",
    "opening_plan_date": "2026-12-01",
}
LIST = "学校名称,班级数\n甲中学,12\n乙中学,18\n".encode()
LISTS = (
    "categories",
    "business_domains",
    "data_formats",
    "sources",
    "sharing_ways",
    "sharing_scopes",
    "opening_ways",
    "licences",
)


class TestCodeLists:
    @pytest.mark.parametrize("name", LISTS)
    def test_each_code_once_with_both_labels(self, name):
        codes = code_lists.choices(name)
        values = [code["value"] for code in codes]
        assert len(set(values)) == len(values)
        for code in codes:
            assert isinstance(code["value"], str)
            assert set(code["label"]) == {"en", "zh_Hans_CN"}
            assert re.search(r"[\u4e00-\u9fff]", code["label"]["zh_Hans_CN"])

    def test_categories_stand_under_the_subject_databases(self):
        rule = code_lists.code_list("categories")
        for code in rule["codes"]:
            assert code["value"][:3] in rule["subjects"].values()


class TestDigest:
    def test_of_versions_from_before_the_new_fields_is_what_it_was(self):
        """Computed once by the code of before; an approval must not be lost."""
        old = {
            "title": "名单",
            "notes": "说明",
            "owner_org": "u",
            "opening_class": "unconditional",
            "resources": [{"id": "r", "name": "f"}],
        }
        digest = "178651e580cedfb40b99f6268543f6db294c02a5ed678cb5f23ffc0a51026ce3"
        now = content.of_entry(old, {"r": "0" * 64})
        assert set(now) == {*content.FIELDS, "resources"}
        assert content.digest(now) == digest

    def test_covers_every_new_field_once_it_is_set(self):
        plain = content.of_entry({"title": "名单"}, {})
        for name in content.LATER_FIELDS:
            told = content.of_entry({"title": "名单", name: "x"}, {})
            given_by_portal = name in content.GIVEN_FIELDS
            same = content.digest(told) == content.digest(plain)
            assert same == given_by_portal, name
            assert (content.changes(plain, told) == []) == given_by_portal, name


class TestPublic:
    def test_every_free_text_that_becomes_public_is_read(self):
        """A field that is added to the public ones must be read, or hold no words."""
        coded = {
            "subject_database",
            "school_stage",
            "district",
            "update_cycle",
            "opening_class",
            "opening_ground",
            "resource_code",
            "category",
            "business_domain",
            "data_format",
            "temporal_start",
            "temporal_end",
            "opening_way",
            "license_id",
        }
        public = {*dataset.FIELDS, *dataset.CONDITIONAL_FIELDS, "related_resources"}
        assert public - coded <= set(texts.FIELDS)

    @pytest.mark.parametrize(
        ("phone", "passes"),
        [
            ("021-23116666", True),
            ("（021）23116666", True),
            ("021 2311 6666", False),
            ("02123116666-801", True),
            ("0571-88886666转12", True),
            ("12345", True),
            ("400-820-8820", True),
            ("13812345678", False),
            ("+86 13812345678", False),
            ("021-23116666 13812345678", False),
            ("23116666", False),
            ("王老师 021-23116666", False),
        ],
    )
    def test_telephone_of_an_office(self, phone, passes):
        assert office.is_office_phone(phone) == passes

    @pytest.mark.parametrize(
        ("mail", "passes"),
        [
            ("bgs@xh.edu.cn", True),
            ("xxgk@shmec.gov.cn", True),
            ("jiaoyuju@xuhui.gov.cn", True),
            ("info@school.cn", True),
            ("bgs@qq.com", False),
            ("office@vip.163.com", False),
            ("zhangsan@xh.edu.cn", False),
            ("wang.xiaoming@xh.edu.cn", False),
            ("xiaoming.wang@xh.edu.cn", False),
            ("liwei1985@xh.edu.cn", False),
            ("13812345678@xh.edu.cn", False),
            ("张三 bgs@xh.edu.cn", False),
        ],
    )
    def test_mailbox_of_an_office(self, mail, passes):
        assert office.is_office_mail(mail) == passes

    def test_what_is_no_office_contact_is_read_like_any_text(self):
        told = {"contact_phone": "13812345678", "contact_email": "a1@qq.com"}
        assert texts.of_content(told) == told
        told = {"contact_phone": "021-23116666", "contact_email": "bgs@xh.edu.cn"}
        assert texts.of_content(told) == {}

    @pytest.mark.article(15, 17, 27)
    def test_the_public_sees_these_fields_and_no_others(self, app, portal):
        entry = portal.entry(title="徐汇区中学名录", **FULL)
        portal.upload(entry, "中学.csv", LIST)
        made = portal.released(entry)
        public = portal.act("package_show", None, id=made["dataset_name"])
        hidden = {
            "source",
            "sharing_condition",
            "sharing_way",
            "opening_plan_date",
            "sharing_class",
            "data_grade",
        }
        for name, value in FULL.items():
            assert (public.get(name) == value) == (name not in hidden), name
        assert not hidden & set(public)
        assert public["resource_code"] == entry["resource_code"]
        page = Visitor(app).text(f"/dataset/{made['dataset_name']}")
        for said in (
            "机构名录",
            "徐汇区各街道、镇",
            "2024-09-01",
            "注明来源",
            "021-64872222",
            "xxzx@xhedu.sh.cn",
            entry["resource_code"],
        ):
            assert said in page, said
        assert "仅限教育行政部门使用" not in page

    @pytest.mark.article(27)
    @pytest.mark.parametrize(
        ("field", "needle"),
        [
            ("contact_office", "李晓明，13912345678"),
            ("spatial_coverage", "李晓明家，身份证11010519491231002X"),
            ("open_list_reason", "涉及学生李晓明，手机13912345678"),
            ("opening_basis", "家长电话13912345678"),
        ],
    )
    def test_a_needle_in_a_public_field_blocks(self, portal, field, needle):
        entry = portal.entry(**{field: needle})
        portal.upload(entry, "中学.csv", LIST)
        portal.work()
        checks = portal.act("edudata_check_list", portal.compiler, id=entry["id"])
        found = {check["resource_id"]: check["verdict"] for check in checks}
        assert found[entry["id"]] == "blocked"
        with pytest.raises(tk.ValidationError):
            portal.released(entry)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("contact_phone", "13912345678"),
            ("contact_email", "lixiaoming@xh.edu.cn"),
            ("contact_email", "bgs@qq.com"),
            ("contact_office", "王老师"),
            ("contact_office", "信息中心（李主任）"),
            ("related_resources", "13912345678"),
            ("related_resources", "305003001-11010519491231002X/000001"),
            ("temporal_start", "去年"),
            ("temporal_end", "2020-01-01"),
            ("category", "999999"),
            ("license_id", "none-of-these"),
            ("sharing_units", "没有这个单位"),
            ("opening_plan_date", "2025-02-30"),
        ],
    )
    def test_what_is_not_well_said_is_refused(self, portal, field, value):
        told = {"temporal_start": "2024-09-01", field: value}
        with pytest.raises(tk.ValidationError) as error:
            portal.entry(**told)
        assert list(error.value.error_dict) == [field]


class TestResourceCodes:
    @given(
        subject=st.sampled_from(["student", "teacher", "school", "business", None]),
        category=st.sampled_from(
            [None, "", *(code["value"] for code in code_lists.choices("categories"))]
        ),
        unit=st.from_regex(r"[0-9A-Z]{6,18}", fullmatch=True),
        number=st.integers(1, 10**8),
    )
    def test_rule(self, subject, category, unit, number):
        """类 1 digit, 项 2, 目 3, 细目, a slash, the sequence: all read back."""
        code = resource_codes.compose(subject, category, unit, number)
        found = resource_codes.PATTERN.fullmatch(code)
        assert found is not None
        assert code[:3] == "305"
        assert (found[3], int(found[4])) == (unit, number)
        if category:
            assert found[1] + found[2] == category

    @pytest.mark.article(15)
    def test_given_once_and_for_ever(self, portal):
        first = portal.entry(resource_code="305001001-MINE/000001")
        second = portal.entry(category="003001")
        assert first["resource_code"].endswith("/000001")
        assert second["resource_code"].endswith("/000002")
        assert second["resource_code"].startswith("305003001-")
        changed = portal.act(
            "package_patch",
            portal.compiler,
            id=second["id"],
            category="004001",
            resource_code="305001001-MINE/000001",
        )
        assert changed["resource_code"] == second["resource_code"]
        # What failed took no number; what was deleted gives none back.
        with pytest.raises(tk.ValidationError):
            portal.entry(data_grade="nonsense")
        portal.act("package_delete", portal.compiler, id=second["id"])
        third = portal.entry()
        assert third["resource_code"].endswith("/000003")
        # The unit's own code, once it has one; what was given stays.
        tk.get_action("organization_patch")(
            {"ignore_auth": True, "user": "x"},
            {"id": portal.school["id"], "code": "2131000123"},
        )
        school = portal.entry(owner_org=portal.school["id"])
        assert school["resource_code"] == "305003000-2131000123/000001"

    def test_many_at_once_get_different_ones(self, portal):
        """One winner for each number, also where all ask in the same moment."""
        found: list[str] = []
        unit_id = portal.bureau["id"]

        def ask() -> None:
            try:
                for _ in range(5):
                    code = resource_codes.assign(unit_id, "school")
                    model.Session.commit()
                    found.append(code)
                found.extend(
                    resource_codes.assign_many(unit_id, [("school", None)] * 3)
                )
                model.Session.commit()
            finally:
                model.Session.remove()

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 48
        numbers = sorted(int(code.rsplit("/")[1]) for code in found)
        assert numbers == list(range(1, 49))

    @pytest.mark.article(16)
    def test_related_data_are_named_only_where_they_are_open(self, portal):
        closed, opened = portal.entry(title="内部底稿"), portal.entry(title="甲名录")
        portal.upload(opened, "甲.csv", LIST)
        portal.released(opened)
        codes = [closed["resource_code"], opened["resource_code"]]
        entry = portal.entry(title="乙名录", related_resources="、".join(codes))
        assert entry["related_resources"] == codes
        portal.upload(entry, "乙.csv", LIST.replace(b"12", b"13"))
        made = portal.released(entry)
        public = portal.act("package_show", None, id=made["dataset_name"])
        assert public["related_resources"] == [opened["resource_code"]]
        # Who may not see an entry does not learn that its code is one.
        told = {"owner_org": portal.other["id"]}
        for code in (closed["resource_code"], "305003000-U999999/000001"):
            with pytest.raises(tk.ValidationError) as error:
                portal.entry(portal.outsider, related_resources=code, **told)
            [message] = error.value.error_dict["related_resources"]
            assert code in message
        portal.entry(portal.outsider, related_resources=opened["resource_code"], **told)


class TestDays:
    @given(st.dates())
    def test_are_understood_in_the_ways_they_are_written(self, day: datetime.date):
        iso = day.isoformat()
        for text in (
            iso,
            f"{day.year:04}年{day.month}月{day.day}日",
            f"{day.year:04}/{day.month}/{day.day}",
        ):
            assert edudata_day(text) == iso

    @given(st.text(max_size=12))
    def test_anything_else_is_refused(self, text):
        try:
            found = edudata_day(text)
        except tk.Invalid:
            return
        assert found == "" or datetime.date.fromisoformat(found)


class TestNames:
    def test_of_the_title_or_of_the_code(self):
        code = "305003001-3131000123/000007"
        assert naming.of_dataset("学校名录", code) == "xue-xiao-ming-lu"
        assert naming.of_dataset("《》——", code) == "305003001-3131000123-000007"
        assert naming.of_dataset("《2025》", code) == "305003001-3131000123-000007"
        assert naming.of_dataset("2025", None) == "2025"

    def test_a_release_takes_the_code_for_a_name(self, portal):
        entry = portal.entry()
        portal.upload(entry, "中学.csv", LIST)
        name = naming.from_code(entry["resource_code"])
        assert portal.released(entry, name=name)["dataset_name"] == name
