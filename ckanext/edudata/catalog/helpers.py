"""What the pages of entries show: labels, forms' sections, progress, differences."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user

from ckanext.edudata.catalog import content, steps
from ckanext.edudata.catalog.states import LABELS, TRANSITIONS
from ckanext.edudata.opening.classes import NOT_OPEN, allowed
from ckanext.edudata.units import people, who_may

_TONES = {
    "draft": "secondary",
    "submitted": "primary",
    "security_review": "primary",
    "returned": "warning",
    "approved": "info",
    "released": "success",
}


def edudata_entry_state(state: str) -> dict[str, str]:
    """Label and Bootstrap tone of a state."""
    return {"label": tk._(LABELS[state]), "tone": _TONES[state]}


def edudata_entry_command(command: str) -> str:
    """Label of a command."""
    return tk._(TRANSITIONS[command].label)


def edudata_compiled_units() -> list[dict[str, Any]]:
    """Units that the person compiles for, in the tree's order."""
    if current_user.is_anonymous:
        return []
    mine = people.all_units_where(current_user.id, who_may.roles_for("entry_compile"))
    tree = tk.get_action("edudata_unit_tree")({}, {})
    units = [unit for unit in tree if unit["id"] in mine]
    top = min((unit["depth"] for unit in units), default=0)
    return [{**unit, "depth": unit["depth"] - top} for unit in units]


def edudata_unit_title(unit_id: str | None) -> str:
    """Title of a unit, empty where there is none."""
    tree = tk.get_action("edudata_unit_tree")({}, {})
    return next((unit["title"] for unit in tree if unit["id"] == unit_id), "")


def edudata_compiles() -> bool:
    """Whether the person compiles for some unit."""
    return not current_user.is_anonymous and people.holds(
        current_user.id, who_may.roles_for("entry_compile"), None
    )


def edudata_kept_resources(pkg: dict[str, Any]) -> list[dict[str, Any]]:
    """Files of an entry that are meant to be released."""
    found = pkg.get("resources", [])
    return [item for item in found if not tk.asbool(item.get("not_released"))]


def edudata_may_lack_files(pkg: dict[str, Any]) -> bool:
    """Whether its description alone can be submitted."""
    return content.may_lack_files(pkg)


def edudata_entry_steps(pkg: dict[str, Any], entry: dict[str, Any]) -> list[Any]:
    """The step line of an entry: `[{label, status}]`."""
    kept = edudata_kept_resources(pkg)
    checks = {check["resource_id"]: check for check in entry["checks"]}
    checked = steps.is_checked(kept, checks, pkg["id"])
    return [
        {"label": tk._(step.label), "status": step.status}
        for step in steps.line(entry["state"], files=len(kept), checked=checked)
    ]


def edudata_too_open(pkg: dict[str, Any], check: dict[str, Any] | None) -> bool:
    """Whether the class asked for is looser than a file's verdict permits."""
    if not check or check["state"] != "done" or pkg["opening_class"] == NOT_OPEN:
        return False
    return not allowed(pkg["opening_class"], check["permits"] or NOT_OPEN)


def edudata_worded(field: dict[str, Any], value: Any) -> str:
    """A stored value in the words of its field."""
    if value in (None, ""):
        return "—"
    if field["field_name"] == "owner_org":
        return edudata_unit_title(value)
    if field["field_name"] == "sharing_units":
        return "、".join(filter(None, map(edudata_unit_title, value)))
    if isinstance(value, list):
        return "、".join(str(part) for part in value)
    choices = tk.h.scheming_field_choices(field)
    if choices:
        return str(tk.h.scheming_choices_label(choices, value))
    return str(value)


def edudata_moment(value: str | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment (ISO 8601) by the portal's clock; without an offset it is UTC.

    CKAN's `render_datetime` leaves moments that have an offset as they are.
    """
    if not value:
        return ""
    moment = datetime.datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.astimezone(tk.h.get_display_timezone()).strftime(form)
