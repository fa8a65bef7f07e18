"""An open dataset whose data are had on conditions, and applications for it."""

from __future__ import annotations

import csv
import datetime
import io
import random
import uuid
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.requests import keeping_applicants

COLUMNS = {"school": "学校", "grade": "年级", "pupils": "人数", "score": "平均分"}
SCHOOLS = ("示例一中", "示例二中", "示例三中")
CANARY = "97.31"
"""A value of the column that is not granted."""


def rows(number: int = 60) -> list[dict[str, Any]]:
    """Rows in ascending order of `score`, so that their order tells of it."""
    rng = random.Random(20260101)
    found = [
        {
            "school": rng.choice(SCHOOLS),
            "grade": f"{rng.randint(1, 9)}年级",
            "pupils": rng.randint(20, 400),
            "score": round(60 + 30 * index / number, 2),
        }
        for index in range(number - 1)
    ]
    return [
        *found,
        {"school": "示例一中", "grade": "9年级", "pupils": 7, "score": CANARY},
    ]


def released(
    portal: Any, number: int = 60, reviewer: Any = None, **described: Any
) -> SimpleNamespace:
    """A conditional dataset of the bureau: checked, approved, released."""
    data = rows(number)
    content = io.StringIO()
    writer = csv.DictWriter(content, COLUMNS)
    writer.writeheader()
    writer.writerows(data)
    told = {
        "title": "学校成绩汇总",
        "notes": "各校各年级平均分。",
        "opening_class": "conditional",
        "opening_ground": "continuous",
        "opening_condition": "仅限教育研究。",
    }
    entry = portal.entry(**{**told, **described})
    items = [{"name": name, "label": label} for name, label in COLUMNS.items()]
    portal.upload(
        entry, "学校成绩.csv", content.getvalue().encode(), information_items=items
    )
    if reviewer is None:
        release = portal.released(entry, name="xuexiao-chengji")
    else:
        portal.work()
        portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
        portal.act("edudata_entry_approve", reviewer, id=entry["id"])
        release = portal.act("edudata_release", reviewer, id=entry["id"])
    dataset = portal.act("package_show", None, id=release["dataset_id"])
    ids = {resource["kind"]: resource["id"] for resource in dataset["resources"]}
    behind = tk.get_action("edudata_released_resource_show")(
        {"ignore_auth": True}, {"id": ids["conditional"]}
    )
    return SimpleNamespace(
        id=dataset["id"],
        name=dataset["name"],
        entry=entry,
        resource_id=ids["conditional"],
        sample_id=ids["sample"],
        table_id=behind["table_id"],
        digest=behind["content_digest"],
        rows=data,
    )


def form(**changed: Any) -> dict[str, Any]:
    """A complete form for two of the four fields."""
    until = datetime.date.today() + datetime.timedelta(days=90)
    return {
        "purpose": "研究年级规模与学校类型的关系。",
        "scenario": "统计分析，不发布个别数据。",
        "fields": ["school", "pupils"],
        "until": until.isoformat(),
        "security": "数据存放在加密的单机上。",
        "agreed": True,
        "agreed_name": "示例申请人",
        **changed,
    }


def known(portal: Any, user: Any) -> None:
    """Let the portal know who this person is, as every applicant does once."""
    if not keeping_applicants.kind(user["id"]):
        portal.act("edudata_applicant_update", user, **PROFILE)


PROFILE = {
    "kind": "natural",
    "name": "示例申请人",
    "telephone": "021-00000000",
    "mail": "applicant@example.com",
}


def submitted(
    portal: Any, data: Any, user: Any = None, **changed: Any
) -> dict[str, Any]:
    """An application that waits for its acceptance."""
    user = user or portal.researcher
    known(portal, user)
    draft = portal.act(
        "edudata_request_create", user, resource_id=data.resource_id, **form(**changed)
    )
    return portal.act("edudata_request_submit", user, id=draft["id"])


def in_review(
    portal: Any, data: Any, user: Any = None, **changed: Any
) -> dict[str, Any]:
    request = submitted(portal, data, user, **changed)
    return portal.act("edudata_request_accept", portal.reviewer, id=request["id"])


def granted(portal: Any, data: Any, user: Any = None, **changed: Any) -> Any:
    """An application that was approved as asked and provisioned at once."""
    request = in_review(portal, data, user, **changed)
    return portal.act("edudata_request_approve", portal.reviewer, id=request["id"])


def given(portal: Any, data: Any, user: Any = None, **changed: Any) -> dict[str, Any]:
    """A grant for `school` and `pupils`, as provision makes it, without the review."""
    user = user or portal.researcher
    now = datetime.datetime.now(datetime.timezone.utc)
    wanted = {
        "request_id": str(uuid.uuid4()),
        "request_number": "QS-2026-000001",
        "user_id": user["id"],
        "resource_id": data.resource_id,
        "fields": ["school", "pupils"],
        "starts": now,
        "until": now + datetime.timedelta(days=90),
        "purpose": "研究年级规模与学校类型的关系。",
        "agreement": "2026-1",
    }
    return tk.get_action("edudata_grant_create")(
        {"ignore_auth": True}, {**wanted, **changed}
    )


def moved(grant: dict[str, Any], state: str) -> None:
    """Freeze, free, revoke or end a grant, as a command on its application does."""
    tk.get_action("edudata_grant_move")(
        {"ignore_auth": True}, {"request_id": grant["request_id"], "state": state}
    )
