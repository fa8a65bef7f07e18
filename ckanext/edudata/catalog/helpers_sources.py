"""What entries and the desk show of one data, one source."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user

from ckanext.edudata import web
from ckanext.edudata.catalog import sources
from ckanext.edudata.units import people, who_may


def edudata_sources(entry_id: str) -> list[dict[str, Any]]:
    """Likely duplicates of an entry, and what was said of each."""
    return web.call("edudata_source_list", id=entry_id)


def edudata_source_decisions(entry_id: str) -> list[dict[str, Any]]:
    """What an authority decided of an entry when another unit had asked."""
    return web.call("edudata_source_decision_list", id=entry_id)


def edudata_source_cases(limit: int = 5) -> dict[str, Any]:
    """Doubtful cases that wait for the person's decision."""
    roles = who_may.roles_for("source_decide")
    if current_user.is_anonymous or not people.holds(current_user.id, roles, None):
        return {"count": 0, "results": []}
    return web.call("edudata_source_case_list", limit=limit)


def edudata_source_grounds(grounds: list[str]) -> list[str]:
    """Why two are likely duplicates, in words."""
    return [tk._(sources.GROUNDS[key]) for key in sources.GROUNDS if key in grounds]


def edudata_source_choices() -> list[dict[str, str]]:
    """What the compiler may say: `[{value, label}]`."""
    return [
        {"value": key, "label": tk._(words)} for key, words in sources.CHOICES.items()
    ]


def edudata_source_decision_words() -> dict[str, str]:
    """What the authority may decide, in words."""
    return {key: tk._(words) for key, words in sources.DECISIONS.items()}
