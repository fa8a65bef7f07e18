"""What a person may take along of themselves, and who has looked at it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests import (
    keeping_attachments,
    naming_persons,
    showing,
    showing_persons,
)
from ckanext.edudata.requests.model import Request

Shown = dict[str, Any]


def everything(user_id: str) -> Shown:
    """All that this room keeps of a person, without ids of others."""
    row = keeping.get(user_id)
    user = model.User.get(user_id)
    requests = keeping.of_person(user_id)
    applications = list(dict.fromkeys(part.application_id for part in requests))
    return {
        "account": {
            "id": user_id,
            "name": user.name if user else "",
            "fullname": user.fullname if user else "",
            "email": user.email if user else "",
        },
        "applicant": keeping.opened(row) if row else None,
        "applications": [showing.whole(part, user_id) for part in requests],
        "attachments": [
            keeping_attachments.shown(file)
            for application_id in applications
            for file in keeping_attachments.listed(application_id)
        ],
        "people_named": [
            showing_persons.line(person, named=True)
            for application_id in applications
            for person in naming_persons.rows(application_id)
        ],
        "named_by_others": showing_persons.mine(user_id),
        "looks": looks(user_id)["looks"],
    }


def looks(user_id: str) -> Shown:
    """Looks of others, newest first."""
    found = tk.get_action("edudata_audit_list")(
        {"ignore_auth": True},
        {"object_id": user_id, "action": "applicant_look", "limit": 100},
    )
    done = [record for record in found["records"] if record["outcome"] == "done"]
    numbers = _numbers({record["detail"].get("request") for record in done})
    return {
        "count": found["count"],
        "looks": [
            {
                "at": record["at"],
                "unit_id": record["unit_id"],
                "unit_title": _title(record["unit_id"]),
                "request_id": record["detail"].get("request"),
                "number": numbers.get(record["detail"].get("request"), ""),
                "what": record["detail"].get("what"),
            }
            for record in done
        ],
    }


def _numbers(ids: set[Any]) -> dict[str, str]:
    query = sa.select(Request).where(Request.id.in_(ids - {None}))
    return {part.id: part.number or "" for part in model.Session.scalars(query)}


def _title(unit_id: str | None) -> str:
    group = model.Group.get(unit_id) if unit_id else None
    return (group.title or "") if group else ""
