"""Information items: read off the file, corrected by the owner, released with it."""

from __future__ import annotations

import csv
import io
import json

import ckan.plugins.toolkit as tk
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.catalog import columns_read, item_check, items
from ckanext.edudata.catalog.item_changes import changed, merge, state
from tests.visitors import Visitor, words

CLEAN = """学校名称,学校标识码,办学性质,在校生人数（人）,占地面积(平方米),是否寄宿
甲中学,3131000001,公办,1200,30500.5,是
乙中学,3131000002,民办,860,,否
丙中学,3131000003,公办,950,28000,是
"""


def column(name, kind="text", **more):
    return {"name": name, "label": name, "type": kind, "empty": 0, **more}


class TestGuess:
    @pytest.mark.parametrize(
        ("header", "kind", "unit"),
        [
            ("在校生人数（人）", "integer", "人"),
            ("经费(万元)", "numeric", "万元"),
            ("面积/平方米", "numeric", "平方米"),
            ("经费（单位：元）", "numeric", "元"),
            ("学校（园）", "text", ""),
            ("人数（本区户籍）", "integer", ""),
            ("2024/2025", "integer", ""),
        ],
    )
    def test_unit_of_measure(self, header, kind, unit):
        assert items.unit_of(header, kind) == unit

    @pytest.mark.parametrize(
        ("header", "values", "name"),
        [
            ("寄宿", ["是", "否", ""], "yes_no"),
            ("办别", ["公办", "民办"], "ownership"),
            ("所在区", ["徐汇区", "静安区"], "district"),
            ("班级数", ["11", "21"], ""),
            ("办学类型码", ["11", "21"], "school_kind_code"),
            ("备注", ["是", "另行通知"], ""),
            ("备注", [], ""),
        ],
    )
    def test_code_list_by_its_values(self, header, values, name):
        assert items.codes_of(header, values) == name

    @pytest.mark.parametrize(
        ("header", "element"),
        [
            ("学校名称", "XXMC"),
            ("* 学校名称（全称）", "XXMC"),
            ("xxmc", "XXMC"),
            ("血型", "XXM"),
            ("校长姓名", "XZXM"),
            ("天气", ""),
        ],
    )
    def test_element_of_the_standard(self, header, element):
        assert items.element_of(header) == element

    def test_personal_by_the_check_and_by_the_name_of_the_column(self):
        assert items.guess(column("家长", personal=True), rows=3)["personal"]
        assert items.guess(column("学生姓名"), rows=3)["personal"]
        assert "personal" not in items.guess(column("学校名称"), rows=3)

    def test_required_only_where_no_cell_is_empty(self):
        assert items.guess(column("学校名称"), rows=3)["required"] is True
        assert "required" not in items.guess(column("学校名称", empty=1), rows=3)
        assert "required" not in items.guess(column("学校名称"), rows=0)

    @given(
        st.lists(
            st.tuples(st.text(max_size=8), st.sampled_from(items.TYPES)),
            max_size=6,
            unique_by=lambda pair: pair[0].strip(),
        ).map(lambda pairs: [pair for pair in pairs if pair[0].strip()])
    )
    def test_whatever_is_read_is_well_said(self, pairs):
        read = [
            items.guess(column(name.strip(), kind), rows=2, length=3, values=["是"])
            for name, kind in pairs
        ]
        assert item_check.kept(read) == [
            {**item, "label": item["label"].strip()} for item in read
        ]
        assert json.loads(json.dumps(read)) == read

    @given(
        rows=st.lists(
            st.lists(st.text("甲乙1,\n\"'", max_size=4), min_size=2, max_size=2),
            max_size=30,
        )
    )
    def test_columns_are_read_as_they_stand(self, rows, tmp_path_factory):
        path = tmp_path_factory.mktemp("columns") / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([["a", "b"], *rows])
        found = columns_read.read(str(path))
        for place, name in enumerate("ab"):
            cells = [row[place] for row in rows]
            assert found[name]["length"] == max(map(len, cells), default=0)
            assert found[name]["values"] == set(cells)


