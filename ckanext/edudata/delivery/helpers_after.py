"""What the desk shows of what follows deliveries."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.delivery import follow_up
from ckanext.edudata.units import people, who_may


def edudata_desk_delivery() -> dict[str, Any]:
    """What waits for the person: own reports and recalls to confirm; of units they
    watch over reports, applications and recalls."""
    if tk.current_user.is_anonymous:
        return {}
    user_id = tk.current_user.id
    roles = who_may.roles_for("delivery_read")
    units = people.all_units_where(user_id, roles)
    return {
        "watches": bool(units),
        "reports": web.call("edudata_use_report_list", state="due", limit=5)["results"],
        "recalls": web.call("edudata_recall_list", state="open", limit=5)["results"],
        **(follow_up.counts(units) if units else {}),
    }
