"""Doubtful cases of one data, one source: the superior authority decides (Art. 4)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog import schema_sources, sources_keep, sources_tell
from ckanext.edudata.catalog.model_sources import SourceCase
from ckanext.edudata.units import people, who_may


@tk.side_effect_free
@validate(schema_sources.listing)
def edudata_source_case_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Doubtful cases that wait for the caller's decision, oldest first.

    :param limit: at most so many (default: 50)
    :returns: `{count, results: [{id, entry_id, title, unit_id, other_title,
        other_unit_id, chosen_at}]}`
    """
    tk.check_access("edudata_source_case_list", context, data_dict)
    units = people.all_units_where(
        people.actor_id(context), who_may.roles_for("source_decide")
    )
    mine = sa.and_(
        SourceCase.state == "asked",
        SourceCase.authority_id.in_(units),
        sa.exists().where(
            model.Package.id == SourceCase.entry_id, model.Package.state == "active"
        ),
    )
    rows = model.Session.scalars(
        sa.select(SourceCase)
        .where(mine)
        .order_by(SourceCase.chosen_at)
        .limit(data_dict["limit"])
    )
    return {
        "count": model.Session.scalar(sa.select(sa.func.count()).where(mine)),
        "results": [sources_tell.line(context, row) for row in rows],
    }


@tk.side_effect_free
@validate(schema_sources.by_id)
def edudata_source_case_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A doubtful case, with what the caller may know of the two.

    :param id: id of the case
    :returns: the case, and `this`, `other`: metadata of each, or None
    :raises ObjectNotFound: there is none, or it is not the caller's to know of
    """
    tk.check_access("edudata_source_case_show", context, data_dict)
    case = model.Session.get(SourceCase, data_dict["id"])
    if case is None:
        raise tk.ObjectNotFound(tk._("There is no such case"))
    return sources_tell.both(context, case)


@validate(schema_sources.decide)
def edudata_source_decide(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Decide a doubtful case, as the superior authority (Art. 4).

    :param id: id of the case
    :param decision: `another` (both are sources), `refer` (the other one is), `this`
    :param reason: words
    :returns: the case
    :raises ValidationError: it was decided or taken back meanwhile
    """
    tk.check_access("edudata_source_decide", context, data_dict)
    case = model.Session.scalar(
        sa.select(SourceCase)
        .where(SourceCase.id == data_dict["id"])
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise tk.ObjectNotFound(tk._("There is no such case"))
    if case.state != "asked":
        model.Session.rollback()
        raise tk.ValidationError(
            {"state": [tk._("This case was decided or taken back meanwhile")]}
        )
    if len(data_dict["reason"].strip()) < sources_keep.FEWEST:
        model.Session.rollback()
        raise tk.ValidationError({"reason": [tk._("Give a reason in a sentence")]})
    package = standing.entry(case.entry_id)
    case.state = "decided"
    case.decision = data_dict["decision"]
    case.decision_reason = data_dict["reason"].strip()
    case.decided_by = people.actor_id(context)
    case.decided_at = datetime.datetime.now(datetime.timezone.utc)
    sources_keep.record("source_decide", case.decided_by, package, case)
    told = sources_tell.decided(case, package)
    case_id = case.id
    model.Session.commit()
    sources_tell.queue(told)
    if data_dict["decision"] == "refer":
        sources_keep.into_content(people.system_context(), package, case)
    return sources_tell.case_dict(model.Session.get(SourceCase, case_id))
