"""Who may give which command, whatever the state; the table judges the rest."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.requests import book, states, who
from ckanext.edudata.requests.model import Request
from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_request_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who is logged in."""
    if people.actor_id(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Log in to apply.")}


@tk.auth_sysadmins_check
def edudata_request_show(context: Context, data_dict: DataDict) -> AuthResult:
    """The applicant, and those who have a part in deciding."""
    request = model.Session.get(Request, data_dict["id"])
    seen = request is not None and who.may_see(request, people.actor_id(context))
    return {"success": seen}


@tk.auth_sysadmins_check
def edudata_request_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Own ones; those of a unit for which one has a part in deciding."""
    if data_dict.get("unit_id"):
        return _holds(context, data_dict["unit_id"])
    return {"success": people.actor_id(context) is not None}


def _holds(context: Context, unit_id: str) -> AuthResult:
    return {"success": people.holds(people.actor_id(context), who.SEE, unit_id)}


def _command(command: str) -> Any:
    rules = [rule for rule in states.TABLE if rule.command == command]
    givers = {name for rule in rules for name in rule.who} - {"unit", "clock"}

    @tk.auth_sysadmins_check
    def may_give(context: Context, data_dict: DataDict) -> AuthResult:
        request = model.Session.get(Request, data_dict["id"])
        user_id = people.actor_id(context)
        if request is None:
            return {"success": False}
        if givers & who.capacities(request, user_id):
            return {"success": True}
        values = {
            "state": tk._(states.STATES[book.state_now(request)]),
            "command": tk._(states.COMMANDS[command]),
            "who": tk._(states.WHO[rules[0].who[0]]),
        }
        return {"success": False, "msg": tk._(states.WRONG_PERSON) % values}

    may_give.__name__ = may_give.__qualname__ = f"edudata_request_{command}"
    may_give.__doc__ = f"Those who may {command} in some state."
    return may_give


for _name in states.COMMANDS:
    if _name not in states.BY_TIME.values():
        globals()[f"edudata_request_{_name}"] = _command(_name)
