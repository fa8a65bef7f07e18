"""What the pages of the catalog for units show in words."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user

from ckanext.edudata import web
from ckanext.edudata.units import people, who_may


def edudata_resource_catalog_field(name: str) -> dict[str, Any]:
    """A field of entries, as the schema has it."""
    schema = tk.h.scheming_get_dataset_schema("entry")
    return tk.h.scheming_field_by_name(schema["dataset_fields"], name) or {}


def edudata_resource_catalog_label(name: str) -> str:
    """What a field of entries is called."""
    field = edudata_resource_catalog_field(name)
    return tk.h.scheming_language_text(field.get("label") or name)


def edudata_resource_catalog_words(name: str, value: str) -> str:
    """A stored value in words; codes that the list does not have are left out."""
    field = edudata_resource_catalog_field(name)
    choices = tk.h.scheming_field_choices(field) if field else None
    if not choices:
        return value
    if value not in [choice["value"] for choice in choices]:
        return ""
    return str(tk.h.scheming_choices_label(choices, value))


def edudata_reads_catalog() -> bool:
    """Whether the person may look into the catalog for units."""
    return not current_user.is_anonymous and people.holds(
        current_user.id, who_may.roles_for("catalog_read"), None
    )


def edudata_resource_catalog_hint(entry_id: str) -> dict[str, Any]:
    """Who sees an entry in the catalog for units, and why others do not."""
    return web.call("edudata_resource_catalog_hint", id=entry_id)
