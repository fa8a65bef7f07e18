"""Reminders of applications: each once for a state, a stage and a due day."""

from __future__ import annotations

import datetime
from collections import Counter

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata import transactions
from ckanext.edudata.feedback import telling as notices
from ckanext.edudata.requests import book, clocks, telling, who, years_clocks
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_clocks import RequestReminder
from ckanext.edudata.units import people, tree, who_may

Given = tuple[str, str, datetime.date]
"""State, stage and due day of a reminder."""

_ASK_FROM = (12, 1)
"""Month and day from which the next year's holidays are asked for. They are announced
in October or November."""


def ahead() -> clocks.Ahead:
    """When people are told, as configured."""
    prefix = "ckanext.edudata.requests.remind_"
    names = ("before", "superior")
    return clocks.Ahead(**{name: tk.config[prefix + name] for name in names})


def given(request_ids: list[str]) -> dict[str, set[Given]]:
    """Reminders given before, by application."""
    found: dict[str, set[Given]] = {}
    rows = model.Session.scalars(
        sa.select(RequestReminder).where(RequestReminder.request_id.in_(request_ids))
    )
    for row in rows:
        found.setdefault(row.request_id, set()).add((row.state, row.stage, row.due_on))
    return found


def stages(request: Request) -> list[Given]:
    """What is to be told of it today, whether or not it was told before."""
    today, state = book.today(), request.state
    since = book.since_day(request)
    if state in ("active", "frozen"):
        last = telling.last_day(request)
        if last is None:
            return []
        most = tk.config["ckanext.edudata.requests.remind_expiry"]
        near = min(most, (last - since).days // 2)
        soon = since < today <= last and (last - today).days <= near
        return [(state, "expires", last)] if soon else []
    last = book.due(request, state)
    if last is None:
        return []
    calendar = years_clocks.in_force()
    stage = clocks.stage(state, since, last, today, ahead(), calendar)
    # Who comes late tells both that it is overdue and that it stays so.
    told = ["overdue", "superior"] if stage == "superior" else [stage] if stage else []
    return [(state, each, last) for each in told]


def remind(request: Request) -> Counter[str]:
    """Give what is due and was not given, in the open transaction; row held."""
    done: Counter[str] = Counter()
    for state, stage, last in stages(request):
        first = model.Session.execute(
            insert(RequestReminder)
            .values(request_id=request.id, state=state, stage=stage, due_on=last)
            .on_conflict_do_nothing()
            .returning(RequestReminder.stage)
        ).first()
        if first is not None:
            _tell(request, stage, last)
            done[stage] += 1
    return done


def _tell(request: Request, stage: str, last: datetime.date) -> None:
    if stage == "expires":
        telling.note(request, "request_expires", [request.user_id], last)
    elif stage == "before":
        own = {"returned": "request_answer_soon", "refused": "request_appeal_soon"}
        kind = own.get(request.state, "review_soon")
        telling.note(request, kind, telling.handling(request))
    elif stage == "overdue":
        notices.done("request", request.id, ["review_soon"])
        late = telling.actors(request)
        telling.note(request, "review_overdue", late)
        watching = telling.entitled(request, "request_mediate", everybody=True)
        others = [user for user in watching if user not in late]
        telling.note(request, "review_overdue_coordinator", others)
        telling.note(request, "request_late", [request.user_id])
    else:
        telling.note(request, "review_overdue_superior", _superiors(request))


def _superiors(request: Request) -> list[str]:
    """The reviewers above who may decide in the owner's place."""
    if who.superior(request.unit_id) is None:
        return []
    found = telling.entitled(request, "superior")
    return [user for user in found if user != request.user_id]


def recount(request: Request) -> bool:
    """Follow a due day that moved: a year was announced, or a period was set anew.

    Whoever waits, and whoever is waited for, is told; rows older than this table are
    filled in without a word.
    """
    last, before = book.due(request, request.state), request.due_on
    if last == before:
        return False
    request.due_on = last
    model.Session.flush()
    if before is None or last is None:
        return False
    users = {request.user_id, *telling.handling(request)}
    for user_id in sorted(users):
        own = user_id == request.user_id
        kind = "request_due_changed" if own else "review_due_changed"
        telling.note(request, kind, [user_id])
    return True


def ask_for_years(calendar: clocks.Calendar) -> int:
    """Remind those who enter holidays of a year that is near and unknown; once each."""
    today = book.today()
    years = [today.year]
    if (today.month, today.day) >= _ASK_FROM:
        years.append(today.year + 1)
    made = 0
    for year in years:
        if year in calendar.years:
            continue
        transactions.one_at_a_time("edudata_work_year")
        made += len(_ask(year))
    return made


def _ask(year: int) -> list[str]:
    from ckanext.edudata.feedback.model import Notice

    object_id = str(year)
    roles = who_may.roles_for("workdays_announce")
    users: dict[str, str] = {}
    for unit_id in [unit["id"] for unit in tree.walk() if not unit["depth"]]:
        for user_id in people.responsible(unit_id, roles):
            users[user_id] = unit_id
    told = set(
        model.Session.scalars(
            sa.select(Notice.user_id).where(
                Notice.kind == "workdays_missing", Notice.object_id == object_id
            )
        )
    )
    made: list[str] = []
    for user_id, unit_id in users.items():
        if user_id not in told:
            made += notices.note(
                "workdays_missing",
                [user_id],
                unit_id=unit_id,
                object_type="work_year",
                object_id=object_id,
                detail={"year": year},
            )
    return made
