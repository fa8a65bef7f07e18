"""Who may ask for exceptions, decide them, and approve the standing rule."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people, tree

_MUNICIPAL = "municipal_commission"


def _of_entry(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    # What the asker may not see is not there: package_show raises so.
    tk.check_access("package_show", {"user": context.get("user", "")}, data_dict)
    package = model.Package.get(data_dict["id"])
    unit_id = package.owner_org if package else None
    return people.may(context, permission, unit_id or "")


@tk.auth_sysadmins_check
def edudata_finding_decide(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "exception_request")


@tk.auth_sysadmins_check
def edudata_finding_decision_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "finding_read")


@tk.auth_sysadmins_check
def edudata_exception_request(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "exception_request")


@tk.auth_sysadmins_check
def edudata_exception_decide(context: Context, data_dict: DataDict) -> AuthResult:
    """By role; that it is a second person, the action asks of each exception."""
    return _of_entry(context, data_dict, "exception_decide")


@tk.auth_sysadmins_check
def edudata_exception_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "exception_withdraw")


@tk.auth_sysadmins_check
def edudata_exception_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "finding_read")


@tk.auth_sysadmins_check
def edudata_exception_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "finding_read", None)


@tk.auth_sysadmins_check
def edudata_clearance_attention(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "finding_read", None)


@tk.auth_sysadmins_check
def edudata_standing_rule_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody who works with entries reads what passes by it."""
    return people.may(context, "entry_read", None)


@tk.auth_sysadmins_check
def edudata_standing_rule_approve(context: Context, data_dict: DataDict) -> AuthResult:
    """The municipal coordinator: of the unit at the top, none below."""
    for unit in tree.walk():
        if unit["kind"] == _MUNICIPAL:
            answer = people.may(context, "standing_rule_approve", unit["id"])
            if answer["success"]:
                return answer
    return {
        "success": False,
        "msg": tk._("The data coordinator of the municipal commission approves it"),
    }


@tk.auth_sysadmins_check
def edudata_standing_rule_end(context: Context, data_dict: DataDict) -> AuthResult:
    return edudata_standing_rule_approve(context, data_dict)
