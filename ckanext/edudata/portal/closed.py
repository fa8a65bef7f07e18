"""Pages of CKAN that lead elsewhere here, or nowhere.

They have no meaning for data that are released by the door, show people to everybody,
or tell that something exists. The actions behind them keep their own rules.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint
from werkzeug.wrappers import Response

TO_NEW_ENTRY = ("/dataset/new", "/dataset/<id>/resource/new")
TO_DESK = ("/dashboard/datasets", "/dashboard/groups", "/dashboard/organizations")
GONE = (
    "/group/",
    "/group/new",
    "/group/<path:rest>",
    "/stats",
    "/user/",
    "/user/register",
    "/user/<id>/groups",
    "/user/<id>/organizations",
    "/user/followers/<id>",
    # They show what was released once, also where it was stopped since.
    "/dataset/<id>/history/<activity_id>",
    "/dataset/<id>/resources/<resource_id>/history/<activity_id>",
    "/dataset/changes/<id>",
    "/dataset/changes_multiple",
    "/dataset/edit/<id>",
    "/dataset/delete/<id>",
    "/dataset/resources/<id>",
    "/dataset/groups/<id>",
    "/dataset/followers/<id>",
    "/dataset/collaborators/<path:rest>",
    "/dataset/<id>/resource/<resource_id>/edit",
    "/dataset/<id>/resource/<resource_id>/delete",
    "/dataset/<id>/resource/<resource_id>/views",
    "/dataset/<id>/resource/<resource_id>/new_view",
    "/organization/about/<id>",
    "/organization/followers/<id>",
    "/organization/bulk_process/<id>",
)


def to_new_entry(**values: Any) -> Response:
    """Data are entered as an entry; an open dataset is made by a release."""
    return tk.redirect_to("/entry/new")


def to_desk(**values: Any) -> Response:
    """One's own work stands on the desk."""
    return tk.redirect_to("/desk")


def gone(**values: Any) -> Any:
    return tk.abort(404)


def register(blueprint: Blueprint) -> None:
    """Give the addresses to our views; CKAN takes a plugin's before its own."""
    for view, rules in ((to_new_entry, TO_NEW_ENTRY), (to_desk, TO_DESK), (gone, GONE)):
        for number, rule in enumerate(rules):
            blueprint.add_url_rule(
                rule,
                f"{view.__name__}_{number}",
                view,
                methods=["GET", "POST"],
                strict_slashes=False,
            )
