"""People named, for pages of applications."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.requests import (
    book,
    naming_persons,
    retention_applicants,
    words_applicants,
)
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests import profile_applicants as profile


def edudata_persons(application_id: str) -> dict[str, Any] | None:
    """People named in one's own application; None where one names nobody.

    :returns: `{application_id, results, standing, changes, decided, states, tones}`
    """
    parts = naming_persons.parts(application_id)
    mine = parts and parts[0].user_id == getattr(tk.current_user, "id", None)
    found = _found(application_id) if mine else None
    if found is None:
        return None
    if keeping.kind(parts[0].user_id) not in profile.BODIES and not found["results"]:
        return None
    now = [book.state_now(part) for part in parts]
    found["changes"] = bool(retention_applicants.RUNNING.intersection(now))
    found["decided"] = any(naming_persons.held(part) for part in parts)
    return found


def edudata_persons_of_part(request: dict[str, Any]) -> dict[str, Any] | None:
    """The same to those who decide about a part; `waits`: named after its decision.

    :param request: as `edudata_request_show`
    """
    found = _found(request["application_id"])
    if found is None:
        return None
    part = next(
        part
        for part in naming_persons.parts(request["application_id"])
        if part.id == request["id"]
    )
    reading = naming_persons.readers(part) if naming_persons.held(part) else None
    for person in found["results"]:
        unread = reading is not None and person["user_id"] not in reading
        person["waits"] = (
            unread
            and person["state"] == "confirmed"
            and web.may(
                "edudata_request_person_admit", id=person["id"], request_id=part.id
            )
        )
    return found


def edudata_named() -> int:
    """How many bodies wait for this person's answer."""
    if tk.current_user.is_anonymous:
        return 0
    return naming_persons.waiting(tk.current_user.id)


def _found(application_id: str) -> dict[str, Any] | None:
    try:
        results = web.call(
            "edudata_request_person_list",
            application_id=application_id,
            with_names=True,
        )
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None
    standing = [each for each in results if each["state"] in naming_persons.OPEN]
    return {
        "application_id": application_id,
        "results": results,
        "standing": len(standing),
        "states": words_applicants.PERSON_STATES,
        "tones": words_applicants.PERSON_TONES,
    }
