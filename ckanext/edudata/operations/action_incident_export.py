"""An incident taken out for the authority, on record (Art. 35)."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.operations import incident_report, incidents
from ckanext.edudata.operations import schema_incidents as schema
from ckanext.edudata.units import people


@validate(schema.by_id)
def edudata_incident_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The report of an incident with the audit records of the unit since (ZIP).

    :param id: of the incident
    :returns: `{number, sha256, content}`: the ZIP in base64, with `report.html`,
        `incident.json`, `audit.jsonl` (records with their proofs) and `SHA256SUMS`
    """
    try:
        tk.check_access("edudata_incident_export", context, data_dict)
    except tk.NotAuthorized:
        raise incidents.not_found() from None
    with transactions.whole():
        row = incidents.get(data_dict["id"], lock=True)
        content, digest = incident_report.made(row)
        detail = {"sha256": digest}
        incidents.note(row, "export", people.actor_id(context), detail=detail)
        number = row.number
    encoded = base64.b64encode(content).decode()
    return {"number": number, "sha256": digest, "content": encoded}
