"""Undertakings and training of people in sensitive posts: pages and CSV."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import csv_files, web
from ckanext.edudata.units import posts, who_may
from ckanext.edudata.units.views import _unit

unit_posts = web.answer_refusals(Blueprint("edudata_unit_posts", __name__))

FIELDS = (
    "user_id",
    "person_name",
    "company",
    "post",
    "kind",
    "made_on",
    "valid_until",
    "reference",
)


@unit_posts.route("/my-undertakings")
def mine() -> Any:
    """One's own undertakings and training."""
    if current_user.is_anonymous:
        return web.to_login()
    return tk.render(
        "edudata/units/my_posts.html",
        {"records": _worded(web.call("edudata_post_list"))},
    )


@unit_posts.route("/organization/<id>/posts", methods=["GET", "POST"])
def of(id: str) -> Any:
    """Records of a unit; who still lacks one; a form for a new one."""
    if current_user.is_anonymous:
        return web.to_login()
    unit = _unit(id)
    form = tk.request.form
    typed = {key: form.get(key, "").strip() for key in FIELDS}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            given = {key: value for key, value in typed.items() if value}
            web.call("edudata_post_record", unit_id=unit["id"], **given)
        except tk.ValidationError as error:
            summary = web.summary(error, labels())
        else:
            tk.h.flash_success(tk._("It is on record."))
            return tk.redirect_to("edudata_unit_posts.of", id=unit["name"])
    below = tk.request.args.get("below") == "1"
    missing = web.call("edudata_post_missing", unit_id=unit["id"], below=below)
    for each in missing:
        each["roles"] = [tk._(who_may.ROLES[role].label) for role in each["roles"]]
        for kind in posts.OBLIGED:
            each[kind] = {"state": each[kind], "label": tk._(posts.STATES[each[kind]])}
    found = web.call("edudata_post_list", unit_id=unit["id"], below=below)
    page = tk.render(
        "edudata/units/posts.html",
        {
            "unit": unit,
            "page": "posts",
            "below": below,
            "records": _worded(found[:500]),
            "count": len(found),
            "missing": missing[:200],
            "missing_count": len(missing),
            "kinds": [(key, tk._(label)) for key, label in posts.KINDS.items()],
            "may_record": web.may("edudata_post_record", unit_id=unit["id"]),
            "typed": typed,
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@unit_posts.route("/organization/<id>/posts/<record>/withdraw", methods=["POST"])
def withdraw(id: str, record: str) -> Any:
    """Mark a record as wrong."""
    unit = _unit(id)
    web.call("edudata_post_withdraw", id=record)
    tk.h.flash_success(tk._("The record was withdrawn."))
    return tk.redirect_to("edudata_unit_posts.of", id=unit["name"])


@unit_posts.route("/organization/<id>/posts.csv", methods=["POST"])
def export(id: str) -> Any:
    """All records of a unit and those below it, for the file of the year. Taking them
    along is on record."""
    if current_user.is_anonymous:
        return web.to_login()
    unit = _unit(id)
    rows = web.call("edudata_post_export", unit_id=unit["id"])
    names = {
        "unit": tk._("Unit"),
        "person": tk._("Person"),
        "company": tk._("Company"),
        "post": tk._("Post"),
        "kind_label": tk._("Kind"),
        "reference": tk._("Number or course"),
        "made_on": tk._("Date"),
        "valid_until": tk._("Valid until"),
        "state_label": tk._("State"),
        "recorded_by": tk._("Recorded by"),
    }
    lines = ([row[key] for key in names] for row in _worded(rows))
    content = csv_files.as_csv(list(names.values()), lines)
    return web.download(content, f"{tk._('Undertakings and training')}.csv", "text/csv")


def _worded(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **record,
            "kind_label": tk._(posts.KINDS[record["kind"]]),
            "state_label": tk._(posts.STATES[record["state"]]),
        }
        for record in records
    ]


def labels() -> dict[str, str]:
    """Fields of the form in its order."""
    return {
        "user_id": tk._("User name"),
        "person_name": tk._("Name of the contractor's person"),
        "company": tk._("Company"),
        "post": tk._("Post"),
        "kind": tk._("Kind"),
        "made_on": tk._("Date"),
        "valid_until": tk._("Valid until"),
        "reference": tk._("Number or course"),
    }
