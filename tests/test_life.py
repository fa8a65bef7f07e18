"""One dataset through its whole life, by the API, as each of its people.

The university list and the class roster of the portal's first story: released, blocked,
desensitized, applied for, read, revoked, corrected.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import uuid
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import helpers

from tests.delivery.conditional import known
from tests.desensitization import rosters

MINISTRY = Path(__file__).parents[2] / "shared/data/moe_universities_2025.xls"
LIST = (
    "全国普通高等学校名单,,,\n"
    "序号,学校名称,学校标识码,主管部门\n"
    "上海市（2所）,,,\n"
    "1,甲大学,4131010001,市教委\n"
    "2,乙大学,4131010002,教育部\n"
)


def _csv(table: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue().encode()


@pytest.mark.article(26, 27, 28)
@pytest.mark.promise(1)
class TestOpenList:
    """Step 3 and 6: an unconditional list, and its correction."""

    def test_as_published(self, portal, app):
        entry = portal.entry()
        made = portal.upload(entry, "高校名单.csv", LIST.encode("gb18030"))
        assert made["original_name"] == "高校名单.csv"
        portal.work()
        check = portal.act(
            "edudata_check_show", portal.compiler, resource_id=made["id"]
        )
        assert (check["verdict"], check["permits"]) == ("clear", "unconditional")
        released = portal.released(entry)

        found = portal.act("package_search", None, q="普通高等学校")
        assert [hit["id"] for hit in found["results"]] == [released["dataset_id"]]
        dataset = portal.act("package_show", None, id=released["dataset_id"])
        assert dataset["private"] is False
        resource = dataset["resources"][0]
        rows = portal.act("datastore_search", None, resource_id=resource["id"])
        assert rows["total"] == 2
        assert [row["学校名称"] for row in rows["records"]] == ["甲大学", "乙大学"]
        assert rows["records"][0]["学校标识码"] == "4131010001"
        types = {field["id"]: field["type"] for field in rows["fields"]}
        assert types["学校标识码"] == "text"

        # Anyone takes the file, and the table in every form.
        path = resource["url"].split("//", 1)[1].split("/", 1)[1]
        text = app.get(f"/{path}").body.lstrip("\ufeff")
        assert text.splitlines()[0].split(",")[1] == "学校名称"
        for form in ("csv", "tsv", "json", "xml"):
            body = app.get(f"/datastore/dump/{resource['id']}?format={form}").body
            assert "甲大学" in body

    def test_the_ministrys_own_file(self, portal):
        if not MINISTRY.exists():
            pytest.skip("The Ministry's list is not here (shared/data)")
        entry = portal.entry()
        portal.upload(entry, MINISTRY.name, MINISTRY.read_bytes())
        released = portal.released(entry)
        dataset = portal.act("package_show", None, id=released["dataset_id"])
        resource_id = dataset["resources"][0]["id"]
        rows = portal.act("datastore_search", None, resource_id=resource_id, limit=5)
        assert rows["total"] == 2919
        names = [field["id"] for field in rows["fields"]]
        assert names[1:] == [
            "序号",
            "学校名称",
            "学校标识码",
            "主管部门",
            "所在地",
            "办学层次",
            "备注",
        ]
        codes = portal.act(
            "datastore_search",
            None,
            resource_id=resource_id,
            fields=["学校标识码"],
            limit=5000,
        )["records"]
        assert all(
            len(row["学校标识码"]) == 10 and row["学校标识码"].isdigit()
            for row in codes
        )

    def test_a_correction_reaches_the_public_by_a_release(self, portal):
        entry = portal.entry()
        made = portal.upload(entry, "高校名单.csv", LIST.encode())
        first = portal.released(entry)
        dataset = portal.act("package_show", None, id=first["dataset_id"])
        public_id = dataset["resources"][0]["id"]

        def names(resource_id):
            found = portal.act("datastore_search", None, resource_id=resource_id)
            assert found["total"] == len(found["records"])
            return [row["学校名称"] for row in found["records"]]

        portal.act(
            "resource_patch",
            portal.compiler,
            id=made["id"],
            upload=portal.file("高校名单.csv", (LIST + "3,丙大学,4131010003,市教委\n")),
        )
        assert names(public_id) == ["甲大学", "乙大学"]
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        second = portal.released(entry)
        assert second["version"] == 2
        assert second["dataset_id"] == first["dataset_id"]
        assert names(public_id) == ["甲大学", "乙大学", "丙大学"]

        versions = portal.act("edudata_release_list", None, id=first["dataset_id"])
        assert [row["version"] for row in versions] == [2, 1]
        old = versions[1]["resources"][0]
        assert old["resource_id"] == public_id
        assert names(old["table_id"]) == ["甲大学", "乙大学"]
        assert names(versions[0]["resources"][0]["table_id"])[-1] == "丙大学"
        shown = portal.act(
            "edudata_release_show", None, id=first["dataset_id"], version=1
        )
        assert shown["metadata"]["title"] == "普通高等学校名单"

    def test_stopping_is_at_once(self, portal, app):
        entry = portal.entry()
        portal.upload(entry, "高校名单.csv", LIST.encode())
        released = portal.released(entry)
        dataset = portal.act("package_show", None, id=released["dataset_id"])
        resource = dataset["resources"][0]
        versions = portal.act("edudata_release_list", None, id=dataset["id"])
        table_id = versions[0]["resources"][0]["table_id"]
        portal.act("edudata_stop", portal.reviewer, id=dataset["id"], reason="数据有误")
        for reference in (resource["id"], table_id):
            with pytest.raises(tk.ObjectNotFound):
                portal.act("datastore_search", None, resource_id=reference)
            dump = app.get(f"/datastore/dump/{reference}")
            assert dump.status_code == 404
        path = resource["url"].split("//", 1)[1].split("/", 1)[1]
        assert app.get(f"/{path}").status_code == 404
        assert portal.act("package_search", None, q="普通高等学校")["count"] == 0
        left = portal.act("package_show", None, id=dataset["id"])
        assert (left["opening_state"], left["resources"]) == ("stopped", [])


@pytest.fixture
def roster(portal):
    """A class roster in an entry: blocked; its desensitized data: restricted."""
    portal.table = rosters.roster(60)
    portal.roster_entry = portal.entry(
        title="示例学校成绩样表",
        notes="某年级学业水平情况。",
        subject_database="student",
        opening_class="conditional",
        opening_ground="security_demands",
        opening_condition="用于教育研究。",
        data_class="personal",
    )
    portal.blocked = portal.upload(
        portal.roster_entry, "花名册.csv", _csv(portal.table)
    )
    portal.work()
    return portal


def _values(table: list[list[str]]) -> set[str]:
    """Values that identify: names, IDs, telephones, birth dates."""
    return {row[place] for row in table[1:] for place in (0, 2, 3, 5)}


@pytest.mark.promise(1, 3, 4)
class TestRoster:
    """Step 4: personal data are blocked, and leave only desensitized."""

    @pytest.mark.article(27, 36)
    def test_it_is_blocked_and_says_where(self, roster):
        check = roster.act(
            "edudata_check_show", roster.compiler, resource_id=roster.blocked["id"]
        )
        assert (check["verdict"], check["permits"]) == ("blocked", "not_open")
        named = {finding["column"] for finding in check["findings"]}
        assert {"姓名", "身份证号", "家长手机"} <= named
        assert all(
            finding["rows"] and finding["count"] for finding in check["findings"]
        )
        text = json.dumps(check, ensure_ascii=False)
        assert not [value for value in _values(roster.table) if value in text]

    @pytest.mark.article(27)
    @pytest.mark.parametrize(
        ("opening_class", "ground"),
        [("unconditional", ""), ("conditional", "security_demands")],
    )
    def test_it_is_released_in_no_class(self, roster, opening_class, ground):
        said = {"opening_class": opening_class, "opening_ground": ground}
        if opening_class == "unconditional":
            with pytest.raises(tk.ValidationError) as refused:
                roster.act(
                    "package_patch",
                    roster.compiler,
                    id=roster.roster_entry["id"],
                    **said,
                )
            assert "opening_class" in refused.value.error_dict
        # Said before it was known what the file holds, the class meets the door.
        package = model.Package.get(roster.roster_entry["id"])
        package.extras = {**package.extras, **said}
        model.Session.commit()
        roster.approved(roster.roster_entry)
        with pytest.raises(tk.ValidationError):
            roster.act("edudata_release", roster.reviewer, id=roster.roster_entry["id"])
        assert not model.Session.query(model.Package).filter_by(type="dataset").all()

    @pytest.mark.article(31, 36)
    def test_desensitized_data_come_out_restricted(self, roster):
        made = roster.act(
            "edudata_desensitize", roster.compiler, resource_id=roster.blocked["id"]
        )
        roster.work()
        check = roster.act(
            "edudata_check_show", roster.compiler, resource_id=made["id"]
        )
        assert (check["verdict"], check["permits"]) == ("restricted", "conditional")

    @pytest.mark.article(27)
    def test_restricted_data_are_not_released_unconditionally(self, roster):
        roster.act(
            "edudata_desensitize", roster.compiler, resource_id=roster.blocked["id"]
        )
        roster.act(
            "package_patch",
            roster.compiler,
            id=roster.roster_entry["id"],
            opening_class="unconditional",
            opening_ground="",
        )
        roster.approved(roster.roster_entry)
        with pytest.raises(tk.ValidationError):
            roster.act("edudata_release", roster.reviewer, id=roster.roster_entry["id"])


#: All rows and their classes are kept; the proposed plan would leave classes out.
PLAN = {
    "columns": {
        "姓名": "drop",
        "性别": "keep",
        "出生日期": {"action": "generalise", "kind": "year"},
        "身份证号": "drop",
        "班级": "keep",
        "家长手机": "drop",
        "语文": "keep",
        "数学": "keep",
    }
}


@pytest.fixture
def conditional(roster):
    """The desensitized roster, released conditionally."""
    roster.act(
        "edudata_desensitize",
        roster.compiler,
        resource_id=roster.blocked["id"],
        plan=PLAN,
    )
    released = roster.released(roster.roster_entry)
    roster.open = roster.act("package_show", None, id=released["dataset_id"])
    kinds = {item["kind"]: item for item in roster.open["resources"]}
    roster.data, roster.sample = kinds["conditional"], kinds["sample"]
    return roster


def _granted(portal, fields, until=None):
    today = datetime.date.today()
    until = until or (today + datetime.timedelta(days=30)).isoformat()
    known(portal, portal.researcher)
    request = portal.act(
        "edudata_request_create",
        portal.researcher,
        resource_id=portal.data["id"],
        purpose="研究学业水平与班级规模的关系",
        scenario="学位论文",
        fields=fields,
        until=until,
        way="interface",
        security="仅存于校内加密服务器",
        results="论文一篇",
        agreed=True,
        agreed_name="示例申请人",
    )
    portal.act("edudata_request_submit", portal.researcher, id=request["id"])
    portal.act("edudata_request_accept", portal.reviewer, id=request["id"])
    return portal.act("edudata_request_approve", portal.reviewer, id=request["id"])


@pytest.mark.promise(2, 3)
@pytest.mark.article(24, 28, 30)
class TestConditional:
    """Step 5: shown to all, read by the grantee, and by nobody else."""

    def test_the_public_sees_what_it_is_and_not_one_value(self, conditional, app):
        assert conditional.open["opening_class"] == "conditional"
        assert conditional.open["opening_condition"] == "用于教育研究。"
        items = [item["name"] for item in conditional.data["information_items"]]
        assert "班级" in items
        assert "姓名" not in items
        real = _values(conditional.table)
        page = app.get(f"/dataset/{conditional.open['name']}").body
        seen = json.dumps(conditional.open, ensure_ascii=False) + page
        assert not [value for value in real if value in seen]
        rows = conditional.act(
            "datastore_search", None, resource_id=conditional.sample["id"]
        )
        assert rows["total"] == 20
        assert not [value for value in real if value in json.dumps(rows["records"])]

    def test_the_grantee_reads_exactly_what_was_granted(self, conditional):
        fields = ["班级", "语文"]
        _granted(conditional, fields)
        found = conditional.act(
            "datastore_search",
            conditional.researcher,
            resource_id=conditional.data["id"],
        )
        assert found["total"] == 60
        assert {key for row in found["records"] for key in row} <= {"_id", *fields}
        given = sorted((row["班级"], str(row["语文"])) for row in found["records"])
        kept = sorted((row[4], row[6]) for row in conditional.table[1:])
        assert given == kept
        with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
            conditional.act(
                "datastore_search",
                conditional.researcher,
                resource_id=conditional.data["id"],
                fields=["数学"],
            )
        audit = tk.get_action("edudata_audit_list")({"ignore_auth": True}, {})
        actions = [record["action"] for record in audit["records"]]
        assert {"release", "request_approve"} <= set(actions)

    @pytest.mark.parametrize("who", ["stranger", "anonymous", "outsider", "compiler"])
    def test_nobody_else_does(self, conditional, who):
        _granted(conditional, ["班级", "语文"])
        person = None if who == "anonymous" else getattr(conditional, who)
        for action in ("datastore_search", "datastore_info"):
            with pytest.raises(tk.NotAuthorized) as refused:
                conditional.act(action, person, resource_id=conditional.data["id"])
            assert refused.value.message

    def test_nor_the_grantee_after_revocation(self, conditional):
        granted = _granted(conditional, ["班级", "语文"])
        conditional.act(
            "edudata_request_revoke",
            conditional.reviewer,
            id=granted["id"],
            words="用途不符",
        )
        with pytest.raises(tk.NotAuthorized):
            conditional.act(
                "datastore_search",
                conditional.researcher,
                resource_id=conditional.data["id"],
            )

    def test_by_the_api_with_a_token(self, conditional, app):
        _granted(conditional, ["班级", "语文"])
        token = helpers.call_action(
            "api_token_create",
            {"user": conditional.researcher["name"], "ignore_auth": True},
            user=conditional.researcher["name"],
            name=uuid.uuid4().hex,
        )["token"]
        address = f"/api/action/datastore_search?resource_id={conditional.data['id']}"
        found = app.get(address, headers={"Authorization": token})
        assert found.json["result"]["total"] == 60
        refused = app.get(address)
        assert refused.status_code == 403
        assert conditional.open["name"] in refused.body

    def test_no_digest_confirms_a_guess(self, conditional):
        versions = conditional.act(
            "edudata_release_list", None, id=conditional.open["id"]
        )
        kinds = {item["kind"]: item for item in versions[0]["resources"]}
        assert kinds["conditional"]["content_digest"] is None
        assert kinds["conditional"]["table_id"] is None
        shown = conditional.act(
            "edudata_release_show", None, id=conditional.open["id"], version=1
        )
        kinds = {item["kind"]: item for item in shown["metadata"]["resources"]}
        assert not kinds["conditional"].get("hash")
