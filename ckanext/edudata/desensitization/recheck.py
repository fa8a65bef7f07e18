"""Everything is read again under the code's rules, then these are put in force.

Released content first, what most people can take before the rest; what must be stopped
is stopped when it is found. Where it stands is in the database: killed and begun
again, it goes on. A recheck is alone; what happens to it in the middle costs nothing
but time.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.desensitization import aftermath, rereading, rereads, rules
from ckanext.edudata.desensitization.model import Check, Reread
from ckanext.edudata.desensitization.report import CheckReport

log = logging.getLogger(__name__)

_KEY = "edudata_recheck"
_START = 20_000
"""Reading anything at all takes as long as so many cells."""


class AlreadyRunningError(Exception):
    """Another recheck is under way."""


@dataclass
class Progress:
    """How far it is. `seconds_left` is None until there is something to go by."""

    read: int
    total: int
    seconds_left: int | None = None


@dataclass
class Summary:
    """What a recheck did, or a dry run would lead to.

    `outcomes` counts released tables and descriptions (fine, stopped, dated, gone),
    `verdicts` files and descriptions of entries, `failed` what could not be got at.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    switched: bool = False

    @property
    def affects(self) -> bool:
        """Whether released data are stopped, or have a date now."""
        return bool(self.outcomes["stopped"] or self.outcomes["dated"])


def run(
    tell: Callable[[Progress], None],
    *,
    dry_run: bool = False,
    everything: bool = False,
    pause: float = 0.0,
    actor_id: str | None = None,
) -> Summary:
    """Read again what was not read under the code's rules, and switch.

    :param everything: released content also where these rules are in force
    :param pause: seconds of rest after each reading
    :raises AlreadyRunningError: another one is under way
    :raises RulesChangedError: the rules on the disk are not those of this process
    """
    with _alone():
        if not dry_run:
            rules.adopt()
        model.Session.commit()
        return _Run(tell, dry_run, everything or rules.staged(), pause, actor_id).go()


class _Run:
    def __init__(
        self,
        tell: Callable[[Progress], None],
        dry_run: bool,
        with_released: bool,
        pause: float,
        actor_id: str | None,
    ) -> None:
        self.tell, self.dry_run, self.pause = tell, dry_run, pause
        self.with_released, self.actor_id = with_released, actor_id
        self.summary = Summary()
        self.seen: set[tuple[str, str]] = set()
        self.failed: set[tuple[str, str]] = set()
        self.begun, self.weight = time.monotonic(), 0

    def go(self) -> Summary:
        while True:
            todo = self._todo()
            before = len(self.seen)
            weight = sum(map(_weight, todo))
            for place, subject in enumerate(todo):
                self._progress(len(todo) - place, weight)
                self._try(subject)
                weight -= _weight(subject)
                time.sleep(self.pause)
            self._progress(0, 0)
            if self.dry_run:
                return self.summary
            left = self._todo()
            if not left and (self.failed or not rules.staged()):
                return self.summary
            if not left and self._switch():
                self.summary.switched = True
                return self.summary
            if len(self.seen) == before:
                # A worker is in the middle of a file, or a release in its own.
                time.sleep(1)

    def _todo(self) -> list[dict[str, Any]]:
        wanted = released_left() if self.with_released else []
        wanted += entries_left()
        model.Session.commit()
        return [each for each in wanted if _key(each) not in self.failed]

    def _try(self, subject: dict[str, Any]) -> None:
        try:
            done = self._one(subject)
        except rereading.RulesChangedError:
            model.Session.rollback()
            raise
        except Exception as error:  # noqa: BLE001 - the others are read all the same
            model.Session.rollback()
            # The text of an error may quote a cell.
            log.warning("%s %s: %s", *_key(subject), type(error).__name__)
            self.failed.add(_key(subject))
            self.summary.failed += 1
            return
        if done:
            self.seen.add(_key(subject))
            self.weight += _weight(subject)

    def _one(self, subject: dict[str, Any]) -> bool:
        """Read one thing and draw the consequence; whether it is done."""
        if "check" in subject:
            return self._entry(subject)
        report = rereads.known(subject)
        if report is None:
            try:
                report, made_under = rereading.released(subject)
            except tk.ObjectNotFound:
                if aftermath.state(subject) == "stopped":
                    self.summary.outcomes["gone"] += 1
                    return True
                raise
            row = rereads.keep(subject, report, made_under)
            model.Session.commit()
        else:
            row = rereads.row_of(subject)
        if row is None:
            return False
        if self.dry_run:
            outcome = aftermath.outcome(report, subject["opening_class"])
        elif aftermath.state(subject) == "stopped":
            # Stopped meanwhile, by somebody or with another table of it.
            outcome = aftermath.gone(row)
        else:
            outcome = aftermath.act(row, subject["opening_class"])
        self.summary.outcomes[outcome] += 1
        return True

    def _entry(self, subject: dict[str, Any]) -> bool:
        check = model.Session.get(Check, subject["check"], populate_existing=True)
        if check is None:
            return True
        if self.dry_run:
            self.summary.verdicts[rereading.entry_only(check)] += 1
            return True
        verdict = rereading.entry(check)
        if verdict:
            self.summary.verdicts[verdict] += 1
        return verdict is not None

    def _progress(self, left: int, weight: int) -> None:
        passed = time.monotonic() - self.begun
        seconds = round(passed * weight / self.weight) if self.weight else None
        read = len(self.seen) + len(self.failed)
        self.tell(Progress(read, read + left, seconds if left else 0))

    def _switch(self) -> bool:
        """Put the code's rules in force, in one transaction; whether it was done."""
        model.Session.commit()
        waiting = not rules.try_exclusive()
        if waiting or released_left() or any(map(_by_old_rules, entries_left())):
            model.Session.rollback()
            return False
        told = self.summary.outcomes
        detail = {
            "before": rules.in_force(),
            "stopped": told["stopped"],
            "dated": told["dated"],
        }
        rules.put_in_force(rules.code(), self.actor_id, detail)
        model.Session.commit()
        return True


