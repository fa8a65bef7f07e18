"""What becomes public is what was checked and approved, word for word."""

from __future__ import annotations

import csv
import io
import json

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib import uploader

from tests.desensitization import rosters

LIST = "序号,学校名称,学校标识码\n1,甲大学,4131010001\n2,乙大学,4131010002\n"
CONTACT = "联系人张建国，手机13812345678"


def _csv(table):
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode()


def _refused(portal, entry, **data):
    portal.approved(entry)
    with pytest.raises(tk.ValidationError) as refused:
        portal.act("edudata_release", portal.reviewer, id=entry["id"], **data)
    return refused.value.error_dict


def _public(portal):
    """All that everybody may read of what is open."""
    found = portal.act("package_search", None, q="*:*", rows=100)
    shown = [
        portal.act("edudata_release_show", None, id=item["id"], version=1)
        for item in found["results"]
    ]
    return json.dumps([found, shown], ensure_ascii=False)


@pytest.mark.promise(1, 4)
@pytest.mark.article(27, 36)
class TestEveryWord:
    @pytest.mark.parametrize("item", ["description", "name", "original_name"])
    def test_an_information_item_hides_no_other_text(self, portal, item):
        """A column called `description` once took the place of the description."""
        entry = portal.entry()
        portal.upload(
            entry,
            "高校名单.csv",
            f"序号,学校名称,{item}\n1,甲大学,公办\n2,乙大学,民办\n".encode(),
        )
        found = portal.act("package_show", portal.compiler, id=entry["id"])
        data = {"id": found["resources"][0]["id"], item: CONTACT}
        portal.act("resource_patch", portal.compiler, **data)
        assert "metadata" in _refused(portal, entry)

    def test_nor_does_another_item_of_the_same_name(self, portal):
        entry = portal.entry()
        portal.upload(
            entry,
            "高校名单.csv",
            LIST.encode(),
            information_items=[
                {"name": "学校名称", "label": "学校", "description": CONTACT},
                {"name": "学校名称", "label": "学校", "description": "校名"},
            ],
        )
        portal.work()
        found = portal.act("edudata_entry_show", portal.compiler, id=entry["id"])
        checks = {check["resource_id"]: check for check in found["checks"]}
        assert checks[entry["id"]]["verdict"] != "clear" or CONTACT not in json.dumps(
            found["content"], ensure_ascii=False
        )

    def test_a_keyword_is_published_as_it_was_checked(self, portal):
        """Signs that tags do not take, left out, once joined a telephone number."""
        entry = portal.entry(keywords="名单")
        for words in ("13812#3456#78", "138/1234/5678", "高校（本科）"):
            with pytest.raises(tk.ValidationError):
                portal.act(
                    "package_patch", portal.compiler, id=entry["id"], keywords=words
                )
        # As they may stand in the database from before.
        package = model.Package.get(entry["id"])
        package.extras = {**package.extras, "keywords": "名单,13812#3456#78"}
        model.Session.commit()
        portal.upload(entry, "高校名单.csv", LIST.encode())
        done = portal.released(entry)
        shown = portal.act("package_show", None, id=done["dataset_id"])
        assert [tag["name"] for tag in shown["tags"]] == ["名单"]

    @pytest.mark.parametrize(
        "name", ["zhang-jian-guo", "13812345678", "quan-guo-gao-xiao-zhang-jian-guo"]
    )
    def test_a_name_is_out_of_the_title(self, portal, name):
        """The check reads no pinyin: a pupil's name would pass it."""
        entry = portal.entry()
        portal.upload(entry, "高校名单.csv", LIST.encode())
        assert "name" in _refused(portal, entry, name=name)
        done = portal.act(
            "edudata_release",
            portal.reviewer,
            id=entry["id"],
            name="pu-tong-gao-deng-xue-xiao",
        )
        assert done["dataset_name"] == "pu-tong-gao-deng-xue-xiao"

    def test_a_reason_to_stop_is_checked(self, portal):
        entry = portal.entry()
        portal.upload(entry, "高校名单.csv", LIST.encode())
        done = portal.released(entry)
        with pytest.raises(tk.ValidationError) as refused:
            portal.act(
                "edudata_stop", portal.reviewer, id=done["dataset_id"], reason=CONTACT
            )
        assert "13812345678" not in str(refused.value.error_dict)
        portal.act(
            "edudata_stop", portal.reviewer, id=done["dataset_id"], reason="数据有误"
        )
        left = portal.act("package_show", None, id=done["dataset_id"])
        assert left["stop_reason"] == "数据有误"

    def test_a_check_that_fails_stops_no_stop(self, portal, monkeypatch):
        """Stopping is at once; only the words wait."""
        entry = portal.entry()
        portal.upload(entry, "高校名单.csv", LIST.encode())
        done = portal.released(entry)
        monkeypatch.setattr(
            "ckanext.edudata.desensitization.sandbox.Sandbox._started",
            lambda self: None,
        )
        portal.act(
            "edudata_stop", portal.reviewer, id=done["dataset_id"], reason=CONTACT
        )
        left = portal.act("package_show", None, id=done["dataset_id"])
        assert left["opening_state"] == "stopped"
        assert CONTACT not in json.dumps(left, ensure_ascii=False)


