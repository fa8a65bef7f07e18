"""The standing rule for institutions: approved once, on record; ended; shown."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization import basis, ending, runs, standing_rule
from ckanext.edudata.desensitization import schema_exceptions as takes
from ckanext.edudata.desensitization.model import StandingRule
from ckanext.edudata.units import people


@tk.side_effect_free
def edudata_standing_rule_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The standing rule for institutions, and whether it is in force.

    :returns: `{text: [...], in_force, current, earlier: [...]}`; `current` and each
        earlier approval: `{id, basis, starts, until, approved_by, approved_at,
        ended_by, ended_at}`; `current` is None where none is approved
    """
    tk.check_access("edudata_standing_rule_show", context, data_dict)
    rows = model.Session.scalars(
        sa.select(StandingRule).order_by(StandingRule.approved_at.desc())
    ).all()
    in_force = basis.rule_in_force()
    current = next((row for row in rows if row.ended_at is None), None)
    if current and current.id != in_force and _over(current):
        current = None
    return {
        "text": [tk._(paragraph) for paragraph in standing_rule.TEXT],
        "in_force": in_force is not None,
        "current": _shown(current) if current else None,
        "earlier": [_shown(row) for row in rows if row is not current],
    }


@validate(takes.rule)
def edudata_standing_rule_approve(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Approve the standing rule for institutions, as municipal coordinator.

    Files that it lets pass are checked again by themselves.

    :param basis: decision or document that it is approved by
    :param starts: first day, as 2026-12-31 (default: at once)
    :param until: last day (optional)
    :returns: see `edudata_standing_rule_show`
    :raises ValidationError: it is approved already
    """
    tk.check_access("edudata_standing_rule_approve", context, data_dict)
    now = datetime.datetime.now(datetime.timezone.utc)
    try:
        starts = standing_rule.start(data_dict.get("starts"), now)
    except ValueError:
        message = tk._("Write a day from today on, as 2026-12-31")
        raise tk.ValidationError({"starts": [message]}) from None
    until = data_dict.get("until")
    if until is not None and until <= starts:
        raise tk.ValidationError(
            {"until": [tk._("The last day comes before the first")]}
        )
    _hold()
    queued: list[str] = []
    last = model.Session.scalar(
        sa.select(StandingRule).where(StandingRule.ended_at.is_(None))
    )
    if last is not None and _over(last):
        queued += ending.end_rule(last, None)
    elif last is not None:
        model.Session.rollback()
        raise tk.ValidationError({"basis": [tk._("The rule is approved already")]})
    actor = people.actor_id(context)
    row = StandingRule(
        basis=data_dict["basis"], starts=starts, until=until, approved_by=actor
    )
    if starts <= now:
        row.applied_at = now
    model.Session.add(row)
    model.Session.flush()
    trail.record(
        "standing_rule_approve",
        actor_id=actor,
        object_type="standing_rule",
        object_id=row.id,
        detail={
            "starts": starts.date().isoformat(),
            "until": until.date().isoformat() if until else None,
            "text": standing_rule.text_digest(),
        },
    )
    if row.applied_at:
        queued += basis.again(basis.checks_of_institutions())
    model.Session.commit()
    runs.queue(list(dict.fromkeys(queued)))
    return edudata_standing_rule_show(context, {})


def edudata_standing_rule_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End the standing rule now, as municipal coordinator.

    Clearances that rest on it are void at once; their files are checked again.

    :returns: see `edudata_standing_rule_show`
    :raises ValidationError: there is none to end
    """
    tk.check_access("edudata_standing_rule_end", context, data_dict)
    _hold()
    row = model.Session.scalar(
        sa.select(StandingRule)
        .where(StandingRule.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        model.Session.rollback()
        raise tk.ValidationError({"state": [tk._("The rule is not approved")]})
    queued = ending.end_rule(row, people.actor_id(context))
    model.Session.commit()
    runs.queue(queued)
    return edudata_standing_rule_show(context, {})


def _hold() -> None:
    """One change of the rule after the other."""
    transactions.one_at_a_time("edudata_standing_rule")


def _over(row: StandingRule) -> bool:
    now = datetime.datetime.now(datetime.timezone.utc)
    return row.until is not None and row.until <= now


def _shown(row: StandingRule) -> dict[str, Any]:
    found: dict[str, Any] = {
        key: getattr(row, key) for key in ("id", "basis", "approved_by", "ended_by")
    }
    for key in ("starts", "until", "approved_at", "ended_at"):
        value = getattr(row, key)
        found[key] = value.isoformat() if value else None
    return found
