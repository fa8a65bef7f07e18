"""Stopping an open dataset, from the page of its entry."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web

opening = web.answer_refusals(Blueprint("edudata_opening", __name__))


@opening.route("/entry/<id>/stop", methods=["GET", "POST"])
def stop(id: str) -> Any:
    """停止开放: at once, with a reason that the public reads."""
    pkg = web.call("package_show", id=id)
    released = web.call("edudata_opened_list", id=pkg["id"])
    live = [item for item in released if item["state"] == "live"]
    if not live:
        tk.h.flash_notice(tk._("Nothing of this entry is open now."))
        return tk.redirect_to("entry.read", id=pkg["name"])
    tk.check_access("edudata_stop", {"user": tk.g.user}, {"id": live[0]["dataset_id"]})
    reason, summary = tk.request.form.get("reason", ""), []
    if tk.request.method == "POST":
        try:
            web.call("edudata_stop", id=live[0]["dataset_id"], reason=reason)
        except tk.ValidationError as error:
            summary = web.summary(error, {"reason": tk._("Reason")})
        else:
            tk.h.flash_success(tk._("Stopped. Nothing of it can be read any more."))
            return tk.redirect_to("entry.read", id=pkg["name"])
    page = tk.render(
        "edudata/opening/stop.html",
        {"pkg": pkg, "live": live[0], "reason": reason, "summary": summary},
    )
    return (page, 422) if summary else page
