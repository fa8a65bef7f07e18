"""The form of an entry: sections in a clerk's order, Article 27 as questions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.catalog import permitted
from ckanext.edudata.opening import classes

NEEDED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "What it is",
        ("title", "notes", "owner_org", "subject_database", "update_cycle"),
    ),
    (
        "May it be opened to society?",
        (
            "opening_class",
            "opening_ground",
            "opening_basis",
            "opening_condition",
            "open_list_publishable",
            "open_list_reason",
        ),
    ),
    (
        "May other units share it?",
        ("sharing_class", "sharing_reason", "sharing_basis"),
    ),
    ("Class and grade", ("data_class", "data_grade")),
    ("Declaration", ("no_state_secret",)),
)
"""What every clerk fills in, by sections."""

MORE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Category and range",
        (
            "keywords",
            "category",
            "business_domain",
            "school_stage",
            "district",
            "spatial_coverage",
            "temporal_start",
            "temporal_end",
            "data_format",
            "source",
            "related_resources",
        ),
    ),
    ("How it is opened", ("opening_way", "opening_plan_date", "license_id")),
    (
        "How it is shared among units",
        ("sharing_scope", "sharing_units", "sharing_way", "sharing_condition"),
    ),
    ("Office to turn to", ("contact_office", "contact_phone", "contact_email")),
)
"""What makes the description complete and may wait."""


def _fields() -> dict[str, dict[str, Any]]:
    schema = tk.h.scheming_get_dataset_schema("entry")
    return {field["field_name"]: field for field in schema["dataset_fields"]}


def edudata_entry_sections(more: bool = False) -> list[dict[str, Any]]:
    """The entry form by sections: `[{title, fields}]`.

    :param more: those that may wait; a field that no section names is among them
    """
    fields = _fields()
    parts = {
        kind: [
            {
                "title": tk._(title),
                "fields": [fields.pop(name) for name in names if name in fields],
            }
            for title, names in sections
        ]
        for kind, sections in ((False, NEEDED), (True, MORE))
    }
    rest = [
        field for field in fields.values() if field.get("form_snippet", "") is not None
    ]
    if rest:
        parts[True].append({"title": tk._("More"), "fields": rest})
    return parts[more]


def edudata_entry_shown_sections(pkg: dict[str, Any]) -> list[dict[str, Any]]:
    """What an entry's page shows: `[{title, fields}]`, filled fields only."""
    fields = _fields()
    found = [
        {
            "title": section["title"],
            "fields": [
                field
                for field in section["fields"]
                if field.get("display_snippet", "") is not None
                and field["field_name"] not in ("title", "notes")
                and pkg.get(field["field_name"])
            ],
        }
        for section in (*edudata_entry_sections(), *edudata_entry_sections(more=True))
    ]
    if pkg.get("resource_code"):
        found[0]["fields"].insert(0, fields["resource_code"])
    return [section for section in found if section["fields"]]


def edudata_entry_filled(data: dict[str, Any]) -> int:
    """How many of the fields that may wait are filled."""
    return sum(bool(data.get(name)) for _, names in MORE for name in names)


def edudata_entry_more_wrong(errors: dict[str, Any]) -> bool:
    """Whether something is wrong among the fields that may wait."""
    return any(name in errors for _, names in MORE for name in names)


def edudata_opening_answers(data: dict[str, Any]) -> dict[str, str]:
    """Answers to the questions of Article 27: as typed, else as the class says."""
    if "questions" in data:
        return {
            name: str(data.get(f"opening_{name}") or "")
            for name in ("law", "privacy", "demand")
        }
    return classes.answers(data.get("opening_class"), data.get("opening_ground"))


def edudata_opening_limits(entry_id: str | None) -> dict[str, str]:
    """What the check of the files says: `{permitted, words}`, empty where not known."""
    if not entry_id:
        return {}
    found = permitted.by_check(model.Package.get(entry_id))
    if found is None:
        return {}
    words = {
        classes.UNCONDITIONAL: tk._(
            "The check found nothing in the files that speaks against opening."
        ),
        classes.CONDITIONAL: tk._(classes.LIMITS["check_conditional"]),
        classes.NOT_OPEN: tk._(classes.LIMITS["check_not_open"]),
    }
    return {"permitted": found, "words": words[found]}


def edudata_opening_why(pkg: dict[str, Any]) -> str:
    """Why an entry has its opening class."""
    ground = pkg.get("opening_ground") or ""
    return tk._(classes.WHY[ground]) if ground in classes.WHY else ""


def edudata_opening_against(pkg: dict[str, Any]) -> str:
    """What check or grade say against the class that an entry has, in words."""
    against = classes.limit(
        pkg.get("opening_class"),
        pkg.get("opening_ground"),
        permitted.by_check(model.Package.get(pkg["id"])),
        pkg.get("data_grade"),
    )
    if not against or (against == "no_personal" and pkg.get("opening_basis")):
        return ""
    return tk._(classes.LIMITS[against])


def edudata_sharing_unbacked(pkg: dict[str, Any]) -> bool:
    """Whether a closer sharing class has no reason or no basis (Art. 23)."""
    return pkg.get("sharing_class") in ("authorized", "not_shared") and not (
        pkg.get("sharing_reason") and pkg.get("sharing_basis")
    )
