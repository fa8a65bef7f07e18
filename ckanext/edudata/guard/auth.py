"""A key that set a password once is no way in for ever."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.guard import resetting


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def user_update(
    next_auth: Any, context: Context, data_dict: DataDict | None = None
) -> AuthResult:
    """CKAN lets whoever shows an account's key change all of it, also by the API."""
    if data_dict and "reset_key" in data_dict:
        known: Any = context.get("user_obj")
        user = known or model.User.get(data_dict.get("id") or "")
        if user is None or not resetting.good(user.reset_key, data_dict["reset_key"]):
            data_dict = {k: v for k, v in data_dict.items() if k != "reset_key"}
    return next_auth(context, data_dict)
