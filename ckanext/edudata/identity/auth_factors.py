"""Who may: one's own factor; the loss of another's by two people."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.units import people


@tk.auth_sysadmins_check
def edudata_second_factor_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody with an account, for their own."""
    if people.actor_id(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Log in first.")}


edudata_second_factor_propose = edudata_second_factor_show
edudata_second_factor_confirm = edudata_second_factor_show
edudata_second_factor_remove = edudata_second_factor_show
edudata_recovery_codes_renew = edudata_second_factor_show
edudata_institution_account_list = edudata_second_factor_show
edudata_institution_account_end = edudata_second_factor_show


@tk.auth_sysadmins_check
def edudata_factor_reset_ask(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has this permission anywhere; the action looks whose factor it is."""
    return people.may(context, "factor_reset", None)


edudata_factor_reset_decide = edudata_factor_reset_ask
edudata_factor_reset_withdraw = edudata_factor_reset_ask
edudata_factor_reset_list = edudata_factor_reset_ask
