"""The editor of information items: one row for each column of the file."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint
from flask.views import MethodView

from ckanext.edudata import web
from ckanext.edudata.catalog import item_check, items
from ckanext.edudata.catalog.forms import entry_of, file_of

items_pages = web.answer_refusals(Blueprint("edudata_items", __name__))

_MARKED = ("required", "personal")


class Items(MethodView):
    """`/entry/<id>/resource/<rid>/items`."""

    def get(self, id: str, resource_id: str) -> Any:
        pkg = entry_of(id)
        resource = file_of(pkg, resource_id)
        shown = web.call("edudata_information_items_show", id=resource["id"])
        rows = []
        for item in shown["items"]:
            suggested = shown["suggested"].get(item["name"], {})
            rows.append({**suggested, **item})
        return _page(pkg, resource, rows, shown["change"], None)

    def post(self, id: str, resource_id: str) -> Any:
        pkg = entry_of(id)
        resource = file_of(pkg, resource_id)
        rows = typed()
        try:
            web.call("edudata_information_items_update", id=resource["id"], items=rows)
        except tk.ValidationError as error:
            shown = web.call("edudata_information_items_show", id=resource["id"])
            return _page(pkg, resource, rows, shown["change"], error)
        tk.h.flash_success(tk._("Information items saved."))
        return tk.redirect_to(
            "entry.read", id=pkg["name"], _anchor=f"file-{resource['id']}"
        )


def typed() -> list[dict[str, Any]]:
    """Items from the rows of the form: `item-<n>-<part>`."""
    form = tk.request.form
    count = int(form.get("items", "0")) if form.get("items", "").isdigit() else 0
    found = []
    for number in range(min(count, item_check.MAX_ITEMS)):
        item: dict[str, Any] = {
            part: (form.get(f"item-{number}-{part}") or "").strip()
            for part in items.PARTS
        }
        for part in _MARKED:
            item[part] = item[part] == "true"
        if item["name"]:
            found.append(item)
    return found


def _page(
    pkg: dict[str, Any],
    resource: dict[str, Any],
    rows: list[dict[str, Any]],
    change: dict[str, Any],
    error: tk.ValidationError | None,
) -> Any:
    wrong = {e.name: e.what for e in item_check.checked(rows)[1]} if error else {}
    places = {row["name"]: place for place, row in enumerate(rows)}
    summary = [
        {
            "field": f"item-{places.get(name, 0)}-{what}",
            "label": "",
            "message": tk._(item_check.ERRORS[what]).format(name=name),
        }
        for name, what in wrong.items()
    ] or (web.summary(error, {}) if error else [])
    page = tk.render(
        "edudata/catalog/items.html",
        {
            "pkg": pkg,
            "resource": resource,
            "rows": rows,
            "change": change,
            "wrong": wrong,
            "summary": summary,
        },
    )
    return (page, 422) if error else page


items_pages.add_url_rule(
    "/entry/<id>/resource/<resource_id>/items", view_func=Items.as_view("edit")
)
