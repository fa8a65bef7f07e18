"""The chart of the service figures: a column for each year. Pure."""

from __future__ import annotations

from typing import Any

WIDTH, HEIGHT, BASE, TOP = 640, 240, 200, 28
COLUMNS = 8
"""Years of the chart at most, the newest."""


def columns(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Columns of decisions by year, oldest first.

    :param rows: figures of one owner or of all together, newest year first
    :returns: `[{year, decisions, days, x, y, width, height, middle}]` in the units of
        the drawing, `WIDTH` by `HEIGHT`
    """
    shown = [row for row in rows if row["decisions"]][:COLUMNS][::-1]
    if not shown:
        return []
    most = max(row["decisions"] for row in shown)
    step = WIDTH / len(shown)
    width = min(72.0, step * 0.6)
    found = []
    for place, row in enumerate(shown):
        height = (BASE - TOP) * row["decisions"] / most
        middle = step * (place + 0.5)
        found.append(
            {
                "year": row["year"],
                "decisions": row["decisions"],
                "days": row["median_days"],
                "x": round(middle - width / 2, 1),
                "y": round(BASE - height, 1),
                "width": round(width, 1),
                "height": round(height, 1),
                "middle": round(middle, 1),
            }
        )
    return found
