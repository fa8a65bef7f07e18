"""Working days: the years known, entering one, and what time does to applications."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.feedback import telling as notices
from ckanext.edudata.requests import (
    announced_clocks,
    book,
    jobs,
    schema_clocks,
    years_clocks,
)
from ckanext.edudata.units import people

AHEAD = 2
"""Years ahead of this one that can be entered."""


@tk.side_effect_free
def edudata_workdays_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Years whose holidays and made-up working days are known, newest first.

    :returns: `{results: [{year, off: [ISO days], work: [ISO days], source, added, at}],
        missing: [years that dates hang on and nobody has announced]}`
    """
    tk.check_access("edudata_workdays_list", context, data_dict)
    known = years_clocks.listed()
    this = book.today().year
    years = {line["year"] for line in known}
    return {
        "results": known,
        "missing": [year for year in (this, this + 1) if year not in years],
    }


@validate(schema_clocks.announce)
def edudata_workdays_announce(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Enter the State Council's arrangement of a year, or enter it anew.

    Dates that hang on the year are counted again; who waits for one that moves is told.

    :param year: this one, the last one, or one of the next two
    :param days: lines like `2027-02-05 2027-02-11 休` and `2027-02-20 班`
    :param source: title of the announcement
    :returns: as a line of `edudata_workdays_list`
    """
    tk.check_access("edudata_workdays_announce", context, data_dict)
    year, source = data_dict["year"], " ".join(data_dict["source"].split())
    this = book.today().year
    if not this - 1 <= year <= this + AHEAD:
        raise tk.ValidationError(
            {"year": [tk._("Enter this year, the last one or one of the next two.")]}
        )
    found = announced_clocks.parse(data_dict["days"], year)
    if found.problems:
        raise tk.ValidationError(
            {"days": [tk._(said) % values for said, values in found.problems]}
        )
    actor_id = people.actor_id(context)
    with transactions.whole():
        years_clocks.put(year, found.off, found.work, source, actor_id)
        notices.done("work_year", str(year), ["workdays_missing"])
        trail.record(
            "workdays_announce",
            actor_id=actor_id,
            object_type="work_year",
            object_id=str(year),
            detail={"off": len(found.off), "work": len(found.work)},
        )
    jobs.soon()
    return next(line for line in years_clocks.listed() if line["year"] == year)


def edudata_request_clocks(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Let time pass for applications: lapse, expire, remind, recount (internal).

    `ckan edudata clocks` and the sweep ask. It can run twice, late or in part.

    :returns: how often each was done
    """
    tk.check_access("edudata_request_clocks", context, data_dict)
    return jobs.run_clocks()
