"""Accounts that were closed: nothing is left of the person but an id."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.operations import retention_tables as tables
from ckanext.edudata.operations.retention import Rule

KEPT = (
    *("edudata_role_assignment", "edudata_post_record"),
    *("edudata_application", "edudata_request", "edudata_request_person"),
    *("edudata_request_attachment", "edudata_agreement_acceptance"),
    *("edudata_applicant", "edudata_grant", "edudata_grant_person"),
    *("edudata_grant_token", "edudata_delivery", "edudata_extract"),
    *("edudata_use_report", "edudata_provision", "edudata_recall_person"),
)
"""What has an end of its own: applications by their rule, the applicant's data by the
clock, and what says by its id alone who answered for data."""

_CLOSED = sa.text(
    """
    SELECT u.id FROM "user" u WHERE u.state = 'deleted'
    AND (u.email IS NOT NULL OR u.fullname IS NOT NULL OR u.name NOT LIKE 'closed-%')
    AND coalesce(
        (SELECT max(t.at) FROM edudata_audit t
            WHERE t.object_id = u.id AND t.action = 'account_close'),
        u.last_active, u.created) < :before
    AND (CAST(:only AS text) IS NULL OR u.id = :only)
    ORDER BY u.id
    """
)
_WIPE = sa.text(
    """
    UPDATE "user" SET name = 'closed-' || md5(id), fullname = NULL, email = NULL,
        about = NULL, image_url = NULL, password = NULL, reset_key = NULL,
        apikey = NULL, plugin_extras = NULL, last_active = NULL
    WHERE id = :id
    """
)
_OF_CKAN = (
    ("api_token", "user_id"),
    ("user_following_user", "follower_id"),
    ("user_following_user", "object_id"),
    ("user_following_dataset", "follower_id"),
    ("user_following_group", "follower_id"),
    ("dashboard", "user_id"),
    ("activity", "user_id"),
    ("activity", "object_id"),
)


def _closed(before: datetime.datetime, only: str | None = None) -> list[str]:
    return list(model.Session.scalars(_CLOSED, {"before": before, "only": only}))


def _remove(
    user_id: str, before: datetime.datetime
) -> tuple[int, Callable[[], None] | None] | None:
    if not _closed(before, user_id):
        return None
    return wipe(user_id), None


def wipe(user_id: str) -> int:
    """Remove what tells of a person, in the open transaction; how many rows."""
    rows = sum(tables.remove_from(*place, [user_id]) for place in _OF_CKAN)
    rows += tables.remove("user_id", [user_id], but=KEPT)
    model.Session.execute(_WIPE, {"id": user_id})
    model.Session.expire_all()
    return rows + 1


RULES = [Rule("accounts", "Closed accounts", _closed, _remove)]
