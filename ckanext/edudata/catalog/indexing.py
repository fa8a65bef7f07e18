"""What the search index learns of packages."""

from __future__ import annotations

import json
from typing import Any

from ckanext.edudata.units import tree


def before_index(document: dict[str, Any]) -> dict[str, Any]:
    """Make labels and names of information items searchable."""
    words: list[str] = []
    for items in document.pop("res_extras_information_items", None) or []:
        for item in _items(items):
            words.extend(filter(None, [item.get("name"), item.get("label")]))
    if words:
        document["extras_information_items"] = " ".join(dict.fromkeys(words))
    document[tree.INDEXED] = tree.with_superiors(document.get("owner_org") or "")
    return document


def before_search(parameters: dict[str, Any]) -> dict[str, Any]:
    """Leave stopped datasets out of lists unless they are asked for."""
    fq = parameters.get("fq") or ""
    asked = [fq, *(parameters.get("fq_list") or [])]
    if not any("opening_state" in part or part.startswith("id:") for part in asked):
        parameters["fq"] = f"{fq} -opening_state:stopped".strip()
    return parameters


def _items(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return [item for item in value or [] if isinstance(item, dict)]
