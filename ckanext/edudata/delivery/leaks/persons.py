"""Those who ask: accounts made for the run, and taken away after it.

No token of a real person is used and nothing of theirs is touched. What the accounts
hold ends by itself in an hour, also where the run is killed; the next run sweeps what
was left. The actions are passed by: they would number applications and notify people.
"""

from __future__ import annotations

import datetime
import json
import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import api_token

from ckanext.edudata.catalog import scope, scope_view
from ckanext.edudata.delivery.leaks.things import (
    CONDITIONAL,
    ENTRY,
    RECORD,
    STOPPED,
    Closed,
    Person,
)
from ckanext.edudata.units import tree

PREFIX = "leaks-probe-"
HOUR = datetime.timedelta(hours=1)
LOCK = "edudata_leaks"
HOLDERS = {
    "expired": ("active", -HOUR),
    "frozen": ("frozen", HOUR),
    "revoked": ("revoked", HOUR),
}
"""Holders of a grant that opens nothing: its state, and its end from now."""

BOUND = frozenset({"datastore", "download"})
"""What a grant's token is tried on: each refusal is put on record."""

# Where the accounts leave rows, those that refer to others first. The trail and the
# record of deliveries keep theirs: what happened stays on record.
_LEFT = (
    ("edudata_grant_token", "grant_id", "grants"),
    ("edudata_grant_person", "grant_id", "grants"),
    ("edudata_grant_day", "grant_id", "grants"),
    ("edudata_use_report", "grant_id", "grants"),
    ("edudata_use_report", "request_id", "requests"),
    ("edudata_grant", "id", "grants"),
    ("edudata_request_reminder", "request_id", "requests"),
    ("edudata_request_event", "request_id", "requests"),
    ("edudata_request", "id", "requests"),
    ("edudata_application", "user_id", "users"),
    ("edudata_notice", "user_id", "users"),
    ("edudata_role_assignment", "user_id", "users"),
    ("api_token", "user_id", "users"),
    ("dashboard", "user_id", "users"),
    ('"user"', "id", "users"),
)


class BusyError(Exception):
    """Another run is on."""


@contextmanager
def made(things: list[Closed]) -> Iterator[tuple[list[Person], list[str]]]:
    """The people, and what could not be made; all taken away in the end.

    :raises BusyError: another run is on
    """
    with model.ensure_engine().connect() as guard:
        held = sa.text("SELECT pg_try_advisory_lock(hashtext(:key))")
        if not guard.scalar(held, {"key": LOCK}):
            raise BusyError
        try:
            remove()
            yield _people(things)
        finally:
            model.Session.rollback()
            remove()
            free = sa.text("SELECT pg_advisory_unlock(hashtext(:key))")
            guard.execute(free, {"key": LOCK})


def remove() -> int:
    """Take away all accounts of a run, and what they hold; how many there were."""
    column = {
        "users": 'SELECT id FROM "user" WHERE name LIKE :of',
        "grants": 'SELECT g.id FROM edudata_grant g JOIN "user" u'
        " ON u.id = g.user_id WHERE u.name LIKE :of",
        "requests": 'SELECT r.id FROM edudata_request r JOIN "user" u'
        " ON u.id = r.user_id WHERE u.name LIKE :of",
    }
    asked = {"of": PREFIX + "%"}
    found = {
        name: list(model.Session.scalars(sa.text(query), asked))
        for name, query in column.items()
    }
    for table, key, which in _LEFT:
        if found[which] and key in _columns(table):
            query = f"DELETE FROM {table} WHERE {key} = ANY(:ids)"  # noqa: S608
            model.Session.execute(sa.text(query), {"ids": found[which]})
    model.Session.commit()
    return len(found["users"])


