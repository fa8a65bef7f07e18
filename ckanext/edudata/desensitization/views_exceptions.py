"""Pages of exceptions: asking, deciding, ending; and of the standing rule."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.common import current_user
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.desensitization import exceptions as rules

asking = web.answer_refusals(
    Blueprint("edudata_exception_asking", __name__, url_prefix="/entry")
)
exceptions = web.answer_refusals(
    Blueprint("edudata_exceptions", __name__, url_prefix="/exceptions")
)
standing_rule = web.answer_refusals(
    Blueprint("edudata_standing_rule", __name__, url_prefix="/standing-rule")
)

_ASKED = ("kind", "law", "article", "purpose", "until")
_PER_PAGE = 50


@asking.route("/<id>/check/<resource_id>/ask/<int:number>", methods=["GET", "POST"])
def ask(id: str, resource_id: str, number: int) -> Any:
    """Ask for an exception, or say that it is not personal, for one finding."""
    pkg, check, finding = _finding(id, resource_id, number)
    tk.check_access("edudata_exception_request", {"user": tk.g.user}, {"id": pkg["id"]})
    column = rules.label_of(finding, check["tables"])
    form = tk.request.form
    typed, summary = _proposed(resource_id, number), []
    if tk.request.method == "POST":
        typed = {key: form.get(key, "").strip() for key in _ASKED}
        if (form.get("entity"), form.get("place")) != (
            finding["entity"],
            finding["where"],
        ):
            message = tk._("The check has run again; look at what it finds now.")
            tk.h.flash_error(message)
            return _to_check(pkg, resource_id)
        try:
            made = web.call(
                "edudata_exception_request",
                resource_id=resource_id,
                place=finding["where"],
                column=column,
                entity=finding["entity"],
                **{key: value for key, value in typed.items() if value},
            )
        except tk.ValidationError as error:
            summary = web.summary(error, _labels())
        else:
            tk.h.flash_success(tk._("Asked. A second person decides."))
            return tk.redirect_to("edudata_exceptions.show", id=made["id"])
    kinds = [
        kind
        for kind in rules.KINDS
        if not rules.refused_kind(kind, finding["where"], finding["entity"])
    ]
    if not kinds:
        raise tk.ObjectNotFound
    if typed.get("kind") not in kinds:
        wanted = tk.request.args.get("kind", "")
        typed["kind"] = wanted if wanted in kinds else kinds[0]
    page = tk.render(
        "edudata/desensitization/exception_ask.html",
        {
            "pkg": pkg,
            "resource_id": resource_id,
            "finding": finding,
            "about": {
                "place": finding["where"],
                "column": column,
                "entity": finding["entity"],
            },
            "check": check,
            "kinds": {kind: rules.KINDS[kind] for kind in kinds},
            "warnings": rules.warnings(finding["entity"], pkg.get("school_stage")),
            "longest": tk.config["ckanext.edudata.exception.longest_days"],
            "typed": typed,
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@asking.route("/<id>/check/<resource_id>/decide/<int:number>", methods=["POST"])
def decide_way(id: str, resource_id: str, number: int) -> Any:
    """Decide about all open findings of a column that they are corrected, or that
    desensitized data are made."""
    pkg, check, finding = _finding(id, resource_id, number)
    way = tk.request.form.get("way", "")
    group = finding["sheet"], finding["column"], finding["where"]
    for each in check["findings"]:
        if each["passed"] or group != (each["sheet"], each["column"], each["where"]):
            continue
        web.call(
            "edudata_finding_decide",
            resource_id=resource_id,
            place=each["where"],
            column=rules.label_of(each, check["tables"]),
            entity=each["entity"],
            way=way,
        )
    tk.h.flash_success(tk._("Noted. It is proposed for other files of the unit."))
    if way == "desensitize" and web.may("edudata_desensitize", id=pkg["id"]):
        return tk.redirect_to(
            "edudata_check.desensitize", id=pkg["name"], resource_id=resource_id
        )
    return _to_check(pkg, resource_id)


@exceptions.route("/", strict_slashes=False)
def index() -> Any:
    """Exceptions that wait for one's decision, and all of one's units."""
    if current_user.is_anonymous:
        return web.to_login()
    state = tk.request.args.get("state", "")
    page = max(1, tk.h.get_page_number(tk.request.args) or 1)
    asked: dict[str, Any] = {"limit": _PER_PAGE, "offset": (page - 1) * _PER_PAGE}
    if state in rules.STATES:
        asked["state"] = state
    found = web.call("edudata_exception_list", **asked)
    return tk.render(
        "edudata/desensitization/exceptions.html",
        {
            "inbox": web.call("edudata_exception_list", inbox=True)["results"],
            "found": found,
            "states": rules.STATES,
            "state": asked.get("state", ""),
            "page": page,
            "last": max(1, -(-found["count"] // _PER_PAGE)),
        },
    )


@exceptions.route("/<id>", methods=["GET", "POST"])
def show(id: str) -> Any:
    """An exception; who may, decides it here."""
    exception = web.call("edudata_exception_show", id=id)
    form = tk.request.form
    typed = {
        "reason": form.get("reason", "").strip(),
        "scope": form.get("scope", "file"),
        "until": form.get("until", "").strip(),
    }
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            web.call(
                "edudata_exception_decide",
                id=id,
                decision=form.get("decision", ""),
                **{key: value for key, value in typed.items() if value},
            )
        except tk.ValidationError as error:
            summary = web.summary(error, _labels())
        else:
            tk.h.flash_success(tk._("Decided. What it changes is checked again."))
            return tk.redirect_to("edudata_exceptions.show", id=id)
    pkg = web.call("package_show", id=exception["entry_id"])
    check = _check_of(exception["resource_id"])
    page = tk.render(
        "edudata/desensitization/exception.html",
        {
            "exception": exception,
            "pkg": pkg,
            "check": check,
            "masked": _masked(exception, check),
            "warnings": rules.warnings(exception["entity"], pkg.get("school_stage")),
            "scopes": rules.SCOPES,
            "typed": typed,
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@exceptions.route("/<id>/withdraw", methods=["POST"])
def withdraw(id: str) -> Any:
    """Withdraw what was asked for, or end what is in force."""
    try:
        ended = web.call("edudata_exception_withdraw", id=id)
    except tk.ValidationError as error:
        for item in web.summary(error, {}):
            tk.h.flash_error(item["message"])
    else:
        tk.h.flash_success(tk._("Withdrawn. What rested on it is checked again."))
        if ended["released"]:
            tk.h.flash_notice(
                tk._(
                    "Data already released rest on it. They stay public until a "
                    "corrected version is released, or their opening is stopped."
                )
            )
    return tk.redirect_to("edudata_exceptions.show", id=id)


@standing_rule.route("/", methods=["GET", "POST"], strict_slashes=False)
def rule() -> Any:
    """The standing rule for institutions; the municipal coordinator approves it."""
    if current_user.is_anonymous:
        return web.to_login()
    found = web.call("edudata_standing_rule_show")
    form = tk.request.form
    typed = {key: form.get(key, "").strip() for key in ("basis", "starts", "until")}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        try:
            said = {key: value for key, value in typed.items() if value}
            web.call("edudata_standing_rule_approve", **said)
        except tk.ValidationError as error:
            summary = web.summary(error, _labels())
        else:
            tk.h.flash_success(
                tk._("Approved. Tables of institutions are checked again.")
            )
            return tk.redirect_to("edudata_standing_rule.rule")
    page = tk.render(
        "edudata/desensitization/standing_rule.html",
        {
            "rule": found,
            "may_approve": web.may("edudata_standing_rule_approve"),
            "typed": typed,
            "summary": summary,
        },
    )
    return (page, 422) if summary else page


@standing_rule.route("/end", methods=["POST"])
def end_rule() -> Any:
    """End the standing rule now."""
    try:
        web.call("edudata_standing_rule_end")
    except tk.ValidationError as error:
        for item in web.summary(error, {}):
            tk.h.flash_error(item["message"])
    else:
        tk.h.flash_success(tk._("Ended. Tables of institutions are checked again."))
    return tk.redirect_to("edudata_standing_rule.rule")


def _finding(
    id: str, resource_id: str, number: int
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The entry, its file's check, and one of its findings by number."""
    pkg = web.call("package_show", id=id)
    own = {pkg["id"], *(item["id"] for item in pkg.get("resources", []))}
    if pkg["type"] != "entry" or resource_id not in own:
        raise tk.ObjectNotFound
    check = web.call("edudata_check_show", resource_id=resource_id)
    if not 0 <= number < len(check["findings"]):
        raise tk.ObjectNotFound
    return pkg, check, check["findings"][number]


