"""Findings decided once and remembered; who decides exceptions; how they are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.desensitization import basis, exceptions, runs
from ckanext.edudata.desensitization.model import (
    Check,
    FindingDecision,
    PublicationException,
)
from ckanext.edudata.units import tree, who_may


def finding_of(check: Check, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The finding of a run that somebody decides about.

    :param asked: `{place, column, entity}`, the column by its label or name
    :raises ValidationError: the run has not found such a thing
    """
    report = check.report or {}
    for finding in report.get("findings", []):
        label = exceptions.label_of(finding, report["tables"])
        if (
            (asked["place"], asked["entity"]) == (finding["where"], finding["entity"])
        ) and (asked.get("column") or "") in (label, finding["column"]):
            return {**finding, "label_of_column": label}
    raise tk.ValidationError(
        {
            "column": [
                tk._(
                    "The last check has found nothing of this kind here. Look at the "
                    "check again: the file may have changed."
                )
            ]
        }
    )


def remember(
    check: Check,
    finding: Mapping[str, Any],
    way: str,
    actor_id: str | None,
    exception_id: str | None = None,
) -> FindingDecision:
    """Keep a decision, in the caller's transaction."""
    package = basis.entry_of(check.resource_id)
    column = finding["label_of_column"]
    row = FindingDecision(
        unit_id=(package.owner_org if package else None) or "",
        resource_id=check.resource_id,
        place=finding["where"],
        column=column,
        entity=finding["entity"],
        element=basis.elements(check.resource_id).get(column, ""),
        way=way,
        exception_id=exception_id,
        decided_by=actor_id,
    )
    model.Session.add(row)
    model.Session.flush()
    return row


def of_file(check: Check) -> list[dict[str, Any]]:
    """What was decided about each finding of a run, and what elsewhere in the unit.

    :returns: in the order of the findings: `{place, column, entity, may_except,
        decision, proposal, exception, passed}`
    """
    report = check.report or {}
    package = basis.entry_of(check.resource_id)
    unit_id = (package.owner_org if package else None) or ""
    found = []
    for finding in report.get("findings", []):
        label = exceptions.label_of(finding, report.get("tables", []))
        what = (finding["where"], label, finding["entity"])
        last = _last_decision(unit_id, what, here=check.resource_id)
        element = basis.elements(check.resource_id).get(label, "")
        exception = _last_exception(check, what, finding, unit_id)
        found.append(
            {
                "place": finding["where"],
                "column": label,
                "entity": finding["entity"],
                "passed": finding["passed"],
                "may_except": [
                    kind
                    for kind in exceptions.KINDS
                    if not exceptions.refused_kind(kind, what[0], what[2])
                ],
                "decision": shown_decision(last) if last else None,
                "proposal": None
                if last or exception
                else _proposal(unit_id, what, element),
                "exception": shown(exception) if exception else None,
            }
        )
    return found


def _proposal(
    unit_id: str, what: tuple[str, str, str], element: str
) -> dict[str, Any] | None:
    """What was last decided for this element in another file of the unit."""
    row = _last_decision(unit_id, what, here=None, element=element)
    if row is None:
        return None
    found = shown_decision(row)
    earlier = model.Session.get(PublicationException, row.exception_id or "")
    return {**found, "exception": shown(earlier) if earlier else None}


def _last_decision(
    unit_id: str, what: tuple[str, str, str], *, here: str | None, element: str = ""
) -> FindingDecision | None:
    place, column, entity = what
    query = sa.select(FindingDecision).where(
        FindingDecision.unit_id == unit_id,
        FindingDecision.place == place,
        FindingDecision.column == column,
        FindingDecision.entity == entity,
    )
    if here:
        query = query.where(FindingDecision.resource_id == here)
    if element:
        query = query.where(FindingDecision.element.in_(["", element]))
    return model.Session.scalar(query.order_by(FindingDecision.number.desc()).limit(1))


def _last_exception(
    check: Check,
    what: tuple[str, str, str],
    finding: Mapping[str, Any],
    unit_id: str,
) -> PublicationException | None:
    """The exception that lets a finding pass; else the last one asked for this file."""
    if finding["passed"] == exceptions.EXCEPTION:
        tables = (check.report or {}).get("tables", [])
        for told in basis.granted(check.resource_id):
            if exceptions.covers(told, finding, tables):
                return model.Session.get(PublicationException, told["id"])
    place, column, entity = what
    return model.Session.scalar(
        sa.select(PublicationException)
        .where(
            PublicationException.unit_id == unit_id,
            PublicationException.resource_id == check.resource_id,
            PublicationException.place == place,
            PublicationException.column == column,
            PublicationException.entity == entity,
        )
        .order_by(PublicationException.number.desc())
        .limit(1)
    )


def compilers(entry_id: str) -> list[str]:
    """Ids of all who ever wrote into the entry."""
    return tk.get_action("edudata_entry_compiler_list")(
        {"ignore_auth": True}, {"id": entry_id}
    )


def deciders(unit_id: str, excluded: Collection[str]) -> list[str]:
    """People who are to decide: the nearest security officers that may, going up.

    For a unit without one who has no part in it, its district's office decides.
    """
    roles = tk.get_action("edudata_role_list")(
        {"ignore_auth": True}, {"unit_id": unit_id}
    )
    wanted = who_may.roles_for("exception_decide")
    for level in tree.reached_from(unit_id):
        found = {
            role["user_id"]
            for role in roles
            if role["unit_id"] == level and role["role"] in wanted
        } - set(excluded)
        if found:
            return sorted(found)
    return []


def check_of(row: PublicationException) -> Check | None:
    """The last run over the file that an exception was asked for."""
    return runs.latest(row.resource_id)


def shown_decision(row: FindingDecision) -> dict[str, Any]:
    return {
        "way": row.way,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at.isoformat(),
        "resource_id": row.resource_id,
        "exception_id": row.exception_id,
    }


def shown(row: PublicationException) -> dict[str, Any]:
    """An exception as the actions return it."""
    found = {
        key: getattr(row, key)
        for key in (
            "id",
            "entry_id",
            "resource_id",
            "unit_id",
            "place",
            "column",
            "entity",
            "element",
            "kind",
            "law",
            "article",
            "purpose",
            "scope",
            "state",
            "asked_by",
            "decided_by",
            "decision_reason",
            "ended_by",
            "end_cause",
        )
    }
    for key in ("until", "asked_at", "decided_at", "ended_at"):
        value = getattr(row, key)
        found[key] = value.isoformat() if value else None
    return found


def forget(resource_ids: Collection[str]) -> None:
    """Remove what was said about files that carried a classification mark."""
    for kind in (FindingDecision, PublicationException):
        model.Session.execute(sa.delete(kind).where(kind.resource_id.in_(resource_ids)))
