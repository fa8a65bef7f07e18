"""For templates: the units whose questions this person writes."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.edudata.units import naming, people, who_may


def edudata_unit_forms() -> dict[str, str]:
    """Units with a role of this person that may change what applicants are asked.

    :returns: title by id; not those below them
    """
    if tk.current_user.is_anonymous:
        return {}
    roles = who_may.roles_for("request_form_edit")
    return naming.titles(people.units_where(tk.current_user.id, roles))
