"""A template's row as it is for one unit, and what changed in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Stands in a title or summary for the unit's name.
UNIT = ("{单位}", "{学校}", "{unit}")
ANSWERS = ("confirm", "correct", "none", "keep")
STATES = {
    "waiting": "Not answered yet",
    "confirmed": "Confirmed",
    "corrected": "Corrected",
    "none": "Not there",
}
#: Words that a unit's name is put into.
_WORDS = ("title", "notes")


def for_unit(content: Mapping[str, Any], unit: Mapping[str, Any]) -> dict[str, Any]:
    """Description of a row for a unit: its name in front of the title, its district.

    :param content: `{fields, items: [{name, items}]}`
    :param unit: `{id, title, district}`
    :returns: `{fields, resources}`, as an entry is made of it
    """
    fields = dict(content["fields"])
    for name in _WORDS:
        text = str(fields.get(name) or "")
        found = text
        for mark in UNIT:
            found = found.replace(mark, unit["title"])
        if name == "title" and found == text and not text.startswith(unit["title"]):
            found = f"{unit['title']}{text}"
        if found:
            fields[name] = found
    if not fields.get("district") and unit.get("district"):
        fields["district"] = unit["district"]
    fields["owner_org"] = unit["id"]
    resources = [
        {"id": None, "name": file["name"] or fields["title"], "items": file["items"]}
        for file in content.get("files") or []
    ]
    return {"fields": fields, "resources": resources}


def changed(
    old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> list[tuple[str, Any, Any]]:
    """Fields of a row that differ: name, before, now; the items as one."""
    before = (old or {}).get("fields") or {}
    now = new["fields"]
    names = list(dict.fromkeys([*before, *now]))
    found = [
        (name, before.get(name) or "", now.get(name) or "")
        for name in names
        if (before.get(name) or "") != (now.get(name) or "")
    ]
    items_before, items_now = _items(old or {}), _items(new)
    if items_before != items_now:
        found.append(("information_items", items_before, items_now))
    return found


def _items(content: Mapping[str, Any]) -> str:
    return "、".join(
        str(item.get("label") or item.get("name"))
        for file in content.get("files") or []
        for item in file["items"]
    )


def tally(
    answers: Sequence[Mapping[str, Any]],
) -> dict[str, int]:
    """Numbers of a unit's answers: `{sent, waiting, confirmed, corrected, none,
    changed}`; `changed` are answered rows that the template changed since."""
    found = dict.fromkeys(("sent", *STATES, "changed"), 0)
    for answer in answers:
        found["sent"] += 1
        found[answer["state"]] += 1
        if answer["state"] != "waiting" and answer["seen_version"] < answer["version"]:
            found["changed"] += 1
    return found
