"""Accounts that nobody uses fall asleep (GB/T 22239-2019 8.1.4.2 c).

Use is a log-in, or a request with a token; both move CKAN's `last_active`. Who holds a
role is woken by somebody who may give it; the public by a new password, set by mail.
"""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import sessions
from ckanext.edudata.identity.model import Account

DAYS = "ckanext.edudata.identity.sleep_days"

_UNUSED = sa.text(
    """
    SELECT u.id FROM "user" u LEFT JOIN edudata_account a ON a.user_id = u.id
    WHERE u.state = 'active' AND u.name <> :site AND a.asleep_at IS NULL
    AND (:one = '' OR u.id = :one)
    AND greatest(
        u.created AT TIME ZONE current_setting('TimeZone'),
        u.last_active AT TIME ZONE 'UTC',
        a.last_login_at, a.woken_at, a.password_at
    ) < now() - make_interval(days => :days)
    ORDER BY u.id
    """
)

_ASLEEP = sa.text(
    """
    SELECT u.id, u.name, a.asleep_at AS since, EXISTS (
        SELECT 1 FROM edudata_role_assignment r WHERE r.user_id = u.id
        AND r.ended_at IS NULL AND (r.until IS NULL OR r.until > now())
    ) AS role
    FROM edudata_account a JOIN "user" u ON u.id = a.user_id
    WHERE a.asleep_at IS NOT NULL AND u.state = 'active'
    ORDER BY a.asleep_at, u.name
    """
)


def is_asleep(user_id: str) -> bool:
    """Whether the account sleeps; one that is unused for too long falls asleep now."""
    account = model.Session.get(Account, user_id)
    if account is not None and account.asleep_at is not None:
        return True
    return bool(put_to_sleep(user_id))


def put_to_sleep(user_id: str = "") -> int:
    """Put accounts to sleep that nobody used; how many.

    :param user_id: only this one, if it is due (optional)
    """
    days = int(tk.config[DAYS])
    if days <= 0:
        return 0
    asked = {"site": tk.config["ckan.site_id"], "one": user_id, "days": days}
    due = list(model.Session.scalars(_UNUSED, asked))
    for each in due:
        with transactions.whole():
            now = datetime.datetime.now(datetime.timezone.utc)
            sessions.noted(each, asleep_at=now)
            sessions.end_all(each)
            trail.record(
                "account_sleep",
                actor_id=None,
                object_type="user",
                object_id=each,
                detail={"days": days},
            )
    return len(due)


def asleep() -> list[dict[str, Any]]:
    """Accounts that sleep, the longest first: `[{id, name, since, role}]`, `role`
    being whether they hold one."""
    return [dict(row) for row in model.Session.execute(_ASLEEP).mappings()]


def wake(user_id: str, actor_id: str | None) -> None:
    """Wake an account in the caller's transaction."""
    now = datetime.datetime.now(datetime.timezone.utc)
    sessions.noted(user_id, asleep_at=None, woken_at=now, woken_by=actor_id)
    trail.record(
        "account_wake", actor_id=actor_id, object_type="user", object_id=user_id
    )
