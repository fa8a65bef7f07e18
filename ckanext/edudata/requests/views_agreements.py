"""Pages of the agreement, and of what a unit asks of applicants."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.requests import questions_unit_forms as questions
from ckanext.edudata.requests import terms_agreements

edudata_agreements = web.answer_refusals(Blueprint("edudata_agreements", __name__))
BLANK = {"kind": "line", "choices": [], "label": "", "hint": "", "required": False}
SPARE = 3


@edudata_agreements.route("/terms")
@edudata_agreements.route("/terms/<version>")
def show(version: str | None = None) -> Any:
    """The text, to be read or printed, and the versions there are."""
    asked = {"version": version} if version else {}
    terms = web.call("edudata_agreement_show", **asked)
    return tk.render(
        "edudata/requests/agreement.html",
        {
            "terms": terms,
            "zh": terms_agreements.clauses(terms["text_zh"]),
            "en": terms_agreements.clauses(terms["text_en"]),
            "versions": web.call("edudata_agreement_list"),
            "may_publish": web.may("edudata_agreement_publish"),
        },
    )


@edudata_agreements.route("/terms/new", methods=["GET", "POST"])
def publish() -> Any:
    """Publish a new version."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    tk.check_access("edudata_agreement_publish", {"user": tk.current_user.name}, {})
    typed = dict(web.call("edudata_agreement_show"))
    errors: dict[str, Any] = {}
    summary: list[dict[str, str]] = []
    if tk.request.method == "POST":
        names = ("text_zh", "text_en", "starts")
        typed = {name: tk.request.form.get(name, "").strip() for name in names}
        given = {name: value for name, value in typed.items() if value}
        try:
            made = web.call("edudata_agreement_publish", **given)
        except tk.ValidationError as error:
            errors = error.error_dict
            labels = {
                "text_zh": tk._("Text in Chinese"),
                "text_en": tk._("Text in English"),
                "starts": tk._("In force from"),
            }
            summary = web.summary(error, labels)
        else:
            tk.h.flash_success(tk._("Published."))
            return tk.h.redirect_to("edudata_agreements.show", version=made["version"])
    page = {"given": typed, "errors": errors, "summary": summary, "data": typed}
    shown = tk.render("edudata/requests/agreement_new.html", page)
    return (shown, 400) if summary else shown


@edudata_agreements.route("/unit-forms/<unit_id>", methods=["GET", "POST"])
def unit_form(unit_id: str) -> Any:
    """The questions a unit asks beyond the common form, for its reviewers."""
    if tk.current_user.is_anonymous:
        return web.to_login()
    unit = model.Group.get(unit_id)
    if unit is None or not unit.is_organization:
        raise tk.ObjectNotFound()
    versions = web.call("edudata_unit_form_list", unit_id=unit.id)
    own = versions[0] if versions else None
    now = web.call("edudata_unit_form_show", unit_id=unit.id)
    rows = list(own["questions"] if own else [])
    errors: dict[str, Any] = {}
    status = 200
    if tk.request.method == "POST":
        rows = _typed()
        seen = tk.request.form.get("version", "")
        asked = {"version": int(seen)} if seen.isdigit() else {}
        try:
            web.call(
                "edudata_unit_form_update", unit_id=unit.id, questions=rows, **asked
            )
        except tk.ValidationError as error:
            model.Session.rollback()
            errors, status = error.error_dict, 400
        else:
            tk.h.flash_success(tk._("Saved. New applications are asked this."))
            return tk.h.redirect_to("edudata_agreements.unit_form", unit_id=unit.name)
    told = errors.get("questions") or []
    wrong: list[dict[str, Any]] = told if told and isinstance(told[0], dict) else []
    page = {
        "unit": unit,
        "own": own,
        "inherited": None if own or not now["version"] else now,
        "above": model.Group.get(now["of_unit"]) if now["of_unit"] else None,
        "versions": versions,
        "rows": [*rows, *([BLANK] * (SPARE if len(rows) < questions.MOST else 0))],
        "wrong": wrong,
        "kinds": questions.KINDS,
        "answer": "preview_",
        "errors": {},
        "summary": _summary(errors, wrong),
        "data": {"rows": rows},
    }
    return tk.render("edudata/requests/unit_form.html", page), status


def _typed() -> list[dict[str, Any]]:
    """Questions as typed, in the order of their numbers; removed ones left out."""
    sent = tk.request.form
    rows = []
    for place in range(min(sent.get("number", 0, int), 2 * questions.MOST)):
        own = {
            name: sent.get(f"q{place}-{name}", "").strip()
            for name in ("key", "label", "hint", "kind", "choices", "order")
        }
        if sent.get(f"q{place}-remove"):
            continue
        order = int(own["order"]) if own["order"].isdigit() else place + 1
        choices = [line.strip() for line in own["choices"].splitlines()]
        row = {
            **{name: own[name] for name in ("key", "label", "hint", "kind")},
            "choices": [choice for choice in choices if choice],
            "required": sent.get(f"q{place}-required") == "yes",
        }
        if row["label"] or row["hint"] or row["choices"]:
            rows.append((order, place, row))
    return [row for _, _, row in sorted(rows, key=lambda each: each[:2])]


def _summary(
    errors: dict[str, Any], wrong: list[dict[str, Any]]
) -> list[dict[str, str]]:
    labels = {
        "label": tk._("Question"),
        "hint": tk._("Hint"),
        "kind": tk._("Kind of answer"),
        "choices": tk._("Choices, one a line"),
    }
    found = [
        {
            "field": f"q{place}-{name}",
            "label": tk._("Question {number}").format(number=place + 1)
            + tk._(": ")
            + labels.get(name, ""),
            "message": " ".join(told),
        }
        for place, each in enumerate(wrong)
        for name, told in each.items()
    ]
    rest = {
        name: told
        for name, told in errors.items()
        if not (wrong and name == "questions")
    }
    return found + web.summary(tk.ValidationError(rest), {})
