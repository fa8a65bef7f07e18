"""One's notices, and how one wants to be told."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.feedback import preferences

edudata_notices = web.answer_refusals(Blueprint("edudata_notices", __name__))

PAGE = 30


@edudata_notices.before_request
def only_with_account() -> Any:
    """Nobody else has notices."""
    return web.to_login() if current_user.is_anonymous else None


@edudata_notices.route("/notices")
def index() -> str:
    """All notices of the person, newest first; those that wait are marked."""
    page = max(1, tk.h.get_page_number(tk.request.args))
    waiting = tk.request.args.get("show") == "waiting"
    asked = {"unread": True} if waiting else {}
    found = web.call(
        "edudata_notice_list", limit=PAGE, offset=PAGE * (page - 1), **asked
    )
    for notice in found["results"]:
        notice["about"] = tk.h.edudata_notice_about(notice)
    return tk.render(
        "edudata/feedback/notices/index.html",
        {
            "found": found,
            "waiting": waiting,
            "page": page,
            "pages": max(1, -(-found["count"] // PAGE)),
        },
    )


@edudata_notices.route("/notice")
def short() -> Any:
    """Where the portal leads who opens the address of one notice: it takes forms."""
    return tk.redirect_to("edudata_notices.index")


@edudata_notices.route("/notices/read", methods=["POST"])
def read_all() -> Any:
    """Mark all as read."""
    number = web.call("edudata_notice_read_all")
    tk.h.flash_success(tk._("{n} notices marked as read.").format(n=number))
    return tk.redirect_to("edudata_notices.index")


@edudata_notices.route("/notices/settings", methods=["GET", "POST"])
def settings() -> Any:
    """Which kinds are mailed, when, and in which language."""
    summary: list[dict[str, str]] = []
    found = web.call("edudata_notice_preference_show")
    if tk.request.method == "POST":
        form = tk.request.form
        typed = {
            "language": form.get("language", ""),
            "mail": {
                one["name"]: form[f"mail-{one['name']}"]
                for one in found["groups"]
                if f"mail-{one['name']}" in form
            },
            "hidden": [
                one["name"]
                for one in found["groups"]
                if not one["obliged"] and form.get(f"site-{one['name']}") != "yes"
            ],
        }
        try:
            web.call("edudata_notice_preference_update", **typed)
        except tk.ValidationError as error:
            labels = {
                "language": tk._("Language of mails"),
                "mail": tk._("By mail"),
                "hidden": tk._("On the site"),
            }
            summary = web.summary(error, labels)
        else:
            tk.h.flash_success(tk._("Saved. It holds for notices from now on."))
            return tk.redirect_to("edudata_notices.settings")
    page = tk.render(
        "edudata/feedback/notices/settings.html",
        {
            "found": found,
            "ways": preferences.MAIL,
            "hour": tk.config["ckanext.edudata.notices.digest_hour"],
            "address": getattr(current_user, "email", "") or "",
            "summary": summary,
        },
    )
    return (page, 422) if summary else page
