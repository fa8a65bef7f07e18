"""Pages of applicants: one's own, and the one that those who decide look at."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, make_response

from ckanext.edudata import web
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests import profile_applicants as profile
from ckanext.edudata.requests import sealed, words_applicants

edudata_applicant = web.answer_refusals(Blueprint("edudata_applicant", __name__))


def _shared() -> dict[str, Any]:
    return {
        "kinds": words_applicants.KINDS,
        "kind_hints": words_applicants.KIND_HINTS,
        "labels": words_applicants.LABELS,
        "by_kind": words_applicants.BY_KIND,
        "hints": words_applicants.HINTS,
        "autocomplete": words_applicants.AUTOCOMPLETE,
        "looked_at": words_applicants.LOOKS,
        "limits": profile.FIELDS,
        "asked": profile.ASKED,
        "needed": profile.NEEDED,
    }


def _private(page: str, status: int = 200) -> Any:
    """A page that nobody on the way keeps."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-store"
    tk.request.environ["__no_cache__"] = "True"
    return answer


def _back() -> str:
    """Where the person came from, if it is a page of this portal."""
    return web.local(tk.request.values.get("back", ""))


def _kept() -> dict[str, Any]:
    try:
        return web.call("edudata_applicant_show")
    except tk.ObjectNotFound:
        return {}


def _still_kept() -> dict[str, Any]:
    """The same, behind an error that is told already."""
    try:
        return _kept()
    except tk.ValidationError:
        return {}


@edudata_applicant.route("/applicant", methods=["GET", "POST"])
def own() -> Any:
    """Who one is, for all one's applications."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    try:
        sealed.ring()
    except sealed.SealError as error:
        return _own({}, {}, status=503, unusable=tk._(str(error)))
    if tk.request.method == "POST":
        return _save()
    try:
        kept = _kept()
    except tk.ValidationError as error:
        return _own({}, {}, status=503, unusable=keeping.why(error))
    return _own(kept, kept)


def _save() -> Any:
    sent = tk.request.form
    typed = {name: sent.get(name, "") for name in ("kind", *profile.FIELDS)}
    version = sent.get("version", "")
    seen = {"version": version} if version.isdigit() else {}
    try:
        web.call("edudata_applicant_update", **typed, **seen)
    except tk.ValidationError as error:
        return _own({**typed, **seen}, _still_kept(), error, 422)
    tk.h.flash_success(tk._("Saved. It is used for all your applications."))
    return tk.redirect_to(_back() or tk.h.url_for("edudata_applicant.own"))


def _own(
    given: dict[str, Any],
    kept: dict[str, Any],
    error: tk.ValidationError | None = None,
    status: int = 200,
    unusable: str = "",
) -> Any:
    labels = {name: tk._(label) for name, label in words_applicants.LABELS.items()}
    page = tk.render(
        "edudata/requests/applicant.html",
        {
            **_shared(),
            "data": {},
            "given": given,
            "kept": kept,
            "errors": error.error_dict if error else {},
            "summary": web.summary(error, labels) if error else [],
            "unusable": unusable,
            "looks": web.call("edudata_applicant_look_list"),
            "back": _back(),
        },
    )
    return _private(page, status)


@edudata_applicant.route("/applicant/export")
def export() -> Any:
    """Everything that is kept of oneself, as JSON."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    try:
        found = web.call("edudata_applicant_export")
    except tk.ValidationError as error:
        return _own({}, {}, status=503, unusable=keeping.why(error))
    content = json.dumps(found, ensure_ascii=False, indent=1).encode()
    return web.download(content, "申请人信息.json", "application/json")


@edudata_applicant.route("/applicant/delete", methods=["POST"])
def delete() -> Any:
    """Delete what is kept of oneself, unless something needs it."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    try:
        web.call("edudata_applicant_delete")
    except tk.ValidationError as error:
        kept = _still_kept()
        return _own(kept, kept, error, 409)
    tk.h.flash_success(tk._("Deleted: nothing of it is kept any more."))
    return tk.redirect_to("edudata_applicant.own")


@edudata_applicant.route("/requests/<id>/applicant")
def of_request(id: str) -> Any:
    """Who applies, for those who decide about this part; on record."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    request = web.call("edudata_request_show", id=id)
    if request["mine"]:
        return tk.redirect_to("edudata_applicant.own")
    unusable, applicant = "", None
    try:
        applicant = web.call(
            "edudata_applicant_show",
            user_id=request["applicant"]["id"],
            request_id=request["id"],
        )
    except tk.ValidationError as error:
        unusable = keeping.why(error)
    page = tk.render(
        "edudata/requests/applicant_look.html",
        {
            **_shared(),
            "application": request,
            "applicant": applicant,
            "unusable": unusable,
        },
    )
    return _private(page, 503 if unusable else 200)
