"""What the pages after a grant show: one grant with all that belongs to it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata import web
from ckanext.edudata.delivery import (
    extract_files,
    extracts,
    holders,
    holding,
    provision_rules,
    provisions,
    recall_rules,
    recalls,
    report_rules,
)
from ckanext.edudata.delivery.model import Grant
from ckanext.edudata.requests import book
from ckanext.edudata.units import people, who_may

GRANT_STATES = {
    "active": "In use",
    "frozen": "Frozen",
    "revoked": "Revoked",
    "ended": "Ended by the applicant",
    "expired": "Expired",
}
REPORT = (*report_rules.WORDS, "third", "copies")
PROVISION = (*provision_rules.WORDS, "third_kind", "what", "until")
CONFIRMATION = ("deleted_on", "what", "derived", "derived_words")


def _render(
    name: str,
    values: dict[str, Any],
    error: tk.ValidationError | None,
    labels: dict[str, str],
) -> Any:
    shown = tk.render(
        f"edudata/delivery/{name}.html",
        {
            **values,
            "errors": error.error_dict if error else {},
            "summary": web.summary(error, labels) if error else [],
        },
    )
    return (shown, 422) if error else shown


def my_grant(grant_id: str) -> Grant:
    """A grant of one's own, or one that one may read by.

    :raises ObjectNotFound: there is none, or it is somebody else's
    """
    grant = holding.get(grant_id)
    if not holders.belongs(grant, tk.current_user.id):
        raise tk.ObjectNotFound(tk._("There is no such grant"))
    return grant


def grant_page(
    grant_id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """One's own grant: copies, report of use, handing on, recall."""
    row = my_grant(grant_id)
    mine = row.user_id == tk.current_user.id
    recalled = recalls.of(row)
    values = {
        "grant": holding.shown(row),
        "dataset": model.Package.get(row.dataset_id),
        "mine": mine,
        "reads": holders.holds(row, tk.current_user.id),
        "states": GRANT_STATES,
        "extracts": web.call("edudata_extract_list", grant_id=grant_id),
        "formats": extract_files.FORMATS,
        "extract_states": extracts.STATES,
        "failures": extracts.FAILURES,
        "hours": tk.config["ckanext.edudata.extracts.hours"],
        "recall": recalls.shown(recalled, tk.current_user.id) if recalled else None,
        "report": web.call("edudata_use_report_show", request_id=row.request_id)
        if mine
        else None,
        "provisions": web.call("edudata_provision_list", grant_id=grant_id)["results"]
        if mine
        else [],
        "provision_states": provision_rules.STATES,
        "typed": typed or {},
    }
    return _render("grant", values, error, {"format": tk._("Form of the copy")})


