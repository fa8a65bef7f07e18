"""Applicants: kept once, corrected, taken along and deleted by themselves."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.requests import (
    book,
    export_applicants,
    forgetting_applicants,
    looking_applicants,
    retention_applicants,
)
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests import profile_applicants as profile
from ckanext.edudata.requests import schema_applicants as schema
from ckanext.edudata.requests.model_applicants import Applicant
from ckanext.edudata.units import people

Shown = dict[str, Any]


@tk.side_effect_free
@validate(schema.applicant_show)
def edudata_applicant_show(context: Context, data_dict: DataDict) -> Shown:
    """An applicant, to themselves and to those who decide about a part of theirs.

    A look of somebody else is on record before it is answered.

    :param user_id: account of the applicant (default: one's own)
    :param request_id: the part for which one looks (optional: any of theirs)
    :returns: `{user_id, kind, name, code, head, affiliation, contact, telephone, mail,
        address, version, created_at, updated_at}`
    :raises ObjectNotFound: nothing is kept, or not for this person
    :raises ValidationError: the portal has no key, or another one
    """
    looker = people.actor_id(context)
    wanted = data_dict.get("user_id") or looker or ""
    try:
        tk.check_access("edudata_applicant_show", context, data_dict)
    except tk.NotAuthorized:
        if looker:
            trail.record_apart(
                "applicant_look",
                actor_id=looker,
                object_type="applicant",
                object_id=_known(wanted),
                outcome="denied",
            )
            raise _none() from None
        raise
    row = keeping.get(wanted)
    if row is None:
        raise _none()
    shown = keeping.opened(row)
    if looker != wanted and not context.get("ignore_auth"):
        with transactions.whole():
            part = looking_applicants.part_for(
                wanted, looker, data_dict.get("request_id")
            )
            if part is None:
                raise _none()
            looking_applicants.on_record(part, looker, "profile")
    return shown


def _none() -> tk.ObjectNotFound:
    return tk.ObjectNotFound(tk._("There is no such applicant"))


def _known(user_id: str) -> str:
    """The id where it is one of an account; what was typed does not go on record."""
    user = model.User.get(user_id)
    return user.id if user and user.id == user_id else ""


@validate(schema.applicant)
def edudata_applicant_update(context: Context, data_dict: DataDict) -> Shown:
    """Fill in or correct who one is, for all one's applications (applicant).

    :param kind: `natural`, `legal` or `unincorporated`
    :param name: of the person or body
    :param code: unified social credit code (obliged for a legal person)
    :param head: legal representative, or who is responsible for the body
    :param affiliation: where a natural person works or studies (optional)
    :param contact: who is asked for, at a body
    :param telephone: of the applicant or contact; `mail`; `address`
    :param version: as last seen; refused if it was changed since (optional)
    :returns: as `edudata_applicant_show`
    :raises ValidationError: by field; who applies cannot change while somebody decides
        about it or data are had under it, contact data can
    """
    tk.check_access("edudata_applicant_update", context, data_dict)
    user_id = people.actor_id(context) or ""
    keeping.refuse_without_key()
    values, problems = profile.clean(data_dict)
    if problems:
        raise tk.ValidationError(book.in_words(problems))
    with transactions.whole():
        requests = keeping.of_person(user_id, lock=True)
        row = keeping.get(user_id, lock=True)
        before = keeping.opened(row) if row else {}
        if row is None:
            row = Applicant(user_id=user_id, version=0)
        _fresh(row, data_dict.get("version"))
        changed = [
            name
            for name in ("kind", *profile.FIELDS)
            if values.get(name, "") != before.get(name, "")
        ]
        if before and keeping.live(requests):
            _same_person(changed)
        keeping.store(row, values)
        row.version += 1
        row.updated_at = book.now()
        model.Session.add(row)
        model.Session.flush()
        trail.record(
            "applicant_update",
            actor_id=user_id,
            object_type="applicant",
            object_id=user_id,
            detail={"version": row.version, "fields": changed},
        )
    return keeping.opened(row)


def _fresh(row: Applicant, version: int | None) -> None:
    if version is not None and version != row.version:
        words = tk._("This was changed on another page meanwhile. Look at it again.")
        raise tk.ValidationError({"version": [words]})


def _same_person(changed: list[str]) -> None:
    locked = [name for name in profile.IDENTITY if name in changed]
    if locked:
        words = tk._(
            "An application of yours is being decided or in use, so who applies stays "
            "as it is; contact data can change. Withdraw the application or have it "
            "returned to correct this."
        )
        raise tk.ValidationError({name: [words] for name in locked})


@validate(schema.nothing)
def edudata_applicant_delete(context: Context, data_dict: DataDict) -> Shown:
    """Delete what is kept of oneself: profile, attachments, people named.

    :returns: `{deleted: bool}`
    :raises ValidationError: something needs it still, with until when
    """
    tk.check_access("edudata_applicant_delete", context, data_dict)
    user_id = people.actor_id(context) or ""
    with transactions.whole():
        requests = keeping.of_person(user_id, lock=True)
        until = keeping.needed_until(requests)
        if until == retention_applicants.FOREVER:
            _refuse(tk._("An application of yours runs; withdraw it or end it first."))
        if until is not None and until >= book.today():
            words = tk._(
                "It is needed until {date}: whoever received data must be found if "
                "they are recalled, and a refusal can be reviewed. Then it is deleted "
                "by itself."
            )
            _refuse(words.format(date=until.isoformat()))
        files = forgetting_applicants.forget(user_id, actor_id=user_id)
    forgetting_applicants.remove_files(files)
    return {"deleted": True}


def _refuse(words: str) -> None:
    raise tk.ValidationError({"": [words]})


@tk.side_effect_free
@validate(schema.nothing)
def edudata_applicant_export(context: Context, data_dict: DataDict) -> Shown:
    """Everything that is kept of oneself, to take along (PIPL Art. 45).

    :returns: `{made_at, account, applicant, applications, attachments, people_named,
        named_by_others, looks}`
    """
    tk.check_access("edudata_applicant_export", context, data_dict)
    user_id = people.actor_id(context) or ""
    with transactions.whole():
        found = export_applicants.everything(user_id)
        trail.record(
            "applicant_export",
            actor_id=user_id,
            object_type="applicant",
            object_id=user_id,
        )
    made_at = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return {"made_at": made_at, **found}


@validate(schema.nothing)
def edudata_applicant_settle(context: Context, data_dict: DataDict) -> Shown:
    """Delete what nothing needs any more (internal, by the clock; twice is no harm).

    :returns: `{"forgotten": int, "files": int}`
    """
    tk.check_access("edudata_applicant_settle", context, data_dict)
    forgotten = forgetting_applicants.forget_what_nothing_needs()
    with transactions.whole():
        files = forgetting_applicants.forget_discarded()
    forgetting_applicants.remove_files(files)
    return {"forgotten": forgotten, "files": len(files)}


@tk.side_effect_free
@validate(schema.nothing)
def edudata_applicant_look_list(context: Context, data_dict: DataDict) -> Shown:
    """Who else has looked at one's data, the last first, at most 100.

    :returns: `{"count": int, "looks": [{at, unit_id, unit_title, request_id, number,
        what}]}`; the unit for which somebody looked, not their names
    """
    tk.check_access("edudata_applicant_look_list", context, data_dict)
    return export_applicants.looks(people.actor_id(context) or "")
