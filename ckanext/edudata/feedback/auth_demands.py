"""Who may ask for data and answer. What exactly is the table's: `states_demands`."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.feedback import states_demands as states
from ckanext.edudata.units import people


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def edudata_demand_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody; one's own and one's unit's need a person."""
    personal = data_dict.get("mine") or data_dict.get("inbox")
    return {"success": not personal or bool(people.actor_id(context))}


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def edudata_demand_show(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_demand_create(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": bool(people.actor_id(context))}


def _command(name: str) -> Any:
    permission = {"hide": "demand_hide", "unhide": "demand_hide"}.get(
        name, "demand_answer"
    )

    @tk.auth_sysadmins_check
    def answer(context: Context, data_dict: DataDict) -> AuthResult:
        if name in ("support", "unsupport", "withdraw"):
            return {"success": bool(people.actor_id(context))}
        return people.may(context, permission, data_dict.get("unit_id"))

    answer.__name__ = answer.__qualname__ = f"edudata_demand_{name}"
    return answer


for _name in states.COMMANDS:
    globals()[f"edudata_demand_{_name}"] = _command(_name)
