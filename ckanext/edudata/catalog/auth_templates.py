"""Who makes catalog templates, and who answers them."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import AuthResult, Context, DataDict

from ckanext.edudata.catalog.model_templates import Template, TemplateAnswer
from ckanext.edudata.units import people


def _template(data_dict: DataDict) -> Template:
    row = model.Session.get(Template, data_dict.get("id") or "")
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such template"))
    return row


def _of(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    """People of the unit that made it; for others it is not there.

    :raises ObjectNotFound: for those who may not even read it
    """
    row = _template(data_dict)
    if not people.may(context, "template_read", row.unit_id)["success"]:
        raise tk.ObjectNotFound(tk._("There is no such template"))
    return people.may(context, permission, row.unit_id)


def _for(context: Context, data_dict: DataDict, permission: str) -> AuthResult:
    """People of a unit that it was sent to; for others it is not there.

    :raises ObjectNotFound: it was not sent to the unit, or they may not read there
    """
    row = _template(data_dict)
    unit = model.Group.get(data_dict.get("unit_id") or "")
    if unit is None or not _sent(row, unit.id):
        raise tk.ObjectNotFound(tk._("There is no such template"))
    if not people.may(context, "template_read", unit.id)["success"]:
        raise tk.ObjectNotFound(tk._("There is no such template"))
    return people.may(context, permission, unit.id)


def _sent(row: Template, unit_id: str) -> bool:
    found = model.Session.scalar(
        sa.select(TemplateAnswer.row_id)
        .where(TemplateAnswer.template_id == row.id, TemplateAnswer.unit_id == unit_id)
        .limit(1)
    )
    return found is not None


@tk.auth_sysadmins_check
def edudata_template_create(context: Context, data_dict: DataDict) -> AuthResult:
    unit = model.Group.get(data_dict.get("unit_id") or "")
    known = bool(data_dict.get("unit_id"))
    return people.may(
        context, "template_make", (unit.id if unit else "") if known else None
    )


@tk.auth_sysadmins_check
def edudata_template_update(context: Context, data_dict: DataDict) -> AuthResult:
    return _of(context, data_dict, "template_make")


@tk.auth_sysadmins_check
def edudata_template_send(context: Context, data_dict: DataDict) -> AuthResult:
    return _of(context, data_dict, "template_make")


@tk.auth_sysadmins_check
def edudata_template_remind(context: Context, data_dict: DataDict) -> AuthResult:
    return _of(context, data_dict, "template_make")


@tk.auth_sysadmins_check
def edudata_template_progress(context: Context, data_dict: DataDict) -> AuthResult:
    return _of(context, data_dict, "template_read")


@tk.auth_sysadmins_check
def edudata_template_sheet(context: Context, data_dict: DataDict) -> AuthResult:
    return _of(context, data_dict, "template_read")


@tk.auth_sysadmins_check
def edudata_template_show(context: Context, data_dict: DataDict) -> AuthResult:
    if data_dict.get("unit_id"):
        return _for(context, data_dict, "template_read")
    return _of(context, data_dict, "template_read")


@tk.auth_sysadmins_check
def edudata_template_answer(context: Context, data_dict: DataDict) -> AuthResult:
    return _for(context, data_dict, "template_answer")


@tk.auth_sysadmins_check
def edudata_template_list(context: Context, data_dict: DataDict) -> AuthResult:
    return people.may(context, "template_read", None)


@tk.auth_sysadmins_check
def edudata_template_entries(context: Context, data_dict: DataDict) -> AuthResult:
    """For other rooms only, which ask with `ignore_auth`."""
    return {"success": False}


@tk.auth_sysadmins_check
def edudata_template_settle(context: Context, data_dict: DataDict) -> AuthResult:
    """For the sweep only, which asks with `ignore_auth`."""
    return {"success": False}
