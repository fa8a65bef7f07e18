"""Who may see grants, end tokens and read the record of deliveries."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.delivery import holders, tokens
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.units import people


def _internal(context: Context, data_dict: DataDict) -> AuthResult:
    return {"success": False, "msg": tk._("This is done by the portal itself.")}


@tk.auth_sysadmins_check
def edudata_grant_create(context: Context, data_dict: DataDict) -> AuthResult:
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_grant_move(context: Context, data_dict: DataDict) -> AuthResult:
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_grant_extend(context: Context, data_dict: DataDict) -> AuthResult:
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_grant_person_add(context: Context, data_dict: DataDict) -> AuthResult:
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_grant_person_end(context: Context, data_dict: DataDict) -> AuthResult:
    return _internal(context, data_dict)


@tk.auth_sysadmins_check
def edudata_grant_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Who applied, the persons it is for, and who reads the owner's deliveries."""
    grant = model.Session.get(Grant, data_dict["id"])
    if grant and holders.belongs(grant, people.actor_id(context)):
        return {"success": True}
    return people.may(context, "delivery_read", grant.unit_id if grant else None)


@tk.auth_sysadmins_check
def edudata_grant_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Own ones, or all of a unit whose deliveries one may read."""
    if not data_dict.get("unit_id"):
        return {"success": people.actor_id(context) is not None}
    return people.may(context, "delivery_read", data_dict["unit_id"])


@tk.auth_sysadmins_check
def edudata_delivery_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Own ones, those of a grant one may see, or all of a unit."""
    if data_dict.get("grant_id"):
        return edudata_grant_show(context, {"id": data_dict["grant_id"]})
    return edudata_grant_list(context, data_dict)


@tk.auth_sysadmins_check
def edudata_grant_token_create(context: Context, data_dict: DataDict) -> AuthResult:
    """A person of the grant, but not with a token that is bound itself."""
    grant = model.Session.get(Grant, data_dict["grant_id"])
    mine = grant is not None and holders.holds(grant, people.actor_id(context))
    return {"success": mine and tokens.bound() is None}


@tk.auth_sysadmins_check
def edudata_grant_token_end(context: Context, data_dict: DataDict) -> AuthResult:
    return edudata_grant_token_create(context, data_dict)


@tk.auth_sysadmins_check
def edudata_delivery_takers(context: Context, data_dict: DataDict) -> AuthResult:
    """Other rooms ask with `ignore_auth`; nobody asks from outside."""
    return {"success": False}
