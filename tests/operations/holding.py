"""What has to hold after services and processes were killed, asked of the database.

Each question finds what must not be there; used by the short faults and the long ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Ask = Callable[[str], list[Any]]

QUESTIONS = {
    "public without a release": (
        "SELECT id FROM package p WHERE NOT private AND state = 'active' AND (type <> "
        "'dataset' OR NOT EXISTS (SELECT FROM edudata_release r WHERE r.dataset_id = "
        "p.id))"
    ),
    "released without a clearance of its own content": (
        "SELECT s.id FROM edudata_released_resource s JOIN edudata_release r ON "
        "r.id = s.release_id LEFT JOIN edudata_clearance c ON c.id = s.clearance_id "
        "LEFT JOIN edudata_check k ON k.id = c.check_id "
        "WHERE s.kind <> 'sample' AND (k.id IS NULL OR k.state <> 'done' "
        "OR c.resource_id <> split_part(s.source, '#', 1) OR c.entry_id <> r.entry_id)"
    ),
    "one entry released as two datasets": (
        "SELECT entry_id FROM edudata_release GROUP BY entry_id "
        "HAVING count(DISTINCT dataset_id) > 1"
    ),
    "two live versions": (
        "SELECT dataset_id FROM edudata_release WHERE state = 'live' "
        "GROUP BY dataset_id HAVING count(*) > 1"
    ),
    "the same content released twice": (
        "SELECT entry_version_id FROM edudata_release GROUP BY entry_version_id "
        "HAVING count(*) > 1"
    ),
    "releases not once on the audit trail": (
        "SELECT r.id FROM edudata_release r LEFT JOIN edudata_audit a ON "
        "a.action = 'release' AND a.outcome = 'done' AND a.object_id = r.dataset_id "
        "AND (a.detail->>'version')::int = r.version "
        "GROUP BY r.id HAVING count(a.id) <> 1"
    ),
    "applications with two grants": (
        "SELECT request_id FROM edudata_grant GROUP BY request_id HAVING count(*) > 1"
    ),
    "grants without an approval": (
        "SELECT g.id FROM edudata_grant g WHERE NOT EXISTS (SELECT FROM "
        "edudata_request_event e WHERE e.request_id = g.request_id "
        "AND e.command IN ('approve', 'approve_partly'))"
    ),
    "deliveries of no grant": (
        "SELECT d.id FROM edudata_delivery d LEFT JOIN edudata_grant g "
        "ON g.id = d.grant_id WHERE g.id IS NULL"
    ),
    "imports that wrote a part": (
        "SELECT i.id FROM edudata_import i JOIN edudata_import_row r ON "
        "r.import_id = i.id WHERE r.outcome = 'new' GROUP BY i.id, i.state HAVING "
        "count(r.entry_id) <> CASE WHEN i.state = 'done' THEN count(*) ELSE 0 END"
    ),
    "entries twice": (
        "SELECT title FROM package WHERE type = 'entry' AND state = 'active' "
        "AND title LIKE '故障%' GROUP BY title HAVING count(*) > 1"
    ),
    "files of closed entries that are public": (
        "SELECT r.id FROM resource r JOIN package p ON p.id = r.package_id "
        "WHERE p.type = 'entry' AND NOT p.private"
    ),
}


def broken(ask: Ask) -> dict[str, int]:
    """`{what does not hold: how often}`; empty if all of it holds."""
    counts = {name: len(ask(query)) for name, query in QUESTIONS.items()}
    return {name: count for name, count in counts.items() if count}


SETTLED = {
    "releases not settled": (
        "SELECT id FROM edudata_release WHERE state = 'live' AND settled_at IS NULL"
    ),
    # One that a later one replaced is nobody's work any more.
    "checks not done": (
        "SELECT c.id FROM edudata_check c WHERE c.state <> 'done' AND NOT EXISTS ("
        "SELECT FROM edudata_check l WHERE l.resource_id = c.resource_id "
        "AND l.number > c.number)"
    ),
    "imports not followed": (
        "SELECT id FROM edudata_import WHERE state = 'done' AND indexed_at IS NULL"
    ),
    # Of an import killed after its commit until the sweep follows it.
    "entries without a checked title": (
        "SELECT p.id FROM package p WHERE type = 'entry' AND state = 'active' "
        "AND title LIKE '故障%' AND NOT EXISTS "
        "(SELECT FROM edudata_check c WHERE c.entry_id = p.id)"
    ),
}
"""What nothing is left of when the sweep and the workers have gone over it."""


def unsettled(ask: Ask) -> dict[str, int]:
    counts = {name: len(ask(query)) for name, query in SETTLED.items()}
    return {name: count for name, count in counts.items() if count}
