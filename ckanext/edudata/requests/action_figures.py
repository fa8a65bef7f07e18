"""Public figures of the service: applications, decisions, reviews (Art. 28, 41)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.requests import (
    counting_figures,
    reading_figures,
    reasons,
    schema_figures,
)


@tk.side_effect_free
@validate(schema_figures.request_figures)
def edudata_request_figures(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Figures of applications for conditional-open data, by owner and year.

    They tell of no single applicant: see `counting_figures`.

    :param unit_id: id or name of an owner; without it all owners, and all together
    :param year: only of this year
    :returns: `{"k": int, "figures": [{unit_id, unit_name, unit_title, year,
        applications, decisions, median_days, acceptance: {percent, bound}, reasons:
        [{code, label, count}], other_reasons, reviews, outcomes: {upheld, overturned,
        sent_back: {percent, bound}}}]}`; `unit_id` None: all owners together;
        `applications` None: fewer than `k`; `median_days` in working days
    :raises ObjectNotFound: there is no such unit
    """
    tk.check_access("edudata_request_figures", context, data_dict)
    wanted = None
    if data_dict.get("unit_id"):
        unit = model.Group.get(data_dict["unit_id"])
        if unit is None or not unit.is_organization:
            raise tk.ObjectNotFound(tk._("There is no such unit."))
        wanted = unit.id
    rows = [
        row
        for row in reading_figures.figures()
        if (wanted is None or row["unit_id"] == wanted)
        and data_dict.get("year") in (None, row["year"])
    ]
    named = _named({row["unit_id"] for row in rows if row["unit_id"]})
    found = [
        {
            **row,
            **named.get(row["unit_id"], {"unit_name": None, "unit_title": None}),
            "reasons": [
                {**each, "label": tk._(reasons.label("refuse", each["code"]) or "–")}
                for each in row["reasons"]
            ],
        }
        for row in rows
    ]
    # All together first, then the owners by their names.
    found.sort(key=lambda row: (-row["year"], row["unit_title"] or ""))
    return {"k": counting_figures.K, "figures": found}


def _named(ids: set[str]) -> dict[str, dict[str, Any]]:
    query = sa.select(model.Group.id, model.Group.name, model.Group.title).where(
        model.Group.id.in_(ids)
    )
    return {
        row.id: {"unit_name": row.name, "unit_title": row.title or row.name}
        for row in model.Session.execute(query)
    }
