"""Putting what was typed into the parts of an application."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import DataDict

from ckanext.edudata.requests import (
    book,
    forms,
    keeping_agreements,
    keeping_applicants,
    keeping_unit_forms,
)
from ckanext.edudata.requests import questions_unit_forms as questions
from ckanext.edudata.requests.forms import Problem
from ckanext.edudata.requests.model import Request

Problems = dict[str, Problem]
ANSWER = "answer_"
"""What the names of a unit's questions begin with, in errors and on pages."""


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
    items = shown.get("information_items") or []
    return {
        **found,
        "columns": forms.labelled(found["columns"], items),
        "items": {item["name"]: item for item in items},
    }


def types(data: dict[str, Any]) -> dict[str, str]:
    """Columns of released data, id → type."""
    return {column["id"]: column["type"] for column in data["columns"]}


def fill(request: Request, given: DataDict, data: dict[str, Any]) -> Problems:
    """Put what was given into a part; what is wrong is left out, and told."""
    form, problems = forms.clean(given, types(data))
    asked = keeping_unit_forms.asked_of(request)
    if "answers" in given and asked:
        answers, wrong = questions.clean(given["answers"], asked.questions)
        form["answers"] = {**keeping_unit_forms.answers(request, asked), **answers}
        form["answers_to"] = asked.unit_id
        problems |= {f"{ANSWER}{key}": told for key, told in wrong.items()}
    request.form = {**request.form, **form}
    request.applicant_kind = keeping_applicants.kind(request.user_id)
    return problems


def share(request: Request, together: list[Request]) -> None:
    """Give the common words of one draft part to the others."""
    common = {name: request.form[name] for name in forms.COMMON if name in request.form}
    for part in together:
        if part is not request:
            part.form = {**part.form, **common}
            part.applicant_kind = request.applicant_kind


def agree(together: list[Request], given: DataDict) -> Problems:
    """Note that the agreement in force is accepted for these parts, or not any more."""
    if given.get("agreed") is None:
        return {}
    if not given["agreed"]:
        _agreed(together, None, None)
        return {}
    name = str(given.get("agreed_name") or "").replace("\x00", "").strip()
    if len(name) > keeping_agreements.LONGEST_NAME:
        values = {"most": keeping_agreements.LONGEST_NAME, "now": len(name)}
        return {"agreed_name": Problem(forms.TOO_LONG, values)}
    one = together[0]
    page = "" if name else _stamped_page(one.application_id)
    if name or page:
        row = keeping_agreements.accept(
            one.application_id, one.user_id, name=name, attachment_id=page
        )
        _agreed(together, row.version, row.id)
    return {}


def _agreed(parts: list[Request], terms: str | None, acceptance: str | None) -> None:
    for part in parts:
        part.agreed_terms = terms
        part.acceptance_id = acceptance


def _stamped_page(application_id: str) -> str:
    """Id of the last stamped page uploaded, empty where there is none."""
    found = attachments(application_id)
    pages = [each["id"] for each in found if each["kind"] == "agreement_page"]
    return pages[-1] if pages else ""


def attachments(application_id: str) -> list[dict[str, Any]]:
    """Files of the application, oldest first."""
    return tk.get_action("edudata_attachment_list")(
        {"ignore_auth": True}, {"application_id": application_id}
    )


def unfinished(request: Request, data: dict[str, Any], given: DataDict) -> Problems:
    """What a part still needs before it can be submitted."""
    problems = forms.missing(
        {**request.form, "applicant_kind": request.applicant_kind},
        book.today(),
        tk.config["ckanext.edudata.requests.longest_days"],
        columns=len(data["columns"]),
    )
    asked = keeping_unit_forms.asked_of(request)
    if asked:
        answers = keeping_unit_forms.answers(request, asked)
        wanted = questions.missing(answers, asked.questions)
        problems |= {f"{ANSWER}{key}": told for key, told in wanted.items()}
    if not _signed(request):
        key = "agreed_name" if given.get("agreed") else "agreed"
        problems[key] = Problem(UNSIGNED[key])
    return problems


def _signed(request: Request) -> bool:
    """Whether the agreement in force is accepted, and the stamped page still there."""
    if request.agreed_terms != keeping_agreements.in_force().version:
        return False
    kept = keeping_agreements.shown(request.acceptance_id)
    if kept is None or kept["way"] == "name":
        return kept is not None
    files = attachments(request.application_id)
    return kept["attachment_id"] in [each["id"] for each in files]


UNSIGNED = {
    "agreed": "Accept the terms of use first.",
    "agreed_name": "Type your name, or upload the stamped page.",
}


def seal_off(request: Request, data: dict[str, Any]) -> None:
    """What holds from the submission on: version of the data, form of the unit."""
    request.release_id = data["release_id"]
    asked = keeping_unit_forms.asked_of(request)
    request.unit_form_id = asked.id if asked else None
    request.submitted_at = request.submitted_at or book.now()
