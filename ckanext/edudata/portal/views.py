"""Pages that everybody sees, and pages of CKAN that lead elsewhere here."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.views.api import i18n_js_translations
from flask import Blueprint
from werkzeug.wrappers import Response

from ckanext.edudata.portal import closed, datasets, home, units

edudata_portal = Blueprint("edudata_portal", __name__)

STOPPED = "stopped"


@edudata_portal.route("/")
def index() -> str:
    """Home page."""
    return tk.render("home/index.html", home.figures())


@edudata_portal.route("/api/i18n/zh_Hans-CN")
def script_words() -> str | Response:
    """CKAN's scripts make a locale of the page's `zh-Hans-CN` by its first hyphen
    only, and stand still where the answer is an error."""
    return i18n_js_translations("zh_Hans_CN")


@edudata_portal.route("/dataset/<id>")
def dataset(id: str) -> str | Response:
    """An open dataset; its main table first."""
    found = datasets.package(id)
    if found["type"] != "dataset":
        return tk.redirect_to(f"/entry/{found['id']}")
    if id != found["name"]:
        return tk.redirect_to("edudata_portal.dataset", id=found["name"])
    page = {"pkg": found, "pkg_dict": found, "versions": datasets.versions(found)}
    if found["opening_state"] == STOPPED:
        return tk.render("edudata/portal/stopped.html", page)
    main = datasets.leading(found["resources"])
    return tk.render(
        "edudata/portal/dataset.html",
        {**page, "table": main and datasets.table(main, found["resources"])},
    )


@edudata_portal.route("/dataset/<id>/resource/<resource_id>")
def resource(id: str, resource_id: str) -> str | Response:
    """One table of an open dataset."""
    found = datasets.package(id)
    if found["type"] != "dataset":
        return tk.redirect_to(f"/entry/{found['id']}")
    mine = [item for item in found["resources"] if item["id"] == resource_id]
    if not mine:
        return tk.abort(404, tk._("There is no such table in this dataset."))
    return tk.render(
        "edudata/portal/resource.html",
        {
            "pkg": found,
            "pkg_dict": found,
            "table": datasets.table(mine[0], found["resources"]),
        },
    )


@edudata_portal.route("/dataset/<id>/version/<int:number>")
def version(id: str, number: int) -> str:
    """A released version, as it was released."""
    found = datasets.package(id)
    try:
        released = tk.get_action("edudata_release_show")(
            datasets.caller(), {"id": found["id"], "version": number}
        )
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("This dataset has no such version."))
    page = {"pkg": found, "pkg_dict": found, "version": released}
    if released["state"] == STOPPED:
        return tk.render("edudata/portal/stopped_version.html", page)
    shown = datasets.as_released(released)
    live = released["state"] == "live"
    frozen = {} if live else datasets.frozen_tables(released)
    tables = [
        datasets.table(item, shown, frozen=frozen)
        for item in shown
        if item["kind"] != datasets.SAMPLE
    ]
    return tk.render(
        "edudata/portal/version.html",
        {**page, "metadata": released["metadata"], "tables": tables, "live": live},
    )


@edudata_portal.route("/organization/", strict_slashes=False)
def unit_tree() -> str:
    """Units as a tree, from the top or from one of them."""
    return units.tree_page()


@edudata_portal.route("/organization/<id>")
def unit(id: str) -> Any:
    """A unit, where it stands, and what it and those below it have opened."""
    return units.unit_page(id)


@edudata_portal.route("/user/<id>")
def person(id: str) -> str | Response:
    """One's own page; nobody else's is shown."""
    me = tk.current_user
    if not me.is_authenticated:
        return tk.redirect_to("user.login", came_from=tk.h.current_url())
    if id not in (me.name, me.id) and id != "me":
        return tk.abort(404, tk._("There is no page at this address."))
    roles = tk.get_action("edudata_role_list")(datasets.caller(), {})
    titles = {found["id"]: found for found in units.tree()}
    shown = tk.get_action("user_show")(datasets.caller(), {"id": me.id})
    return tk.render(
        "edudata/portal/person.html",
        {
            "user_dict": shown,
            "roles": [{**role, "unit": titles.get(role["unit_id"])} for role in roles],
        },
    )


closed.register(edudata_portal)
