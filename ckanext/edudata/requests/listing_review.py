"""A page of the inbox: one view of it, filtered, with what can be counted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.types import DataDict

from ckanext.edudata.requests import aside, case_review, inbox_review, showing
from ckanext.edudata.requests.model import Request

_WITHIN = {"overdue": -1, "today": 0, "week": 7}


def answer(user_id: str, asked: DataDict) -> dict[str, Any]:
    """As `edudata_request_inbox`."""
    plain = {
        name: asked[name].replace("\x00", "")
        for name in ("q", "dataset_id")
        if asked.get(name)
    }
    asked = {**asked, **plain}
    lines = inbox_review.open_lines(user_id)
    everything = inbox_review.seen(user_id).subquery()
    total = model.Session.scalar(sa.select(sa.func.count()).select_from(everything))
    views = {
        view: len(inbox_review.of_view(lines, view, user_id))
        for view in inbox_review.VIEWS
    }
    views["all"] = total or 0
    found = _Page(user_id, lines, asked)
    return {
        "count": found.count,
        "views": views,
        "states": found.states,
        "datasets": _datasets(user_id, asked, lines),
        "results": [shown(line) for line in found.lines],
    }


class _Page:
    """One page of a view: from the open lines, or of all there ever were."""

    def __init__(
        self, user_id: str, lines: list[inbox_review.Line], asked: DataDict
    ) -> None:
        start, end = asked["offset"], asked["offset"] + asked["limit"]
        if asked["view"] == "all" and not asked.get("due"):
            self._of_all(user_id, asked)
            return
        kept = [
            line
            for line in inbox_review.of_view(lines, asked["view"], user_id)
            if _matches(line, asked)
        ]
        self.states: dict[str, int] = {}
        for line in kept:
            state = line.request.state
            self.states[state] = self.states.get(state, 0) + 1
        if asked.get("state"):
            kept = [line for line in kept if line.request.state == asked["state"]]
        self.count, self.lines = len(kept), kept[start:end]

    def _of_all(self, user_id: str, asked: DataDict) -> None:
        query = inbox_review.seen(user_id)
        if asked.get("dataset_id"):
            query = query.where(Request.dataset_id == asked["dataset_id"])
        if asked.get("q"):
            query = query.where(
                Request.number.icontains(asked["q"].strip(), autoescape=True)
            )
        found = query.subquery()
        counted = model.Session.execute(
            sa.select(found.c.state, sa.func.count()).group_by(found.c.state)
        )
        self.states = _counts(counted)
        if asked.get("state"):
            query = query.where(Request.state == asked["state"])
        self.count = (
            self.states.get(asked["state"], 0)
            if asked.get("state")
            else sum(self.states.values())
        )
        query = query.order_by(Request.since.desc(), Request.id)
        rows = model.Session.scalars(
            query.limit(asked["limit"]).offset(asked["offset"])
        )
        self.lines = inbox_review.Reader(user_id).lines(list(rows))


def _counts(rows: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in rows}


def _matches(line: inbox_review.Line, asked: DataDict) -> bool:
    if asked.get("dataset_id") and line.request.dataset_id != asked["dataset_id"]:
        return False
    if asked.get("q") and asked["q"].strip().lower() not in line.request.number.lower():
        return False
    if asked.get("due"):
        return line.days is not None and line.days <= _WITHIN[asked["due"]]
    return True


def _datasets(
    user_id: str, asked: DataDict, lines: list[inbox_review.Line]
) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    if asked["view"] == "all":
        found = inbox_review.seen(user_id).subquery()
        query = sa.select(found.c.dataset_id, sa.func.count())
        counts = _counts(model.Session.execute(query.group_by(found.c.dataset_id)))
    else:
        for line in inbox_review.of_view(lines, asked["view"], user_id):
            dataset_id = line.request.dataset_id
            counts[dataset_id] = counts.get(dataset_id, 0) + 1
    titles = model.Session.execute(
        sa.select(model.Package.id, model.Package.title).where(
            model.Package.id.in_(counts)
        )
    )
    return sorted(
        (
            {"id": dataset_id, "title": title, "count": counts[dataset_id]}
            for dataset_id, title in titles
        ),
        key=lambda one: (-one["count"], one["title"]),
    )


def shown(line: inbox_review.Line) -> dict[str, Any]:
    """A line as the action returns it."""
    assignee = line.request.assigned_to
    user = model.User.get(assignee) if assignee else None
    return {
        **showing.brief(line.request),
        "days_left": line.days,
        "commands": line.commands,
        "waits": line.waits,
        "reviewers": _reviewers(line),
        "assigned_to": {"id": user.id, "name": user.display_name} if user else None,
    }


def _reviewers(line: inbox_review.Line) -> list[dict[str, str]]:
    """To whom it may be assigned, for who may assign it."""
    if "assign" not in line.commands:
        return []
    return case_review.named(aside.reviewers(line.request))
