"""Pages of the check and of desensitized data."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.edudata import web
from ckanext.edudata.desensitization import helpers, plain, renderings

checks = web.answer_refusals(Blueprint("edudata_check", __name__, url_prefix="/entry"))


@checks.route("/<id>/check/<resource_id>")
def show(id: str, resource_id: str) -> Any:
    """The verdict on a file or description, why, and the ways out."""
    pkg, resource = _subject(id, resource_id)
    return tk.render(
        "edudata/desensitization/check.html",
        {
            "pkg": pkg,
            "resource": resource,
            "check": web.call("edudata_check_show", resource_id=resource_id),
            "may_edit": web.may("package_update", id=pkg["id"]),
            "may_desensitize": web.may("edudata_desensitize", id=pkg["id"]),
        },
    )


@checks.route("/<id>/check/<resource_id>/report.<kind>")
def report(id: str, resource_id: str, kind: str) -> Any:
    """The same as a file: a spreadsheet, a page or JSON. Its name tells nothing."""
    _, resource = _subject(id, resource_id)
    check = web.call("edudata_check_show", resource_id=resource_id)
    if kind not in ("xlsx", "html", "json") or check["state"] != "done":
        raise tk.ObjectNotFound
    if check["classified"]:
        raise tk.ObjectNotFound
    # Else CKAN adds that it is public.
    tk.request.environ["__no_cache__"] = True
    words = helpers.report_words()
    item = renderings.describe(_name(resource, check), check, words)
    return Response(
        renderings.render(kind, [item], words),
        headers={
            "Content-Type": renderings.MIME_TYPES[kind],
            "Content-Disposition": f'attachment; filename="check-report.{kind}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@checks.route("/<id>/check/<resource_id>/run", methods=["POST"])
def run(id: str, resource_id: str) -> Any:
    """Run the check again."""
    pkg, _ = _subject(id, resource_id)
    web.call("edudata_check_run", resource_id=resource_id)
    tk.h.flash_success(tk._("The check runs again."))
    return tk.redirect_to("edudata_check.show", id=pkg["name"], resource_id=resource_id)


@checks.route("/<id>/desensitize/<resource_id>", methods=["GET", "POST"])
def desensitize(id: str, resource_id: str) -> Any:
    """Decide for each column, look at what would come out, make it."""
    pkg, resource = _subject(id, resource_id)
    if resource is None:
        raise tk.ObjectNotFound
    proposed = web.call("edudata_desensitization_show", resource_id=resource_id)
    form = tk.request.values
    table = _table(proposed["tables"], form.get("sheet", ""))
    shown: dict[str, Any] = {
        "pkg": pkg,
        "resource": resource,
        "tables": proposed["tables"],
        "table": table,
        "name": form.get("name", ""),
        "preview": None,
        "summary": [],
    }
    if table is None:
        return tk.render("edudata/desensitization/desensitize.html", shown)
    call = {"resource_id": resource_id, "sheet": table["sheet"]}
    chosen = tk.request.method == "POST"
    try:
        plan = plain.plan_of(table["columns"], form) if chosen else table["plan"]
        table["plan"] = plan
        if form.get("do") == "make" and chosen:
            made = web.call(
                "edudata_desensitize", **call, plan=plan, name=shown["name"]
            )
            return _made(pkg, resource_id, table, made)
        shown["preview"] = web.call(
            "edudata_desensitization_preview", **call, plan=plan
        )
    except tk.ValidationError as error:
        shown["summary"] = web.summary(error, {})
    except ValueError:
        message = tk._("Sizes and limits are whole numbers. Correct them, try again.")
        shown["summary"] = [{"field": "", "label": "", "message": message}]
        shown["typed"] = dict(form)
    page = tk.render("edudata/desensitization/desensitize.html", shown)
    # A proposal that does not work out is no error of whoever opens the page.
    return (page, 422) if shown["summary"] and chosen else page


def _made(
    pkg: dict[str, Any], resource_id: str, table: dict[str, Any], made: dict[str, Any]
) -> Any:
    if made["state"] == "queued":
        tk.h.flash_success(tk._("The table is large: it is being made, see below."))
        return tk.redirect_to(
            "edudata_check.desensitize",
            id=pkg["name"],
            resource_id=resource_id,
            sheet=table["sheet"],
        )
    told = tk._("Made: {name}. It is being checked.").format(name=made["name"])
    tk.h.flash_success(told)
    return tk.redirect_to("entry.read", id=pkg["name"], _anchor=f"file-{made['id']}")


def _subject(id: str, resource_id: str) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The entry and the file of it; no file where its description is meant."""
    pkg = web.call("package_show", id=id)
    if pkg["type"] != "entry":
        raise tk.ObjectNotFound
    if resource_id == pkg["id"]:
        return pkg, None
    found = [item for item in pkg["resources"] if item["id"] == resource_id]
    if not found:
        raise tk.ObjectNotFound
    return pkg, found[0]


def _name(resource: dict[str, Any] | None, check: dict[str, Any]) -> str:
    """What a file is called in a report, which others may read: not by its own name
    if that holds personal data."""
    if resource is None:
        return tk._("Title and description")
    if any(finding["where"] == "filename" for finding in check["findings"]):
        return tk._("File")
    return resource.get("name") or resource.get("original_name") or tk._("File")


def _table(tables: list[dict[str, Any]], sheet: str) -> dict[str, Any] | None:
    wanted = [table for table in tables if table["sheet"] == sheet]
    return (wanted or tables or [None])[0]
