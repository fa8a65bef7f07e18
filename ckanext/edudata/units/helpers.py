"""Words of units and roles."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.units import who_may


def edudata_role_label(role: str) -> str:
    """Name of a role."""
    return tk._(who_may.ROLES[role].label)


def edudata_all_units() -> list[dict[str, Any]]:
    """All units, each after the one above it."""
    return tk.get_action("edudata_unit_tree")({}, {})
