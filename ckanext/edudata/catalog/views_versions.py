"""Pages of an entry's versions: the list, one of them, and what differs."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web

versions = web.answer_refusals(
    Blueprint("edudata_versions", __name__, url_prefix="/entry")
)


@versions.route("/<id>/versions")
def index(id: str) -> Any:
    """All versions of an entry, and a form to compare any two."""
    pkg = _entry(id)
    found = web.call("edudata_entry_version_list", id=pkg["id"])
    numbers = {str(row["number"]) for row in found}
    new, old = tk.request.args.get("new", ""), tk.request.args.get("old", "")
    if new in numbers and old in numbers:
        return tk.redirect_to(
            "edudata_versions.compare", id=pkg["name"], number=new, against=old
        )
    return tk.render("edudata/catalog/versions.html", {"pkg": pkg, "versions": found})


@versions.route("/<id>/versions/<int:number>")
def show(id: str, number: int) -> Any:
    """A version: its description, files with digests, first rows, decisions."""
    pkg = _entry(id)
    return tk.render(
        "edudata/catalog/version.html",
        {
            "pkg": pkg,
            "version": web.call(
                "edudata_entry_version_show", id=pkg["id"], number=number
            ),
        },
    )


@versions.route("/<id>/versions/<int:number>/changes")
def compare(id: str, number: int) -> Any:
    """What differs between a version and another one, by default the last approved."""
    pkg = _entry(id)
    asked = tk.request.args.get("against", "")
    data = {"against": int(asked)} if asked.isdecimal() and len(asked) < 9 else {}
    return tk.render(
        "edudata/catalog/changes.html",
        {
            "pkg": pkg,
            "versions": web.call("edudata_entry_version_list", id=pkg["id"]),
            "diff": web.call(
                "edudata_entry_version_diff", id=pkg["id"], number=number, **data
            ),
        },
    )


def _entry(reference: str) -> dict[str, Any]:
    pkg = web.call("package_show", id=reference)
    if pkg["type"] != "entry":
        raise tk.ObjectNotFound
    return pkg
