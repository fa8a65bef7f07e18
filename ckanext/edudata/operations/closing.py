"""Closing one's own account, and all that is kept of oneself (PIPL Art. 45, 47)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.delivery.model import Delivery
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.requests import forgetting_applicants, retention_applicants
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.units import people, who_may

MOST = 5000


def against(user_id: str) -> str | None:
    """Why an account cannot be closed now, in words; None where nothing stands."""
    if people.units_where(user_id, who_may.ROLES):
        return tk._(
            "You hold a role. Have it ended first, by who gives roles at your unit: "
            "what you answer for is handed over."
        )
    if keeping.needed_until(keeping.of_person(user_id)) == retention_applicants.FOREVER:
        return tk._("An application of yours runs; withdraw it or end it first.")
    return None


def close(user: Any) -> list[str]:
    """Close the account in the open transaction; files to remove afterwards.

    What nothing needs goes at once. Who has had data must be found until their recall
    is out of the question: then the clock forgets the applicant too.
    """
    until = keeping.needed_until(keeping.of_person(user.id, lock=True))
    files = []
    if until is None and keeping.get(user.id, lock=True):
        files = forgetting_applicants.forget(user.id, actor_id=user.id)
    model.Session.execute(
        sa.delete(model.ApiToken).where(model.ApiToken.user_id == user.id)
    )
    user.state, user.reset_key = "deleted", None
    model.Session.flush()
    return files


def everything(context: Any, user_id: str) -> dict[str, Any]:
    """All that is kept of a person: what they applied for with, and what they did."""
    found = tk.get_action("edudata_applicant_export")(context, {})
    return {
        **found,
        "roles": [
            {"role": row.role, "unit_id": row.unit_id, "until": _day(row.until)}
            for row in model.Session.execute(_ROLES, {"user": user_id})
        ],
        "notices": [
            {"kind": row.kind, "at": _day(row.created_at), "read_at": _day(row.read_at)}
            for row in _mine(Notice, Notice.created_at, user_id)
        ],
        "deliveries": [
            {
                "at": _day(row.at),
                "resource_id": row.resource_id,
                "fields": row.fields,
                "asked": row.asked,
                "rows": row.rows,
                "network": row.network,
                "outcome": row.outcome,
            }
            for row in _mine(Delivery, Delivery.at, user_id)
        ],
    }


_ROLES = sa.text(
    "SELECT role, unit_id, until FROM edudata_role_assignment "
    "WHERE user_id = :user AND ended_at IS NULL ORDER BY role"
)


def _mine(table: Any, order: Any, user_id: str) -> Any:
    query = sa.select(table).where(table.user_id == user_id)
    return model.Session.scalars(query.order_by(order.desc()).limit(MOST))


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None
