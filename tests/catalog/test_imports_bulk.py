"""Many at once leave what one by one leaves: the same rows, the same answers."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs, search

from ckanext.edudata.catalog import bulk_imports, imports, imports_plan

pytestmark = pytest.mark.article(16)

#: What differs by nature: ids, moments, numbers of rows, the opaque name and the code's
#: place in the sequence.
_OWN = {
    *("id", "name", "metadata_created", "metadata_modified", "created", "package_id"),
    *("at", "xid", "number", "created_at", "queued_at", "title", "resource_code"),
    *("table_id", "object_id", "entry_id", "resource_id", "stamp", "index_id"),
    *("url", "tracking_summary", "indexed_ts", "_version_", "revision_timestamp"),
    *("name_ngram", "extras_resource_code"),
}
_TABLES = {
    "package": "id",
    "resource": "package_id",
    "member": "table_id",
    "package_tag": "package_id",
    "edudata_entry": "id",
    "edudata_entry_version": "entry_id",
    "edudata_check": "entry_id",
    "edudata_audit": "object_id",
}
_BY_ENTRY = """
    SELECT table_name FROM information_schema.columns
    WHERE column_name = 'entry_id' AND table_name LIKE 'edudata%'
"""


def description(portal: Any, title: str) -> dict[str, Any]:
    fields = {
        "title": title,
        "notes": "课程表\n第二行",
        "owner_org": portal.bureau["id"],
        "subject_database": "school",
        "category": "",
        "update_cycle": "annual",
        "keywords": "课程，学校",
        "opening_class": "conditional",
        "opening_ground": "timeliness",
        "sharing_class": "unconditional",
        "sharing_units": "长宁区教育局",
        "data_class": "management",
        "data_grade": "general",
        "temporal_start": "2026-01-01",
    }
    items = [{"name": "a", "label": "甲", "type": "text", "required": True}]
    return {
        "fields": {k: v for k, v in fields.items() if v},
        "resources": [{"name": "课程表", "items": items}],
    }


def one_by_one(portal: Any, title: str) -> str:
    made = description(portal, title)
    made_id: str = portal.act(
        "package_create",
        portal.compiler,
        **made["fields"],
        type="entry",
        no_state_secret="true",
        resources=[
            {"name": file["name"], "information_items": file["items"]}
            for file in made["resources"]
        ],
    )["id"]
    return made_id


def rows(entry_id: str) -> dict[str, Any]:
    """All that the database holds of an entry, without what differs by nature."""
    found: dict[str, Any] = {}
    for table, key in _TABLES.items():
        result = model.Session.execute(
            sa.text(f"SELECT * FROM {table} WHERE {key} = :id"),
            {"id": entry_id},
        )
        kept = [
            {name: _plain(value) for name, value in row.items() if name not in _OWN}
            for row in result.mappings()
        ]
        found[table] = sorted(kept, key=lambda row: json.dumps(row, default=str))
    for table in model.Session.scalars(sa.text(_BY_ENTRY)).all():
        count = sa.text(f"SELECT count(*) FROM {table} WHERE entry_id = :id")
        found[f"rows of {table}"] = model.Session.scalar(count, {"id": entry_id})
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v for k, v in value.items() if k not in _OWN}
    return value


def shown(portal: Any, entry_id: str) -> Any:
    return _without(portal.act("package_show", portal.compiler, id=entry_id))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without(v) for k, v in value.items() if k not in _OWN}
    if isinstance(value, list):
        return [_without(item) for item in value]
    return value


def indexed(entry_id: str) -> Any:
    found = search.show(entry_id)
    return {
        key: value
        for key, value in found.items()
        if key not in _OWN and "data_dict" not in key and not key.startswith("title")
    }


def test_both_ways_leave_the_same(portal: Any) -> None:
    slow = one_by_one(portal, "甲")
    jobs.get_queue("edudata").empty()
    fast = bulk_imports.create([description(portal, "甲乙")], portal.compiler["name"])[
        0
    ]
    model.Session.commit()
    imports.settle([fast])
    assert rows(fast) == rows(slow)
    assert shown(portal, fast) == shown(portal, slow)
    assert indexed(fast) == indexed(slow)
    # Their checks are queued alike, and their codes follow each other.
    assert len(jobs.get_queue("edudata").jobs) == 1
    codes = [
        portal.act("package_show", portal.compiler, id=key)["resource_code"]
        for key in (slow, fast)
    ]
    first, second = (int(code.rpartition("/")[2]) for code in codes)
    assert second == first + 1
    portal.work()
    checks = portal.act("edudata_entry_show", portal.compiler, id=fast)["checks"]
    assert [check["verdict"] for check in checks] == ["clear"]


def test_the_stamp_is_that_of_a_normal_save(portal: Any) -> None:
    fast = bulk_imports.create([description(portal, "甲")], portal.compiler["name"])[0]
    model.Session.commit()
    imports.settle([fast])
    again = tk.get_action("edudata_check_start")({"ignore_auth": True}, {"id": fast})
    assert again == []


def test_one_that_is_refused_leaves_nothing(portal: Any) -> None:
    good, bad = description(portal, "好"), description(portal, "坏")
    bad["fields"]["opening_class"] = "not_open"
    before = model.Session.scalar(sa.text("SELECT count(*) FROM package"))
    with pytest.raises(tk.ValidationError):
        bulk_imports.create([good, bad], portal.compiler["name"])
    model.Session.rollback()
    assert model.Session.scalar(sa.text("SELECT count(*) FROM package")) == before
    foreign = description(portal, "别的单位")
    foreign["fields"]["owner_org"] = portal.other["id"]
    with pytest.raises(tk.NotAuthorized):
        bulk_imports.create([foreign], portal.compiler["name"])


def test_what_the_dry_run_said_makes_the_same(portal: Any) -> None:
    slow = one_by_one(portal, "甲")
    made = description(portal, "甲乙")
    entry = imports_plan.new_entry(made["fields"], made["resources"])
    said, errors = imports_plan.validated(entry, portal.compiler["name"])
    assert not errors
    model.Session.rollback()
    kept = json.loads(json.dumps({**made, "said": said}))
    fast = bulk_imports.create([kept], portal.compiler["name"])[0]
    model.Session.commit()
    imports.settle([fast])
    assert rows(fast) == rows(slow)
    assert shown(portal, fast) == shown(portal, slow)
    codes = [
        portal.act("package_show", portal.compiler, id=key)["resource_code"]
        for key in (slow, fast)
    ]
    assert codes[1] == codes[0].replace("/000001", "/000002")
