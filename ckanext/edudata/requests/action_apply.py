"""Whole applications: made of parts, saved, submitted, followed; and renewals."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.requests import (
    commands,
    drafts_apply,
    renewals_apply,
    saving_apply,
    schema,
    showing,
    showing_apply,
)
from ckanext.edudata.requests import schema_apply as takes
from ckanext.edudata.requests.model import Application, Request
from ckanext.edudata.units import people

Shown = dict[str, Any]


def _own(action: str, context: Context, data_dict: DataDict) -> str:
    """Id of the caller; the application of somebody else is none."""
    user_id = people.actor_id(context)
    try:
        tk.check_access(action, context, data_dict)
    except tk.NotAuthorized:
        if not user_id:
            raise
        raise tk.ObjectNotFound(tk._("There is no such application")) from None
    return user_id or ""


@tk.side_effect_free
@validate(schema.by_id)
def edudata_application_show(context: Context, data_dict: DataDict) -> Shown:
    """An application with all its parts, to its applicant.

    :param id: its id
    :returns: `{id, number, version, created_at, draft, purpose, scenario, security,
        results, until, agreement, parts: [as edudata_request_show]}`; the common words
        are those of the first part
    """
    user_id = _own("edudata_application_show", context, data_dict)
    application = model.Session.get(Application, data_dict["id"])
    if application is None or application.user_id != user_id:
        raise tk.ObjectNotFound(tk._("There is no such application"))
    return showing_apply.whole(application, user_id)


@tk.side_effect_free
@validate(takes.listed)
def edudata_application_list(context: Context, data_dict: DataDict) -> Shown:
    """One's own applications, the last first.

    :param drafts: only those that are not submitted yet (default: false)
    :param limit: at most so many (default: 20)
    :param offset: skip so many (default: 0)
    :returns: `{"count": int, "results": [{id, number, created_at, draft, parts: [as in
        edudata_request_list]}]}`
    """
    tk.check_access("edudata_application_list", context, data_dict)
    query = sa.select(Application).where(
        Application.user_id == people.actor_id(context)
    )
    if data_dict["drafts"]:
        draft = sa.select(Request.application_id).where(Request.state == "draft")
        query = query.where(Application.id.in_(draft))
    count = model.Session.scalar(
        sa.select(sa.func.count()).select_from(query.subquery())
    )
    page = query.order_by(Application.serial.desc())
    page = page.limit(data_dict["limit"]).offset(data_dict["offset"])
    return {
        "count": count,
        "results": [showing_apply.brief(row) for row in model.Session.scalars(page)],
    }


@validate(takes.saved)
def edudata_application_update(context: Context, data_dict: DataDict) -> Shown:
    """Save the draft parts of an application (applicant).

    :param id: id of the application
    :param version: as last seen; refused if it was changed since (optional)
    :param purpose: and `scenario`, `security`, `results`, `until`: of all parts
    :param agreed: the agreement in force is accepted, with `agreed_name`: a name typed
        as signature; without a name by the stamped page that was uploaded
    :param parts: `[{id, fields, fields_reason, rows, way, way_reason, answers}]`
    :param partial: save what is right, and tell of the rest (default: false)
    :returns: as `edudata_application_show`, and `problems`: what was left out as wrong
    :raises ValidationError: by field; those of the parts' own fields under `parts`
    """
    user_id = _own("edudata_application_update", context, data_dict)
    application, problems = saving_apply.save(user_id, data_dict, submits=False)
    return {**showing_apply.whole(application, user_id), "problems": problems}


@validate(takes.saved)
def edudata_application_submit(context: Context, data_dict: DataDict) -> Shown:
    """Submit all draft parts of an application, all or none (applicant).

    Parameters and errors as `edudata_application_update`.
    """
    user_id = _own("edudata_application_submit", context, data_dict)
    application, _ = saving_apply.save(user_id, data_dict, submits=True)
    return showing_apply.whole(application, user_id)


@validate(takes.discarded)
def edudata_application_discard(context: Context, data_dict: DataDict) -> Shown:
    """Discard a draft, or take one dataset out of it (applicant).

    :param id: id of the application
    :param request_id: only this part (optional)
    :returns: `{"left": number of parts that are left}`
    :raises ValidationError: it was submitted
    """
    user_id = _own("edudata_application_discard", context, data_dict)
    with transactions.whole():
        application = drafts_apply.locked(data_dict["id"], user_id)
        parts = drafts_apply.drafts(application)
        wanted = data_dict.get("request_id")
        chosen = [part for part in parts if wanted in (None, part.id)]
        if not chosen:
            raise tk.ObjectNotFound(tk._("There is no such application"))
        # From the last one on, so that those that stay keep their places.
        for part in reversed(chosen):
            drafts_apply.remove(application, part)
        application.version += 1
        left = len(parts) - len(chosen)
        if not left:
            drafts_apply.discard(application)
    return {"left": left}


@validate(schema.command)
def edudata_request_renew(context: Context, data_dict: DataDict) -> Shown:
    """Go on with data in use: a new draft, filled in as granted (续期, applicant).

    The report of use has to be filed before. While a renewal that was submitted in
    time is decided, the grant goes on (`ckanext.edudata.requests.renewal_days`).

    :param id: id of the application whose grant is in use
    :returns: the draft, as `edudata_request_show`; `renews` is *id*
    :raises ValidationError: not in use, no report yet, or a renewal is open
    """
    commands.execute(context, data_dict, "renew", renewals_apply.renew)
    made = renewals_apply.of(data_dict["id"])
    if made is None:
        raise tk.ObjectNotFound(tk._("There is no such application"))
    return showing.whole(made, people.actor_id(context))


def edudata_renewal_settle(context: Context, data_dict: DataDict) -> dict[str, int]:
    """End what went on for renewals that are decided by now (internal, job of clocks).

    :returns: `{"settled": number}`
    """
    tk.check_access("edudata_renewal_settle", context, data_dict)
    return {"settled": renewals_apply.settle_all()}