def _proposed(resource_id: str, number: int) -> dict[str, str]:
    """What was last asked for this element in another file of the unit."""
    decided = web.call("edudata_finding_decision_list", resource_id=resource_id)
    told = decided[number] if number < len(decided) else {}
    earlier = told.get("exception") or (told.get("proposal") or {}).get("exception")
    if not earlier:
        return dict.fromkeys(_ASKED, "")
    return {**{key: earlier[key] or "" for key in _ASKED}, "until": ""}


def _check_of(resource_id: str) -> dict[str, Any] | None:
    try:
        return web.call("edudata_check_show", resource_id=resource_id)
    except tk.ObjectNotFound:
        return None


def _masked(exception: dict[str, Any], check: dict[str, Any] | None) -> list[str]:
    """Masked examples of what the exception is for."""
    for finding in (check or {}).get("findings", []):
        label = rules.label_of(finding, (check or {})["tables"])
        told = finding["where"], label, finding["entity"]
        if told == (exception["place"], exception["column"], exception["entity"]):
            return finding["masked"]
    return []


def _to_check(pkg: dict[str, Any], resource_id: str) -> Any:
    return tk.redirect_to(
        "edudata_check.show", id=pkg["name"], resource_id=resource_id, _anchor="found"
    )


def _labels() -> dict[str, str]:
    return {
        "kind": tk._("Kind"),
        "law": tk._("Law or regulation"),
        "article": tk._("Article"),
        "purpose": tk._("Purpose; for a false alarm: what it is instead"),
        "basis": tk._("Document it is approved by"),
        "starts": tk._("First day"),
        "until": tk._("Last day"),
        "scope": tk._("Scope"),
        "reason": tk._("Reason"),
        "state": "",
        "column": "",
    }
