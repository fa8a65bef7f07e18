"""Taking a dataset from the public at once, and giving it back.

A frozen version stands as a stopped one, which is what every path to data asks for;
what it was before stands in the freeze. Each function works in the
caller's transaction.
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.opening import door
from ckanext.edudata.opening.model import Release
from ckanext.edudata.opening.model_freezes import Freeze
from ckanext.edudata.units import people

REASON = (
    "Suspended while the security of these data is looked into. Afterwards they are "
    "opened again or stopped for good."
)
FROZEN = (
    "This dataset is frozen because of an incident. Nothing of it is released until a "
    "second person lifts the freeze."
)


def one_at_a_time(dataset_id: str) -> None:
    """Nobody releases, stops, freezes or lifts the dataset beside this transaction."""
    transactions.one_at_a_time(f"edudata_freeze:{dataset_id}")


def in_force(dataset_id: str, *, lock: bool = False) -> Freeze | None:
    """The freeze of a dataset that nobody has lifted yet."""
    query = sa.select(Freeze).where(
        Freeze.dataset_id == dataset_id, Freeze.lifted_at.is_(None)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return model.Session.scalar(query)


def refuse(dataset_id: str) -> None:
    """Let nothing out of a frozen dataset, in the open transaction.

    :raises ValidationError: it is frozen
    """
    one_at_a_time(dataset_id)
    if in_force(dataset_id) is not None:
        raise tk.ValidationError({"freeze": [tk._(FROZEN)]})


def hold(dataset_id: str, reason: str) -> tuple[Release, dict[str, str]]:
    """Close all versions; the one that was open, and what state each was in.

    :param reason: as the public reads it

    :raises ValidationError: nothing of it is open
    """
    rows = list(
        model.Session.scalars(
            sa.select(Release)
            .where(Release.dataset_id == dataset_id)
            .order_by(Release.version)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    before = {row.id: row.state for row in rows}
    live = next((row for row in rows if row.state == "live"), None)
    if live is None:
        raise tk.ValidationError({"dataset_id": [tk._("Nothing of this is open now.")]})
    now = model.Session.scalar(sa.select(sa.func.clock_timestamp()))
    for row in rows:
        if row.state != "stopped":
            row.state, row.stopped_at = "stopped", now
    closed(live, reason)
    return live, before


def closed(live: Release, reason: str) -> None:
    """Let the page say that nothing is open, and why."""
    _write(
        {
            **live.dataset,
            "resources": [],
            "opening_state": "stopped",
            "stop_reason": reason,
        }
    )


def give_back(row: Freeze) -> Release:
    """Open the versions as they were before; the one in force."""
    live = None
    for release in model.Session.scalars(
        sa.select(Release)
        .where(Release.id.in_(list(row.releases)))
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        release.state = row.releases[release.id]
        if release.state != "stopped":
            release.stopped_at = None
        if release.state == "live":
            # The tables go back under their public ids as after a release.
            live, release.settled_at = release, None
    if live is None:
        raise tk.ValidationError({"dataset_id": [tk._("Nothing of this is open now.")]})
    _write(dict(live.dataset))
    return live


def stopped_within(dataset_id: str) -> tuple[Freeze, Release] | None:
    """Let a frozen dataset be stopped for good: lifting opens nothing then.

    :returns: the freeze and the version that had been open; None where none is in force
    """
    row = in_force(dataset_id, lock=True)
    if row is None or row.final:
        return None
    live_id = next(key for key, state in row.releases.items() if state == "live")
    live = model.Session.get_one(Release, live_id)
    row.final = True
    return row, live


def _write(metadata: dict[str, object]) -> None:
    context = people.system_context(defer_commit=True, return_id_only=True)
    with door.opened(str(metadata["id"])):
        tk.get_action("package_update")(context, metadata)
