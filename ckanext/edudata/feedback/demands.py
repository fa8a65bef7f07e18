"""Keeping data demands: found, judged, checked, moved on, told of."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import states_demands as states
from ckanext.edudata.feedback import telling
from ckanext.edudata.feedback.model_demands import Demand, DemandEvent, DemandSupport
from ckanext.edudata.units import people, who_may

NOT_THERE = "There is no such data demand"


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def today() -> datetime.date:
    """The date where the portal is."""
    return now().astimezone(tk.h.get_display_timezone()).date()


def get(reference: str, user_id: str | None, *, lock: bool = False) -> Demand:
    """A demand by id or number, that the person may know of.

    :raises ObjectNotFound: there is none, or not for them
    """
    query = sa.select(Demand).where(
        sa.or_(Demand.id == reference, Demand.number == _number(reference))
    )
    if lock:
        query = query.with_for_update()
    row = model.Session.scalar(query.execution_options(populate_existing=True))
    if row is None or not _seen(row, user_id):
        raise tk.ObjectNotFound(tk._(NOT_THERE))
    return row


def _number(reference: str) -> int:
    short = reference.isascii() and reference.isdigit() and len(reference) < 12
    return int(reference) if short else 0


def _seen(row: Demand, user_id: str | None) -> bool:
    """Everybody reads what is public; the rest who asked, and who answers."""
    if row.state in states.PUBLIC:
        return True
    if user_id is None:
        return False
    mine = row.user_id == user_id
    return mine or people.holds(user_id, who_may.roles_for("demand_hide"), row.unit_id)


def facts(row: Demand, user_id: str | None) -> states.Facts:
    """What a person is to a demand."""

    def holds(permission: str) -> bool:
        return people.holds(user_id, who_may.roles_for(permission), row.unit_id)

    return states.Facts(
        asker=user_id == row.user_id,
        owner=holds("demand_answer"),
        coordinator=holds("demand_hide"),
        supports=supports(row, user_id),
        logged_in=user_id is not None,
    )


def supports(row: Demand, user_id: str | None) -> bool:
    return bool(user_id and model.Session.get(DemandSupport, (row.id, user_id)))


def judged(row: Demand, command: str, user_id: str | None, reason: str = "") -> str:
    """Ask the table; the state that the command leads to.

    :raises NotAuthorized: not by this person
    :raises ValidationError: anything else
    """
    found = states.step(
        row.state, command, facts(row, user_id), reason, answered=bool(row.answer)
    )
    if not isinstance(found, states.Refusal):
        return found[1]
    if found.code in ("person", "own"):
        raise tk.NotAuthorized(tk._(found.msgid))
    raise tk.ValidationError({found.code: [tk._(found.msgid)]})


def readable(texts: dict[str, str]) -> None:
    """That words may be read by everybody.

    :raises ValidationError: personal data are in them, or nobody could check
    """
    found = {key: text for key, text in texts.items() if text.strip()}
    if not found or _verdict(found) == "clear":
        return
    for key, text in found.items():
        verdict = _verdict({key: text})
        if verdict != "clear":
            words = _PERSONAL if verdict == "blocked" else _UNCHECKED
            raise tk.ValidationError({key: [tk._(words)]})
    # Each alone is harmless; together they are not.
    raise tk.ValidationError({next(iter(found)): [tk._(_PERSONAL)]})


def _verdict(texts: dict[str, str]) -> str:
    return tk.get_action("edudata_words_check")(
        {"ignore_auth": True}, {"texts": texts}
    )["verdict"]


_PERSONAL = (
    "Everybody reads this, and it seems to hold personal data: a name, a number, an "
    "address. Write it without them."
)
_UNCHECKED = (
    "These words could not be checked for personal data, so they were not published. "
    "Try again in a few minutes."
)


def move(
    row: Demand, command: str, target: str, actor_id: str | None, words: str = ""
) -> None:
    """Do a step: state, event and audit record, in the open transaction."""
    source = row.state
    row.state = target
    if source != target or command in ("answer", "pass_on"):
        row.since = now()
    model.Session.add(
        DemandEvent(
            demand_id=row.id,
            command=command,
            source=source,
            target=target,
            unit_id=row.unit_id,
            actor_id=actor_id,
            words=words.strip(),
        )
    )
    record(row, command, actor_id, {"from": source, "to": target})


def record(
    row: Demand, command: str, actor_id: str | None, more: dict[str, str] | None = None
) -> None:
    """Put a step on the audit trail, in the open transaction."""
    known = {
        "answer": row.answer,
        "class": row.opening_class,
        "dataset": row.dataset_id,
    }
    trail.record(
        f"demand_{command}",
        actor_id=actor_id,
        object_type="demand",
        object_id=row.id,
        unit_id=row.unit_id,
        detail={
            **(more or {}),
            **{key: value for key, value in known.items() if value},
        },
    )


def tell_owner(row: Demand, kind: str) -> list[str]:
    """Tell the people who answer for the unit, or for the nearest one above."""
    roles = who_may.roles_for("demand_answer")
    return _tell(row, kind, telling.responsible(row.unit_id, roles))


def tell_asker(row: Demand, kind: str) -> list[str]:
    return _tell(row, kind, [row.user_id])


def _tell(row: Demand, kind: str, users: list[str]) -> list[str]:
    return telling.note(
        kind,
        users,
        unit_id=row.unit_id,
        object_type="demand",
        object_id=row.id,
        detail={},
    )


def one_after_the_other(user_id: str) -> None:
    """One person's demands come one by one, or the limit could be passed by."""
    transactions.one_at_a_time(f"edudata_demand:{user_id}")