def _people(things: list[Closed]) -> tuple[list[Person], list[str]]:
    people = [Person("anonymous"), _person("stranger")]
    missing: list[str] = []
    conditional = [thing for thing in things if thing.kind == CONDITIONAL]
    stopped = [thing for thing in things if thing.kind == STOPPED]
    if conditional:
        kinds = frozenset({CONDITIONAL, RECORD})
        person = replace(_person("applicant"), kinds=kinds)
        for thing in conditional:
            _draft(person, thing)
        people.append(person)
    for name, (state, length) in HOLDERS.items() if conditional else ():
        person = replace(_person(name), kinds=frozenset({CONDITIONAL}))
        for thing in conditional:
            _grant(person, thing, state, length)
        people.append(person)
    if stopped:
        person = replace(_person("holder"), kinds=frozenset({STOPPED}))
        for thing in stopped:
            _grant(person, thing, "active", HOUR)
        people.append(person)
    if conditional:
        people.append(_bound(conditional))
    else:
        missing.append("bound")
    members = list(_members(things))
    people += members
    if not members:
        missing.append("member")
    model.Session.commit()
    return people, missing


def placed(things: list[Closed], people: Iterable[Person]) -> list[Closed]:
    """The things, each with the members who may see its metadata."""
    known = scope.Tree.of(tree.walk())
    members = [person for person in people if person.unit_id]
    viewers = {p.name: scope.Viewer.of([p.unit_id or ""], known) for p in members}
    found = []
    for thing in things:
        within = frozenset(
            name for name, viewer in viewers.items() if _sees(thing, viewer, known)
        )
        found.append(replace(thing, within=within))
    model.Session.rollback()
    return found


def outside(person: Person, thing: Closed) -> bool:
    """Whether the thing is closed to this person at all."""
    if not person.unit_id:
        return True
    if thing.kind == RECORD:
        return not _told_to_units(thing, person.unit_id)
    return person.unit_id not in tree.reached_from(thing.unit_id)


_TOLD = {
    # Published catalogs are for all units; their rows are judged with the entries.
    "catalog": "SELECT 1 FROM edudata_catalog WHERE id = :id AND state = 'published'",
    "template": (
        "SELECT 1 FROM edudata_template_answer WHERE template_id = :id"
        " AND unit_id = :unit"
    ),
}
"""Records that are no secret to a unit, by what asks the database."""


def _told_to_units(thing: Closed, unit_id: str) -> bool:
    query = _TOLD.get(thing.label)
    if query is None:
        return False
    values = {"id": thing.id, "unit": unit_id}
    return model.Session.scalar(sa.text(f"{query} LIMIT 1"), values) is not None


def _sees(thing: Closed, viewer: scope.Viewer, known: scope.Tree) -> bool:
    if thing.kind != ENTRY:
        return False
    content = model.Session.scalar(
        sa.text(
            "SELECT content FROM edudata_entry_version WHERE entry_id = :id"
            " AND state IN ('approved', 'released') ORDER BY number DESC LIMIT 1"
        ),
        {"id": thing.id},
    )
    package = model.Package.get(thing.id)
    if not content or package is None:
        return False
    extras: dict[str, Any] = dict(package.extras or {})
    if isinstance(extras.get("sharing_units"), str):
        try:
            extras["sharing_units"] = json.loads(extras["sharing_units"])
        except ValueError:
            extras["sharing_units"] = []
    approved, working = scope_view.sharing_of(content), scope_view.sharing_of(extras)
    return scope.sees(thing.unit_id, approved, working, viewer, known)


def _person(name: str) -> Person:
    token = secrets.token_hex(4)
    user = model.User(
        name=f"{PREFIX}{name.replace('_', '-')}-{token}",
        fullname="",
    )
    model.Session.add(user)
    model.Session.flush()
    found = model.ApiToken(user.id, "leaks")
    model.Session.add(found)
    model.Session.flush()
    return Person(name, _encoded(found), user_id=user.id)


def _encoded(token: Any) -> str:
    issued = api_token.into_seconds(token.created_at)
    return api_token.encode({"jti": token.id, "iat": issued})


def _bound(things: list[Closed]) -> Person:
    """Somebody with grants in force on all, whose token is bound to the first."""
    person = _person("bound")
    user = {"id": person.user_id}
    model.Session.execute(sa.text("DELETE FROM api_token WHERE user_id = :id"), user)
    grant_ids = [_grant(person, thing, "active", HOUR) for thing in things]
    token = model.ApiToken(person.user_id, "leaks")
    model.Session.add(token)
    model.Session.flush()
    values = {"jti": token.id, "grant_id": grant_ids[0], "user_id": person.user_id}
    _insert("edudata_grant_token", values)
    own = frozenset({things[0].id})
    return replace(person, token=_encoded(token), families=BOUND, own=own)


