"""What the pages of catalogs show in words, and what the desk shows of them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user

from ckanext.edudata.catalog import scope_view, waiting_catalogs
from ckanext.edudata.catalog import showing_catalogs as showing
from ckanext.edudata.catalog import states_catalogs as states

_ONE = {
    "unit_title": "Unit",
    "tables": "Information items",
}
_RECORDS = {
    "prepare": "Prepared",
    "submit": "Submitted to the level",
    "withdraw": "Taken back by the unit",
    "return": "Returned to the unit",
    "take": "Taken into the level’s catalog",
    "put_back": "Out of the level’s catalog again",
    "publish_with": "Published with the level’s catalog",
    "consolidate": "Consolidated",
    "merge": "Merged",
    "ask_consent": "Put before the leader",
    "recall": "Taken back from the leader",
    "consent": "The leader consented",
    "refuse": "The leader did not consent",
    "publish": "Published",
}


def edudata_catalog_state(state: str) -> dict[str, str]:
    """Label and tone of a catalog's state."""
    return {"label": tk._(states.STATES[state]), "tone": states.TONES[state]}


def edudata_catalog_stand(stand: str) -> dict[str, str]:
    """Label and tone of where a unit stands."""
    tones = {"missing": "secondary", "outdated": "warning"}
    return {
        "label": tk._(showing.STANDS[stand]),
        "tone": tones.get(stand) or states.TONES[stand],
    }


def edudata_catalog_scope(scope: str) -> str:
    """Which catalog it is."""
    return tk._(states.SCOPES[scope])


def edudata_catalog_title(catalog: dict[str, Any]) -> str:
    """Title of a catalog, with the unit's name as it was then."""
    if catalog["scope"] == states.CITY:
        return tk._("Catalog of Shanghai education data resources")
    return tk._("Catalog of education data resources of {unit}").format(
        unit=catalog["unit_title"]
    )


def edudata_catalog_version(catalog: dict[str, Any]) -> str:
    """Year and sequence of a catalog in words."""
    return tk._("Version {n} of {year}").format(
        n=catalog["sequence"], year=catalog["year"]
    )


def edudata_catalog_command(command: str) -> str:
    """Label of a command."""
    return tk._(states.COMMANDS[command].label)


def edudata_catalog_record(command: str) -> str:
    """What was done, in the history of a catalog."""
    return tk._(_RECORDS[command])


def edudata_catalog_label(name: str) -> str:
    """What a field of a line is called."""
    if name in _ONE:
        return tk._(_ONE[name])
    return tk.h.edudata_resource_catalog_label(name)


def edudata_catalog_words(name: str, value: Any) -> str:
    """A field of a line in words."""
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        return tk._(", ").join(str(part) for part in value)
    if name not in scope_view.CODED:
        return str(value)
    return tk.h.edudata_resource_catalog_words(name, str(value)) or str(value)


def edudata_catalogs_waiting() -> list[dict[str, Any]]:
    """What of catalogs waits for the person: `[{label, count, url, title}]`."""
    if current_user.is_anonymous:
        return []
    return waiting_catalogs.of_person(current_user.id)
