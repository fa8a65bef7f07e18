"""The page on which one applies."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.requests import applying, pages_apply, states, words

blueprint = web.answer_refusals(Blueprint("edudata_applications", __name__))


def _context() -> Any:
    return {"user": tk.current_user.name}


@blueprint.route("/dataset/<id>/apply/<resource_id>", methods=["GET", "POST"])
def apply(id: str, resource_id: str) -> Any:
    """The form: a draft is kept, an application returned is corrected here too."""
    data = applying.released(resource_id)
    if tk.current_user.is_anonymous:
        return web.to_login()
    mine = _open_application(resource_id)
    if mine and mine["state"] not in ("draft", "returned"):
        return tk.h.redirect_to("edudata_requests.show", id=mine["id"])
    if tk.request.method == "GET":
        return pages_apply.form(data, mine, _typed_before(mine), {})
    typed = pages_apply.typed(tk.request.form, data)
    command = tk.request.form.get("do", "update")
    if command == "submit" and mine and mine["state"] == "returned":
        command = "resubmit"
    if command not in ("update", "submit", "resubmit"):
        return tk.abort(400)
    try:
        if mine is None:
            wanted = {**typed, "resource_id": resource_id}
            mine = tk.get_action("edudata_request_create")(_context(), wanted)
        done = tk.get_action(f"edudata_request_{command}")(
            _context(), {**typed, "id": mine["id"]}
        )
    except tk.ValidationError as error:
        return pages_apply.form(data, mine, typed, error.error_dict), 400
    tk.h.flash_success(tk._(words.DONE[command]))
    if command == "update":
        return tk.h.redirect_to(
            "edudata_applications.apply", id=id, resource_id=resource_id
        )
    return tk.h.redirect_to("edudata_requests.show", id=done["id"])


def _open_application(resource_id: str) -> dict[str, Any] | None:
    found = tk.get_action("edudata_request_list")(
        _context(), {"resource_id": resource_id}
    )
    for line in found["results"]:
        if line["state"] in states.UNDECIDED:
            return tk.get_action("edudata_request_show")(_context(), {"id": line["id"]})
    return None


def _typed_before(mine: dict[str, Any] | None) -> dict[str, Any]:
    if mine is None:
        return {"way": "interface"}
    return {**mine["form"], "applicant_kind": mine["applicant_kind"]}