def status() -> dict[str, Any]:
    """Where it stands: `{in_force, since, code, staged, read, total, running,
    stopped, dated}`; `read` of `total` under the code's rules."""
    last = rules.last_switch()
    acted = model.Session.execute(
        sa.select(Reread.outcome, sa.func.count())
        .where(Reread.ruleset == rules.code(), Reread.outcome.is_not(None))
        .group_by(Reread.outcome)
    )
    outcomes = {row[0]: row[1] for row in acted}
    staged = rules.staged()
    checks = _last_checks()
    left = [check for check in checks if not _is_read(check)]
    read = sum(outcomes.values()) + len(checks) - len(left)
    waiting = len(left) + (len(released_left()) if staged else 0)
    return {
        "in_force": rules.in_force(),
        "since": last.switched_at.isoformat() if last else None,
        "code": rules.code(),
        "staged": staged,
        "read": read,
        "total": read + waiting,
        "running": _is_running(),
        "stopped": outcomes.get("stopped", 0),
        "dated": outcomes.get("dated", 0),
    }


def released_left() -> list[dict[str, Any]]:
    """Released content on which no consequence was drawn under the code's rules."""
    done = {
        (row.kind, row.subject)
        for row in model.Session.execute(
            sa.select(Reread.kind, Reread.subject).where(
                Reread.ruleset == rules.code(), Reread.outcome.is_not(None)
            )
        )
    }
    return [each for each in _subjects() if _key(each) not in done]


def entries_left() -> list[dict[str, Any]]:
    """Files and descriptions of entries whose last run is not one by these rules.

    :returns: `[{kind: file | metadata, subject, check, state, ruleset, cells}]`
    """
    return [check for check in _last_checks() if not _is_read(check)]


def overdue() -> dict[str, int]:
    """Stop released data whose date is over and which are still not in order.

    Each is read once more before: an exception may have been granted since.
    """
    rows = model.Session.scalars(
        sa.select(Reread)
        .where(
            Reread.outcome == "dated",
            Reread.due_at <= sa.func.now(),
            Reread.closed_at.is_(None),
        )
        .order_by(Reread.due_at)
    ).all()
    found: Counter[str] = Counter()
    subjects = {_key(each): each for each in _subjects()} if rows else {}
    for row in rows:
        key, subject = (row.kind, row.subject), subjects.get((row.kind, row.subject))
        if subject is None:
            aftermath.close((row.ruleset, *key), "gone")
            found["gone"] += 1
            continue
        report: CheckReport | None = None
        try:
            report, _ = rereading.released(subject)
        except Exception as error:  # noqa: BLE001 - then it is not known to be in order
            model.Session.rollback()
            log.warning("%s %s: %s", *key, type(error).__name__)
        found[aftermath.due(row, report, subject["opening_class"])] += 1
    return dict(found)


def _subjects() -> list[dict[str, Any]]:
    return tk.get_action("edudata_released_content_list")({"ignore_auth": True}, {})


def _last_checks() -> list[dict[str, Any]]:
    newest = sa.select(sa.func.max(Check.number)).group_by(Check.resource_id)
    # Without the reports, which are large.
    rows = model.Session.execute(
        sa.select(
            Check.subject.label("kind"),
            Check.resource_id.label("subject"),
            Check.id.label("check"),
            Check.state.label("state"),
            Check.ruleset.label("ruleset"),
            sa.func.coalesce(Check.report["cells"].as_integer(), 0).label("cells"),
        )
        .join(model.Package, model.Package.id == Check.entry_id)
        .outerjoin(model.Resource, model.Resource.id == Check.resource_id)
        .where(
            Check.number.in_(newest),
            model.Package.state == "active",
            sa.or_(Check.subject != "file", model.Resource.state == "active"),
        )
        .order_by(Check.number)
    )
    return [dict(row) for row in rows.mappings()]


def _is_read(check: dict[str, Any]) -> bool:
    return check["state"] == "done" and check["ruleset"] == rules.code()


def _by_old_rules(check: dict[str, Any]) -> bool:
    # One that waits or runs will be by these rules, or gives no clearance.
    return check["state"] == "done"


def _weight(subject: dict[str, Any]) -> int:
    return subject["cells"] + _START


def _key(subject: dict[str, Any]) -> tuple[str, str]:
    return subject["kind"], subject["subject"]


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of the recheck; the database lets go of it with the process."""
    with (
        model.ensure_engine()
        .connect()
        .execution_options(isolation_level="AUTOCOMMIT") as connection
    ):
        key = {"key": _KEY}
        mine = sa.text("SELECT pg_try_advisory_lock(hashtext(:key))")
        if not connection.scalar(mine, key):
            raise AlreadyRunningError
        try:
            yield
        finally:
            connection.execute(
                sa.text("SELECT pg_advisory_unlock(hashtext(:key))"), key
            )


def _is_running() -> bool:
    query = """
        SELECT count(*) FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND (classid::bigint << 32) | objid::bigint = hashtext(:key)::bigint
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    return bool(model.Session.scalar(sa.text(query), {"key": _KEY}))
