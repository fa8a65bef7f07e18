"""What is typed of an incident: when, and words without personal data."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations import incidents

WORDS = 10_000


def moment(given: Any, field: str) -> datetime.datetime:
    """A moment as typed, where the portal is, if it names no other place.

    :raises ValidationError: none, or one that is still to come
    """
    try:
        found = datetime.datetime.fromisoformat(
            str(given).strip().replace("Z", "+00:00")
        )
    except ValueError:
        words = tk._("Give day and time, as 2026-03-01 09:30.")
        raise tk.ValidationError({field: [words]}) from None
    if found.tzinfo is None:
        zone: Any = tk.h.get_display_timezone()
        localize = getattr(zone, "localize", None)
        found = localize(found) if localize else found.replace(tzinfo=zone)
    if found > incidents.now() + datetime.timedelta(minutes=5):
        raise tk.ValidationError({field: [tk._("This is still to come.")]})
    return found


def day(given: Any, field: str) -> datetime.date:
    """A day as typed, not one to come.

    :raises ValidationError: none, or one that is still to come
    """
    try:
        found = datetime.date.fromisoformat(str(given).strip())
    except ValueError:
        raise tk.ValidationError({field: [tk._("Give a day.")]}) from None
    if found > incidents.now().date() + datetime.timedelta(days=1):
        raise tk.ValidationError({field: [tk._("This is still to come.")]})
    return found


def checked(texts: dict[str, str]) -> dict[str, str]:
    """Words as they are kept.

    :raises ValidationError: too long, or personal data are in them
    """
    found = {key: text.strip() for key, text in texts.items()}
    errors: dict[str, Any] = {}
    for key, text in found.items():
        if len(text) > WORDS or "\x00" in text:
            words = tk._("At most {n} characters, and none that cannot be written.")
            errors[key] = [words.format(n=WORDS)]
    if errors:
        raise tk.ValidationError(errors)
    for key, text in found.items():
        verdict = (
            text
            and tk.get_action("edudata_words_check")(
                {"ignore_auth": True}, {"texts": {key: text}}
            )["verdict"]
        )
        if verdict == "blocked":
            words = tk._(
                "There are personal data in it. An incident is told without them: name "
                "accounts by their account name, people by how many they are."
            )
            errors[key] = [words]
    if errors:
        raise tk.ValidationError(errors)
    return found
