"""What a check read of a file, for those who compare versions of it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.desensitization import schema
from ckanext.edudata.desensitization.model import Check


@validate(schema.clearance)
def edudata_clean_table_list(
    context: Context, data_dict: DataDict
) -> dict[str, Any] | None:
    """The clean tables of exactly this content of a file (internal).

    :param resource_id: id of the entry's resource
    :param sha256: of the bytes
    :returns: `{verdict, tables: [{sheet, columns: [{id, label, type}], row_count,
        digest, key}]}`, `key` being the digest of the clean CSV in the private storage;
        None where this content was never read, or was purged
    """
    tk.check_access("edudata_clean_table_list", context, data_dict)
    row = model.Session.scalar(
        sa.select(Check)
        .where(
            Check.resource_id == data_dict["resource_id"],
            Check.sha256 == (data_dict.get("sha256") or ""),
            Check.state == "done",
        )
        .order_by(Check.number.desc())
        .limit(1)
    )
    if row is None or not row.report:
        return None
    return {
        "verdict": row.verdict,
        "tables": [
            {
                "sheet": table["sheet"],
                "columns": [
                    {"id": c["name"], "label": c["label"], "type": c["type"]}
                    for c in table["columns"]
                ],
                "row_count": table["row_count"],
                "digest": table["digest"],
                "key": table["csv_path"],
            }
            for table in row.report.get("tables", [])
            if table.get("csv_path")
        ],
    }
