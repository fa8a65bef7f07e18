"""A reviewer's standing approval: whether an entry releases by itself."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.exc import IntegrityError

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import states
from ckanext.edudata.opening import classes
from ckanext.edudata.opening.model import Release
from ckanext.edudata.opening.model_by_itself import ByItself

_REFUSALS = {
    "draft": "Release the entry as it is now first; then it can go on by itself.",
    "not_open": "This entry is classed not open",
    "security": states.NEEDS_SECURITY,
    "own": "Nobody reviews what they compiled. Ask another reviewer.",
}


def of_entry(entry_id: str) -> ByItself | None:
    """The standing approval in force, None where there is none."""
    return model.Session.scalar(
        sa.select(ByItself).where(
            ByItself.entry_id == entry_id, ByItself.ended_at.is_(None)
        )
    )


def live(entry_id: str) -> Release | None:
    """The version of an entry that is open now."""
    return model.Session.scalar(
        sa.select(Release)
        .where(Release.entry_id == entry_id, Release.state == "live")
        .order_by(Release.version.desc())
        .limit(1)
    )


def refusal(entry: dict[str, Any], actor_id: str | None) -> str | None:
    """Why an entry cannot be let release by itself by this person, as a message id.

    :param entry: as `edudata_entry_show` returns it
    """
    if entry["state"] != "released" or live(entry["id"]) is None:
        return _REFUSALS["draft"]
    if entry["content"]["opening_class"] == classes.NOT_OPEN:
        return _REFUSALS["not_open"]
    if entry["needs_security"]:
        return _REFUSALS["security"]
    compilers = tk.get_action("edudata_entry_compiler_list")(
        {"ignore_auth": True}, {"id": entry["id"]}
    )
    if actor_id is None or actor_id in compilers:
        return _REFUSALS["own"]
    return None


def start(entry: dict[str, Any], actor_id: str) -> None:
    """Let an entry release by itself from now on, on record.

    :raises ValidationError: it does so already
    """
    row = ByItself(
        entry_id=entry["id"],
        opening_class=entry["content"]["opening_class"],
        switched_by=actor_id,
    )
    model.Session.add(row)
    try:
        model.Session.flush()
    except IntegrityError:
        model.Session.rollback()
        raise tk.ValidationError(
            {"id": [tk._("This entry releases by itself already")]}
        ) from None
    trail.record(
        "by_itself_start",
        actor_id=actor_id,
        object_type="entry",
        object_id=entry["id"],
        unit_id=entry["unit_id"],
        detail={"approval": row.id, "class": row.opening_class},
    )
    model.Session.commit()


def end(entry_id: str, cause: str, actor_id: str | None, unit_id: str | None) -> bool:
    """End a standing approval in the caller's transaction; whether there was one."""
    row = model.Session.scalar(
        sa.select(ByItself)
        .where(ByItself.entry_id == entry_id, ByItself.ended_at.is_(None))
        .with_for_update()
    )
    if row is None:
        return False
    row.ended_by, row.end_cause = actor_id, cause
    row.ended_at = model.Session.scalar(sa.select(sa.func.now()))
    trail.record(
        "by_itself_end",
        actor_id=actor_id,
        object_type="entry",
        object_id=entry_id,
        unit_id=unit_id,
        detail={"approval": row.id, "cause": cause},
    )
    return True
