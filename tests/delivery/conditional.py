"""An open dataset whose data are had on conditions, and applications for it."""

from __future__ import annotations

import csv
import datetime
import random
import uuid
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.opening import door, tables
from ckanext.edudata.opening.model import Release, ReleasedResource

COLUMNS = [
    {"id": "school", "label": "学校", "type": "text"},
    {"id": "grade", "label": "年级", "type": "text"},
    {"id": "pupils", "label": "人数", "type": "integer"},
    {"id": "score", "label": "平均分", "type": "numeric"},
]
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


def released(portal: Any, tmp_path: Any, number: int = 60) -> SimpleNamespace:
    """A conditional dataset of the bureau, as a release leaves it."""
    dataset_id, resource_id, table_id = (str(uuid.uuid4()) for _ in range(3))
    data = rows(number)
    path = tmp_path / "data.csv"
    with open(path, "w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, [column["id"] for column in COLUMNS])
        writer.writeheader()
        writer.writerows(data)
    tables.stage(str(path), COLUMNS, table_id)
    metadata = {
        "id": dataset_id,
        "type": "dataset",
        "name": "xuexiao-chengji",
        "title": "学校成绩汇总",
        "notes": "各校各年级平均分。",
        "owner_org": portal.bureau["id"],
        "subject_database": "school",
        "update_cycle": "annual",
        "opening_class": "conditional",
        "opening_ground": "continuous",
        "opening_condition": "仅限教育研究。",
        "opening_state": "open",
        "private": False,
        "release_version": 1,
        "first_released": "2026-01-01",
        "last_released": "2026-01-01",
        "resources": [
            {
                "id": resource_id,
                "name": "学校成绩",
                "kind": "conditional",
                "row_count": number,
                "information_items": [
                    {
                        "name": column["id"],
                        "label": column["label"],
                        "type": column["type"],
                    }
                    for column in COLUMNS
                ],
                "format": "CSV",
                "url": "",
            }
        ],
    }
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    with door.opened(dataset_id):
        tk.get_action("package_create")(
            {"ignore_auth": True, "user": site_user}, dict(metadata)
        )
    release = Release(
        id=str(uuid.uuid4()),
        entry_id=str(uuid.uuid4()),
        entry_version_id=str(uuid.uuid4()),
        dataset_id=dataset_id,
        unit_id=portal.bureau["id"],
        version=1,
        opening_class="conditional",
        dataset=metadata,
        settled_at=datetime.datetime.now(datetime.timezone.utc),
    )
    model.Session.add(release)
    model.Session.add(
        ReleasedResource(
            release_id=release.id,
            resource_id=resource_id,
            source="made#0",
            kind="conditional",
            table_id=table_id,
            columns=COLUMNS,
            row_count=number,
            content_digest="0" * 64,
        )
    )
    model.Session.commit()
    return SimpleNamespace(
        id=dataset_id,
        name="xuexiao-chengji",
        resource_id=resource_id,
        table_id=table_id,
        rows=data,
        release_id=release.id,
    )


def form(**changed: Any) -> dict[str, Any]:
    """A complete form for two of the four fields."""
    until = datetime.date.today() + datetime.timedelta(days=90)
    return {
        "applicant_kind": "natural",
        "purpose": "研究年级规模与学校类型的关系。",
        "scenario": "统计分析，不发布个别数据。",
        "fields": ["school", "pupils"],
        "until": until.isoformat(),
        "security": "数据存放在加密的单机上。",
        "agreed": True,
        **changed,
    }


def submitted(
    portal: Any, data: Any, user: Any = None, **changed: Any
) -> dict[str, Any]:
    """An application that waits for its acceptance."""
    user = user or portal.researcher
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
