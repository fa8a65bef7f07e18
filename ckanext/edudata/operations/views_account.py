"""One's own data: see it, take it along, close the account."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.common import current_user, logout_user
from flask import Blueprint, session

from ckanext.edudata import web
from ckanext.edudata.operations import closing

edudata_account_data = web.answer_refusals(Blueprint("edudata_account_data", __name__))


@edudata_account_data.before_request
def known() -> Any:
    """Nothing here is for who is not logged in."""
    return web.to_login() if current_user.is_anonymous else None


@edudata_account_data.route("/account/data")
def data() -> Any:
    """What is kept, and the ways to correct it, take it along and close the account."""
    return _page()


def _page(error: tk.ValidationError | None = None) -> Any:
    page = tk.render(
        "edudata/operations/account_data.html",
        {
            "errors": error.error_dict if error else {},
            "summary": web.summary(error, {}) if error else [],
            "against": closing.against(current_user.id),
            "data": {},
        },
    )
    return (page, 422) if error else page


@edudata_account_data.route("/account/data/export", methods=["POST"])
def export() -> Any:
    """Everything, as JSON."""
    found = web.call("edudata_account_export")
    content = json.dumps(found, ensure_ascii=False, indent=1).encode()
    return web.download(content, "个人数据.json", "application/json")


@edudata_account_data.route("/account/close", methods=["POST"])
def close() -> Any:
    """Close it for good."""
    try:
        web.call("edudata_account_close", password=tk.request.form.get("password", ""))
    except tk.ValidationError as error:
        model.Session.rollback()
        return _page(error)
    logout_user()
    session.clear()
    tk.h.flash_success(tk._("Your account is closed."))
    return tk.redirect_to("home.index")
