"""The people whom a body names: named, told, confirmed, removed at once."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.requests import (
    book,
    keeping_agreements,
    looking_applicants,
    retention_applicants,
    showing_persons,
    telling_persons,
)
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests import naming_persons as naming
from ckanext.edudata.requests import profile_applicants as profile
from ckanext.edudata.requests import schema_persons as schema
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_applicants import RequestPerson
from ckanext.edudata.units import people

Shown = dict[str, Any]


@validate(schema.name)
def edudata_request_person_name(context: Context, data_dict: DataDict) -> Shown:
    """Name a person who will work with the data (applicant, for a body).

    Whether there is such an account is not told: its holder is, and answers.

    :param application_id: the application
    :param given: name or mail address of their account
    :param name: how the body calls them, for those who decide
    :returns: a line of `edudata_request_person_list`
    :raises ValidationError: no body; all is over; too many; named already
    """
    user_id = _may(context, "edudata_request_person_name", data_dict)
    application_id = data_dict["application_id"]
    given, name = data_dict["given"], data_dict["name"]
    keeping.refuse_without_key()
    _refuse_long(given=given, name=name)
    if keeping.kind(user_id) not in profile.BODIES:
        _refuse("given", tk._("Only bodies name people. You apply for yourself."))
    with transactions.whole():
        parts = naming.parts(application_id, lock=True)
        if not any(book.state_now(p) in retention_applicants.RUNNING for p in parts):
            _refuse("given", tk._("This application is over. Apply again."))
        known = naming.rows(application_id)
        _refuse_more(known, given)
        found = naming.account(given)
        taken = {row.user_id for row in known if row.state in naming.OPEN}
        # The same account by another of its names: to tell would tell whose it is.
        row = RequestPerson(
            application_id=application_id,
            user_id=None if found in taken else found,
            sealed="",
        )
        model.Session.add(row)
        model.Session.flush()
        naming.seal(row, given, name)
        model.Session.flush()
        telling_persons.record("person_name", row, user_id)
        telling_persons.asked(row, parts)
    return showing_persons.line(row, named=True)


def _refuse_long(**words: str) -> None:
    for key, value in words.items():
        if len(value) > profile.FIELDS["name"]:
            limit = tk._("Write at most %(most)s characters; these are %(now)s.")
            values = {"most": profile.FIELDS["name"], "now": len(value)}
            _refuse(key, limit % values)


def _refuse_more(known: list[RequestPerson], given: str) -> None:
    most = tk.config["ckanext.edudata.persons.most"]
    standing = [row for row in known if row.state in naming.OPEN]
    if len(standing) >= most or len(known) >= 3 * most:
        words = tk._("At most {most} people can be named. Remove one first.")
        _refuse("given", words.format(most=most))
    if any(naming.opened(r)["given"].lower() == given.lower() for r in standing):
        _refuse("given", tk._("This person is named already."))


@tk.side_effect_free
@validate(schema.listing)
def edudata_request_person_list(context: Context, data_dict: DataDict) -> list[Shown]:
    """People named in an application (applicant, and those who decide).

    :param application_id: the application
    :param with_names: with what tells who they are; a look of who decides is on record
    :returns: `[{id, user_id, state, invited_at, answered_at, ended_at, agreed_terms}]`,
        with names also `given`, `name`, `account` (of who has confirmed)
    """
    _may(context, "edudata_request_person_list", data_dict)
    application_id = data_dict["application_id"]
    rows = naming.rows(application_id)
    named = data_dict["with_names"]
    user_id = people.actor_id(context)
    if named and rows and not context.get("ignore_auth"):
        _look(application_id, user_id)
    return [showing_persons.line(row, named=named) for row in rows]


def _look(application_id: str, user_id: str | None) -> None:
    parts = naming.parts(application_id)
    if any(part.user_id == user_id for part in parts):
        return
    seen = [part for part in parts if looking_applicants.may_look(part, user_id)]
    with transactions.whole():
        looking_applicants.on_record(seen[0], user_id, "persons")


@tk.side_effect_free
@validate(schema.nothing)
def edudata_request_person_mine(context: Context, data_dict: DataDict) -> list[Shown]:
    """Applications in which one was named, the newest first.

    :returns: `[{id, state, number, body, purpose, scenario, parts: [{dataset_name,
        dataset_title, fields, until, state, reads}], invited_at, answered_at,
        agreed_terms}]`
    """
    user_id = _may(context, "edudata_request_person_mine", data_dict)
    return showing_persons.mine(user_id)


@validate(schema.confirm)
def edudata_request_person_confirm(context: Context, data_dict: DataDict) -> Shown:
    """Accept the terms and work with the data (the person named).

    One reads what was decided after one was named; for what was decided before, a
    reviewer of its owner admits one.

    :param id: of the naming; `agreed`: the terms in force are accepted
    :param agreed_name: one's name, typed
    :returns: a line of `edudata_request_person_mine`
    """
    user_id = _may(context, "edudata_request_person_confirm", data_dict)
    problems: dict[str, Any] = {}
    if not data_dict.get("agreed"):
        problems["agreed"] = [tk._("Accept the terms of use first.")]
    if not data_dict.get("agreed_name"):
        problems["agreed_name"] = [tk._("Type your name.")]
    elif len(data_dict["agreed_name"]) > keeping_agreements.LONGEST_NAME:
        problems["agreed_name"] = [tk._("Shorten it.")]
    if problems:
        raise tk.ValidationError(problems)
    with transactions.whole():
        row, parts = _locked(data_dict["id"])
        _standing(row, ("invited",))
        accepted = keeping_agreements.accept(
            row.application_id, user_id, name=data_dict["agreed_name"]
        )
        row.state, row.answered_at = "confirmed", book.now()
        row.agreed_terms = accepted.version
        model.Session.flush()
        for part in parts:
            decided = naming.decided_at(part)
            if not naming.held(part) or decided is None:
                continue
            if row.invited_at <= decided:
                naming.let_read(_inner(context), part, user_id)
            else:
                telling_persons.waits(part)
        telling_persons.record("person_confirm", row, user_id)
        telling_persons.answered(row, parts)
    return showing_persons.of(row)


@validate(schema.by_id)
def edudata_request_person_decline(context: Context, data_dict: DataDict) -> Shown:
    """Not work with the data (the person named). `id`: of the naming."""
    user_id = _may(context, "edudata_request_person_decline", data_dict)
    with transactions.whole():
        row, parts = _locked(data_dict["id"])
        _standing(row, ("invited",))
        row.state, row.answered_at = "declined", book.now()
        telling_persons.record("person_decline", row, user_id)
        telling_persons.answered(row, parts)
    return showing_persons.of(row)


@validate(schema.by_id)
def edudata_request_person_end(context: Context, data_dict: DataDict) -> Shown:
    """Remove a person (applicant), or leave (the person): access ends at once.

    :param id: of the naming
    :returns: a line of `edudata_request_person_list`
    """
    user_id = _may(context, "edudata_request_person_end", data_dict)
    with transactions.whole():
        row, parts = _locked(data_dict["id"])
        _standing(row, naming.OPEN)
        row.state, row.ended_at, row.ended_by = "ended", book.now(), user_id
        model.Session.flush()
        for part in parts:
            if row.user_id:
                naming.stop_reading(_inner(context), part, row.user_id)
        telling_persons.record("person_end", row, user_id)
        telling_persons.ended(row, parts, user_id)
    return showing_persons.line(row, named=False)


@validate(schema.admit)
def edudata_request_person_admit(context: Context, data_dict: DataDict) -> Shown:
    """Admit a person who was named after a part was decided (reviewer of its owner).

    :param id: of the naming; `request_id`: the part
    :returns: a line of `edudata_request_person_list`
    """
    user_id = _may(context, "edudata_request_person_admit", data_dict)
    with transactions.whole():
        row, parts = _locked(data_dict["id"])
        _standing(row, ("confirmed",))
        part = next(p for p in parts if p.id == data_dict["request_id"])
        book.let_time_pass(part)
        if not naming.held(part):
            _refuse("request_id", tk._("No data are had under this application."))
        naming.let_read(_inner(context), part, str(row.user_id))
        telling_persons.record("person_admit", row, user_id, part)
        telling_persons.admitted(row, part)
    return showing_persons.line(row, named=False)


def _may(context: Context, action: str, data_dict: DataDict) -> str:
    """Id of who acts; what is not for them does not exist."""
    user_id = people.actor_id(context)
    try:
        tk.check_access(action, context, data_dict)
    except tk.NotAuthorized:
        if user_id is None:
            raise
        raise tk.ObjectNotFound(tk._("There is no such application")) from None
    return user_id or ""


def _locked(person_id: str) -> tuple[RequestPerson, list[Request]]:
    """A naming and the parts of its application, held; parts first, as commands do."""
    row = model.Session.get(RequestPerson, person_id)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such application"))
    parts = naming.parts(row.application_id, lock=True)
    model.Session.refresh(row, with_for_update=True)
    return row, parts


def _standing(row: RequestPerson, wanted: tuple[str, ...]) -> None:
    if row.state not in wanted:
        _refuse("id", tk._("This was answered or ended meanwhile. Look at it again."))


def _refuse(key: str, words: str) -> None:
    raise tk.ValidationError({key: [words]})


def _inner(context: Context) -> Any:
    return {
        "ignore_auth": True,
        "user": context.get("user") or "",
        "defer_commit": True,
    }
