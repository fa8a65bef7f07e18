"""Working pages of entries: the desk, an entry, and the commands of its life."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.catalog import desk as waiting
from ckanext.edudata.catalog.forms import forms

__all__ = ["desk", "entries", "forms"]

desk = web.answer_refusals(Blueprint("edudata_desk", __name__))
entries = web.answer_refusals(Blueprint("edudata_entry", __name__, url_prefix="/entry"))

_DONE = {
    "submit": "Submitted. A reviewer of the unit decides next.",
    "return": "Returned to the compiler with your reason.",
    "approve": "Approved. It can be released now.",
    "pass_security": "The security review is passed. It can be released now.",
    "release": "Released. The open dataset is public.",
}
_TO_SECURITY = "Approved. A security officer looks at it before it can be released."


@desk.route("/desk", endpoint="desk")
def show_desk() -> Any:
    """我的工作台: what waits for the person, by role."""
    if current_user.is_anonymous:
        return web.to_login()
    return tk.render("edudata/catalog/desk.html", waiting.of_person())


@entries.route("/", strict_slashes=False)
def index() -> Any:
    """Data resources of one's units, by state, unit and words."""
    if current_user.is_anonymous:
        return web.to_login()
    return tk.render("edudata/catalog/entries.html", waiting.entries(tk.request.args))


@entries.route("/<id>")
def read(id: str) -> Any:
    """An entry: where it stands, its files and verdicts, what can be done now."""
    return _page(id, None, {})


@entries.route(
    "/<id>/<any(submit, return, approve, pass_security, release):command>",
    methods=["POST"],
)
def command(id: str, command: str) -> Any:
    """Give one of the commands of an entry's life."""
    pkg = _entry(id)
    form = tk.request.form
    data: dict[str, Any] = {"id": pkg["id"]}
    if command in ("return", "pass_security"):
        data["reason"] = form.get("reason", "")
    if command in ("approve", "return", "pass_security"):
        # What the person looked at; another digest now means it was changed. A return
        # lets nothing out, and needs none.
        data["digest"] = form.get("digest") or ("" if command == "return" else "none")
    action = "edudata_release" if command == "release" else f"edudata_entry_{command}"
    try:
        done = web.call(action, **data)
    except tk.ValidationError as error:
        typed = {"reason": form.get("reason", ""), "command": command}
        return _page(id, error, typed)
    secured = command == "approve" and done["state"] == "security_review"
    tk.h.flash_success(tk._(_TO_SECURITY if secured else _DONE[command]))
    return tk.redirect_to("entry.read", id=pkg["name"])


@entries.route("/<id>/resource/<resource_id>")
def file(id: str, resource_id: str) -> Any:
    """A file has no page of its own; it stands on its entry's."""
    pkg = _entry(id)
    return tk.redirect_to("entry.read", id=pkg["name"], _anchor=f"file-{resource_id}")


@entries.route("/resources/<id>")
@entries.route("/groups/<id>")
@entries.route("/collaborators/<id>")
@entries.route("/followers/<id>")
@entries.route("/<id>/resource/<resource_id>/views")
@entries.route("/<id>/resource/<resource_id>/new_view")
@entries.route("/<id>/resource/<resource_id>/edit_view/<view_id>")
@entries.route("/<id>/dictionary/<resource_id>")
def elsewhere(id: str, **_: str) -> Any:
    """Pages of CKAN that mean nothing for entries."""
    return tk.redirect_to("entry.read", id=_entry(id)["name"])


def _entry(reference: str) -> dict[str, Any]:
    pkg = web.call("package_show", id=reference)
    if pkg["type"] != "entry":
        raise tk.ObjectNotFound
    return pkg


def _page(id: str, error: tk.ValidationError | None, typed: dict[str, str]) -> Any:
    pkg = _entry(id)
    entry = web.call("edudata_entry_show", id=pkg["id"])
    opened = web.call("edudata_opened_list", id=pkg["id"])
    live = next((item for item in opened if item["state"] == "live"), None)
    page = tk.render(
        "edudata/catalog/entry.html",
        {
            "pkg": pkg,
            "entry": entry,
            "checks": {check["resource_id"]: check for check in entry["checks"]},
            "opened": opened,
            "live": live,
            "may_edit": web.may("package_update", id=pkg["id"]),
            "may_see_findings": web.may("edudata_check_show", id=pkg["id"]),
            "may_desensitize": web.may("edudata_desensitize", id=pkg["id"]),
            "may_stop": bool(live) and web.may("edudata_stop", id=live["dataset_id"]),
            "summary": _summary(error) if error else [],
            "typed": typed,
        },
    )
    return (page, 422) if error else page


def _summary(error: tk.ValidationError) -> list[dict[str, str]]:
    """What is wrong; keys without words of their own are names of files."""
    labels = {
        "state": "",
        "digest": "",
        "resources": "",
        "opening_class": tk._("Opening class"),
        "sources": tk._("One data, one source"),
        "security": "",
        "metadata": tk._("Title and description"),
    }
    return web.summary(error, labels, keys_are_words=True)
