"""What the pages of exceptions and of the standing rule show."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web
from ckanext.edudata.desensitization import exceptions, headers
from ckanext.edudata.desensitization.entities import ENTITIES
from ckanext.edudata.desensitization.helpers import report_words
from ckanext.edudata.desensitization.renderings import view

_TONES = {
    "requested": "warning",
    "granted": "success",
    "refused": "danger",
    "withdrawn": "secondary",
    "ended": "secondary",
}


def edudata_group_decisions(
    check: dict[str, Any], group: dict[str, Any]
) -> list[dict[str, Any]]:
    """What was decided about each finding of a group, for whom may read it.

    :returns: in the group's order: `{number, label, passed, decision, proposal,
        exception, may_except}`, `number` being the finding's place in the check
    """
    decided = _decided(check)
    found = []
    for number, finding in enumerate(check["findings"]):
        place = finding["sheet"], finding["column"], finding["where"]
        if place != (group["sheet"], group["column"], group["where"]):
            continue
        told = decided[number] if number < len(decided) else {}
        if told.get("entity") != finding["entity"]:
            continue
        kind = ENTITIES.get(finding["entity"])
        found.append(
            {
                **told,
                "number": number,
                "label": tk._(finding["label"]),
                "institutional": bool(kind and kind.institutional)
                and _of_institutions(check, finding),
            }
        )
    return found


def edudata_exception_inbox() -> list[dict[str, Any]] | None:
    """Exceptions that wait for this person's decision; None for who decides none."""
    if not web.may("edudata_exception_list"):
        return None
    return web.call("edudata_exception_list", inbox=True)["results"]


def edudata_void_clearances() -> list[dict[str, Any]]:
    """Released data of one's units whose clearance no longer holds."""
    if not web.may("edudata_clearance_attention"):
        return []
    return web.call("edudata_clearance_attention")


def edudata_standing_rule() -> dict[str, Any] | None:
    """The standing rule, for who may read it."""
    if not web.may("edudata_standing_rule_show"):
        return None
    return web.call("edudata_standing_rule_show")


def edudata_way(way: str) -> str:
    """A way that was decided on, in words."""
    return tk._(exceptions.WAYS[way])


def edudata_exception_state(exception: dict[str, Any]) -> dict[str, str]:
    """`{label, tone, kind, scope, cause}` of an exception, in words."""
    cause = exception.get("end_cause")
    return {
        "label": tk._(exceptions.STATES[exception["state"]]),
        "tone": _TONES[exception["state"]],
        "kind": tk._(exceptions.KINDS[exception["kind"]]),
        "scope": tk._(exceptions.SCOPES[exception["scope"]]),
        "cause": tk._(exceptions.ENDS[cause]) if cause else "",
    }


def edudata_exception_place(
    exception: dict[str, Any], check: dict[str, Any] | None
) -> str:
    """Where an exception is for, as it may be shown; the check it was asked after."""
    words = report_words()
    if check:
        names = view.Names(check, words)
        for finding in check["findings"]:
            label = exceptions.label_of(finding, check["tables"])
            told = finding["where"], label, finding["entity"]
            if told == (exception["place"], exception["column"], exception["entity"]):
                sheet, column = finding["sheet"], finding["column"]
                shown = {
                    "where": finding["where"],
                    "sheet": names.sheet(sheet),
                    "column": names.column(sheet, column, finding["where"]),
                    "column_number": names.number(sheet, column),
                }
                return view.heading(shown, words)
    if exception["place"] == "cell" and headers.header_rule(exception["column"]):
        return tk._("Column “{column}”").format(column=exception["column"])
    # Without the file nobody knows whether its header names a person.
    return tk._("A column that the file no longer has in this form")


def edudata_person(user_id: str | None) -> str:
    """Name of a colleague, for people who may read what they did."""
    if not user_id:
        return tk._("the platform itself")
    context: Any = {"ignore_auth": True, "keep_email": False}
    try:
        return tk.get_action("user_show")(context, {"id": user_id})["display_name"]
    except tk.ObjectNotFound:
        return tk._("Account deleted")


def _decided(check: dict[str, Any]) -> list[dict[str, Any]]:
    known = tk.g.setdefault("edudata_decided", {})
    key = check["id"]
    if key not in known:
        subject = {"resource_id": check["resource_id"]}
        known[key] = (
            web.call("edudata_finding_decision_list", **subject)
            if web.may("edudata_finding_decision_list", id=check["entry_id"])
            else []
        )
    return known[key]


def _of_institutions(check: dict[str, Any], finding: dict[str, Any]) -> bool:
    return finding["where"] == "cell" and any(
        table["sheet"] == finding["sheet"] and table["institutions"]
        for table in check["tables"]
    )
