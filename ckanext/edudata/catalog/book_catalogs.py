"""Keeping catalogs: found, numbered, locked, moved on by a command, told of."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.catalog.model_catalogs import Catalog, CatalogPart, CatalogStep

NOT_THERE = "There is no such catalog"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def today() -> datetime.date:
    """The date where the portal is."""
    return now().astimezone(tk.h.get_display_timezone()).date()


def hold(scope: str, unit_id: str) -> None:
    """Wait for one's turn to make a catalog of this unit, until the commit."""
    transactions.one_at_a_time(f"edudata_catalog:{scope}:{unit_id}")


def lock(catalog: Catalog) -> None:
    """Wait for one's turn; afterwards the catalog is as it stands now."""
    model.Session.refresh(catalog, with_for_update=True)


def last(scope: str, unit_id: str, among: tuple[str, ...]) -> Catalog | None:
    """The newest catalog of a unit in one of these states."""
    return model.Session.scalar(
        sa.select(Catalog)
        .where(
            Catalog.scope == scope,
            Catalog.unit_id == unit_id,
            Catalog.state.in_(among),
        )
        .order_by(Catalog.year.desc(), Catalog.sequence.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def begin(scope: str, unit: dict[str, Any], level_id: str, state: str) -> Catalog:
    """A new catalog with the next number of its unit and year (under `hold`).

    :param unit: as `edudata_unit_tree` gives it
    """
    year = today().year
    used = sa.select(sa.func.max(Catalog.sequence)).where(
        Catalog.scope == scope, Catalog.unit_id == unit["id"], Catalog.year == year
    )
    sequence = (model.Session.scalar(used) or 0) + 1
    number = states.number(_code(unit), scope, year, sequence)
    if model.Session.scalar(sa.select(Catalog.id).where(Catalog.number == number)):
        # Two units with one code: the identifier is each one's own.
        number = states.number(f"{_code(unit)}-{unit['name']}", scope, year, sequence)
    before = last(scope, unit["id"], ("published",))
    catalog = Catalog(
        scope=scope,
        unit_id=unit["id"],
        unit_title=unit["title"],
        level_id=level_id,
        year=year,
        sequence=sequence,
        number=number,
        state=state,
        against_id=before.id if before else None,
    )
    model.Session.add(catalog)
    model.Session.flush()
    return catalog


def _code(unit: dict[str, Any]) -> str:
    return unit.get("code") or unit["name"].upper()


def acted(catalog_id: str) -> dict[str, frozenset[str]]:
    """Who gave which command for a catalog; of its preparations, the last one."""
    found: dict[str, set[str]] = {}
    for row in steps(catalog_id):
        if row.command == "prepare":
            found.pop("prepare", None)
        if row.actor_id:
            found.setdefault(row.command, set()).add(row.actor_id)
    return {command: frozenset(ids) for command, ids in found.items()}


def steps(catalog_id: str) -> list[CatalogStep]:
    """What happened to a catalog, oldest first."""
    query = sa.select(CatalogStep).where(CatalogStep.catalog_id == catalog_id)
    return list(model.Session.scalars(query.order_by(CatalogStep.id)))


def parts(catalog_id: str) -> list[Catalog]:
    """The catalogs that one was made of."""
    return list(
        model.Session.scalars(
            sa.select(Catalog)
            .join(CatalogPart, CatalogPart.part_id == Catalog.id)
            .where(CatalogPart.catalog_id == catalog_id)
            .order_by(Catalog.unit_title)
        )
    )


def judged(
    catalog: Catalog, command: str, actor_id: str | None, words: str
) -> states.Rule:
    """Ask the table.

    :raises ValidationError: why not, in words
    """
    found = states.step(
        catalog.scope,
        catalog.state,
        command,
        actor=actor_id,
        acted=acted(catalog.id),
        reason=words,
    )
    if isinstance(found, states.Rule):
        return found
    state = tk._(states.STATES[catalog.state])
    key = "reason" if found.code == "reason" else "state"
    raise tk.ValidationError({key: [tk._(found.msgid).format(state=state)]})


def move(
    catalog: Catalog,
    command: str,
    target: str,
    actor_id: str | None,
    *,
    words: str = "",
    day: datetime.date | None = None,
) -> None:
    """Do a step: state, record and audit, in the open transaction."""
    source, actor = catalog.state, model.User.get(actor_id or "")
    catalog.state = target
    if source != target:
        catalog.since = now()
    if target == "published":
        catalog.published_at = now()
    model.Session.flush()
    model.Session.add(
        CatalogStep(
            catalog_id=catalog.id,
            command=command,
            source=source,
            target=target,
            actor_id=actor_id,
            actor_name=actor.display_name if actor else "",
            words=words.strip(),
            day=day,
        )
    )
    trail.record(
        f"catalog_{command}",
        actor_id=actor_id,
        object_type="catalog",
        object_id=catalog.id,
        unit_id=catalog.unit_id,
        detail={
            "from": source,
            "to": target,
            "scope": catalog.scope,
            "year": catalog.year,
            "sequence": catalog.sequence,
            "lines": catalog.line_count,
            "digest": catalog.digest,
        },
    )


def tell(
    catalog: Catalog, kind: str, permission: str, unit_id: str, *, once: bool = False
) -> None:
    """Tell the people who carry a permission for a unit, in this transaction.

    :param once: about the unit that is told, so that 200 catalogs are one notice
    """
    context: Any = {"ignore_auth": True, "defer_commit": True}
    tk.get_action("edudata_notify")(
        context,
        {
            "kind": kind,
            "unit_id": unit_id,
            "permission": permission,
            "object_type": "unit" if once else "catalog",
            "object_id": unit_id if once else catalog.id,
        },
    )
