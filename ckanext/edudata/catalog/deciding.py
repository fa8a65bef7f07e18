"""Decisions about an entry: who may, about exactly which content, on record."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog import states, telling_review
from ckanext.edudata.units import people


def permitted(context: Context, command: str, now: standing.Now) -> bool:
    """Whether the role of the caller allows a command in the state as it is."""
    row = states.find(command, now.state, sensitive=now.sensitive)
    return row is not None and bool(
        people.may(context, row.permission, now.package.owner_org)["success"]
    )


def decide(
    command: str, context: Context, package: model.Package, data: dict[str, Any]
) -> None:
    """Give a command that decides about what was submitted, and commit.

    :param data: `reason` and `digest` of the content that was looked at
    :raises ValidationError: not now, not this person, or not this content any more
    """
    now = standing.locked(package)
    actor = people.actor_id(context)
    reason = (data.get("reason") or "").strip()
    if data.get("digest") and data["digest"] != now.digest:
        model.Session.rollback()
        raise tk.ValidationError(
            {"digest": [tk._("The entry was changed meanwhile; look at it again")]}
        )
    now.refuse(command, actor, reason)
    row = states.find(command, now.state, sensitive=now.sensitive)
    if row is None or now.last is None:
        raise tk.ValidationError({"state": [tk._("This entry was not submitted")]})
    if not context.get("ignore_auth") and not permitted(context, command, now):
        # Another's turn than when access was asked for.
        model.Session.rollback()
        raise tk.NotAuthorized(tk._("Your role does not allow this for this unit."))
    version, when = now.last, datetime.datetime.now(datetime.timezone.utc)
    version.state = row.target
    if row.permission == "security_review":
        version.security_by, version.security_words = actor, reason
        version.security_at = when if row.target == "approved" else None
    else:
        version.decided_by, version.decided_at = actor, when
    version.reason = reason if row.target == "returned" else None
    trail.record(
        f"entry_{command}",
        actor_id=actor,
        object_type="entry",
        object_id=package.id,
        unit_id=package.owner_org,
        detail={
            "version": version.number,
            "digest": version.digest,
            "from": now.state,
            "to": row.target,
        },
    )
    if row.target == "security_review":
        telling_review.of_security(package, version, now.all_compilers())
    if row.target == "returned":
        telling_review.of_return(package, version)
    model.Session.commit()
