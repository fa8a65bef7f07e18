"""Quality of an open dataset as the public is told: of what was released, nothing else.

What the working copy says meanwhile stays inside: cycle and information items are
those of the released version, and counts are of tables that anybody can download.
"""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import (
    quality_currency,
    quality_figures,
    quality_items,
    quality_measure,
)
from ckanext.edudata.catalog.model_quality import QualityTable

_CONFIRMED = sa.text(
    """
    SELECT max(f.confirmed_at) FROM edudata_quality_confirmation f
    JOIN edudata_release r ON r.entry_id = f.entry_id
    WHERE r.dataset_id = :id AND r.state = 'live'
    """
)


def of_dataset(
    package: dict[str, Any], versions: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """See `edudata_dataset_quality_show`.

    :param package: as `package_show` gives it to the caller
    :param versions: as `edudata_release_list` gives them, where they are known
    """
    if package.get("opening_state") == "stopped":
        return {"currency": None, "tables": []}
    known = versions or tk.get_action("edudata_release_list")(
        {"ignore_auth": True}, {"id": package["id"]}
    )
    live = next((item for item in known if item["state"] == "live"), None)
    if live is None:
        return {"currency": None, "tables": []}
    return {"currency": _currency(package, live), "tables": _tables(package, live)}


def _currency(package: dict[str, Any], live: dict[str, Any]) -> dict[str, Any] | None:
    came = datetime.datetime.fromisoformat(live["released_at"])
    cycle, released = package.get("update_cycle"), quality_measure.day(came)
    if not cycle or released is None:
        return None
    moment = model.Session.scalar(_CONFIRMED, {"id": package["id"]})
    confirmed = quality_measure.day(moment)
    if confirmed and confirmed <= released:
        confirmed = None
    due = quality_measure.due_from(cycle, confirmed or released)
    today = quality_measure.today()
    return {
        "state": due.state(today) if due else quality_currency.NO_DATE,
        "cycle": cycle,
        "released_on": released.isoformat(),
        "confirmed_on": confirmed.isoformat() if confirmed else None,
        "due_on": due.on.isoformat() if due else None,
    }


def _tables(package: dict[str, Any], live: dict[str, Any]) -> list[dict[str, Any]]:
    """Of open data only: of conditional data not even the filled cells are told."""
    if package.get("opening_class") != "unconditional":
        return []
    described = {item["id"]: item for item in package.get("resources", [])}
    tables = [
        table
        for table in live["resources"]
        if table["kind"] == "data" and table["resource_id"] in described
    ]
    asked = {}
    for table in tables:
        items = described[table["resource_id"]].get("information_items") or []
        fields = quality_measure.released_fields(table["columns"], items)
        key = quality_items.digest(fields, quality_measure.setting("rows_max"))
        asked[table["resource_id"]] = (table["content_digest"], key)
    rows = model.Session.scalars(
        sa.select(QualityTable).where(
            QualityTable.state == "done",
            sa.tuple_(QualityTable.digest, QualityTable.asked).in_(asked.values()),
        )
    )
    results = {(row.digest, row.asked): row for row in rows}
    return [
        _table(
            table, described[table["resource_id"]], results[asked[table["resource_id"]]]
        )
        for table in tables
        if asked[table["resource_id"]] in results
    ]


def _table(
    table: dict[str, Any], resource: dict[str, Any], result: QualityTable
) -> dict[str, Any]:
    rows = result.rows or 0
    items = resource.get("information_items") or []
    labels = {item["name"]: item.get("label") for item in items}
    columns = [
        {
            "name": column["id"],
            "label": labels.get(column["id"]) or column.get("label") or column["id"],
            "filled": quality_figures.share(told["filled"], rows),
            "problems": [
                {"code": problem["code"], "count": problem["count"]}
                for problem in told["problems"]
            ],
        }
        for column, told in zip(
            table["columns"], result.result["columns"], strict=False
        )
    ]
    cells = sum(told["filled"] for told in result.result["columns"])
    return {
        "resource_id": table["resource_id"],
        "name": resource.get("name") or "",
        "rows": rows,
        "whole": result.result["whole"],
        "repeated": result.result["repeated"]["count"],
        "filled": quality_figures.share(cells, rows * len(columns)),
        "columns": columns,
    }
