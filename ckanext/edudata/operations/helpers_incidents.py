"""What the pages of incidents need."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations import incident_rules


def edudata_incident_choices(name: str) -> list[tuple[str, str]]:
    """Choices of a form, in words: of `KINDS`, `LEVELS` or `NOTED`."""
    found: dict[str, str] = getattr(incident_rules, name)
    return [(key, tk._(label)) for key, label in found.items()]
