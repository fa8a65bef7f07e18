"""Who may see and write entries. Roles decide; CKAN's capacities do not.

What somebody may not see is answered as if it did not exist: 403 would tell that it
does.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.catalog import visibility
from ckanext.edudata.units import people


def _package(context: Context, data_dict: DataDict) -> model.Package:
    package: Any = context.get("package")
    reference = data_dict.get("id") or data_dict.get("name") or ""
    if not isinstance(reference, str):
        raise tk.ObjectNotFound
    if package is None or reference not in ("", package.id, package.name):
        package = model.Package.get(reference)
    if package is None:
        raise tk.ObjectNotFound
    return package


def _resource_package(data_dict: DataDict) -> model.Package:
    reference = data_dict.get("id") or ""
    if not isinstance(reference, str):
        raise tk.ObjectNotFound
    resource = model.Resource.get(reference)
    package = model.Package.get(resource.package_id) if resource else None
    if package is None:
        raise tk.ObjectNotFound
    return package


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def package_show(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's: what is not for the asker is not there.

    :raises ObjectNotFound: no such package, or none that the asker may know of
    """
    if not visibility.visible(context, _package(context, data_dict)):
        raise tk.ObjectNotFound
    return {"success": True}


@tk.auth_sysadmins_check
@tk.auth_allow_anonymous_access
def resource_show(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's, by the resource's own package."""
    if not visibility.visible(context, _resource_package(data_dict)):
        raise tk.ObjectNotFound
    return {"success": True}


def _may_write(context: Context, package: model.Package) -> AuthResult:
    if not visibility.visible(context, package):
        raise tk.ObjectNotFound
    if package.type != "entry":
        # The door's own sentence follows in the action; this is for buttons.
        return {"success": False, "msg": tk._("An open dataset changes by a release")}
    return people.may(context, "entry_compile", package.owner_org)


@tk.auth_sysadmins_check
def package_create(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's: compilers of the unit, or of any unit while it is open."""
    unit = model.Group.get(data_dict.get("owner_org") or "")
    return people.may(context, "entry_compile", unit.id if unit else None)


@tk.auth_sysadmins_check
def package_update(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's."""
    return _may_write(context, _package(context, data_dict))


@tk.auth_sysadmins_check
def package_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's."""
    return _may_write(context, _package(context, data_dict))


@tk.auth_sysadmins_check
def resource_create(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's."""
    if data_dict.get("package_id"):
        return _may_write(context, _package({}, {"id": data_dict["package_id"]}))
    return _may_write(context, _resource_package(data_dict))


@tk.auth_sysadmins_check
def resource_update(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's; the DataStore's writing actions ask it too."""
    return _may_write(context, _resource_package(data_dict))


@tk.auth_sysadmins_check
def resource_delete(context: Context, data_dict: DataDict) -> AuthResult:
    """In place of CKAN's."""
    return _may_write(context, _resource_package(data_dict))


def _entry(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    package = _package(context, data_dict)
    if not visibility.visible(context, package):
        raise tk.ObjectNotFound
    return people.may(context, permission, package.owner_org)


@tk.auth_sysadmins_check
def edudata_entry_show(context: Context, data_dict: DataDict) -> AuthResult:
    return _entry(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_entry_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "entry_read", None)


@tk.auth_sysadmins_check
def edudata_entry_submit(context: Context, data_dict: DataDict) -> AuthResult:
    return _entry(context, data_dict, "entry_compile")


@tk.auth_sysadmins_check
def edudata_entry_return(context: Context, data_dict: DataDict) -> AuthResult:
    return _entry(context, data_dict, "entry_review")


@tk.auth_sysadmins_check
def edudata_entry_approve(context: Context, data_dict: DataDict) -> AuthResult:
    return _entry(context, data_dict, "entry_review")


@tk.auth_sysadmins_check
def edudata_entry_lock(context: Context, data_dict: DataDict) -> AuthResult:
    """For the release only, which asks with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_entry_compiler_list(context: Context, data_dict: DataDict) -> AuthResult:
    """For the decision on exceptions, which asks with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_entry_forget(context: Context, data_dict: DataDict) -> AuthResult:
    """For the purge only, which asks with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_entry_mark_released(context: Context, data_dict: DataDict) -> AuthResult:
    """For the release only, which asks with `ignore_auth`."""
    return {"success": False}
