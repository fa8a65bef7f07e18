"""Who reads and corrects information items: as the entry itself."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


def _as(action: str, context: Context, data_dict: DataDict) -> AuthResult:
    asked: Any = {
        key: context[key] for key in ("user", "auth_user_obj") if key in context
    }
    tk.check_access(action, asked, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_information_items_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever works on the entry or sees its checks."""
    return _as("edudata_check_list", context, data_dict)


@tk.auth_sysadmins_check
def edudata_information_items_update(
    context: Context, data_dict: DataDict
) -> AuthResult:
    """The entry's compilers."""
    return _as("package_update", context, data_dict)


@tk.auth_sysadmins_check
def edudata_information_items_guess(
    context: Context, data_dict: DataDict
) -> AuthResult:
    """For the check, which asks with `ignore_auth`."""
    return {"success": False}
