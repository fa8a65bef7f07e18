"""数据资源目录 for members of units: metadata within the sharing scope."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.catalog import scope_facets

resource_catalog = web.answer_refusals(
    Blueprint("edudata_resource_catalog", __name__, url_prefix="/resource-catalog")
)

ROWS = 20
HELD = 5
FACETS = (
    "subject_database",
    "school_stage",
    "district",
    "sharing_class",
    "opening_class",
)


@resource_catalog.route("/", strict_slashes=False)
def index() -> Any:
    """The list, with search and facets."""
    _members_only()
    args = tk.request.args
    q = args.get("q", "").strip()[:200]
    units = web.call("edudata_unit_tree")
    unit = next((u for u in units if u["name"] == args.get("unit")), None)
    chosen = {name: args.get(name, "") for name in FACETS if args.get(name)}
    page = _page()
    found = web.call(
        "edudata_resource_catalog_search",
        q=q,
        unit=unit["id"] if unit else args.get("unit", ""),
        **chosen,
        rows=ROWS,
        start=(page - 1) * ROWS,
    )
    return tk.render(
        "edudata/catalog/resource_catalog.html",
        {
            "q": q,
            "unit": unit,
            "chosen": chosen,
            "found": found,
            "facets": FACETS,
            "branches": scope_facets.branches(
                units, found["facets"]["unit"], unit["id"] if unit else ""
            ),
            "titles": {u["id"]: u["title"] for u in units},
            "page": page,
            "pages": max(1, -(-found["count"] // ROWS)),
            "anything": bool(q or chosen or unit),
        },
    )


@resource_catalog.route("/held")
def held() -> Any:
    """What the platform holds already, for whoever is about to collect (Art. 10)."""
    _members_only()
    q = (tk.request.args.get("q") or tk.request.args.get("title") or "").strip()[:200]
    found = None
    if q:
        found = web.call(
            "edudata_resource_catalog_search", q=q, rows=HELD, facets=False
        )
    return tk.render(
        "edudata/catalog/parts/held.html",
        {"q": q, "found": found, "titles": _titles()},
    )


@resource_catalog.route("/<id>")
def show(id: str) -> Any:
    """What is known of one data resource, and how it is shared."""
    _members_only()
    item = web.call("edudata_resource_catalog_show", id=id)
    return tk.render(
        "edudata/catalog/resource_catalog_item.html",
        {"item": item, "titles": _titles()},
    )


def _members_only() -> None:
    """For others with an account there is no such page."""
    member = web.may("edudata_resource_catalog_search")
    if not member and not current_user.is_anonymous:
        raise tk.ObjectNotFound


def _titles() -> dict[str, str]:
    return {unit["id"]: unit["title"] for unit in web.call("edudata_unit_tree")}


def _page() -> int:
    try:
        return min(max(1, int(tk.request.args.get("page", "1"))), 100_000)
    except ValueError:
        return 1
