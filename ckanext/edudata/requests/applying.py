"""What comes with a command: the form of an applicant, the terms of a reviewer."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import DataDict
from sqlalchemy.exc import IntegrityError

from ckanext.edudata.requests import book, drafts_apply, forms, showing, states
from ckanext.edudata.requests.commands import Change
from ckanext.edudata.requests.model import Request


def released(resource_id: str) -> dict[str, Any]:
    """The conditional data behind a public id, as the opening room tells of them.

    :raises ObjectNotFound: no conditional data that can be applied for
    """
    found = tk.get_action("edudata_released_resource_show")(
        {"ignore_auth": True}, {"id": resource_id}
    )
    if found["kind"] != "conditional" or found["stopped"]:
        raise tk.ObjectNotFound(tk._("There are no conditional data under this id"))
    shown = tk.get_action("resource_show")({"ignore_auth": True}, {"id": resource_id})
    items = shown.get("information_items")
    return {**found, "columns": forms.labelled(found["columns"], items)}


def types(data: dict[str, Any]) -> dict[str, str]:
    """Columns of released data, id → type."""
    return {column["id"]: column["type"] for column in data["columns"]}


def create(user_id: str, data_dict: DataDict) -> dict[str, Any]:
    """A draft. One application may be open for a person and a resource."""
    data = released(data_dict["resource_id"])
    try:
        _none_open(user_id, data["resource_id"])
        request = drafts_apply.add(drafts_apply.begin(user_id), data)
        _fill(request, data_dict, data)
        model.Session.commit()
    except IntegrityError:
        model.Session.rollback()
        raise tk.ValidationError({"resource_id": [_already()]}) from None
    except Exception:
        model.Session.rollback()
        raise
    return showing.whole(request, user_id)


def _already() -> str:
    return tk._("You have an open application for these data already.")


def _none_open(user_id: str, resource_id: str) -> None:
    query = sa.select(Request).where(
        Request.user_id == user_id,
        Request.resource_id == resource_id,
        Request.state.in_(states.UNDECIDED),
    )
    for request in model.Session.scalars(query.with_for_update()):
        book.let_time_pass(request)
        if request.state in states.UNDECIDED:
            raise tk.ValidationError(
                {"resource_id": [f"{_already()} {request.number}"]}
            )
    model.Session.flush()


def _fill(request: Request, given: DataDict, data: dict[str, Any]) -> None:
    form, problems = forms.clean(given, types(data))
    if problems:
        raise tk.ValidationError(book.in_words(problems))
    request.applicant_kind = form.pop("applicant_kind", request.applicant_kind)
    request.form = {**request.form, **form}
    if given.get("agreed") is not None:
        request.agreed_terms = forms.TERMS if given["agreed"] else None


def filled(data_dict: DataDict, submits: bool = True) -> Change:
    """The form as given with `update`, `submit` or `resubmit`."""

    def change(request: Request) -> dict[str, Any]:
        if request.state not in ("draft", "returned"):
            return {}
        data = released(request.resource_id)
        _fill(request, data_dict, data)
        request.release_id = data["release_id"]
        if not submits:
            return {}
        problems = book.problems(request)
        agreed = request.agreed_terms == forms.TERMS
        if not agreed:
            problems["agreed"] = forms.Problem(states.GUARDS["agreement"].msgid)
        if problems:
            raise tk.ValidationError(book.in_words(problems))
        request.submitted_at = request.submitted_at or book.now()
        return {"complete": True, "agreed": True}

    return change


def decided(data_dict: DataDict) -> Change:
    """The terms as given with `approve` or `overturn`."""

    def change(request: Request) -> dict[str, Any]:
        if request.state not in ("in_review", "superior_review"):
            return {}
        given = {
            key: data_dict.get(key)
            for key in ("fields", "rows", "until", "way", "quota_rows")
        }
        if given["rows"] is not None:
            _check_rows(request, given["rows"])
        terms, narrowed, problems = forms.decide(request.form, given, book.today())
        if problems:
            raise tk.ValidationError(book.in_words(problems))
        request.decided = terms
        return {
            "narrowed": narrowed,
            "second_consent": showing.second_consent(request),
            "detail": {"decided": terms, "narrowed": narrowed},
        }

    return change


def _check_rows(request: Request, rows: Any) -> None:
    try:
        forms.checked_rows(rows, types(released(request.resource_id)))
    except ValueError as error:
        raise tk.ValidationError({"rows": [tk._(str(error))]}) from None


def appealed(request: Request) -> dict[str, Any]:
    """A review may be asked for once."""
    before = request.appealed
    request.appealed = True
    return {"appealed": before}
