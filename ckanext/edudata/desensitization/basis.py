"""What checks are made under, and whether the clearances they gave still hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog.validators import edudata_json_list
from ckanext.edudata.desensitization import exceptions, runs
from ckanext.edudata.desensitization.model import (
    Check,
    Clearance,
    PublicationException,
    StandingRule,
)


def of(resource_id: str) -> dict[str, Any]:
    """Settings, standing rule and exceptions for a file (or an entry's description).

    As a check keeps it, see `exceptions.py`; the exception that lasts longest first.
    """
    return {
        **_settings(),
        "rule": rule_in_force(),
        "exceptions": [
            {key: told[key] for key in ("id", "place", "column", "entity", "evidence")}
            for told in granted(resource_id)
        ],
    }


def granted(resource_id: str, *, hold: bool = False) -> list[dict[str, Any]]:
    """Exceptions in force for a file, the one that lasts longest first.

    :param hold: keep them from being ended before this transaction ends
    """
    package = entry_of(resource_id)
    if package is None:
        return []
    query = (
        sa.select(PublicationException)
        .where(
            PublicationException.unit_id == package.owner_org,
            PublicationException.in_force(),
        )
        .order_by(PublicationException.until.desc(), PublicationException.number)
    )
    rows = model.Session.scalars(query.with_for_update(read=True) if hold else query)
    found = elements(resource_id)
    return [
        told
        for told in map(plain, rows)
        if exceptions.applies(
            told,
            unit_id=package.owner_org,
            resource_id=resource_id,
            elements=found,
        )
    ]


def rule_in_force(*, hold: bool = False) -> str | None:
    """Id of the standing rule for institutions, None while there is none."""
    query = sa.select(StandingRule.id).where(StandingRule.in_force()).limit(1)
    return model.Session.scalar(query.with_for_update(read=True) if hold else query)


def still_holds(clearance: Clearance, *, hold: bool = True) -> bool:
    """Whether a clearance counts under the settings, rule and exceptions of today.

    :param hold: what it rests on cannot be ended before the caller's transaction ends:
        a release either comes first, and is told of, or finds it ended
    """
    rests = clearance.basis
    if not rests:
        return False
    rule = rule_in_force(hold=hold) if rests["rule"] else None
    kept: list[str] = []
    if rests["exceptions"]:
        named = model.Session.scalars(
            sa.select(PublicationException).where(
                PublicationException.id.in_(rests["exceptions"])
            )
        )
        # One that was renewed in time goes on.
        now = [_for_what(told) for told in granted(clearance.resource_id, hold=hold)]
        kept = [row.id for row in named if _for_what(plain(row)) in now]
    return exceptions.holds(rests, **_settings(), rule=rule, exceptions=kept)


def entry_of(resource_id: str) -> model.Package | None:
    """The entry that a file belongs to, or that this is the id of."""
    resource = model.Session.get(model.Resource, resource_id)
    reference = resource.package_id if resource else resource_id
    return model.Session.get(model.Package, reference)


def elements(resource_id: str) -> dict[str, str]:
    """The standard's element by the label of the column, where an item names one."""
    resource = model.Session.get(model.Resource, resource_id)
    items = edudata_json_list(
        ((resource.extras if resource else None) or {}).get("information_items")
    )
    return {
        str(name): str(item["element"])
        for item in items
        if item.get("element")
        for name in (item.get("label"), item.get("name"))
        if name
    }


def plain(row: PublicationException) -> dict[str, Any]:
    """An exception as the pure rules take it."""
    return {
        key: getattr(row, key)
        for key in (
            "id",
            "unit_id",
            "resource_id",
            "place",
            "column",
            "entity",
            "element",
            "evidence",
            "scope",
        )
    }


def checks_with(column: str, entity: str, unit_id: str) -> list[Check]:
    """Last runs over the unit's files that found this entity in this column."""
    rows = _last(
        model.Package.owner_org == unit_id,
        Check.report["findings"].contains([{"entity": entity}]),
    )
    return [row for row in rows if _has(row.report or {}, column, entity)]


def checks_of_institutions() -> list[Check]:
    """Last runs that the standing rule makes a difference to."""
    return _last(
        Check.report["tables"].contains([{"institutions": True}]),
        sa.or_(
            Check.verdict == "blocked",
            Check.report["findings"].contains([{"passed": "institutions"}]),
        ),
    )


def again(checks: Iterable[Check]) -> list[str]:
    """Note another run for each; those that have not begun will see it all anyway.

    In the caller's transaction; `runs.queue` follows after its commit.

    :returns: ids of the new runs
    """
    found = []
    for check in checks:
        gone = check.report is not None and check.report.get("classified") is True
        if check.state == "queued" or (check.stamp == "classified" and gone):
            continue
        row = runs.again(check)
        model.Session.flush()
        found.append(row.id)
    return found


def _last(*conditions: Any) -> list[Check]:
    newest = sa.select(sa.func.max(Check.number)).group_by(Check.resource_id)
    return list(
        model.Session.scalars(
            sa.select(Check)
            .join(model.Package, model.Package.id == Check.entry_id)
            .outerjoin(model.Resource, model.Resource.id == Check.resource_id)
            .where(
                Check.number.in_(newest),
                model.Package.state == "active",
                sa.or_(model.Resource.id.is_(None), model.Resource.state == "active"),
                *conditions,
            )
        )
    )


def _has(report: Mapping[str, Any], column: str, entity: str) -> bool:
    tables = report.get("tables", [])
    return any(
        finding["where"] == "cell"
        and finding["entity"] == entity
        and exceptions.label_of(finding, tables) == column
        for finding in report.get("findings", [])
    )


def _for_what(told: Mapping[str, Any]) -> tuple[str, ...]:
    return told["place"], told["column"], told["entity"], told["evidence"]


def _settings() -> dict[str, int]:
    return {
        "k": tk.config["ckanext.edudata.check.k"],
        "small_cell": tk.config["ckanext.edudata.check.small_cell"],
    }
