"""Keeping applications: found, locked, moved on by time or command, told of."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail
from ckanext.edudata.requests import (
    clocks,
    forms,
    states,
    telling,
    who,
    years_clocks,
)
from ckanext.edudata.requests.model import Request, RequestEvent


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def today() -> datetime.date:
    """The date where the portal is."""
    return now().astimezone(tk.h.get_display_timezone()).date()


def end_of(day: str) -> datetime.datetime:
    """The moment after the last of a day (ISO), where the portal is."""
    after = datetime.date.fromisoformat(day) + datetime.timedelta(days=1)
    midnight = datetime.datetime.combine(after, datetime.time())
    zone: Any = tk.h.get_display_timezone()
    # Of pytz, except where the zone is the server's.
    if hasattr(zone, "localize"):
        return zone.localize(midnight)
    return midnight.replace(tzinfo=zone)


def days() -> clocks.Days:
    """The waits, as configured."""
    names = ("accept", "decide", "answer", "appeal")
    prefix = "ckanext.edudata.requests.days_"
    return clocks.Days(**{name: tk.config[prefix + name] for name in names})


def get(request_id: Any, user_id: str | None) -> Request:
    """An application that the person may know of.

    :raises ObjectNotFound: there is none, or not for them
    """
    request = None
    if isinstance(request_id, str):
        request = model.Session.get(Request, request_id, populate_existing=True)
    if request is None or not who.may_see(request, user_id):
        raise tk.ObjectNotFound(tk._("There is no such application"))
    return request


def lock(request: Request) -> None:
    """Wait for one's turn; afterwards the application is as it stands now."""
    model.Session.refresh(request, with_for_update=True)


def since_day(request: Request) -> datetime.date:
    """The day on which it came into its state, where the portal is."""
    return request.since.astimezone(tk.h.get_display_timezone()).date()


def state_now(request: Request) -> str:
    """Its state at this moment: time moves it without anybody's doing."""
    return clocks.in_fact(
        request.state,
        since_day(request),
        today(),
        days(),
        until=granted_until(request),
        now=now(),
        calendar=years_clocks.in_force(),
    )


def granted_until(request: Request) -> datetime.datetime | None:
    """The moment a grant ends, where one was decided; later while its renewal, asked
    in time, is being decided."""
    if not request.decided:
        return None
    until = end_of(request.decided["until"])
    if request.state not in ("active", "frozen") or now() < until:
        return until
    found = tk.get_action("edudata_grant_list")(
        {"ignore_auth": True}, {"unit_id": request.unit_id, "request_id": request.id}
    )
    ends = [datetime.datetime.fromisoformat(one["until"]) for one in found["results"]]
    return max([until, *ends])


def due(request: Request, state: str) -> datetime.date | None:
    """The day by which somebody should act."""
    since = since_day(request)
    calendar = years_clocks.in_force()
    return clocks.due(state, since, days(), calendar, request.stays or ())


def provisional(request: Request, last: datetime.date | None) -> list[int]:
    """Years not yet announced that the due day hangs on; it may still move."""
    if last is None:
        return []
    return years_clocks.in_force().unannounced(since_day(request), last)


def let_time_pass(request: Request) -> None:
    """Write down what time has done, in the open transaction."""
    reached = state_now(request)
    if reached != request.state:
        facts = who.facts(request, None)
        facts = states.Facts(capacities=frozenset({"clock"}), appealed=facts.appealed)
        move(request, step(request, states.BY_TIME[reached], facts), None)


def step(request: Request, command: str, facts: states.Facts) -> states.Transition:
    """Ask the table.

    :raises NotAuthorized: the wrong person, `ValidationError`: anything else; both
        name the state
    """
    judged = states.step(request.state, command, facts)
    if isinstance(judged, states.Transition):
        return judged
    values = {key: tk._(value) for key, value in judged.values.items()}
    words = tk._(judged.msgid) % values
    if judged.code in states.PERSONAL:
        raise tk.NotAuthorized(words)
    key = "words" if judged.code.startswith("reason") else judged.code
    raise tk.ValidationError({key: [words]})


def move(
    request: Request,
    transition: states.Transition,
    actor_id: str | None,
    *,
    reason: str | None = None,
    words: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Do a step: state, event and audit record, in the open transaction."""
    if transition.target != transition.source:
        request.stays = clocks.stays_after(
            request.stays or (),
            transition.source,
            transition.target,
            since_day(request),
            today(),
        )
        request.since = now()
        request.due_on = due(request, transition.target)
    request.state = transition.target
    request.version += 1
    if transition.command != "update":
        note(request, transition, actor_id, reason, words, detail or {})
    trail.record(
        f"request_{transition.command}",
        actor_id=actor_id,
        object_type="request",
        object_id=request.id,
        unit_id=request.unit_id,
        detail={
            "from": transition.source,
            "to": transition.target,
            "dataset": request.dataset_id,
            "resource": request.resource_id,
            "version": request.version,
        },
    )
    telling.after(request, transition, actor_id)


def note(
    request: Request,
    transition: states.Transition,
    actor_id: str | None,
    reason: str | None,
    words: str,
    detail: dict[str, Any],
) -> None:
    model.Session.add(
        RequestEvent(
            request_id=request.id,
            command=transition.command,
            source=transition.source,
            target=transition.target,
            actor_id=actor_id,
            reason=reason,
            words=words,
            detail=detail,
        )
    )
    model.Session.flush()


def problems(request: Request) -> dict[str, forms.Problem]:
    """What the form still needs before it can be submitted."""
    longest = tk.config["ckanext.edudata.requests.longest_days"]
    return forms.missing(
        {**request.form, "applicant_kind": request.applicant_kind}, today(), longest
    )


def in_words(found: dict[str, forms.Problem]) -> dict[str, Any]:
    """Problems as CKAN's errors, in the reader's language."""
    return {
        name: [tk._(problem.msgid) % problem.values] for name, problem in found.items()
    }


def events(request: Request) -> list[RequestEvent]:
    """What happened to it, oldest first."""
    query = sa.select(RequestEvent).where(RequestEvent.request_id == request.id)
    return list(model.Session.scalars(query.order_by(RequestEvent.id)))
