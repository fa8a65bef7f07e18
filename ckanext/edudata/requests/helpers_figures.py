"""Words and places of service figures on pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def edudata_service(unit_id: str) -> dict[str, Any] | None:
    """The newest year's figures of an owner that tell of decisions, None without."""
    try:
        found = tk.get_action("edudata_request_figures")({}, {"unit_id": unit_id})
    except tk.ObjectNotFound:
        return None
    return next((row for row in found["figures"] if row["decisions"]), None)


def edudata_share(share: dict[str, Any] | None) -> str:
    """A share in words."""
    if not share:
        return ""
    words = {
        "exact": "{percent}%",
        "least": tk._("{percent}% or more"),
        "most": tk._("{percent}% or less"),
    }
    return words[share["bound"]].format(percent=share["percent"])


def edudata_days(days: float | None) -> str:
    """Working days in words."""
    if days is None:
        return ""
    if days < 1:
        return tk._("within the day")
    number = int(days) if days == int(days) else days
    return tk._("{days} working days").format(days=number)
