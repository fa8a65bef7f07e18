"""Giving a command: check access, lock, ask the table, save, record, commit.

One way for all commands, so that each is given exactly once, by who may, with its
event and its audit record in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.requests import (
    aside,
    book,
    naming_persons,
    renewals_apply,
    showing,
    states,
    who,
)
from ckanext.edudata.requests.model import Request
from ckanext.edudata.units import people

Change = Callable[[Request], dict[str, Any]]
"""Puts what came with a command into the application; returns more facts, and under
`detail` what belongs into the event."""

GRANT_STATES = {
    "freeze": "frozen",
    "unfreeze": "active",
    "revoke": "revoked",
    "end": "ended",
    "expire": "expired",
}


def execute(
    context: Context, data_dict: DataDict, command: str, change: Change | None = None
) -> dict[str, Any]:
    """Give a command on an application.

    :param data_dict: `id`, and `version`, `words`, `reason` where given
    :returns: as `edudata_request_show`
    :raises ObjectNotFound: none that this person may know of
    :raises NotAuthorized: not by this person, in this state
    :raises ValidationError: not in this state, a stale page, words or fields missing
    """
    actor_id = people.actor_id(context)
    request = book.get(data_dict["id"], actor_id)
    try:
        tk.check_access(f"edudata_request_{command}", context, data_dict)
        book.lock(request)
        _fresh(request, data_dict.get("version"))
        book.let_time_pass(request)
        reason, words = aside.reasoned(request, command, data_dict)
        extra = change(request) if change else {}
        detail = extra.pop("detail", {})
        known = {**showing.circumstances(request), "reason": bool(words), **extra}
        facts = who.facts(request, actor_id, **known)
        transition = book.step(request, command, facts)
        move = aside.note if command in states.BESIDE else book.move
        move(request, transition, actor_id, reason=reason, words=words, detail=detail)
        if request.state not in states.ASSIGNABLE:
            request.assigned_to = None
        _follow(context, request, transition)
        model.Session.commit()
    except tk.NotAuthorized:
        model.Session.rollback()
        _denied(command, actor_id, request)
        raise
    except Exception:
        model.Session.rollback()
        raise
    return showing.whole(request, actor_id)


def _fresh(request: Request, version: int | None) -> None:
    if version is not None and version != request.version:
        state = tk._(states.STATES[book.state_now(request)])
        raise tk.ValidationError(
            {
                "version": [
                    tk._(
                        "Somebody has decided meanwhile; the application is now in "
                        "the state “{state}”. Look at it again."
                    ).format(state=state)
                ]
            }
        )


def _follow(context: Context, request: Request, done: states.Transition) -> None:
    """What follows from a step, in the same transaction."""
    inner: Any = {**_internal(context), "defer_commit": True}
    at_once = tk.config["ckanext.edudata.requests.provision_at_once"]
    if done.target == "approved" and at_once:
        facts = states.Facts(capacities=frozenset({"unit"}))
        done = book.step(request, "provision", facts)
        book.move(request, done, None)
    if done.command == "provision":
        decided = request.decided or {}
        tk.get_action("edudata_grant_create")(
            inner,
            {
                "request_id": request.id,
                "request_number": request.number,
                "user_id": request.user_id,
                "resource_id": request.resource_id,
                "fields": decided["fields"],
                "rows": decided["rows"],
                "way": decided["way"],
                "quota_rows": decided["quota_rows"],
                "quota_calls": decided.get("quota_calls"),
                "applicant_kind": request.applicant_kind,
                "persons": naming_persons.to_begin_with(request),
                "purpose": request.form.get("purpose"),
                "agreement": request.agreed_terms,
                "starts": book.now(),
                "until": book.granted_until(request),
            },
        )
        naming_persons.provisioned(inner, request)
    elif done.command in GRANT_STATES:
        tk.get_action("edudata_grant_move")(
            inner, {"request_id": request.id, "state": GRANT_STATES[done.command]}
        )
    renewals_apply.settle(request)


def _internal(context: Context) -> dict[str, Any]:
    return {"ignore_auth": True, "user": context.get("user") or ""}


def _denied(command: str, actor_id: str | None, request: Request) -> None:
    trail.record_apart(
        f"request_{command}",
        actor_id=actor_id,
        object_type="request",
        object_id=request.id,
        unit_id=request.unit_id,
        outcome="denied",
    )