def report_page(
    request_id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """A report of use, to be filed by its holder or read by the owner."""
    found = web.call("edudata_use_report_show", request_id=request_id)
    mine = found["user_id"] == tk.current_user.id
    user = model.User.get(found["user_id"])
    files = mine and found["read_at"] is None
    values = {
        "report": found,
        "mine": mine,
        "files": files,
        "reads": not mine
        and found["filed_at"]
        and not found["read_at"]
        and web.may("edudata_use_report_read", request_id=request_id),
        "holder": user.display_name if user else "",
        "labels": report_rules.WORDS,
        "thirds": report_rules.THIRD,
        "copies": report_rules.COPIES,
        "limits": dict.fromkeys(report_rules.WORDS, report_rules.LONGEST),
        "typed": typed if typed is not None else found["form"],
        "states": GRANT_STATES,
    }
    labels = {name: tk._(label) for name, label in report_rules.WORDS.items()}
    labels |= {
        "third": tk._("Handing on to third parties"),
        "copies": tk._("The data and their copies now"),
        "words": tk._("Words to the holder"),
    }
    return _render("use_report", values, error, labels)


def provision_form(
    grant_id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """The form to apply for handing data on."""
    row = my_grant(grant_id)
    if row.user_id != tk.current_user.id:
        raise tk.ObjectNotFound(tk._("There is no such grant"))
    values = {
        "grant": holding.shown(row),
        "dataset": model.Package.get(row.dataset_id),
        "labels": provision_rules.WORDS,
        "kinds": provision_rules.KINDS,
        "whats": provision_rules.WHAT,
        "limits": dict.fromkeys(provision_rules.WORDS, provision_rules.LONGEST),
        "today": book.today().isoformat(),
        "last": provisions.last_day(row).isoformat(),
        "days": tk.config["ckanext.edudata.provision.days_decide"],
        "typed": typed or {},
    }
    labels = {name: tk._(label) for name, label in provision_rules.WORDS.items()}
    labels |= {
        "third_kind": tk._("Kind of the third party"),
        "what": tk._("What is handed on"),
        "fields": tk._("Fields"),
        "until": tk._("Until (last day)"),
        "grant_id": tk._("Grant"),
    }
    return _render("provision_new", values, error, labels)


def provision_page(
    provision_id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """An application to hand data on."""
    found = web.call("edudata_provision_show", id=provision_id)
    waits = found["state"] == "waiting"
    values = {
        "provision": found,
        "decides": waits and web.may("edudata_provision_consent", id=provision_id),
        "withdraws": waits and found["mine"],
        "labels": provision_rules.WORDS,
        "kinds": provision_rules.KINDS,
        "whats": provision_rules.WHAT,
        "states": provision_rules.STATES,
        "grant_states": GRANT_STATES,
        "typed": typed or {},
    }
    return _render(
        "provision", values, error, {"words": tk._("Words to the applicant")}
    )


def watched_units() -> list[Any]:
    """Units over whose deliveries the person watches."""
    roles = who_may.roles_for("delivery_read")
    ids = people.all_units_where(tk.current_user.id, roles)
    return [unit for unit_id in ids if (unit := model.Group.get(unit_id))]


def follow_up(unit_id: str) -> Any:
    """What follows the deliveries of a unit's data; of all one watches over, those
    where there is something to do come first."""
    units = watched_units()
    if not units:
        raise tk.NotAuthorized(tk._("Your role does not allow this for this unit."))
    chosen = [unit for unit in units if unit.id == unit_id]
    where = chosen or units
    found: dict[str, list[Any]] = {
        name: []
        for name in ("due", "filed", "waiting", "decided", "recalls", "datasets")
    }
    for unit in where:
        for state in ("due", "filed"):
            asked = {"unit_id": unit.id, "state": state, "limit": 100}
            found[state] += web.call("edudata_use_report_list", **asked)["results"]
        shown = web.call("edudata_provision_list", unit_id=unit.id, limit=100)
        for each in shown["results"]:
            wait = each["state"] == "waiting"
            found["waiting" if wait else "decided"].append(each)
        asked = {"unit_id": unit.id, "limit": 50}
        found["recalls"] += web.call("edudata_recall_list", **asked)["results"]
    found["datasets"] = recalls.datasets([unit.id for unit in where])
    values = {
        **found,
        "units": units,
        "unit_id": chosen[0].id if chosen else "",
        "recall_states": recall_rules.STATES,
        "provision_states": provision_rules.STATES,
        "may_recall": {
            unit.id
            for unit in where
            if people.holds(
                tk.current_user.id, who_may.roles_for("grant_freeze"), unit.id
            )
        },
    }
    return _render("follow_up", values, None, {})


def recall_form(
    dataset_id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """The form to call data back."""
    tk.check_access(
        "edudata_recall_create",
        {"user": tk.current_user.name},
        {"dataset_id": dataset_id},
    )
    values = {
        "dataset": model.Package.get(dataset_id),
        "versions": recalls.versions(dataset_id),
        "reasons": recall_rules.REASONS,
        "today": book.today().isoformat(),
        "due": recalls.default_due().isoformat(),
        "typed": typed or {},
    }
    labels = {
        "release_id": tk._("What is recalled"),
        "reason": tk._("Reason"),
        "words": tk._("Words to the recipients"),
        "due": tk._("Confirm by"),
        "dataset_id": tk._("Dataset"),
    }
    return _render("recall_new", values, error, labels)


def recall_page(
    recall_id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """A recall: to confirm for a recipient, to watch for the owner."""
    found = web.call("edudata_recall_show", id=recall_id)
    watches = web.may("edudata_recall_people", id=recall_id)
    mine = found["mine"]
    values = {
        "recall": found,
        "people": web.call("edudata_recall_people", id=recall_id) if watches else None,
        "lifts": found["state"] != "lifted"
        and web.may("edudata_recall_lift", id=recall_id),
        "confirms": bool(mine)
        and not mine["confirmed_at"]
        and found["state"] == "open",
        "third_parties": provisions.consented(mine["grants"]) if mine else [],
        "reasons": recall_rules.REASONS,
        "states": recall_rules.STATES,
        "derived": recall_rules.DERIVED,
        "today": book.today().isoformat(),
        "typed": typed or {},
    }
    labels = {
        "what": tk._("What was deleted, and where"),
        "deleted_on": tk._("Deleted on"),
        "derived": tk._("Copies and derived data"),
        "derived_words": tk._("What is kept, and why"),
        "words": tk._("Words to the recipients"),
    }
    return _render("recall", values, error, labels)