def asked_today(user_id: str) -> int:
    """How many demands a person made in the last day, withdrawn ones too."""
    query = sa.select(sa.func.count()).where(
        Demand.user_id == user_id,
        Demand.created_at > now() - datetime.timedelta(days=1),
    )
    return model.Session.scalar(query) or 0


def brief(row: Demand, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What everybody reads. Who asked and who supports is not in it.

    :param names: unit id → `{name, title}`
    """
    unit = names.get(row.unit_id, {})
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "purpose": row.purpose,
        "unit_id": row.unit_id,
        "unit_name": unit.get("name", ""),
        "unit_title": unit.get("title", ""),
        "unsure": row.unsure,
        "line_unit": row.line_unit,
        "line_title": row.line_title,
        "state": row.state,
        "supports": row.supports,
        "answer": row.answer,
        "opening_class": row.opening_class,
        "planned_date": row.planned_date.isoformat() if row.planned_date else None,
        "answer_words": row.answer_words,
        "answered_unit": names.get(row.answered_unit or "", {}).get("title"),
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
        "created_at": row.created_at.isoformat(),
        "since": row.since.isoformat(),
        **_dataset(row),
    }


def _dataset(row: Demand) -> dict[str, Any]:
    package = model.Package.get(row.dataset_id) if row.dataset_id else None
    there = package is not None and is_open(package)
    return {
        "dataset_name": package.name if package and there else None,
        "dataset_title": package.title if package and there else None,
    }


def is_open(package: model.Package) -> bool:
    """Whether everybody may know of a package."""
    public = package.type == "dataset" and package.state == "active"
    return public and not package.private


def names(rows: list[Demand]) -> dict[str, dict[str, str]]:
    """Names of the units of some demands, by one query."""
    ids = {row.unit_id for row in rows} | {row.answered_unit for row in rows}
    found = model.Session.execute(
        sa.select(model.Group.id, model.Group.name, model.Group.title).where(
            model.Group.id.in_([each for each in ids if each])
        )
    )
    return {each.id: {"name": each.name, "title": each.title} for each in found}


def line(unit: str, title: str) -> str | None:
    """A line's title, if it stands in the unit's published open list."""
    if not unit or not title:
        return None
    try:
        found = tk.get_action("edudata_open_list_show")({}, {"unit": unit})
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError, KeyError):
        return None
    titles = {line.get("title") for line in found["lines"]}
    return title if title in titles else None
