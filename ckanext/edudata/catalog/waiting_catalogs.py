"""What of catalogs waits for a person, grouped so that 200 schools are one line."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import showing_catalogs as showing
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.catalog.model_catalogs import Catalog
from ckanext.edudata.units import people, who_may

# State → the command that moves it on, and what waits.
_NEXT = {
    "returned": ("prepare", "Catalogs returned to my units"),
    "draft": ("submit", "Catalogs to be submitted"),
    "submitted": ("return", "Catalogs submitted to my level"),
    "consolidated": ("ask_consent", "Catalogs to be put before the leader"),
    "consent_asked": ("consent", "Catalogs that wait for my consent"),
    "consented": ("publish", "Catalogs to be published"),
}


def of_person(user_id: str) -> list[dict[str, Any]]:
    """`[{label, count, url, title}]`: one line for each kind of work and level."""
    reach = _reach(user_id)
    if not reach:
        return []
    rows = model.Session.scalars(
        sa.select(Catalog)
        .where(
            Catalog.state.in_(list(_NEXT)),
            sa.or_(Catalog.unit_id.in_(reach), Catalog.level_id.in_(reach)),
        )
        .order_by(Catalog.since)
        .limit(1000)
    )
    groups: dict[tuple[str, str], list[Catalog]] = {}
    for row in rows:
        if _waits(row, user_id, reach):
            groups.setdefault((row.state, row.level_id), []).append(row)
    return [_line(state, level, found) for (state, level), found in groups.items()]


def _reach(user_id: str) -> dict[str, set[str]]:
    """Unit → permissions that the person carries for it."""
    found: dict[str, set[str]] = {}
    for permission in who_may.PERMISSIONS:
        if permission.startswith("catalog_") and permission != "catalog_read":
            roles = who_may.roles_for(permission)
            for unit_id in people.all_units_where(user_id, roles):
                found.setdefault(unit_id, set()).add(permission)
    return found


def _waits(catalog: Catalog, user_id: str, reach: dict[str, set[str]]) -> bool:
    command = _NEXT[catalog.state][0]
    if catalog.scope == states.UNIT and catalog.state == "consolidated":
        return False
    unit = catalog.level_id if command == "return" else catalog.unit_id
    if states.COMMANDS[command].permission not in reach.get(unit, ()):
        return False
    # Who prepared or consolidated is not asked to decide on it.
    return not states.COMMANDS[command].apart or command in showing.commands(
        catalog, user_id
    )


def _line(state: str, level_id: str, found: list[Catalog]) -> dict[str, Any]:
    one = found[0]
    url = tk.h.url_for("edudata_catalogs.by_id", id=one.id)
    if len(found) > 1 and one.scope == states.UNIT:
        level = model.Group.get(level_id)
        name = level.name if level else ""
        url = tk.h.url_for("edudata_catalogs.progress", unit=name, stand=state)
    elif len(found) > 1:
        url = tk.h.url_for("edudata_catalogs.index", state=state)
    return {
        "label": tk._(_NEXT[state][1]),
        "count": len(found),
        "url": url,
        "title": one.unit_title if len(found) == 1 else "",
    }
