"""Rows of a released table for a page: leafing and searching, without JavaScript."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.types import Context
from ckanext.datastore.backend.postgres import get_read_engine
from sqlalchemy.exc import OperationalError

PAGE_ROWS = 10
MAX_WORDS = 5
SEARCH_SECONDS = 4


def preview(
    context: Context, table_id: str, labels: dict[str, str], q: str = "", page: int = 1
) -> dict[str, Any] | None:
    """One page of a table, or of its rows that hold all words of *q*.

    CKAN's full-text search finds no word inside a Chinese value, so here the words are
    looked for anywhere in the cells. Access is decided by `datastore_search`.

    :param labels: column id → label of its information item
    :returns: `{columns: [{id, label}], rows: [[text]], total, page, pages, q, slow}`,
        None where there is no such table, or nobody can say what stands in it now
    """
    search = tk.get_action("datastore_search")
    words = q.split()[:MAX_WORDS]
    page = max(1, page)
    asked = {
        "resource_id": table_id,
        "limit": 0 if words else PAGE_ROWS,
        "offset": (page - 1) * PAGE_ROWS,
        "sort": "_id",
    }
    try:
        found = search(tk.fresh_context(context), asked)
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    except OperationalError:
        # The DataStore is away: the page and the file are there without its rows.
        tk.g.edudata_away = "datastore"
        return None
    ids = [field["id"] for field in found["fields"] if field["id"] != "_id"]
    slow = False
    if words and ids:
        try:
            total, rows = _matching(table_id, ids, words, page)
        except OperationalError:
            slow, total, rows = True, 0, []
    else:
        total = found["total"]
        rows = [[_text(row.get(key)) for key in ids] for row in found["records"]]
    return {
        "columns": [{"id": key, "label": labels.get(key) or key} for key in ids],
        "rows": rows,
        "total": total,
        "page": page,
        "pages": max(1, -(-total // PAGE_ROWS)),
        "first": (page - 1) * PAGE_ROWS + 1,
        "q": q,
        "slow": slow,
    }


def _matching(
    table_id: str, ids: list[str], words: list[str], page: int
) -> tuple[int, list[list[str]]]:
    """Rows where every word stands in some cell, in the table's order."""
    cells = [sa.cast(sa.column(key), sa.Text) for key in ids]
    where = sa.and_(
        *(
            sa.or_(*(cell.icontains(word, autoescape=True) for cell in cells))
            for word in words
        )
    )
    table = sa.table(table_id)
    rows = (
        sa.select(*(cell.label(f"c{number}") for number, cell in enumerate(cells)))
        .select_from(table)
        .where(where)
        .order_by(sa.column("_id"))
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
    )
    total = sa.select(sa.func.count()).select_from(table).where(where)
    limit = sa.text(f"SET LOCAL statement_timeout = '{SEARCH_SECONDS}s'")
    with get_read_engine().connect() as connection, connection.begin():
        connection.execute(limit)
        found = connection.execute(rows)
        shown = [[_text(cell) for cell in row] for row in found]
        return connection.scalar(total) or 0, shown


def _text(value: Any) -> str:
    return "" if value is None else str(value)
