"""The rule set in force: a stored fact, switched on record.

The rules that come with the code are *staged* while their id is another one. The door
takes clearances of both: the promise is kept by those under the rule set in force, and
what was added since can only be read by the code there is. Where the code's rules have
read a content, they have the last word on it, so that nothing goes out on an old
clearance of which something is known by now.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization import ruleset
from ckanext.edudata.desensitization.model import Clearance, RulesetSwitch

_KEY = "edudata_ruleset"


def code() -> str:
    """Id of the rules that came with the code."""
    return ruleset.RULESET


def in_force() -> str:
    """Id of the rule set in force; before the first check, that of the code."""
    last = last_switch()
    return last.ruleset if last else _before_the_first()


def staged() -> bool:
    """Whether the code's rules wait for `ckan edudata recheck`."""
    return code() != in_force()


def accepted() -> list[str]:
    """Rule sets whose clearances the door takes, the one with the last word first."""
    return list(dict.fromkeys([code(), in_force()]))


def last_switch() -> RulesetSwitch | None:
    return model.Session.scalar(
        sa.select(RulesetSwitch).order_by(RulesetSwitch.number.desc()).limit(1)
    )


def adopt() -> None:
    """Put a first rule set in force, in the caller's transaction; once.

    A fresh site takes that of the code. One that gave clearances before this was
    stored takes that of its last clearance.
    """
    if last_switch() is not None:
        return
    _lock("pg_advisory_xact_lock")
    if last_switch() is None:
        put_in_force(_before_the_first(), None, {"first": True})


def put_in_force(wanted: str, actor_id: str | None, detail: dict[str, Any]) -> None:
    """Note a switch and put it on record, in the caller's transaction."""
    model.Session.add(RulesetSwitch(ruleset=wanted, switched_by=actor_id))
    trail.record(
        "ruleset_switch",
        actor_id=actor_id,
        object_type="ruleset",
        object_id=wanted,
        detail=detail,
    )


def hold() -> None:
    """Keep the rule set in force from being switched until this transaction ends.

    A release asks for its clearances and is written in one transaction: it is either
    seen by the recheck before the switch, or judged by the rules after it.
    """
    _lock("pg_advisory_xact_lock_shared")


def try_exclusive() -> bool:
    """Whether nobody holds the rule set now; then nobody will before this
    transaction ends."""
    return bool(_lock("pg_try_advisory_xact_lock"))


def _lock(function: str) -> Any:
    return model.Session.scalar(
        sa.text(f"SELECT {function}(hashtext(:key))"),
        {"key": _KEY},
    )


def _before_the_first() -> str:
    earlier = model.Session.scalar(
        sa.select(Clearance.ruleset)
        .where(Clearance.withdrawn_at.is_(None))
        .order_by(Clearance.given_at.desc())
        .limit(1)
    )
    return earlier or code()
