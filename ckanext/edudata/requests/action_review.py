"""Working on applications: notes, whose hands they are in, many at once."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.requests import (
    aside,
    book,
    case_review,
    commands,
    listing_review,
    schema,
    schema_review,
    showing,
)
from ckanext.edudata.requests.model import Request
from ckanext.edudata.units import people

Shown = dict[str, Any]


@validate(schema_review.comment)
def edudata_request_comment(context: Context, data_dict: DataDict) -> Shown:
    """Leave a note on an application, beside any decision (both sides).

    :param id: id of the application
    :param words: what is to be said
    :param internal: for those who decide only; the applicant never sees it
        (default: false; the applicant's own are always seen by both)
    :returns: as `edudata_request_show`
    """

    def change(request: Request) -> dict[str, Any]:
        internal = bool(data_dict.get("internal"))
        return {"internal": internal, "detail": {"internal": internal}}

    return commands.execute(context, data_dict, "comment", change)


@validate(schema_review.assign)
def edudata_request_assign(context: Context, data_dict: DataDict) -> Shown:
    """Put an application into the hands of a reviewer (reviewers). The others may
    still decide it.

    :param id: id of the application
    :param version: as last seen (optional)
    :param assignee: name or id of a reviewer whose turn it is; empty: nobody
    :returns: as `edudata_request_show`
    :raises ValidationError: this person does not review the application
    """

    def change(request: Request) -> dict[str, Any]:
        assignee = (data_dict.get("assignee") or "").replace("\x00", "")
        user = model.User.get(assignee) if assignee else None
        if assignee and (user is None or user.id not in aside.reviewers(request)):
            raise tk.ValidationError(
                {"assignee": [tk._("This person does not review this application.")]}
            )
        request.assigned_to = user.id if user else None
        return {"detail": {"internal": True, "assigned_to": request.assigned_to}}

    return commands.execute(context, data_dict, "assign", change)


@validate(schema_review.bulk)
def edudata_request_bulk(context: Context, data_dict: DataDict) -> Shown:
    """Accept or assign many applications, each judged by itself.

    :param command: `accept` or `assign`
    :param requests: `[{id, version}]`, at most 100; `version` as last seen (optional)
    :param assignee: for `assign`
    :returns: `{"done": number, "results": [{id, number, done: bool, state, message}]}`
        in the order asked; `message` says why not
    """
    tk.check_access("edudata_request_bulk", context, data_dict)
    wanted = data_dict.get("requests") or []
    if not wanted:
        raise tk.ValidationError({"requests": [tk._("Choose applications first.")]})
    if len(wanted) > schema_review.MOST_AT_ONCE:
        words = tk._("Choose at most {most} applications.")
        most = schema_review.MOST_AT_ONCE
        raise tk.ValidationError({"requests": [words.format(most=most)]})
    results = [_one(context, data_dict, each) for each in wanted]
    return {"done": sum(line["done"] for line in results), "results": results}


def _one(context: Context, data_dict: DataDict, each: dict[str, Any]) -> Shown:
    line = {"id": each["id"], "number": "", "state": "", "done": False, "message": ""}
    values = {**each, "assignee": data_dict.get("assignee") or ""}
    if data_dict["command"] != "assign":
        values.pop("assignee")
    user: Any = {"user": context.get("user") or ""}
    try:
        name = f"edudata_request_{data_dict['command']}"
        done = tk.get_action(name)(user, values)
        return {**line, "number": done["number"], "state": done["state"], "done": True}
    except tk.ObjectNotFound as error:
        return {**line, "message": str(error)}
    except (tk.ValidationError, tk.NotAuthorized) as error:
        found = getattr(error, "error_dict", None) or {"": [str(error)]}
        words = [text for texts in found.values() for text in texts]
        request = model.Session.get(Request, each["id"], populate_existing=True)
        state = book.state_now(request) if request else ""
        number = request.number if request else ""
        return {**line, "number": number, "state": state, "message": " ".join(words)}


@tk.side_effect_free
@validate(schema.by_id)
def edudata_request_case_show(context: Context, data_dict: DataDict) -> Shown:
    """What a reviewer looks at to decide: the application, what the applicant did with
    data before, and the data asked for.

    Of the applicant's earlier applications only those are told that the reader has a
    part in deciding: what other owners decided is theirs.

    :param id: id of the application
    :returns: `{request: as edudata_request_show with assigned_to, people: {id: name
        of who acted for the authority}, earlier: {count, requests, deliveries, reports,
        broken}, dataset: {title, version, items, …},
        attachments: [{id, name}], persons: {all, confirmed}, reasons: {command: [{id,
        label, words, own}]}, reviewers: [{id, name}]}`
    :raises ObjectNotFound: there is none, or it is one's own, or not for this person
    """
    user_id = people.actor_id(context)
    request = book.get(data_dict["id"], user_id)
    tk.check_access("edudata_request_case_show", context, data_dict)
    shown = showing.whole(request, user_id)
    return {
        "request": {**shown, "assigned_to": request.assigned_to},
        "people": case_review.people_of(shown["history"]),
        "earlier": case_review.earlier(request, user_id or ""),
        "dataset": case_review.dataset(request),
        "attachments": case_review.attachments(request, user_id),
        "persons": case_review.persons(request),
        "reasons": case_review.reasons_for(request),
        "reviewers": case_review.named(aside.reviewers(request)),
    }


@tk.side_effect_free
@validate(schema_review.inbox)
def edudata_request_inbox(context: Context, data_dict: DataDict) -> Shown:
    """Applications that this person has a part in deciding, soonest due first.

    :param view: `waiting` for oneself (default), `mine` (assigned to me), `unassigned`,
        `overdue`, or `all`
    :param state: only in this state (optional)
    :param dataset_id: only for this dataset (optional)
    :param due: `overdue`, `today`, `week`: to be acted on by then (optional)
    :param q: part of the number (optional)
    :param limit: at most so many (default: 50); `offset`: skip so many (default: 0)
    :returns: `{"count": int, "views": {view: number}, "states": {state: number},
        "datasets": [{id, title, count}], "results": [as edudata_request_list, with
        assigned_to: {id, name} and commands]}`
    """
    tk.check_access("edudata_request_inbox", context, data_dict)
    return listing_review.answer(people.actor_id(context) or "", data_dict)