NAMES = st.sampled_from(["学校", "人数（人）", "地址", "区"])
READ = st.lists(NAMES, unique=True).flatmap(
    lambda names: st.tuples(
        *(
            st.builds(
                lambda name, kind, n: items.guess(column(name, kind), rows=2, length=n),
                st.just(name),
                st.sampled_from(items.TYPES),
                st.integers(1, 9),
            )
            for name in names
        )
    )
)


class TestMerge:
    @given(before=READ, now=READ, told=st.dictionaries(NAMES, st.text(min_size=1)))
    def test_keeps_every_correction_and_names_every_column(self, before, now, told):
        """What the owner wrote stays; what nobody touched follows the new file."""
        owned = [{**item, "description": told.get(item["name"], "")} for item in before]
        found = merge(owned, before, now)
        assert [item["name"] for item in found] == [item["name"] for item in now]
        old = {item["name"]: item for item in owned}
        for item, read in zip(found, now, strict=True):
            if item["name"] in old:
                assert item["description"] == old[item["name"]]["description"]
                assert item["type"] == read["type"]
                assert item.get("length") == read.get("length")
            else:
                assert item == read

    @given(before=READ, now=READ)
    def test_says_what_changed_in_both_directions(self, before, now):
        there, back = (
            changed(before, now),
            changed(now, before),
        )
        assert set(there["added"]) == set(back["removed"])
        assert {name for name, *_ in there["types"]} == {n for n, *_ in back["types"]}
        assert changed(now, now) == {
            "added": [],
            "removed": [],
            "types": [],
        }

    def test_a_column_that_comes_back_has_its_correction_again(self):
        old = {**items.guess(column("区"), rows=1), "description": "所在区"}
        now = [items.guess(column("区"), rows=1)]
        assert merge([], [], now, former=[old])[0]["description"] == "所在区"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["guess", "former", "change", "added", "types", "name"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


class TestState:
    @given(ANYTHING)
    def test_whatever_was_written_there_breaks_nothing(self, value):
        found = state(value)
        assert set(found) == {"guess", "former", "change"}
        assert merge([], found["guess"], [], former=found["former"]) == []
        assert all(len(one) == 3 for one in found["change"]["types"])
        assert state(found) == found

    @given(ANYTHING)
    def test_items_of_any_form_are_taken_or_refused(self, value):
        found, errors = item_check.checked(value)
        assert all(item["name"] for item in found)
        assert all(error.what in item_check.ERRORS for error in errors)


class TestWellSaid:
    @pytest.mark.parametrize(
        ("item", "what"),
        [
            ({"name": "a", "length": "long"}, "length"),
            ({"name": "a", "length": 0.5}, "length"),
            ({"name": "a", "type": "geometry"}, "type"),
            ({"name": "a", "unit": "人" * 21}, "unit"),
            ({"name": "a", "element": "<b>"}, "element"),
            ({"name": "a", "codes": {"x": 1}}, "codes"),
            ({"name": " "}, "name"),
            ("a", "name"),
        ],
    )
    def test_says_what_is_wrong(self, item, what):
        with pytest.raises(item_check.ItemError) as error:
            item_check.kept([item])
        assert error.value.what == what

    def test_codes_are_a_list_by_its_words_or_values(self):
        one = item_check.kept([{"name": "a", "codes": "是否"}])[0]
        other = item_check.kept([{"name": "a", "codes": "甲、乙，丙,甲"}])[0]
        assert (one["codes"], other["codes"]) == ("yes_no", ["甲", "乙", "丙"])
        assert items.allowed_values(one) == ["是", "否"]

    def test_items_of_before_stay_as_they_were(self):
        """Their digests are those of versions that were approved."""
        old = {"name": "a", "label": "b", "type": "text", "description": ""}
        assert item_check.kept([old]) == [old]
        assert item_check.kept([{**old, "element": "XXMC"}])[0]["element"] == "XXMC"


@pytest.fixture
def described(portal):
    entry = portal.entry()
    file = portal.upload(entry, "学校.csv", CLEAN.encode())
    portal.work()
    return entry, file


def shown(portal, file):
    return portal.act("edudata_information_items_show", portal.compiler, id=file["id"])


class TestFile:
    @pytest.mark.article(14, 17)
    def test_read_off_corrected_and_released(self, app, portal, described):
        entry, file = described
        found = {item["name"]: item for item in shown(portal, file)["items"]}
        assert found["在校生人数_人"] == {
            "name": "在校生人数_人",
            "label": "在校生人数（人）",
            "type": "integer",
            "length": 4,
            "unit": "人",
            "required": True,
            "description": "",
        }
        assert found["办学性质"]["codes"] == "ownership"
        assert found["是否寄宿"]["codes"] == "yes_no"
        assert "required" not in found["占地面积_平方米"]
        # Suggested, and the owner's to say: exceptions rest on it.
        assert "element" not in found["学校名称"]
        told = shown(portal, file)
        assert told["suggested"]["学校名称"] == {"element": "XXMC"}
        wanted = told["items"]
        wanted[0] = {
            **wanted[0],
            "label": "学校全称",
            "element": "XXMC",
            "description": "办学许可证上的名称",
        }
        wanted[1] = {**wanted[1], "type": "integer"}
        portal.act(
            "edudata_information_items_update",
            portal.compiler,
            id=file["id"],
            items=wanted,
        )
        made = portal.released(entry)
        public = portal.act("package_show", None, id=made["dataset_name"])
        resource = public["resources"][0]
        first, second = resource["information_items"][:2]
        assert first["element"] == "XXMC"
        assert first["description"] == "办学许可证上的名称"
        assert second["type"] == "integer"
        fields = {
            field["id"]: field
            for field in portal.act("datastore_info", None, id=resource["id"])["fields"]
        }
        info = fields["学校名称"]["info"]
        assert (info["label"], info["notes"]) == ("学校全称", "办学许可证上的名称")
        assert info["element"] == "XXMC"
        assert (
            fields["办学性质"]["info"]["codes"] == "公办、民办、中外合作办学、中外合作"
        )
        # The owner's type is told; the values are those that were checked.
        assert fields["学校标识码"]["info"]["type_override"] == "numeric"
        assert fields["学校标识码"]["type"] == "text"
        rows = portal.act("datastore_search", None, resource_id=resource["id"])
        assert [row["学校标识码"] for row in rows["records"]] == [
            "3131000001",
            "3131000002",
            "3131000003",
        ]
        page = Visitor(app).text(f"/dataset/{made['dataset_name']}")
        for said in ("学校全称", "办学许可证上的名称", "XXMC", "平方米", "公办、民办"):
            assert said in page, said

    @pytest.mark.article(14, 19)
    def test_other_columns_are_told_and_corrections_kept(self, app, portal, described):
        entry, file = described
        wanted = shown(portal, file)["items"]
        wanted[0]["description"] = "学校的全称"
        wanted[2]["description"] = "公办或者民办"
        compiler = Visitor(app, portal.compiler)
        portal.act(
            "edudata_information_items_update",
            portal.compiler,
            id=file["id"],
            items=wanted,
        )
        new = "学校名称,在校生人数（人）,建校时间\n甲中学,约千人,1950-01-01\n"
        upload = portal.file("学校.csv", new)
        portal.act("resource_patch", portal.compiler, id=file["id"], upload=upload)
        portal.work()
        told = shown(portal, file)
        assert told["items"][0]["description"] == "学校的全称"
        assert told["change"]["added"] == ["建校时间"]
        assert "办学性质" in told["change"]["removed"]
        assert told["change"]["types"] == [["在校生人数_人", "integer", "text"]]
        page = compiler.text(f"/entry/{entry['name']}/resource/{file['id']}/items")
        assert "办学性质" in page
        assert "建校时间" in page
        # Back again, its correction is there again.
        upload = portal.file("学校.csv", CLEAN)
        portal.act("resource_patch", portal.compiler, id=file["id"], upload=upload)
        portal.work()
        assert shown(portal, file)["items"][2]["description"] == "公办或者民办"

    def test_a_new_version_of_the_same_columns_changes_no_item(self, portal, described):
        _, file = described
        before = shown(portal, file)
        longer = CLEAN.replace("甲中学", "上海市徐汇区示例中学")
        upload = portal.file("学校.csv", longer)
        portal.act("resource_patch", portal.compiler, id=file["id"], upload=upload)
        portal.work()
        assert shown(portal, file) == before

    def test_sheets_of_a_workbook_share_their_items(self, portal):
        book = io.BytesIO()
        with xlsxwriter.Workbook(book, {"in_memory": True}) as target:
            for name, last in (("初中", "班级数"), ("高中", "学位数（个）")):
                sheet = target.add_worksheet(name)
                sheet.write_row(0, 0, ["学校名称", last])
                for row in range(1, 4):
                    sheet.write_row(row, 0, [f"示例第{row}中学", row * 7])
        entry = portal.entry()
        file = portal.upload(entry, "学校.xlsx", book.getvalue())
        portal.work()
        found = shown(portal, file)["items"]
        assert [item["name"] for item in found] == ["学校名称", "班级数", "学位数_个"]
        assert found[2]["unit"] == "个"
        made = portal.released(entry)
        public = portal.act("package_show", None, id=made["dataset_name"])
        columns = [
            [item["label"] for item in resource["information_items"]]
            for resource in public["resources"]
        ]
        assert columns == [["学校名称", "班级数"], ["学校名称", "学位数（个）"]]

    def test_a_needle_in_an_item_blocks(self, portal, described):
        """All words of an item are public in time, so all of them are read."""
        entry, file = described
        for part, needle in (("unit", "13812345678"), ("codes", "李晓明,13912345678")):
            wanted = shown(portal, file)["items"]
            wanted[0][part] = needle
            portal.act(
                "edudata_information_items_update",
                portal.compiler,
                id=file["id"],
                items=wanted,
            )
            portal.work()
            checks = portal.act("edudata_check_list", portal.compiler, id=entry["id"])
            found = {c["resource_id"]: c["verdict"] for c in checks}
            assert found[entry["id"]] == "blocked", part

    def test_closed_to_others(self, portal, described):
        _, file = described
        for user in (None, portal.outsider, portal.stranger):
            for action, more in (("show", {}), ("update", {"items": []})):
                with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                    portal.act(
                        f"edudata_information_items_{action}",
                        user,
                        id=file["id"],
                        **more,
                    )


class TestEditor:
    def test_one_row_for_each_column_and_what_was_typed_stays(
        self, app, portal, described
    ):
        entry, file = described
        compiler = Visitor(app, portal.compiler)
        url = f"/entry/{entry['name']}/resource/{file['id']}/items"
        page = compiler.text(url)
        assert page.count('name="item-0-name"') == 1
        assert 'value="XXMC"' in page
        sent = form(shown(portal, file)["items"])
        sent |= {"item-0-description": "校名的含义", "item-0-length": "很长"}
        answer = compiler.post(url, sent)
        assert answer.status_code == 422
        assert "校名的含义" in words(answer)
        assert "很长" in words(answer)
        assert shown(portal, file)["items"][0]["description"] == ""
        sent |= {"item-0-length": "30", "item-2-codes": "公办、民办"}
        sent.pop("item-1-required")
        assert compiler.post(url, sent).status_code == 302
        found = shown(portal, file)["items"]
        assert (found[0]["description"], found[0]["length"]) == ("校名的含义", 30)
        assert found[2]["codes"] == ["公办", "民办"]
        assert "required" not in found[1]

    def test_is_for_the_compilers(self, app, portal, described):
        entry, file = described
        url = f"/entry/{entry['name']}/resource/{file['id']}/items"
        for user in (None, portal.outsider):
            assert Visitor(app, user).get(url).status_code == 404
        assert Visitor(app, portal.reviewer).get(url).status_code == 403


def form(found):
    sent = {"items": str(len(found))}
    for number, item in enumerate(found):
        for part, value in item.items():
            sent[f"item-{number}-{part}"] = "true" if value is True else str(value)
    return sent
