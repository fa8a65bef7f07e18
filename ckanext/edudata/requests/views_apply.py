"""Pages of applying: the form of a draft or of a part returned, and one's own list."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, jsonify, make_response

from ckanext.edudata import web
from ckanext.edudata.requests import pages_apply, sheets_apply, states, words
from ckanext.edudata.requests.sheets_apply import Sheet

blueprint = web.answer_refusals(Blueprint("edudata_applications", __name__))
PAGE = 20
Answer = Any


@blueprint.before_request
def logged_in() -> Answer:
    """Everything here is for people whom the portal knows."""
    if tk.current_user.is_anonymous:
        if tk.request.form.get("do") == "autosave":
            return jsonify({"message": tk._(LOGGED_OUT)}), 401
        if tk.request.view_args and "resource_id" in tk.request.view_args:
            # What cannot be applied for is no reason to log in.
            sheets_apply.new(tk.request.view_args["resource_id"])
        return web.to_login()
    return None


LOGGED_OUT = (
    "You are no longer logged in. Log in in another window, then save: what you typed "
    "is still here."
)


@blueprint.after_request
def kept_by_nobody(answer: Answer) -> Answer:
    """Applications are in no cache on the way, nor in the browser's."""
    answer.headers["Cache-Control"] = "private, no-store"
    tk.request.environ["__no_cache__"] = "True"
    return answer


@blueprint.route("/dataset/<id>/apply/<resource_id>", methods=["GET", "POST"])
def apply(id: str, resource_id: str) -> Answer:
    """The form for one table: begins a draft, goes on with one, corrects a part."""
    fresh = sheets_apply.new(resource_id)
    mine = _open_application(resource_id)
    if mine and mine["state"] not in ("draft", "returned"):
        return tk.h.redirect_to("edudata_requests.show", id=mine["id"])
    if mine and mine["state"] == "returned":
        return _form([sheets_apply.of(mine, False)], corrected=mine)
    if mine:
        application = web.call("edudata_application_show", id=mine["application_id"])
        if len(application["parts"]) > 1:
            return tk.h.redirect_to("edudata_applications.edit", id=application["id"])
        sheets = [sheets_apply.of(application["parts"][0], False)]
        return _form(sheets, application=application)
    if tk.request.method == "GET" and not _profile():
        tk.h.flash_notice(tk._("Say who you are first; this is kept for later."))
        return tk.h.redirect_to("edudata_applicant.own", back=tk.request.path)
    return _form([fresh])


@blueprint.route("/applications/<id>/form", methods=["GET", "POST"])
def edit(id: str) -> Answer:
    """The form of a draft with all its parts."""
    application = web.call("edudata_application_show", id=id)
    if not application["draft"]:
        return tk.h.redirect_to("edudata_applications.show", id=id)
    several = len(application["parts"]) > 1
    sheets = [sheets_apply.of(part, several) for part in application["parts"]]
    return _form(sheets, application=application)


def _form(
    sheets: list[Sheet],
    application: dict[str, Any] | None = None,
    corrected: dict[str, Any] | None = None,
) -> Answer:
    """Show the form, or save what was typed into it."""
    shown = {"application": application, "corrected": corrected, "profile": _profile()}
    if tk.request.method == "GET":
        given = application or {
            **(corrected or {}),
            **(corrected or {}).get("form", {}),
        }
        drafts = [] if application or corrected else _drafts()
        return pages_apply.form(sheets, given, {}, **shown, drafts=drafts)
    sent = tk.request.form
    given = pages_apply.common(sent)
    for sheet in sheets:
        sheet.given = pages_apply.own(sent, sheet)
    do = sent.get("do", "update")
    if do not in ("update", "submit", "autosave"):
        return tk.abort(400)
    try:
        if application is None and corrected is None:
            application = _begun(sheets[0], given)
            seen = None
        else:
            seen = int(sent["version"]) if sent.get("version", "").isdigit() else None
        done = _save(do, sheets, given, application, corrected, seen)
    except tk.ValidationError as error:
        model.Session.rollback()
        return _refused(error, do, sheets, given, {**shown, "application": application})
    if do == "autosave":
        return jsonify(_saved(done, sheets, application))
    return _done(do, sheets, application, done)


def _begun(sheet: Sheet, given: dict[str, Any]) -> dict[str, Any]:
    """A draft for what was typed; wrong values are told of when it is saved."""
    made = web.call("edudata_request_create", resource_id=sheet.data["resource_id"])
    application = web.call("edudata_application_show", id=made["application_id"])
    sheet.part = application["parts"][0]
    return application


def _save(
    do: str,
    sheets: list[Sheet],
    given: dict[str, Any],
    application: dict[str, Any] | None,
    corrected: dict[str, Any] | None,
    seen: int | None,
) -> dict[str, Any]:
    version = {} if seen is None else {"version": seen}
    if corrected:
        command = "resubmit" if do == "submit" else "update"
        typed = {**given, **sheets[0].given, **version}
        return web.call(f"edudata_request_{command}", id=corrected["id"], **typed)
    parts = [{**sheet.given, "id": (sheet.part or {})["id"]} for sheet in sheets]
    command = "submit" if do == "submit" else "update"
    return web.call(
        f"edudata_application_{command}",
        **{"id": (application or {})["id"], **given, **version, "parts": parts},
        **({"partial": True} if do == "autosave" else {}),
    )


