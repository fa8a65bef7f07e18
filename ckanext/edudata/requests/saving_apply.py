"""Saving and submitting all draft parts of an application at once."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import DataDict

from ckanext.edudata import transactions
from ckanext.edudata.requests import (
    book,
    drafts_apply,
    filling_apply,
    forms,
    renewals_apply,
    who,
)
from ckanext.edudata.requests.forms import Problem
from ckanext.edudata.requests.model import Application, Request

STALE = (
    "This draft was changed meanwhile, perhaps in another window. What you typed is "
    "still here: save it once more to keep this, or open the draft as it was saved."
)
CLOSED = Problem("These data are no longer open. Take them out of the application.")


def save(
    user_id: str, data_dict: DataDict, *, submits: bool
) -> tuple[Application, dict[str, Any]]:
    """Save what was typed into the draft parts; with *submits*, send them, all or none.

    :returns: the application, and what was left out as wrong (only where `partial`)
    :raises ValidationError: by field; of one part's own fields under `parts`
    """
    with transactions.whole():
        application = drafts_apply.locked(data_dict["id"], user_id)
        version = data_dict.get("version")
        if version is not None and version != application.version:
            raise tk.ValidationError({"version": [tk._(STALE)]})
        parts = drafts_apply.drafts(application)
        before = [_state(part) for part in parts]
        told = _fill(parts, data_dict, submits)
        problems = _by_field(told)
        if problems and (submits or not data_dict.get("partial")):
            raise tk.ValidationError(problems)
        changed = [
            part for part, was in zip(parts, before, strict=True) if _state(part) != was
        ]
        if submits:
            _send(parts, user_id)
        else:
            _move(changed, "update", user_id)
        if submits or changed:
            application.version += 1
    return application, problems


def _state(part: Request) -> tuple[Any, ...]:
    return part.form, part.applicant_kind, part.acceptance_id


def _fill(
    parts: list[Request], data_dict: DataDict, submits: bool
) -> list[dict[str, Problem]]:
    """Problems of each part."""
    own = {each.get("id"): each for each in data_dict.get("parts") or []}
    if set(own) - {part.id for part in parts}:
        words = tk._("There is no such part of the application.")
        raise tk.ValidationError({"parts": [words]})
    common = {
        name: value
        for name, value in data_dict.items()
        if name in (*forms.COMMON, "agreed", "agreed_name")
    }
    signing = filling_apply.agree(parts, common)
    told = []
    for part in parts:
        given = {**common, **own.get(part.id, {})}
        try:
            data = filling_apply.released(part.resource_id)
        except tk.ObjectNotFound:
            told.append({"resource_id": CLOSED} if submits else {})
            continue
        problems = {**filling_apply.fill(part, given, data), **signing}
        if submits:
            wanted = filling_apply.unfinished(part, data, common)
            problems = {**wanted, **problems}
            filling_apply.seal_off(part, data)
        told.append(problems)
    return told


def _by_field(told: list[dict[str, Problem]]) -> dict[str, Any]:
    """CKAN's errors: of common fields once, of the parts' own in their order."""
    shared = (*forms.COMMON, "applicant_kind", "agreed", "agreed_name")
    common: dict[str, Problem] = {}
    own: list[dict[str, Any]] = []
    for problems in told:
        common |= {name: each for name, each in problems.items() if name in shared}
        rest = {name: each for name, each in problems.items() if name not in shared}
        own.append(book.in_words(rest))
    found = book.in_words(common)
    return {**found, "parts": own} if any(own) else found


def _send(parts: list[Request], user_id: str) -> None:
    for part in parts:
        renewals_apply.sent(part)
    _move(parts, "submit", user_id, complete=True, agreed=True)


def _move(parts: list[Request], command: str, user_id: str, **known: bool) -> None:
    for part in parts:
        facts = who.facts(part, user_id, **known)
        book.move(part, book.step(part, command, facts), user_id)
