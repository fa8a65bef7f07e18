"""Who may read and change agreements and the forms of units."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people, tree


@tk.auth_allow_anonymous_access
def edudata_agreement_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: who thinks of applying reads first."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def edudata_agreement_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_agreement_publish(context: Context, data_dict: DataDict) -> AuthResult:
    """The municipal coordinator: of the unit at the top, none below."""
    for unit in tree.walk():
        if unit["depth"] == 0:
            answer = people.may(context, "agreement_publish", unit["id"])
            if answer["success"]:
                return answer
    return {
        "success": False,
        "msg": tk._("The municipal data coordinator publishes it."),
    }


@tk.auth_allow_anonymous_access
def edudata_unit_form_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody: what will be asked is no secret."""
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_unit_form_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Reviewers of the unit."""
    return people.may(context, "request_form_edit", data_dict["unit_id"])


@tk.auth_sysadmins_check
def edudata_unit_form_update(context: Context, data_dict: DataDict) -> AuthResult:
    """Reviewers of the unit."""
    return people.may(context, "request_form_edit", data_dict["unit_id"])
