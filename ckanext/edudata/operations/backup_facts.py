"""What is in the two databases at the moment, so that a restored one can be compared.

A table's digest is the sum of its rows' hashes: the order of rows does not matter,
every cell of every row does.
"""

from __future__ import annotations

from typing import Any

from psycopg2 import sql

from ckanext.edudata.operations.backup_moment import Moment, Side

_TABLE = (
    "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t"
)
_PACKAGES = (
    "SELECT count(*) FILTER (WHERE private AND state = 'active'), "
    "count(*) FILTER (WHERE NOT private AND state = 'active'), "
    "count(*) FILTER (WHERE state <> 'deleted') FROM package"
)
_AUDIT = (
    "SELECT (SELECT count(*) FROM edudata_audit), "
    "(SELECT coalesce(max(number), 0) FROM edudata_audit_block)"
)
_NEWER = "SELECT count(*) FROM edudata_audit WHERE at > %s"


def of(moment: Moment) -> dict[str, Any]:
    """`{tables, private, public, indexed, audit_records, audit_blocks}`."""
    private, public, indexed = moment.ckan.ask(_PACKAGES)[0]
    records, blocks = moment.ckan.ask(_AUDIT)[0]
    return {
        "tables": {side.name: tables(side) for side in moment.sides},
        "private": private,
        "public": public,
        "indexed": indexed,
        "audit_records": records,
        "audit_blocks": blocks,
    }


def tables(side: Side) -> dict[str, list[Any]]:
    """`{table: [rows, digest]}` of a database."""
    found = {}
    for _, schema, name, _ in side.tables():
        asked = sql.SQL(_TABLE).format(sql.Identifier(schema, name))
        count, digest = side.ask(asked)[0]
        found[f"{schema}.{name}"] = [count, digest]
    return found


def differences(
    before: dict[str, dict[str, list[Any]]], after: dict[str, dict[str, list[Any]]]
) -> list[str]:
    """Tables that are not the same, as `database:table`. Pure."""
    return sorted(
        f"{name}:{table}"
        for name in before
        for table in set(before[name]) | set(after.get(name, {}))
        if before[name].get(table) != after.get(name, {}).get(table)
    )


def written_since(ckan: Side, at: Any) -> int:
    """Records of the trail after a moment: what a restore to it would lose."""
    return int(ckan.ask(_NEWER, [at])[0][0])