def _members(things: list[Closed]) -> Iterator[Person]:
    """People of one or two units, so that each thing is another unit's for one."""
    owners = {thing.unit_id for thing in things if thing.unit_id}
    above = {owner: set(tree.reached_from(owner)) for owner in owners}
    units = [unit["id"] for unit in tree.walk()]
    plain = [unit for unit in units if tree.reach(unit) == [unit]]
    left, number = set(owners), 0
    while left and number < 3:
        best = max(
            plain, key=lambda u: sum(u not in above[o] for o in left), default=None
        )
        if best is None or all(best in above[owner] for owner in left):
            return
        number += 1
        person = _person("member" if number == 1 else f"member_{number}")
        values = {
            "id": str(uuid.uuid4()),
            "user_id": person.user_id,
            "unit_id": best,
            "role": "compiler",
            "until": _now() + HOUR * 12,
        }
        _insert("edudata_role_assignment", values)
        yield replace(person, unit_id=best)
        left = {owner for owner in left if best in above[owner]}


def _draft(person: Person, thing: Closed) -> None:
    """An application that nobody decides on: a draft, numbered below zero."""
    for resource_id in thing.references.get("resource", ()):
        serial = -secrets.randbelow(10**9) - 1
        application_id = str(uuid.uuid4())
        now = _now()
        common = {"user_id": person.user_id, "serial": serial, "created_at": now}
        _insert("edudata_application", {"id": application_id, **common})
        values = {
            "id": str(uuid.uuid4()),
            **common,
            "application_id": application_id,
            "unit_id": thing.unit_id,
            "dataset_id": thing.id,
            "resource_id": resource_id,
            "release_id": _release(thing)["release_id"],
            "form": "{}",
            "state": "draft",
            "number": f"leaks{serial}",
            "part": 1,
            "version": 1,
            "appealed": False,
        }
        _insert("edudata_request", values)


def _grant(
    person: Person, thing: Closed, state: str, length: datetime.timedelta
) -> str:
    """A grant of all fields of the thing; its id."""
    known, now, grant_id = _release(thing), _now(), str(uuid.uuid4())
    columns = known["columns"]
    values = {
        "id": grant_id,
        "request_id": str(uuid.uuid4()),
        "request_number": "leaks",
        "user_id": person.user_id,
        "unit_id": thing.unit_id,
        "dataset_id": thing.id,
        **{key: known[key] for key in ("resource_id", "release_id", "table_id")},
        "content_digest": known["content_digest"],
        "columns": json.dumps(columns),
        "fields": json.dumps([column["id"] for column in columns]),
        "rows": "{}",
        "starts": now - HOUR * 48,
        "until": now + length,
        "granted_until": now + length,
        "way": "copy",
        "state": state,
    }
    _insert("edudata_grant", values)
    holder = {"grant_id": grant_id, "user_id": person.user_id}
    _insert("edudata_grant_person", {**holder, "resource_id": known["resource_id"]})
    return grant_id


def _release(thing: Closed) -> dict[str, Any]:
    query = sa.text(
        "SELECT rr.*, r.id AS release_id FROM edudata_released_resource rr"
        " JOIN edudata_release r ON r.id = rr.release_id"
        " WHERE r.dataset_id = :id AND rr.table_id = ANY(:tables)"
        " ORDER BY rr.kind = 'conditional' DESC, r.version DESC LIMIT 1"
    )
    asked = {"id": thing.id, "tables": list(thing.references["table"])}
    return dict(model.Session.execute(query, asked).mappings().one())


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def _columns(table: str) -> set[str]:
    query = sa.text(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = :table"
    )
    return set(model.Session.scalars(query, {"table": table.strip('"')}))


def _insert(table: str, values: dict[str, Any]) -> None:
    """Insert what the table has a column for; nothing where there is no table."""
    known = _columns(table)
    names = [name for name in values if name in known]
    if not names:
        return
    query = (
        f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608 - names are constants
        f"VALUES ({', '.join(':' + name for name in names)})"
    )
    model.Session.execute(sa.text(query), {name: values[name] for name in names})
