"""Days by which somebody should act, in words."""

from __future__ import annotations

from collections.abc import Sequence

import ckan.plugins.toolkit as tk


def edudata_due(day: str | None, years: Sequence[int] | None = None) -> str:
    """A due day; where it hangs on holidays not yet announced, with a word of it.

    :param day: ISO day; empty text for None
    :param years: `due_provisional` of an application
    """
    if not day:
        return ""
    if not years:
        return day
    return tk._("{day} (provisional: holidays of {years} not yet announced)").format(
        day=day, years=tk._(", ").join(str(year) for year in years)
    )
