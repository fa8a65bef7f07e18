"""What a grant lets its holder see of the frozen table (Art. 28, 30, 31).

Pure: no CKAN, no database. Judged at each read, so that a revocation, a freeze, a
stop or the end of the period works at once. A field that is not granted is not told
apart from one that does not exist, and may not be used to filter, sort, search or
count either: each of these would answer questions about its values.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

UNORDERED = frozenset({"json", "nested", "jsonb", "xml", "point", "tsvector"})
OPERATORS = frozenset({"eq", "in", "gt", "gte", "lt", "lte"})
_SORT = re.compile(r"^(.+?)( +(asc|desc))?( +nulls +(first|last))? *$", re.IGNORECASE)


@dataclass(frozen=True)
class Terms:
    """A grant as it stands when a read is judged; `columns` are id → type."""

    state: str
    starts: datetime.datetime
    until: datetime.datetime
    columns: dict[str, str]
    fields: tuple[str, ...]
    rows: dict[str, Any] = field(default_factory=dict)
    way: str = "interface"
    stopped: bool = False


@dataclass(frozen=True)
class Wish:
    """What the caller asked for, as `datastore_search` names it."""

    fields: list[str] | None = None
    filters: dict[str, Any] | list[dict[str, Any]] | None = None
    sort: list[str] | None = None
    q: str | dict[str, str] | None = None
    distinct: bool = False
    copy: bool = False


@dataclass(frozen=True)
class Allowed:
    """What to ask of the frozen table, and the keys the caller filtered by."""

    fields: list[str]
    filters: dict[str, Any]
    sort: list[str] | None
    q: str | dict[str, str] | None
    distinct: bool
    filter_keys: list[str]


@dataclass(frozen=True)
class Refused:
    """Why not: a code, and an English message id with its values."""

    code: str
    msgid: str
    values: dict[str, str] = field(default_factory=dict)


STATES = {
    "frozen": Refused(
        "frozen",
        "Your grant is frozen for now. The owner of the data can tell you why.",
    ),
    "revoked": Refused(
        "revoked",
        "Your grant was revoked. The reason stands on the page of your application.",
    ),
    "ended": Refused("ended", "You ended this grant. To read the data again, apply."),
}
STOPPED = Refused("stopped", "The dataset is no longer open.")
EARLY = "Your grant begins on %(date)s."
EXPIRED = "Your grant expired on %(date)s. To read the data again, apply."
NO_COPY = Refused(
    "copy",
    "Your grant is for reading through the interface (datastore_search). "
    "A download was not granted.",
)
NOT_GRANTED = "Your grant does not cover the field %(field)s. It covers: %(fields)s."
WHOLE_ROWS = (
    "Your grant does not cover all fields, so a search over whole rows is not "
    'possible. Search in a field: q={"field": "words"}.'
)
BAD_FILTER = "The filter cannot be read. Give {field: value} or {field: {gt: value}}."


def standing(terms: Terms, now: datetime.datetime) -> Refused | None:
    """Why nothing at all may be read now, or None."""
    if terms.stopped:
        return STOPPED
    if terms.state != "active":
        return STATES.get(terms.state) or STATES["revoked"]
    if now < terms.starts:
        return Refused("early", EARLY, {"date": terms.starts.date().isoformat()})
    if now >= terms.until:
        return Refused("expired", EXPIRED, {"date": terms.until.date().isoformat()})
    return None


def decide(terms: Terms, now: datetime.datetime, wish: Wish) -> Allowed | Refused:
    """Judge one read."""
    refusal = standing(terms, now)
    if refusal:
        return refusal
    if wish.copy and terms.way != "copy":
        return NO_COPY
    granted = [name for name in terms.columns if name in terms.fields]
    # A row filter on a column that the table lacks would be dropped, not applied.
    if not granted or any(name not in terms.columns for name in terms.rows):
        return STOPPED
    try:
        keys = filter_fields(wish.filters)
        sort = [_sort_clause(clause) for clause in wish.sort or []]
    except ValueError:
        return Refused("filter", BAD_FILTER)
    asked = [*(wish.fields or []), *keys, *(name for name, _ in sort)]
    if isinstance(wish.q, dict):
        asked += wish.q
    for name in asked:
        if name not in granted:
            shown = {"field": name[:80], "fields": ", ".join(granted)}
            return Refused("field", NOT_GRANTED, shown)
    whole = len(granted) == len(terms.columns)
    if isinstance(wish.q, str) and wish.q and not whole:
        return Refused("search", WHOLE_ROWS)
    fields = list(dict.fromkeys(wish.fields or granted))
    return Allowed(
        fields=fields,
        filters=_both(terms.rows, wish.filters),
        sort=_order(terms, sort, fields if wish.distinct else granted),
        q=wish.q,
        distinct=wish.distinct,
        filter_keys=sorted(set(keys)),
    )


def filter_fields(filters: Any) -> list[str]:
    """Names of all fields in a filter of `datastore_search`, nested ones with them.

    :raises ValueError: it is no filter
    """
    if not filters:
        return []
    if isinstance(filters, list):
        return [name for part in filters for name in filter_fields(_mapping(part))]
    names: list[str] = []
    for key, value in _mapping(filters).items():
        if key in ("$or", "$and"):
            if not isinstance(value, list):
                raise ValueError(key)
            names += filter_fields(value)
        elif key.startswith("$") and not key.startswith("$$"):
            raise ValueError(key)
        else:
            _check_operators(value)
            names.append(key[1:] if key.startswith("$$") else key)
    return names


def _check_operators(value: Any) -> None:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict) and not OPERATORS.issuperset(part):
            raise ValueError("operator")


def _mapping(part: Any) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise ValueError("not a mapping")  # noqa: TRY004 - all of these mean one thing
    return part


def _both(rows: dict[str, Any], asked: Any) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [rows] if rows else []
    if asked:
        parts.append({"$or": asked} if isinstance(asked, list) else asked)
    if len(parts) < 2:
        return parts[0] if parts else {}
    return {"$and": parts}


def _sort_clause(clause: str) -> tuple[str, str]:
    match = _SORT.match(clause.strip())
    if not match:
        raise ValueError("sort")
    name = match.group(1)
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    nulls = f" nulls {match.group(5).lower()}" if match.group(5) else ""
    return name, (match.group(3) or "asc").lower() + nulls


def _order(
    terms: Terms, sort: list[tuple[str, str]], by: list[str]
) -> list[str] | None:
    """Order by what is granted, unless all is.

    The order in which rows happen to lie in the table may follow a column that is
    not granted, and would let two grants on different columns be joined by position.
    """
    if not sort and not terms.rows and set(terms.columns) <= set(terms.fields):
        return None
    chosen = dict(sort)
    rest = [n for n in by if n not in chosen and terms.columns[n] not in UNORDERED]
    return [f'"{name}" {way}' for name, way in sort] + [
        f'"{name}" asc' for name in rest
    ]
