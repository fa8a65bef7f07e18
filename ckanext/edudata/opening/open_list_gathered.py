"""Lists of a district and of Shanghai: gathered from the newest lists of the units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.opening import open_list_reading as reading

#: Where the list of a unit stands: of the municipal level where it has no district.
MUNICIPAL = "municipal"

_STATE = """
    CASE WHEN live.opening_class IS NOT NULL THEN live.opening_class
         WHEN l.kind IN ('unconditional', 'conditional') THEN 'stopped'
         ELSE l.kind END
"""
_DISTRICT = "coalesce(nullif(o.unit ->> 'district', ''), 'municipal')"
_FROM = """
    FROM edudata_open_list_unit u
    JOIN edudata_open_list o ON o.id = u.list_id
    JOIN edudata_open_list_line l ON l.list_id = o.id AND l.withdrawn_at IS NULL
    LEFT JOIN edudata_release live
           ON live.entry_id = l.entry_id AND live.state = 'live'
"""
_WHERE = {
    "units": "o.unit_id = ANY(:units)",
    "kind": f"{_STATE} = :kind",
    "district": f"{_DISTRICT} = :district",
    "subject_database": "l.fields ->> 'subject_database' = :subject_database",
    "school_stage": "l.fields ->> 'school_stage' = :school_stage",
    "q": "(l.title ILIKE :q OR o.unit ->> 'title' ILIKE :q)",
}


def _query(what: str, rest: str, asked: dict[str, Any], *leave: str) -> Any:
    used = [name for name in _WHERE if name in asked and name not in leave]
    where = " AND ".join(_WHERE[name] for name in used) or "true"
    # Names and texts above only; values are bound.
    return sa.text(f"SELECT {what} {_FROM} WHERE {where} {rest}")


def search(
    *, units: Sequence[str] | None, limit: int, offset: int, **filters: str
) -> dict[str, Any]:
    """Lines of the newest lists, unit by unit.

    :param units: ids of units, all where None
    :param filters: `q`, `kind` (as it is now), `district`, `subject_database`,
        `school_stage`
    :returns: `{count, kinds: {kind: n}, districts: {code: n}, lists, results: [line
        with unit, number, published_at]}`
    """
    asked: dict[str, Any] = {name: value for name, value in filters.items() if value}
    if "q" in asked:
        words = asked["q"].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        asked["q"] = f"%{words}%"
    if units is not None:
        asked["units"] = list(units)
    table = [
        tuple(row)
        for row in model.Session.execute(
            _query(
                f"{_STATE} AS kind, {_DISTRICT} AS district, count(*)",
                "GROUP BY 1, 2",
                asked,
                "kind",
                "district",
            ),
            asked,
        )
    ]
    kind, district = asked.get("kind"), asked.get("district")
    return {
        "count": _sum(table, kind=kind, district=district),
        "kinds": _facet(table, 0, district=district),
        "districts": _facet(table, 1, kind=kind),
        "lists": model.Session.scalar(
            _query("count(DISTINCT o.unit_id)", "", asked), asked
        ),
        "results": _lines(asked, limit, offset),
    }


def _sum(table: Sequence[Any], *, kind: str | None, district: str | None) -> int:
    return sum(
        count
        for its_kind, its_district, count in table
        if kind in (None, its_kind) and district in (None, its_district)
    )


def _facet(
    table: Sequence[Any],
    by: int,
    *,
    kind: str | None = None,
    district: str | None = None,
) -> dict[str, int]:
    values = {row[by] for row in table}
    found = {}
    for value in values:
        mine = [row for row in table if row[by] == value]
        found[value] = _sum(mine, kind=kind, district=district)
    return {value: count for value, count in found.items() if count}


def _lines(asked: dict[str, Any], limit: int, offset: int) -> list[dict[str, Any]]:
    rows = (
        model.Session.execute(
            _query(
                "l.key, l.entry_id, l.kind, l.title, l.fields, l.nonce, l.digest, "
                "l.place, o.unit_id, o.unit, o.number, o.published_at",
                "ORDER BY o.unit ->> 'district', o.unit ->> 'title', o.unit_id, "
                "l.place LIMIT :limit OFFSET :offset",
                asked,
            ),
            {**asked, "limit": limit, "offset": offset},
        )
        .mappings()
        .all()
    )
    now = reading.states(row["entry_id"] for row in rows)
    return [
        {
            **reading.public(
                {**row, "withdrawn": False}, row["place"], now.get(row["entry_id"])
            ),
            "unit": {"id": row["unit_id"], **row["unit"]},
            "number": row["number"],
            "published_at": row["published_at"].isoformat(),
        }
        for row in rows
    ]


def units(within: Sequence[str] | None, district: str | None) -> list[dict[str, Any]]:
    """Units with their newest list: `[{id, name, title, district, number, count,
    published_at}]`, by title."""
    asked: dict[str, Any] = {}
    where = ["true"]
    if within is not None:
        asked["units"] = list(within)
        where.append(_WHERE["units"])
    if district:
        asked["district"] = district
        where.append(_WHERE["district"])
    rows = model.Session.execute(
        sa.text(
            "SELECT o.unit_id, o.unit, o.number, o.published_at, o.counts "  # noqa: S608
            "FROM edudata_open_list_unit u JOIN edudata_open_list o "
            f"ON o.id = u.list_id WHERE {' AND '.join(where)} "
            "ORDER BY o.unit ->> 'title', o.unit_id"
        ),
        asked,
    ).mappings()
    return [
        {
            "id": row["unit_id"],
            **row["unit"],
            "number": row["number"],
            "count": sum(row["counts"].values()),
            "published_at": row["published_at"].isoformat(),
        }
        for row in rows
    ]
