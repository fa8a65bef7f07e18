"""Rows of a frozen table as a grant shows them, one by one.

Past the actions on purpose: a cursor sorts once and holds one page, where
`datastore_search` would sort a million rows anew for each page. What a grant allows is
judged by the caller, before and while it reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from ckanext.datastore.backend.postgres import get_write_engine, identifier

from ckanext.edudata.delivery.grants import Allowed

_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
PAGE = 2000


def statement(
    table_id: str, allowed: Allowed, types: dict[str, str]
) -> tuple[str, dict[str, Any]]:
    """The one statement that reads them, and its values.

    :param types: type of each column of the table as it is
    :raises KeyError: a column or an operator that is not there
    """
    names = ", ".join(_quoted(name) for name in allowed.fields if types[name])
    parts: list[str] = []
    values: dict[str, Any] = {}

    def held(name: str, value: Any) -> str:
        key = f"v{len(values)}"
        # As datastore_search does: a text is compared with texts only.
        values[key] = str(value) if types[name] == "text" else value
        return f":{key}"

    for name, wanted in allowed.filters.items():
        if name not in types:
            raise KeyError(name)
        column = _quoted(name)
        if isinstance(wanted, dict):
            for operator, value in wanted.items():
                parts.append(f"{column} {_OPERATORS[operator]} {held(name, value)}")
        else:
            each = wanted if isinstance(wanted, list) else [wanted]
            inside = ", ".join(held(name, value) for value in each)
            parts.append(f"{column} IN ({inside})" if each else "false")
    where = f" WHERE {' AND '.join(parts)}" if parts else ""
    return (
        f"SELECT {names} FROM {identifier(table_id)}{where} "  # noqa: S608
        f"ORDER BY {order(allowed, types)}"
    ), values


def order(allowed: Allowed, types: dict[str, str]) -> str:
    """By what is granted, so that the order tells nothing of what is not."""
    if allowed.sort is None:
        return "_id"
    names = [clause.removesuffix(" asc").strip('"') for clause in allowed.sort]
    return ", ".join(_quoted(name) for name in names if types[name]) or "1"


def _quoted(name: str) -> str:
    # SQLAlchemy looks for its values inside of names too.
    return identifier(name).replace(":", "\\:")


def types(table_id: str) -> dict[str, str]:
    """Type of each column that the table has now."""
    query = sa.text(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = :name"
    )
    with get_write_engine().connect() as connection:
        return {
            name: kind
            for name, kind in connection.execute(query, {"name": table_id})
            if not name.startswith("_")
        }


def read(
    table_id: str, allowed: Allowed, types: dict[str, str]
) -> Iterator[tuple[Any, ...]]:
    """All rows, held a page at a time, in a transaction that cannot write."""
    query, values = statement(table_id, allowed, types)
    with get_write_engine().connect() as connection:
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        streamed = connection.execution_options(
            stream_results=True, max_row_buffer=PAGE
        )
        for row in streamed.execute(sa.text(query), values):
            yield tuple(row)
