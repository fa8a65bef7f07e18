"""What a table of people would change: accounts that are made, roles that are given.

Pure. Accounts that are there keep their name and mail; their people change them. The
three administrators are three people, whatever way roles come in (三员).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ckanext.edudata.units import who_may, wordlists
from ckanext.edudata.units.plan_units import Problem
from ckanext.edudata.units.spreadsheet import Table

_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,20}"
)
_ACCOUNT = re.compile(r"[a-z0-9_-]{2,100}")


@dataclass(frozen=True)
class Account:
    """An account that is there: its roles in force as `(role, unit, until)`.

    ``beside``: roles of the person's other accounts.
    """

    id: str
    name: str
    email: str
    roles: frozenset[tuple[str, str, str]] = frozenset()
    beside: frozenset[str] = frozenset()


@dataclass
class Person:
    """A row or several: an account with the roles that the file gives it.

    ``key`` is the id of an account that is there, or `+` and a number.
    """

    sheet: str
    row: int
    key: str
    name: str
    fullname: str
    email: str
    gifts: list[Gift] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.key.startswith("+")


@dataclass(frozen=True)
class Gift:
    """A role to give; ``until`` is an ISO date or empty; ``same`` if it is held so."""

    row: int
    role: str
    unit: str
    until: str
    same: bool = False


@dataclass
class KnownPeople:
    accounts: dict[str, Account]
    """By id."""
    find_unit: dict[str, list[str]]
    """Code, identifier or name of a unit → keys, those of the file with them."""
    default_unit: str = ""
    taken: set[str] = field(default_factory=set)
    """Names of accounts that are gone, and may not be used again."""
    today: str = field(default_factory=lambda: datetime.date.today().isoformat())


@dataclass
class PeoplePlan:
    people: list[Person]
    problems: list[Problem]


def plan(tables: Iterable[Table], known: KnownPeople) -> PeoplePlan:
    """Read the rows, find the accounts, and say which roles would be given."""
    made = PeoplePlan([], [])
    by_name = {a.name: a for a in known.accounts.values()}
    by_email = {a.email.lower(): a for a in known.accounts.values() if a.email}
    file = _File(names={*by_name, *known.taken})
    for table in tables:
        for row, values, _ in table.rows:
            wrong = _Wrong(table.sheet, row, made.problems)
            person = _person(wrong, values, by_name, by_email, file)
            if person is None:
                continue
            if person.key not in file.people:
                file.people[person.key] = person
                file.names.add(person.name)
                made.people.append(person)
            _gifts(wrong, values, person, known)
    for person in made.people:
        _apart(person, known, made.problems)
    return made


@dataclass
class _File:
    """What the rows so far have taken: people by key, names and mails of accounts."""

    names: set[str]
    people: dict[str, Person] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)


class _Wrong:
    def __init__(self, sheet: str, row: int, problems: list[Problem]) -> None:
        self.sheet, self.row, self.problems = sheet, row, problems

    def __call__(self, key: str, message: str, **values: str) -> None:
        self.problems.append(Problem(self.sheet, self.row, key, message, values))


def _person(
    wrong: _Wrong,
    values: dict[str, str],
    by_name: dict[str, Account],
    by_email: dict[str, Account],
    file: _File,
) -> Person | None:
    account = values.get("account", "").lower()
    email = values.get("email", "")
    known = by_name.get(account) if account else by_email.get(email.lower())
    if known is not None:
        if known.id in file.people:
            return file.people[known.id]
        return Person(wrong.sheet, wrong.row, known.id, known.name, "", "")
    if not account and not email:
        wrong("account", "Write the account, or a mail address for a new one")
        return None
    key = f"+{account or email.lower()}"
    if key in file.people:
        return file.people[key]
    problems = {
        "account": _account_problem(account, file) if account else None,
        "email": _email_problem(email, key, by_email, file),
        "fullname": None if values.get("fullname") else "Write the name of the person",
    }
    for place, message in problems.items():
        if message:
            wrong(place, message)
    if any(problems.values()):
        return None
    file.mails[email.lower()] = key
    name = account or _free(email, file.names)
    return Person(wrong.sheet, wrong.row, key, name, values["fullname"], email)


def _account_problem(account: str, file: _File) -> str | None:
    if not _ACCOUNT.fullmatch(account):
        return "An account has 2 to 100 of a-z, 0-9, - and _"
    return "This account is taken" if account in file.names else None


def _email_problem(
    email: str, key: str, by_email: dict[str, Account], file: _File
) -> str | None:
    if not email:
        return "Write a mail address: the invitation goes there"
    if not _EMAIL.fullmatch(email):
        return "This is no mail address"
    if email.lower() in by_email:
        return "This mail address belongs to another account"
    if file.mails.get(email.lower(), key) != key:
        return "This mail address stands in another row already"
    return None


def _free(email: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", email.split("@")[0].lower()).strip("-")
    base = base if len(base) > 1 else f"user-{base}".rstrip("-")
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name


def _gifts(
    wrong: _Wrong, values: dict[str, str], person: Person, known: KnownPeople
) -> None:
    roles, unknown = wordlists.roles(values.get("roles", ""))
    if unknown:
        wrong("roles", "There is no such role: {roles}", roles="、".join(unknown))
    elif not roles:
        wrong("roles", "Write the roles of the person")
    words = values.get("unit", "")
    units = known.find_unit.get(words) or known.find_unit.get(words.upper()) or []
    if not words and known.default_unit:
        units = [known.default_unit]
    if len(units) != 1:
        wrong(
            "unit",
            "Several units have this name; write the code of the one you mean"
            if units
            else "There is no such unit, neither in the portal nor in this file"
            if words
            else "Write the unit of the person",
        )
        return
    until = values.get("until", "")
    if until:
        day = wordlists.date(until)
        if day is None:
            wrong("until", "Write the date as 2026-12-31")
            return
        if day < known.today:
            wrong("until", "The date must lie in the future")
            return
        until = day
    held = known.accounts[person.key].roles if not person.is_new else frozenset()
    for role in roles:
        same = (role, units[0], until) in held
        gift = Gift(wrong.row, role, units[0], until, same)
        if any((g.role, g.unit) == (role, units[0]) for g in person.gifts):
            wrong("roles", "The person is given this role for this unit twice")
        else:
            person.gifts.append(gift)


def _apart(person: Person, known: KnownPeople, problems: list[Problem]) -> None:
    held = set()
    if not person.is_new:
        account = known.accounts[person.key]
        held = {role for role, _, _ in account.roles} | account.beside
    for gift in person.gifts:
        opposed = who_may.conflict(held, gift.role)
        if opposed:
            problems.append(
                Problem(
                    person.sheet,
                    gift.row,
                    "roles",
                    "One person may not hold this role beside: {role}",
                    {"role": who_may.ROLES[opposed].label},
                )
            )
        held.add(gift.role)
