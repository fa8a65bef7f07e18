"""One's own notices, and how one wants to be told: everybody with an account."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


def _own(context: Context) -> AuthResult:
    return {"success": bool(people.actor_id(context))}


@tk.auth_sysadmins_check
def edudata_notice_preference_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context)


@tk.auth_sysadmins_check
def edudata_notice_preference_update(
    context: Context, data_dict: DataDict
) -> AuthResult:
    return _own(context)


@tk.auth_sysadmins_check
def edudata_notice_read_all(context: Context, data_dict: DataDict) -> AuthResult:
    return _own(context)
