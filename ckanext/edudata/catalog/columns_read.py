"""What the columns of a clean table hold: longest value, few different values. Pure."""

from __future__ import annotations

import csv
from typing import Any

from ckanext.edudata.catalog.items import MAX_VALUES

#: Rows beyond this tell nothing new of a code list, and a length only seldom.
MAX_ROWS = 300_000


def read(path: str) -> dict[str, dict[str, Any]]:
    """Column → `{length, values}`; `values` is None where there are many.

    :param path: clean UTF-8 CSV, header first
    """
    with open(path, encoding="utf-8", newline="") as source:
        reader = csv.reader(source)
        names = next(reader, [])
        longest = [0] * len(names)
        values: list[set[str] | None] = [set() for _ in names]
        for number, row in enumerate(reader):
            if number >= MAX_ROWS:
                break
            for place, cell in enumerate(row[: len(names)]):
                if len(cell) > longest[place]:
                    longest[place] = len(cell)
                few = values[place]
                if few is not None and cell not in few:
                    few.add(cell)
                    if len(few) > MAX_VALUES:
                        values[place] = None
    return {
        name: {"length": longest[place], "values": values[place]}
        for place, name in enumerate(names)
    }
