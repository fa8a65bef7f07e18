"""What desk and check page show of rule sets, and of what new rules found."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.desensitization import verdict
from ckanext.edudata.desensitization.entities import ENTITIES


def edudata_ruleset_staged() -> dict[str, Any] | None:
    """How far a staged rule set is, for those who may know; None while there is none.

    :returns: see `edudata_ruleset_show`
    """
    if not web.may("edudata_ruleset_show"):
        return None
    found = web.call("edudata_ruleset_show")
    return found if found["staged"] else None


def edudata_rereads(resource_id: str | None = None) -> list[dict[str, Any]]:
    """What new rules found in released data of one's units, in words.

    :param resource_id: only what comes from this file, or this entry's description
    :returns: as `edudata_reread_list`, with `what`: names of what was found
    """
    if not web.may("edudata_reread_list"):
        return []
    asked = {"resource_id": resource_id} if resource_id else {}
    return [
        {**found, "what": _what(found)}
        for found in web.call("edudata_reread_list", **asked)
    ]


def _what(found: dict[str, Any]) -> list[str]:
    if found["verdict"] == "unreadable":
        return [tk._("Could not be read")]
    entities = [
        tk._(ENTITIES[entity].label) if entity in ENTITIES else entity
        for entity in found["entities"]
    ]
    grounds = [tk._(verdict.GROUNDS[code]) for code in found["grounds"]]
    return entities or grounds
