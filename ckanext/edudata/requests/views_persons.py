"""Pages of the people named: by the applicant, for themselves, and for reviewers."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.requests import keeping_agreements, states, words_applicants

edudata_persons = web.answer_refusals(Blueprint("edudata_persons", __name__))

LABELS = {
    "given": "Account name or mail address",
    "name": "Name of the person",
    "agreed": "Terms of use",
    "agreed_name": "Your name",
}


@edudata_persons.before_request
def logged_in() -> Any:
    """Everything here is for people whom the portal knows."""
    return web.to_login() if tk.current_user.is_anonymous else None


@edudata_persons.after_request
def kept_by_nobody(answer: Any) -> Any:
    """These pages are in no cache on the way, nor in the browser's."""
    answer.headers["Cache-Control"] = "private, no-store"
    tk.request.environ["__no_cache__"] = "True"
    return answer


def _summary(error: tk.ValidationError | None) -> list[dict[str, str]]:
    labels = {name: tk._(label) for name, label in LABELS.items()}
    return web.summary(error, labels) if error else []


def _shared(error: tk.ValidationError | None) -> dict[str, Any]:
    return {
        "states": words_applicants.PERSON_STATES,
        "tones": words_applicants.PERSON_TONES,
        "labels": LABELS,
        "errors": error.error_dict if error else {},
        "summary": _summary(error),
        "data": {},
    }


@edudata_persons.route("/applications/<id>/persons")
def listing(id: str) -> Any:
    """Whom a body has named in an application of its own."""
    return _listing(id, {}, None)


@edudata_persons.route("/applications/<id>/persons", methods=["POST"])
def change(id: str) -> Any:
    """Name a person, or remove one."""
    sent = tk.request.form
    typed = {name: sent.get(name, "") for name in ("given", "name")}
    try:
        if sent.get("end"):
            web.call("edudata_request_person_end", id=sent["end"])
            tk.h.flash_success(tk._("Removed: this person can read nothing any more."))
        else:
            web.call("edudata_request_person_name", application_id=id, **typed)
            tk.h.flash_success(
                tk._(
                    "Named. If there is such an account, its holder is asked now; the "
                    "answer stands here."
                )
            )
    except tk.ValidationError as error:
        return _listing(id, typed, error), 422
    return tk.redirect_to("edudata_persons.listing", id=id)


def _listing(id: str, given: dict[str, str], error: tk.ValidationError | None) -> Any:
    return tk.render(
        "edudata/requests/persons.html",
        {
            **_shared(error),
            "application": web.call("edudata_application_show", id=id),
            "given": given,
            "corrected": None,
        },
    )


@edudata_persons.route("/applications/named")
def mine() -> Any:
    """Applications in which one was named."""
    return _mine("", {}, None)


@edudata_persons.route("/applications/named/<id>", methods=["POST"])
def answer(id: str) -> Any:
    """Confirm, decline or leave."""
    sent = tk.request.form
    do = sent.get("do")
    typed = {"agreed_name": sent.get("agreed_name", "").strip()}
    try:
        if do == "confirm":
            agreed = sent.get("agreed") == "yes"
            web.call("edudata_request_person_confirm", id=id, agreed=agreed, **typed)
            tk.h.flash_success(tk._("Confirmed. You read the data once it is granted."))
        elif do == "decline":
            web.call("edudata_request_person_decline", id=id)
            tk.h.flash_success(tk._("Declined."))
        elif do == "end":
            web.call("edudata_request_person_end", id=id)
            tk.h.flash_success(tk._("You read nothing under it any more."))
        else:
            return tk.abort(400)
    except tk.ValidationError as error:
        return _mine(id, {**typed, "agreed": sent.get("agreed")}, error), 422
    return tk.redirect_to("edudata_persons.mine")


def _mine(about: str, given: dict[str, Any], error: tk.ValidationError | None) -> Any:
    terms = keeping_agreements.in_force()
    return tk.render(
        "edudata/requests/persons_mine.html",
        {
            **_shared(error),
            "named": web.call("edudata_request_person_mine"),
            "about": about,
            "given": given,
            "terms": terms,
            "clauses": terms.text(tk.h.lang()).splitlines(),
            "request_states": states.STATES,
        },
    )


@edudata_persons.route("/requests/<id>/persons/<person_id>/admit", methods=["POST"])
def admit(id: str, person_id: str) -> Any:
    """Admit a person who was named after the decision."""
    try:
        web.call("edudata_request_person_admit", id=person_id, request_id=id)
        tk.h.flash_success(tk._("Admitted: this person may read the data now."))
    except tk.ValidationError as error:
        tk.h.flash_error(" ".join(item["message"] for item in _summary(error)))
    return tk.redirect_to("edudata_applicant.of_request", id=id)
