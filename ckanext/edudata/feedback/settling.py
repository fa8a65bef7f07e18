"""Notices whose matter was done, by whomever: they wait for nobody any more.

Rooms need not say so: it is seen in what they keep. A condition says when nothing is
left to be done about a notice `n`; who is in doubt leaves it standing.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

_CHECKED_ANEW = """
    EXISTS (SELECT 1 FROM edudata_check c WHERE c.resource_id = n.object_id
            AND c.queued_at > n.created_at AND c.finished_at IS NOT NULL)
    OR NOT EXISTS (SELECT 1 FROM resource r
                   WHERE r.id = n.object_id AND r.state = 'active')
"""
_VERSION = """
    EXISTS (SELECT 1 FROM edudata_entry_version v WHERE v.entry_id = n.object_id AND {})
    OR NOT EXISTS (SELECT 1 FROM package p
                   WHERE p.id = n.object_id AND p.state = 'active')
"""
_OF_NOTICE = "CAST(n.detail ->> 'version' AS integer)"
_QUALITY = """
    NOT EXISTS (SELECT 1 FROM edudata_quality q
                WHERE q.entry_id = n.object_id AND q.{column} <= current_date)
"""
_MOVED_ON = """
    EXISTS (SELECT 1 FROM edudata_catalog c
            WHERE c.id = n.object_id AND c.since > n.created_at)
"""

DONE: dict[tuple[str, ...], str] = {
    ("alarm",): """
        EXISTS (SELECT 1 FROM edudata_alarm a
                WHERE a.id = n.object_id AND a.state <> 'open')""",
    ("demand_new",): """
        EXISTS (SELECT 1 FROM edudata_demand d WHERE d.id = n.object_id
                AND (d.state <> 'open' OR d.unit_id <> n.unit_id))""",
    ("check_blocked", "check_unreadable", "rows_held"): _CHECKED_ANEW,
    ("security_review",): _VERSION.format(
        f"v.number = {_OF_NOTICE} AND v.state <> 'security_review'"
    ),
    ("entry_returned",): _VERSION.format(f"v.number > {_OF_NOTICE}"),
    ("source_asked",): """
        EXISTS (SELECT 1 FROM edudata_source_case s
                WHERE s.id = n.detail ->> 'case' AND s.decided_at IS NOT NULL)""",
    ("quality_due",): _QUALITY.format(column="remind_on"),
    ("quality_overdue", "quality_escalated"): _QUALITY.format(column="overdue_on"),
    ("catalog_returned", "catalog_consent", "catalog_consented"): _MOVED_ON,
    ("open_list_waits",): """
        EXISTS (SELECT 1 FROM edudata_open_list o WHERE o.unit_id = n.object_id
                AND o.published_at > n.created_at)""",
}
"""Kinds, and the condition of their notices; kinds of applications are done by their
steps (`requests.telling`)."""


def settle() -> int:
    """Mark what is done, and keep its mails back; how many. Commits."""
    number = 0
    for kinds, condition in DONE.items():
        found: Any = model.Session.execute(
            sa.text(
                f"""
                UPDATE edudata_notice n SET done_at = clock_timestamp(),
                    mail = CASE WHEN mail IN ('waiting', 'digest') THEN 'off'
                           ELSE mail END
                WHERE n.kind = ANY(:kinds) AND n.done_at IS NULL
                AND n.read_at IS NULL AND ({condition})
                """  # noqa: S608 - constants only
            ),
            {"kinds": list(kinds)},
        )
        number += found.rowcount
    model.Session.commit()
    return number
