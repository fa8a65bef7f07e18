"""Who answers a likely duplicate, and who decides a doubtful one (Art. 4)."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.catalog import visibility
from ckanext.edudata.catalog.model_sources import SourceCase
from ckanext.edudata.units import people, who_may


def _of_entry(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    package = model.Package.get(data_dict.get("id") or "")
    if package is None or not visibility.visible(context, package):
        raise tk.ObjectNotFound
    return people.may(context, permission, package.owner_org)


@tk.auth_sysadmins_check
def edudata_source_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_source_decision_list(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "entry_read")


@tk.auth_sysadmins_check
def edudata_source_check(context: Context, data_dict: DataDict) -> AuthResult:
    """For the submission only, which asks with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_source_choose(context: Context, data_dict: DataDict) -> AuthResult:
    return _of_entry(context, data_dict, "entry_compile")


@tk.auth_sysadmins_check
def edudata_source_case_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "source_decide", None)


@tk.auth_sysadmins_check
def edudata_source_case_show(context: Context, data_dict: DataDict) -> AuthResult:
    """For the authority that decides, and for the people of the entry in doubt.

    :raises ObjectNotFound: there is no such case, or the asker is neither
    """
    case = model.Session.get(SourceCase, str(data_dict.get("id") or ""))
    actor = people.actor_id(context)
    if case is None or not case.authority_id:
        raise tk.ObjectNotFound
    roles = who_may.roles_for("source_decide")
    package = model.Package.get(case.entry_id)
    own = package is not None and visibility.visible(context, package)
    if not own and not people.holds(actor, roles, case.authority_id):
        raise tk.ObjectNotFound
    return {"success": True}


@tk.auth_sysadmins_check
def edudata_source_decide(context: Context, data_dict: DataDict) -> AuthResult:
    """Coordinators and reviewers of the authority; not who wrote into one of the two.

    :raises ObjectNotFound: as for looking at it
    """
    edudata_source_case_show(context, data_dict)
    case = model.Session.get(SourceCase, str(data_dict["id"]))
    actor = people.actor_id(context)
    roles = who_may.roles_for("source_decide")
    if case is None or not people.holds(actor, roles, case.authority_id):
        return {
            "success": False,
            "msg": tk._("Your role does not allow this for this unit."),
        }
    if actor in _parties(case):
        return {
            "success": False,
            "msg": tk._("Nobody decides about data that they compiled themselves."),
        }
    return {"success": True}


def _parties(case: SourceCase) -> set[str | None]:
    found = {case.chosen_by}
    for entry_id in (case.entry_id, case.other_id):
        if model.Package.get(entry_id) is not None:
            found.update(
                tk.get_action("edudata_entry_compiler_list")(
                    {"ignore_auth": True}, {"id": entry_id}
                )
            )
    return found
