"""Reminding owners of what is due or late: each entry once for a due day and stage.

`edudata_quality_reminder` says what was given; run twice, or by two at once, the second
finds nothing left. A person with several entries gets one notice, not one for each.
"""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from ckanext.edudata.catalog import quality_currency, quality_measure
from ckanext.edudata.catalog.model_quality import Quality, Reminder
from ckanext.edudata.feedback import telling
from ckanext.edudata.units import who_may

LIMIT = 20_000
_AT_ONCE = 1000

_STAGES: dict[str, tuple[str, str, str]] = {
    # kind of notice, permission of those who are told, state of the list they go to
    "before": ("quality_due", "entry_compile", "due_soon"),
    "after": ("quality_overdue", "entry_confirm", "overdue"),
    "escalated": ("quality_escalated", "quality_escalation", "overdue"),
}


def remind() -> int:
    """Give the reminders that are due; how many notices were made."""
    today = quality_measure.today()
    again = quality_measure.setting("again_days")
    stages: dict[tuple[str, str, datetime.date], str] = {}
    for entry_id, unit_id, found, told in _due(today, again):
        stage = quality_currency.stage(found, today, told=told, again_days=again)
        if stage:
            stages[entry_id, stage, found.on] = unit_id
    waiting: dict[tuple[str, str], list[str]] = {}
    for entry_id, stage, due_on in _first(list(stages), today):
        unit_id = stages[entry_id, stage, due_on]
        waiting.setdefault((stage, unit_id), []).append(entry_id)
    ids = _tell(waiting, today)
    model.Session.commit()
    telling.queue(ids)
    return len(ids)


def _due(
    today: datetime.date, again: int
) -> list[tuple[str, str, quality_currency.Due, datetime.date | None]]:
    """Entries whose people are to be told, with when the owner was told last; those
    for whom nothing is left to be given are not in."""
    after, given = aliased(Reminder), aliased(Reminder)
    late = Quality.overdue_on <= today
    stage = sa.case(
        (~late, "before"), (after.entry_id.is_(None), "after"), else_="escalated"
    )
    cutoff = today - datetime.timedelta(days=max(1, again))
    rows = model.Session.execute(
        sa.select(
            Quality.entry_id,
            model.Package.owner_org,
            Quality.due_on,
            Quality.remind_on,
            Quality.overdue_on,
            after.sent_on,
        )
        .join(model.Package, model.Package.id == Quality.entry_id)
        .outerjoin(after, _same(after) & (after.stage == "after"))
        .outerjoin(given, _same(given) & (given.stage == stage))
        .where(
            Quality.remind_on <= today,
            model.Package.state == "active",
            model.Package.owner_org.is_not(None),
            given.entry_id.is_(None),
            sa.or_(~late, after.sent_on.is_(None), after.sent_on <= cutoff),
        )
        .order_by(Quality.entry_id)
        .limit(LIMIT)
    )
    return [
        (
            row.entry_id,
            row.owner_org,
            quality_currency.Due(row.due_on, row.remind_on, row.overdue_on),
            row.sent_on,
        )
        for row in rows
    ]


def _same(reminder: Any) -> Any:
    return (reminder.entry_id == Quality.entry_id) & (reminder.due_on == Quality.due_on)


def _first(
    wanted: list[tuple[str, str, datetime.date]], today: datetime.date
) -> list[tuple[str, str, datetime.date]]:
    """Note that reminders are given; those that nobody gave meanwhile."""
    found: list[tuple[str, str, datetime.date]] = []
    for start in range(0, len(wanted), _AT_ONCE):
        values = [
            {"entry_id": entry_id, "due_on": due_on, "stage": stage, "sent_on": today}
            for entry_id, stage, due_on in wanted[start : start + _AT_ONCE]
        ]
        noted = model.Session.execute(
            insert(Reminder)
            .values(values)
            .on_conflict_do_nothing()
            .returning(Reminder.entry_id, Reminder.stage, Reminder.due_on)
        )
        found += [(row.entry_id, row.stage, row.due_on) for row in noted]
    return found


def _tell(waiting: dict[tuple[str, str], list[str]], today: datetime.date) -> list[str]:
    """One notice for each person and stage; it leads to the entry, or to the list."""
    told: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for (stage, unit_id), entries in waiting.items():
        roles = who_may.roles_for(_STAGES[stage][1])
        for user_id in telling.responsible(unit_id, roles):
            found = told.setdefault((stage, user_id), [])
            found += [(unit_id, entry_id) for entry_id in entries]
    ids: list[str] = []
    for (stage, user_id), found in told.items():
        kind, _, state = _STAGES[stage]
        unit_id, entry_id = found[0]
        several: dict[str, Any] = {}
        if len(found) > 1:
            kind, entry_id = f"{kind}_several", unit_id
            several = {"state": state, "on": today.isoformat(), "count": len(found)}
        ids += telling.note(
            kind,
            [user_id],
            unit_id=unit_id,
            object_type="unit" if several else "entry",
            object_id=entry_id,
            detail=several,
        )
    return ids