@pytest.mark.promise(1, 4)
class TestContent:
    def test_a_file_that_was_exchanged_on_the_disk(self, portal):
        """Released is what was read, not what stands under the upload now."""
        entry = portal.entry()
        made = portal.upload(entry, "高校名单.csv", LIST.encode())
        portal.approved(entry)
        shown = portal.act("resource_show", portal.compiler, id=made["id"])
        kept = uploader.get_resource_uploader(dict(shown))
        place = kept.get_path(made["id"])
        root = getattr(getattr(kept, "storage", None), "settings", None)
        path = f"{root.path}/{place}" if root is not None else place
        with open(path, "wb") as target:
            target.write("学校名称\n张建国13812345678\n".encode())
        done = portal.act("edudata_release", portal.reviewer, id=entry["id"])
        dataset = portal.act("package_show", None, id=done["dataset_id"])
        rows = portal.act(
            "datastore_search", None, resource_id=dataset["resources"][0]["id"]
        )
        assert [row["学校名称"] for row in rows["records"]] == ["甲大学", "乙大学"]

    def test_rows_that_were_written_into_the_working_table(self, portal):
        entry = portal.entry()
        made = portal.upload(entry, "高校名单.csv", LIST.encode())
        portal.approved(entry)
        portal.act(
            "datastore_upsert",
            portal.compiler,
            resource_id=made["id"],
            method="insert",
            force=True,
            records=[{"学校名称": "张建国13812345678"}],
        )
        done = portal.act("edudata_release", portal.reviewer, id=entry["id"])
        dataset = portal.act("package_show", None, id=done["dataset_id"])
        rows = portal.act(
            "datastore_search", None, resource_id=dataset["resources"][0]["id"]
        )
        assert rows["total"] == 2

    def test_a_table_without_a_file_is_not_submitted(self, portal):
        entry = portal.entry()
        portal.act(
            "datastore_create",
            portal.compiler,
            resource={"package_id": entry["id"], "name": "表"},
            records=[{"姓名": "张建国", "手机": "138-1234-5678"}],
        )
        portal.work()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])

    def test_the_file_kept_inside_cannot_be_let_out_again(self, portal):
        """`not_released` is a compiler's to unset, and the check is still there."""
        entry = portal.entry(
            title="成绩样表",
            opening_class="conditional",
            opening_ground="security_demands",
            opening_condition="用于教育研究。",
        )
        raw = portal.upload(entry, "花名册.csv", _csv(rosters.roster(60)))
        portal.work()
        portal.act("edudata_desensitize", portal.compiler, resource_id=raw["id"])
        for value in (False, "false", "", None):
            portal.act(
                "resource_patch", portal.compiler, id=raw["id"], not_released=value
            )
        _refused(portal, entry)
        assert not model.Session.query(model.Package).filter_by(type="dataset").all()

    def test_conditional_data_show_no_digest_to_guess_against(self, portal):
        """Of few cells the digest tells all of them."""
        entry = portal.entry(
            opening_class="conditional",
            opening_ground="security_demands",
            opening_condition="用于教育研究。",
        )
        portal.upload(entry, "高校名单.csv", LIST.encode())
        done = portal.released(entry)
        inner = tk.get_action("edudata_release_list")(
            {"ignore_auth": True}, {"id": done["dataset_id"]}
        )
        kinds = {item["kind"]: item for item in inner[0]["resources"]}
        assert kinds["conditional"]["content_digest"] is None
        assert kinds["sample"]["content_digest"]
        resource_id = kinds["conditional"]["resource_id"]
        behind = tk.get_action("edudata_released_resource_show")(
            {"ignore_auth": True}, {"id": resource_id}
        )
        assert behind["content_digest"] not in _public(portal)
