"""Who may ask for an extract, see it and take it: its recipient, and nobody else."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.delivery import holders, tokens
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_extracts import Extract
from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_extract_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons of the grant, logged in: a token of a grant only fetches what is made."""
    grant = model.Session.get(Grant, data_dict["grant_id"])
    mine = grant is not None and holders.holds(grant, people.actor_id(context))
    return {"success": mine and tokens.bound() is None}


@tk.auth_sysadmins_check
def edudata_extract_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Persons of the grant, each their own."""
    grant = model.Session.get(Grant, data_dict["grant_id"])
    return {"success": bool(grant and holders.belongs(grant, people.actor_id(context)))}


@tk.auth_sysadmins_check
def edudata_extract_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Its recipient; with a grant's token, those of that grant only."""
    row = model.Session.get(Extract, data_dict["id"])
    mine = row is not None and row.user_id == people.actor_id(context)
    bound = tokens.bound()
    if mine and row and bound:
        mine = bound.grant_id == row.grant_id and not bound.ended
    return {"success": mine}


@tk.auth_sysadmins_check
def edudata_extract_remove(context: Context, data_dict: DataDict) -> AuthResult:
    """Its recipient."""
    return edudata_extract_show(context, data_dict)


@tk.auth_sysadmins_check
def edudata_extract_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """For the clock, which asks with `ignore_auth`."""
    return {"success": False, "msg": tk._("This is done by the portal itself.")}
