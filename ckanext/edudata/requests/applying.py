"""What comes with a command: the form of an applicant, the terms of a reviewer."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import DataDict

from ckanext.edudata.requests import (
    book,
    drafts_apply,
    filling_apply,
    forms,
    renewals_apply,
    showing,
)
from ckanext.edudata.requests.commands import Change
from ckanext.edudata.requests.filling_apply import released, types
from ckanext.edudata.requests.model import Request

__all__ = ["appealed", "create", "decided", "filled", "released", "types"]


def create(user_id: str, data_dict: DataDict) -> dict[str, Any]:
    """A draft, or a part of one. One may be open for a person and a resource."""
    part = drafts_apply.create(user_id, data_dict)
    return showing.whole(part, user_id)


def filled(data_dict: DataDict, submits: bool = True) -> Change:
    """The form as given with `update`, `submit` or `resubmit`."""
    drafts_apply.lock_of(data_dict.get("id"))

    def change(request: Request) -> dict[str, Any]:
        if request.state not in ("draft", "returned"):
            return {}
        data = released(request.resource_id)
        together = [request]
        if request.state == "draft":
            together = drafts_apply.together(request)
            if submits and len(together) > 1:
                raise tk.ValidationError({"id": [tk._(drafts_apply.TOGETHER)]})
        problems = filling_apply.fill(request, data_dict, data)
        problems |= filling_apply.agree(together, data_dict)
        filling_apply.share(request, together)
        if not problems and submits:
            problems = filling_apply.unfinished(request, data, data_dict)
        if problems:
            raise tk.ValidationError(book.in_words(problems))
        if not submits:
            return {}
        filling_apply.seal_off(request, data)
        if request.state == "draft":
            renewals_apply.sent(request)
        return {"complete": True, "agreed": True}

    return change


def decided(data_dict: DataDict) -> Change:
    """The terms as given with `approve` or `overturn`."""

    def change(request: Request) -> dict[str, Any]:
        if request.state not in ("in_review", "superior_review"):
            return {}
        given = {
            key: data_dict.get(key)
            for key in ("fields", "rows", "until", "way", "quota_rows", "quota_calls")
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
