"""One button against a leak: a dataset's releases and grants, frozen at once (Art. 35).

Everything that serves data asks the state of the version it serves, so the transaction
that changes these states closes all ways. What follows it, tables and index, takes away
what nobody is served any more, and is repeated until it is done.
"""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from flask import has_request_context
from flask_babel import force_locale

from ckanext.edudata.audit import trail
from ckanext.edudata.delivery import holding, recalls
from ckanext.edudata.desensitization import rules
from ckanext.edudata.opening import freezes, release, standing
from ckanext.edudata.opening.model_freezes import Freeze
from ckanext.edudata.requests import book, states
from ckanext.edudata.requests.model import Request

log = logging.getLogger(__name__)

_OWNER = frozenset({"grant_freeze"})


def freeze(dataset_id: str, actor_id: str, incident_id: str | None) -> Freeze:
    """Freeze in the open transaction.

    :raises ValidationError: nothing is open, or it is frozen already
    """
    freezes.one_at_a_time(dataset_id)
    if freezes.in_force(dataset_id):
        raise tk.ValidationError({"dataset_id": [tk._("This is frozen already.")]})
    # As commands on applications do: first the application, then its grants.
    applications = _requests(Request.dataset_id == dataset_id)
    recalls.one_at_a_time(dataset_id)
    reason = _public_reason()
    live, before = freezes.hold(dataset_id, reason)
    grants = recalls.freeze(recalls.grants_of(dataset_id, None, lock=True))
    for grant in grants:
        holding.record("grant_move", actor_id, grant, {"state": "frozen"})
    row = Freeze(
        dataset_id=dataset_id,
        entry_id=live.entry_id,
        unit_id=live.unit_id,
        incident_id=incident_id,
        ruleset=rules.in_force(),
        releases=before,
        grants=[grant.id for grant in grants],
        frozen_by=actor_id,
    )
    model.Session.add(row)
    model.Session.flush()
    standing.end(live.entry_id, "stopped", actor_id, live.unit_id)
    for request in applications:
        book.let_time_pass(request)
        if request.state == "active":
            _move(request, "freeze", actor_id, reason)
    versions = sum(state != "stopped" for state in before.values())
    _record(
        "incident_freeze",
        actor_id,
        row,
        {"versions": versions, "grants": len(grants), "incident": incident_id},
    )
    return row


def _public_reason() -> str:
    """In the language of the site, whatever that of the person who froze."""
    if not has_request_context():
        return tk._(freezes.REASON)
    with force_locale(tk.config["ckan.locale_default"]):
        return tk._(freezes.REASON)


def lift(dataset_id: str, actor_id: str, outcome: str) -> Freeze:
    """Undo it in the open transaction, as a second person; or let it stay stopped.

    :param outcome: `open` or `stopped`
    :raises ValidationError: not frozen, or it cannot be opened as it was
    :raises NotAuthorized: the one who froze it
    """
    freezes.one_at_a_time(dataset_id)
    row = freezes.in_force(dataset_id, lock=True)
    if row is None:
        raise tk.ValidationError({"dataset_id": [tk._("This is not frozen.")]})
    if row.frozen_by == actor_id:
        raise tk.NotAuthorized(
            tk._("You froze this yourself. A second person lifts the freeze.")
        )
    if outcome == "open":
        _refuse_reopening(row)
        applications = _requests(Request.dataset_id == dataset_id)
        recalls.one_at_a_time(dataset_id)
        _close(row, actor_id, outcome)
        freezes.give_back(row)
        _free_grants(row, actor_id, applications)
    else:
        _close(row, actor_id, outcome)
    _record("incident_lift", actor_id, row, {"state": outcome})
    return row


def _refuse_reopening(row: Freeze) -> None:
    words = None
    if row.final:
        words = tk._(
            "It was stopped for good meanwhile and cannot be opened as it was."
        )
    elif row.ruleset != rules.in_force():
        words = tk._(
            "The rules of the check have changed since, and have not read these data. "
            "End the freeze as stopped, have the data checked, and release them anew."
        )
    if words:
        raise tk.ValidationError({"outcome": [words]})


def _close(row: Freeze, actor_id: str, outcome: str) -> None:
    row.lifted_by, row.outcome, row.settled_at = actor_id, outcome, None
    row.lifted_at = book.now()
    model.Session.flush()


def _free_grants(row: Freeze, actor_id: str, applications: list[Request]) -> None:
    """Free what this freeze froze; what was recalled, ended or revoked since is not."""
    freed: set[str] = set()
    for grant in recalls.grants_of(row.dataset_id, None, lock=True):
        if grant.id not in row.grants or grant.state != "frozen" or recalls.of(grant):
            continue
        grant.state, grant.changed_at = "active", book.now()
        holding.record("grant_move", actor_id, grant, {"state": "active"})
        freed.add(grant.request_id)
    model.Session.flush()
    for request in applications:
        book.let_time_pass(request)
        if request.id in freed and request.state == "frozen":
            _move(request, "unfreeze", actor_id, "")


def _requests(which: Any) -> list[Request]:
    query = (
        sa.select(Request)
        .where(which, Request.state.not_in(states.OVER))
        .order_by(Request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(model.Session.scalars(query))


def _move(request: Request, command: str, actor_id: str, words: str) -> None:
    facts = states.Facts(capacities=_OWNER, reason=True)
    book.move(request, book.step(request, command, facts), actor_id, words=words)


def _record(action: str, actor_id: str, row: Freeze, detail: dict[str, Any]) -> None:
    trail.record(
        action,
        actor_id=actor_id,
        object_type="dataset",
        object_id=row.dataset_id,
        unit_id=row.unit_id,
        detail={"freeze": row.id, "entry": row.entry_id, **detail},
    )


def follow(freeze_id: str) -> bool:
    """Tables and index, after the transaction; may be repeated; whether it is done."""
    row = model.Session.get(Freeze, freeze_id, populate_existing=True)
    if row is None:
        return True
    opened, seen = row.outcome == "open", row.lifted_at
    dataset_id, live = (
        row.dataset_id,
        [k for k, v in row.releases.items() if v == "live"],
    )
    try:
        if opened:
            for release_id in live:
                release.settle(release_id)
        else:
            release.withdraw_tables(dataset_id)
            search.rebuild(dataset_id)
    except Exception as error:  # noqa: BLE001 - closed it is; the clock tries again
        model.Session.rollback()
        log.warning("Freeze %s does not settle: %s", freeze_id, type(error).__name__)
        return False
    model.Session.execute(
        sa.update(Freeze)
        .where(Freeze.id == freeze_id, Freeze.lifted_at.is_not_distinct_from(seen))
        .values(settled_at=sa.func.now())
    )
    model.Session.commit()
    return True


def settle() -> int:
    """Go on where something was not there; how many are done."""
    waiting = model.Session.scalars(
        sa.select(Freeze.id).where(Freeze.settled_at.is_(None))
    ).all()
    return sum(follow(freeze_id) for freeze_id in waiting)
