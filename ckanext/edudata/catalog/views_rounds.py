"""Pages of reviews by a sample."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.catalog import sampling

rounds = web.answer_refusals(
    Blueprint("edudata_rounds", __name__, url_prefix="/review")
)

_ASKED = ("unit_id", "q", "template_id", "batch_id", "size")


@rounds.route("/", methods=["GET", "POST"], strict_slashes=False)
def index() -> Any:
    """Choose what to review together; earlier reviews."""
    if current_user.is_anonymous:
        return web.to_login()
    asked = {key: tk.request.values.get(key, "").strip() for key in _ASKED}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            made = web.call("edudata_review_round_start", **asked)
        except tk.ValidationError as error:
            labels = {"size": tk._("Size of the sample"), "entries": ""}
            summary = web.summary(error, labels)
        else:
            return tk.redirect_to("edudata_rounds.show", round_id=made["round_id"])
    filters = {key: asked[key] for key in _ASKED if key != "size"}
    page = tk.render(
        "edudata/catalog/rounds.html",
        {
            "asked": asked,
            "units": tk.h.edudata_worked_units(),
            "waiting": web.call(
                "edudata_entry_count",
                **filters,
                state="submitted",
                permission="entry_review",
            )["submitted"],
            "rounds": web.call("edudata_review_round_list"),
            "states": sampling.STATES,
            "most": tk.config["ckanext.edudata.review.round_max"],
            "least": tk.config["ckanext.edudata.review.sample_least"],
            "summary": summary,
            "data": asked,
        },
    )
    return (page, 422) if summary else page


@rounds.route("/<round_id>")
def show(round_id: str) -> Any:
    """The sample, how far one is, and what became of each entry."""
    return _page(round_id)


@rounds.route("/<round_id>/<any(approve, end):command>", methods=["POST"])
def command(round_id: str, command: str) -> Any:
    """Approve all, or end without approving the others."""
    try:
        web.call(f"edudata_review_round_{command}", round_id=round_id)
    except tk.ValidationError as error:
        return _page(round_id, error)
    return tk.redirect_to("edudata_rounds.show", round_id=round_id)


@rounds.route("/<round_id>/entry/<entry_id>", methods=["GET", "POST"])
def entry(round_id: str, entry_id: str) -> Any:
    """An entry of the sample, to be looked at and confirmed."""
    given = {"round_id": round_id, "entry_id": entry_id}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        digest = tk.request.form.get("digest") or "none"
        try:
            found = web.call("edudata_review_round_confirm", **given, digest=digest)
        except tk.ValidationError as error:
            summary = web.summary(error, {"digest": "", "state": "", "entry_id": ""})
        else:
            following = found["missing"][:1]
            if following:
                return tk.redirect_to(
                    "edudata_rounds.entry", round_id=round_id, entry_id=following[0]
                )
            return tk.redirect_to("edudata_rounds.show", round_id=round_id)
    item = web.call("edudata_review_round_open", **given)
    shown = web.call("edudata_entry_show", id=entry_id)
    version = web.call(
        "edudata_entry_version_show", id=entry_id, number=item["version"]
    )
    page = tk.render(
        "edudata/catalog/round_entry.html",
        {
            "round_id": round_id,
            "item": item,
            "pkg": web.call("package_show", id=entry_id),
            "entry": shown,
            "checks": {check["resource_id"]: check for check in shown["checks"]},
            "version": version,
            "diff": web.call(
                "edudata_entry_version_diff", id=entry_id, number=item["version"]
            ),
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


def _page(round_id: str, error: tk.ValidationError | None = None) -> Any:
    found = web.call("edudata_review_round_show", round_id=round_id)
    units = {unit["id"]: unit["title"] for unit in tk.h.edudata_worked_units()}
    page = tk.render(
        "edudata/catalog/round.html",
        {
            "round": found,
            "units": units,
            "states": sampling.STATES,
            "outcomes": sampling.OUTCOMES,
            "reasons": sampling.EXCLUDED,
            "summary": web.summary(error, {"sample": "", "state": ""}) if error else [],
        },
    )
    return (page, 422) if error else page
