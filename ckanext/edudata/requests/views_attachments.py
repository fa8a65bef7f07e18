"""Attachments: uploaded, downloaded and taken back, without JavaScript."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.requests import keeping_applicants, reading_attachments

edudata_attachments = web.answer_refusals(Blueprint("edudata_attachments", __name__))


@edudata_attachments.before_request
def logged_in() -> Any:
    """Everything here is for people whom the portal knows."""
    return web.to_login() if tk.current_user.is_anonymous else None


@edudata_attachments.route("/requests/attachments/<id>")
def download(id: str) -> Any:
    """The file, to be saved and never shown by the browser."""
    context: Any = {"user": tk.current_user.name}
    try:
        found, content = reading_attachments.read(context, id)
    except tk.ValidationError as error:
        return tk.abort(503, keeping_applicants.why(error))
    answer = web.download(content, found["name"], found["type"])
    # Whatever is in it, it is no page of this portal.
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Frame-Options"] = "DENY"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@edudata_attachments.route("/applications/<id>/attachments")
def listing(id: str) -> Any:
    """Attachments of an application of one's own."""
    return _page(id, [])


@edudata_attachments.route("/applications/<id>/attachments", methods=["POST"])
def upload(id: str) -> Any:
    """Attach a file, or take one back."""
    sent = tk.request.form
    try:
        if sent.get("take_back"):
            web.call("edudata_attachment_take_back", id=sent["take_back"])
            tk.h.flash_success(tk._("Taken back."))
        else:
            web.call(
                "edudata_attachment_create",
                application_id=id,
                kind=sent.get("kind", "attachment"),
                upload=tk.request.files.get("upload"),
            )
            tk.h.flash_success(tk._("Uploaded."))
    except tk.ValidationError as error:
        labels = {"upload": tk._("Attach a file")}
        return _page(id, web.summary(error, labels)), 422
    back = web.local(tk.request.args.get("back", ""))
    return tk.redirect_to(back or tk.h.url_for("edudata_attachments.listing", id=id))


def _page(id: str, summary: list[dict[str, str]]) -> Any:
    return tk.render(
        "edudata/requests/attachments.html",
        {
            "application": web.call("edudata_application_show", id=id),
            "corrected": None,
            "summary": summary,
            "upload_errors": [item["message"] for item in summary],
            "back": web.local(tk.request.args.get("back", "")),
        },
    )
