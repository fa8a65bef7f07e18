"""Who files and reads reports, applies and consents, recalls and confirms."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.delivery.model_after import Provision, Recall, RecallPerson
from ckanext.edudata.units import people


def _grant_of(request_id: str) -> Grant | None:
    return model.Session.scalar(
        sa.select(Grant).where(Grant.request_id == request_id).limit(1)
    )


def _mine(grant: Grant | None, context: Context) -> bool:
    return grant is not None and grant.user_id == people.actor_id(context)


def _internal() -> AuthResult:
    return {"success": False, "msg": tk._("This is done by the portal itself.")}


@tk.auth_sysadmins_check
def edudata_use_report_show(context: Context, data_dict: DataDict) -> AuthResult:
    """The holder of the grant, and who watches over the owner's deliveries."""
    grant = _grant_of(data_dict["request_id"])
    if grant is None or _mine(grant, context):
        return {"success": grant is not None}
    return people.may(context, "delivery_read", grant.unit_id)


@tk.auth_sysadmins_check
def edudata_use_report_file(context: Context, data_dict: DataDict) -> AuthResult:
    """The holder of the grant."""
    return {"success": _mine(_grant_of(data_dict["request_id"]), context)}


@tk.auth_sysadmins_check
def edudata_use_report_read(context: Context, data_dict: DataDict) -> AuthResult:
    """A reviewer of the owner; nobody reads their own for the owner."""
    grant = _grant_of(data_dict["request_id"])
    if grant is None or _mine(grant, context):
        return {"success": False}
    return people.may(context, "request_review", grant.unit_id)


@tk.auth_sysadmins_check
def edudata_use_report_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Own ones; those of a unit whose deliveries one may read."""
    if data_dict.get("unit_id"):
        return people.may(context, "delivery_read", data_dict["unit_id"])
    return {"success": people.actor_id(context) is not None}


@tk.auth_sysadmins_check
def edudata_use_report_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """For the clock."""
    return _internal()


@tk.auth_sysadmins_check
def edudata_provision_create(context: Context, data_dict: DataDict) -> AuthResult:
    """The holder of the grant."""
    return {"success": _mine(model.Session.get(Grant, data_dict["grant_id"]), context)}


@tk.auth_sysadmins_check
def edudata_provision_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Who applied, and who watches over the owner's deliveries."""
    row = model.Session.get(Provision, data_dict["id"])
    if row is None or row.user_id == people.actor_id(context):
        return {"success": row is not None}
    return people.may(context, "delivery_read", row.unit_id)


@tk.auth_sysadmins_check
def edudata_provision_list(context: Context, data_dict: DataDict) -> AuthResult:
    return edudata_use_report_list(context, data_dict)


@tk.auth_sysadmins_check
def edudata_provision_withdraw(context: Context, data_dict: DataDict) -> AuthResult:
    """Who applied."""
    row = model.Session.get(Provision, data_dict["id"])
    return {"success": row is not None and row.user_id == people.actor_id(context)}


@tk.auth_sysadmins_check
def edudata_provision_consent(context: Context, data_dict: DataDict) -> AuthResult:
    """A reviewer of the owner or of an authority above it, never who applied."""
    row = model.Session.get(Provision, data_dict["id"])
    if row is None or row.user_id == people.actor_id(context):
        return {
            "success": False,
            "msg": tk._("Who applies never decides. A reviewer of the owner does."),
        }
    # A role at a unit above reaches down to it.
    return people.may(context, "request_review", row.unit_id)


@tk.auth_sysadmins_check
def edudata_provision_refuse(context: Context, data_dict: DataDict) -> AuthResult:
    return edudata_provision_consent(context, data_dict)


@tk.auth_sysadmins_check
def edudata_provision_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """For the clock."""
    return _internal()


@tk.auth_sysadmins_check
def edudata_recall_create(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may freeze grants on the data of the unit: reviewer, security officer."""
    package = model.Package.get(data_dict["dataset_id"])
    unit_id = package.owner_org if package and package.type == "dataset" else None
    if not unit_id:
        return {"success": False}
    return people.may(context, "grant_freeze", unit_id)


@tk.auth_sysadmins_check
def edudata_recall_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Its recipients, each their own part; and who watches over the deliveries."""
    row = model.Session.get(Recall, data_dict["id"])
    if row is None:
        return {"success": False}
    place = (row.id, people.actor_id(context) or "")
    if model.Session.get(RecallPerson, place):
        return {"success": True}
    return people.may(context, "delivery_read", row.unit_id)


@tk.auth_sysadmins_check
def edudata_recall_list(context: Context, data_dict: DataDict) -> AuthResult:
    return edudata_use_report_list(context, data_dict)


@tk.auth_sysadmins_check
def edudata_recall_confirm(context: Context, data_dict: DataDict) -> AuthResult:
    """A recipient, for themselves."""
    place = (data_dict["id"], people.actor_id(context) or "")
    return {"success": model.Session.get(RecallPerson, place) is not None}


@tk.auth_sysadmins_check
def edudata_recall_people(context: Context, data_dict: DataDict) -> AuthResult:
    """Who watches over the owner's deliveries."""
    row = model.Session.get(Recall, data_dict["id"])
    if row is None:
        return {"success": False}
    return people.may(context, "delivery_read", row.unit_id)


@tk.auth_sysadmins_check
def edudata_recall_lift(context: Context, data_dict: DataDict) -> AuthResult:
    """Who may freeze grants on the data of the unit."""
    row = model.Session.get(Recall, data_dict["id"])
    if row is None:
        return {"success": False}
    return people.may(context, "grant_freeze", row.unit_id)


@tk.auth_sysadmins_check
def edudata_recall_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """For the clock."""
    return _internal()