def _refused(
    error: tk.ValidationError,
    do: str,
    sheets: list[Sheet],
    given: dict[str, Any],
    shown: dict[str, Any],
) -> Answer:
    stale = "version" in error.error_dict
    if do == "autosave":
        errors = pages_apply.flat(error.error_dict, sheets)
        told = pages_apply.summary(errors, sheets)
        message = " ".join(each["message"] for each in told)
        return jsonify({"message": message, "stale": stale}), 409
    if do == "submit" and not stale:
        # What is right of it is kept, whatever becomes of the page.
        _keep(sheets, given, shown["application"], shown["corrected"])
    for name, action in (
        ("application", "edudata_application_show"),
        ("corrected", "edudata_request_show"),
    ):
        if shown[name]:
            # As it stands now: saving once more is meant for that.
            shown[name] = web.call(action, id=shown[name]["id"])
    page = pages_apply.form(sheets, given, error.error_dict, **shown)
    return make_response(page, 409 if stale else 400)


def _keep(
    sheets: list[Sheet],
    given: dict[str, Any],
    application: dict[str, Any] | None,
    corrected: dict[str, Any] | None,
) -> None:
    if application and not corrected:
        try:
            _save("autosave", sheets, given, application, None, None)
        except tk.ValidationError:
            model.Session.rollback()


def _saved(
    done: dict[str, Any], sheets: list[Sheet], application: dict[str, Any] | None
) -> dict[str, Any]:
    """What the page has to know after it saved itself."""
    errors = pages_apply.flat(done.get("problems") or {}, sheets)
    address = None
    if application:
        address = tk.h.url_for("edudata_applications.edit", id=application["id"])
    return {
        "version": done["version"],
        "address": address,
        "problems": pages_apply.summary(errors, sheets),
    }


def _done(
    do: str,
    sheets: list[Sheet],
    application: dict[str, Any] | None,
    done: dict[str, Any],
) -> Answer:
    if do == "update":
        tk.h.flash_success(tk._(words.DONE["update"]))
        if application and len(sheets) > 1:
            return tk.h.redirect_to("edudata_applications.edit", id=application["id"])
        data = sheets[0].data
        return tk.h.redirect_to(
            "edudata_applications.apply",
            id=data["dataset_name"],
            resource_id=data["resource_id"],
        )
    command = "submit" if application else "resubmit"
    tk.h.flash_success(tk._(words.DONE[command]))
    if application and len(sheets) > 1:
        return tk.h.redirect_to("edudata_applications.show", id=application["id"])
    part = done["parts"][0] if application else done
    return tk.h.redirect_to("edudata_requests.show", id=part["id"])


def _profile() -> dict[str, Any] | None:
    try:
        return web.call("edudata_applicant_show")
    except (tk.ObjectNotFound, tk.ValidationError):
        return None


def _drafts() -> list[dict[str, Any]]:
    """Drafts to which one more dataset can be added."""
    found = web.call("edudata_application_list", drafts=True, limit=5)["results"]
    return [line for line in found if line["draft"]]


def _open_application(resource_id: str) -> dict[str, Any] | None:
    found = web.call("edudata_request_list", resource_id=resource_id)
    for line in found["results"]:
        if line["state"] in states.UNDECIDED:
            return web.call("edudata_request_show", id=line["id"])
    return None


@blueprint.route("/applications/<id>/add", methods=["POST"])
def add(id: str) -> Answer:
    """Ask for one more table in a draft."""
    wanted = tk.request.form.get("resource_id", "")
    try:
        web.call("edudata_request_create", application_id=id, resource_id=wanted)
        tk.h.flash_success(tk._("Added. What was typed for all parts holds here too."))
    except tk.ValidationError as error:
        tk.h.flash_error(pages_apply.summary(error.error_dict, [])[0]["message"])
    return tk.h.redirect_to("edudata_applications.edit", id=id)


@blueprint.route("/applications/<id>/discard", methods=["POST"])
def discard(id: str) -> Answer:
    """Take a dataset out of a draft, or discard all of it."""
    part = tk.request.form.get("part")
    asked = {"request_id": part} if part else {}
    left = web.call("edudata_application_discard", id=id, **asked)["left"]
    if left:
        tk.h.flash_success(tk._("Taken out of the application."))
        return tk.h.redirect_to("edudata_applications.edit", id=id)
    tk.h.flash_success(tk._("The draft was discarded."))
    return tk.h.redirect_to("edudata_applications.index")


@blueprint.route("/applications/<id>")
def show(id: str) -> Answer:
    """An application with all its parts, for its applicant."""
    return pages_apply.one(web.call("edudata_application_show", id=id))


@blueprint.route("/applications")
def index() -> Answer:
    """The applications of this person."""
    page = max(1, tk.h.get_page_number(tk.request.args))
    found = web.call("edudata_application_list", limit=PAGE, offset=PAGE * (page - 1))
    return pages_apply.listing(found, page, PAGE)


@blueprint.route("/requests/<id>/renew", methods=["POST"])
def renew(id: str) -> Answer:
    """Begin a renewal, and go on to its form."""
    try:
        made = web.call("edudata_request_renew", id=id)
    except (tk.ValidationError, tk.NotAuthorized) as error:
        model.Session.rollback()
        errors = getattr(error, "error_dict", None) or {"": [str(error)]}
        tk.h.flash_error(pages_apply.summary(errors, [])[0]["message"])
        return tk.h.redirect_to("edudata_requests.show", id=id)
    return tk.h.redirect_to("edudata_applications.edit", id=made["application_id"])
