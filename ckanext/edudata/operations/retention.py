"""What is past its time, rule by rule, and its removal (8.1.4.10, PIPL Art. 19, 47).

Rules stand in `retention_rules_*.py`. Each removes one thing in one transaction, with
its record on the trail, so that a run may be broken off and begun again.
"""

from __future__ import annotations

import datetime
import logging
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.operations import events

log = logging.getLogger(__name__)

_When = sa.DateTime(timezone=True)


class RetentionRun(tk.BaseModel):
    """A run, and by rule `{found, removed, failed, rows}`."""

    __tablename__ = "edudata_retention_run"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    started_at: Mapped[datetime.datetime] = mapped_column(
        _When, nullable=False, server_default=sa.text("clock_timestamp()")
    )
    finished_at: Mapped[datetime.datetime | None] = mapped_column(_When)
    started_by: Mapped[str | None] = mapped_column(sa.Text)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)


@dataclass(frozen=True)
class Rule:
    """`due` names what is past its time at a moment; `remove` removes one of these in
    the open transaction, looking once more, and gives the number of rows and what is
    left to do after the commit; None where it is not due any more."""

    name: str
    label: str
    due: Callable[[datetime.datetime], Sequence[str]]
    remove: Callable[
        [str, datetime.datetime], tuple[int, Callable[[], None] | None] | None
    ]

    @property
    def setting(self) -> str:
        return f"ckanext.edudata.retention.{self.name}_days"

    @property
    def days(self) -> int:
        return tk.config[self.setting]


def rules() -> list[Rule]:
    """All rules, in the order of their names."""
    from ckanext.edudata import operations

    found: list[Rule] = []
    for module in pkgutil.iter_modules(operations.__path__):
        if module.name.startswith("retention_rules_"):
            name = f"{operations.__name__}.{module.name}"
            found += import_module(name).RULES
    return sorted(found, key=lambda rule: rule.name)


def run(*, dry: bool, actor_id: str | None) -> dict[str, dict[str, int]]:
    """Remove what is past its time, or say what would be.

    :returns: by rule `{days, found, removed, failed, rows}`; 0 days: the rule is off
    """
    now, result = datetime.datetime.now(datetime.timezone.utc), {}
    row_id = None if dry else _begun(actor_id)
    for rule in rules():
        before = now - datetime.timedelta(days=rule.days)
        due = rule.due(before) if rule.days > 0 else []
        model.Session.rollback()
        told = {"days": rule.days, "found": len(due), "removed": 0, "failed": 0}
        told["rows"] = 0
        if not dry:
            for key in due:
                _one(rule, key, before, actor_id, told)
        result[rule.name] = told
    if row_id is not None:
        _finished(row_id, result)
    return result


def _one(
    rule: Rule,
    key: str,
    before: datetime.datetime,
    actor_id: str | None,
    told: dict[str, int],
) -> None:
    try:
        with transactions.whole():
            done = rule.remove(key, before)
            if done is None:
                return
            trail.record(
                "retention_purge",
                actor_id=actor_id,
                object_type="retention",
                object_id=key,
                detail={"rule": rule.name, "rows": done[0]},
            )
        if done[1]:
            done[1]()
    except Exception as error:  # noqa: BLE001 - the others are not to wait for it
        model.Session.rollback()
        # What it says may quote a row: only its kind is logged.
        log.warning("Purge %s %s: %s", rule.name, key, type(error).__name__)
        told["failed"] += 1
        return
    told["removed"] += 1
    told["rows"] += done[0]


def _begun(actor_id: str | None) -> int:
    row = RetentionRun(started_by=actor_id, result={})
    model.Session.add(row)
    model.Session.commit()
    return row.id


def _finished(row_id: int, result: dict[str, dict[str, int]]) -> None:
    row = model.Session.get_one(RetentionRun, row_id)
    row.result = result
    row.finished_at = datetime.datetime.now(datetime.timezone.utc)
    model.Session.commit()
    removed = sum(told["removed"] for told in result.values())
    failed = sum(told["failed"] for told in result.values())
    if failed:
        events.raise_("purge_failed", detail={"run": row_id, "failed": failed})
    elif removed:
        events.raise_("purge_made", detail={"run": row_id, "removed": removed})
