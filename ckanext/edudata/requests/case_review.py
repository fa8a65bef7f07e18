"""What stands beside an application on the reviewer's page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests import (
    applying,
    aside,
    book,
    looking_applicants,
    reasons,
    showing,
    who,
)
from ckanext.edudata.requests.model import Request, RequestEvent
from ckanext.edudata.units import people

_LAST = 20
_HAD_A_GRANT = ("active", "frozen", "revoked", "expired", "ended")
_BROKEN = ("freeze", "revoke")
_OF_DATASET = ("opening_class", "opening_ground", "update_cycle", "notes")
_OF_ENTRY = ("data_class", "data_grade")


def earlier(request: Request, reader_id: str) -> dict[str, Any]:
    """What the applicant did before with data that this reader has a part in deciding.

    :returns: `{count, requests: [as brief, newest first, with grants, report], reports:
        {due, filed}, deliveries, broken: [{number, at, command, reason, words}]}`
    """
    query = sa.select(Request).where(
        Request.user_id == request.user_id,
        Request.id != request.id,
        Request.submitted_at.is_not(None),
        Request.unit_id.in_(people.all_units_where(reader_id, who.SEE)),
    )
    total = model.Session.scalar(
        sa.select(sa.func.count()).select_from(query.subquery())
    )
    newest = query.order_by(Request.submitted_at.desc(), Request.id).limit(_LAST)
    found = [_line(one, reader_id) for one in model.Session.scalars(newest).all()]
    return {
        "count": total or 0,
        "requests": found,
        "deliveries": sum(line["deliveries"] or 0 for line in found),
        "reports": {
            "due": sum(bool(line["report"]) for line in found),
            "filed": sum(
                bool(line["report"] and line["report"]["filed_at"]) for line in found
            ),
        },
        "broken": _broken(query),
    }


def _line(request: Request, reader_id: str) -> dict[str, Any]:
    line = {**showing.brief(request), "deliveries": None, "last": None, "report": None}
    if request.state in _HAD_A_GRANT:
        line.update(_deliveries(request, reader_id))
        line["report"] = _report(request)
    return line


def _deliveries(request: Request, reader_id: str) -> dict[str, Any]:
    """As far as the reader may look into the record of deliveries."""
    user = model.User.get(reader_id)
    name = user.name if user else ""
    asked = {"unit_id": request.unit_id, "request_id": request.id}
    try:
        grants = tk.get_action("edudata_grant_list")({"user": name}, asked)["results"]
        taken = [
            tk.get_action("edudata_delivery_list")(
                {"user": name}, {"grant_id": grant["id"], "limit": 1}
            )
            for grant in grants
        ]
    except tk.NotAuthorized:
        return {}
    times = [each["at"] for found in taken for each in found["results"]]
    return {
        "deliveries": sum(found["count"] for found in taken),
        "last": max(times, default=None),
    }


def _report(request: Request) -> dict[str, Any] | None:
    try:
        show = tk.get_action("edudata_use_report_show")
    except KeyError:
        return None
    try:
        found = show({"ignore_auth": True}, {"request_id": request.id})
    except tk.ObjectNotFound:
        return None
    if not found or not (found["filed_at"] or _past(found["due"])):
        return None
    return {"due": found["due"], "filed_at": found["filed_at"]}


def _past(due: Any) -> bool:
    return bool(due) and str(due)[:10] <= book.today().isoformat()


def _broken(query: Any) -> list[dict[str, Any]]:
    """Grants that were frozen or revoked, and why."""
    found = query.subquery()
    events = model.Session.execute(
        sa.select(RequestEvent, found.c.number)
        .join(found, found.c.id == RequestEvent.request_id)
        .where(RequestEvent.command.in_(_BROKEN))
        .order_by(RequestEvent.id.desc())
        .limit(_LAST)
    )
    return [
        {
            "number": number,
            "request_id": event.request_id,
            "at": event.at.isoformat(),
            "command": event.command,
            "reason": event.reason,
            "label": tk._(reasons.label(event.command, event.reason) or " ").strip(),
            "words": event.words,
        }
        for event, number in events
    ]


def dataset(request: Request) -> dict[str, Any] | None:
    """The data asked for, as everybody sees them; None once they are stopped.

    :returns: `{title, name, unit, version, rows, condition, items: [{id, label, type,
        unit, notes, asked}], …}`
    """
    try:
        data = applying.released(request.resource_id)
        shown, entry = (
            tk.get_action("package_show")({"ignore_auth": True}, {"id": package_id})
            for package_id in (request.dataset_id, data["entry_id"])
        )
    except tk.ObjectNotFound:
        return None
    asked = set(request.form.get("fields") or ())
    return {
        **{name: shown.get(name) or "" for name in _OF_DATASET},
        **{name: entry.get(name) or "" for name in _OF_ENTRY},
        "name": shown["name"],
        "title": shown["title"],
        "unit": (shown.get("organization") or {}).get("title", ""),
        "version": data["version"],
        "newer": data["release_id"] != request.release_id,
        "rows": data["row_count"],
        "condition": data["condition"] or shown.get("opening_condition") or "",
        "items": [
            {**column, "asked": column["id"] in asked} for column in data["columns"]
        ],
    }


def reasons_for(request: Request) -> dict[str, list[dict[str, Any]]]:
    """Reasons to choose from, by command: those of all units, then the unit's own."""
    own = aside.templates(request.unit_id)
    return {
        command: [
            *(
                {
                    "id": one.code,
                    "label": tk._(one.label),
                    "words": tk._(one.words) if one.words else "",
                    "own": False,
                }
                for one in choices
            ),
            *(
                {"id": one.id, "label": one.title, "words": one.words, "own": True}
                for one in own
                if one.command == reasons.LIKE.get(command, command)
            ),
        ]
        for command, choices in reasons.REASONS.items()
    }


def people_of(history: list[dict[str, Any]]) -> dict[str, str]:
    """Names of those who acted on the authority's side, by id."""
    ids = {event["actor_id"] for event in history if event["by"] == "authority"}
    return {one["id"]: one["name"] for one in named(sorted(ids))}


def named(user_ids: list[str]) -> list[dict[str, str]]:
    """Accounts with the names that are shown of them."""
    found = (model.User.get(user_id) for user_id in user_ids)
    return [
        {"id": user.id, "name": user.display_name} for user in found if user is not None
    ]


def attachments(request: Request, reader_id: str | None) -> list[dict[str, Any]]:
    """Files that came with the application, for who decides: `[{id, name, …}]`."""
    if not looking_applicants.may_look(request, reader_id):
        return []
    return _asked("edudata_attachment_list", request) or []


def persons(request: Request) -> dict[str, int] | None:
    """How many people a body has named to work with the data, and how many of them
    have confirmed it."""
    found = _asked("edudata_request_person_list", request)
    if not found:
        return None
    there = [one for one in found if one["state"] in ("invited", "confirmed")]
    confirmed = sum(one["state"] == "confirmed" for one in there)
    return {"all": len(there), "confirmed": confirmed}


def _asked(action: str, request: Request) -> Any:
    try:
        show = tk.get_action(action)
    except KeyError:
        return None
    found = show({"ignore_auth": True}, {"application_id": request.application_id})
    return found["results"] if isinstance(found, dict) else found
