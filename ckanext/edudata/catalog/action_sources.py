"""One data, one source: likely duplicates are answered before an entry is submitted
(Art. 4, 10); a doubtful case is decided by the superior authority, on record."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog import (
    schema_sources,
    scope_search,
    sources,
    sources_find,
    sources_keep,
    sources_tell,
    veil,
)
from ckanext.edudata.catalog.model_sources import SourceCase
from ckanext.edudata.units import people


@tk.side_effect_free
@veil.veiled
@validate(schema_sources.by_id)
def edudata_source_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Likely duplicates of an entry in other units, and what was said of each.

    :param id: id of the entry
    :returns: `[{id, unit_id, title, notes, grounds, authoritative, undecided, case}]`,
        of the others what the catalog for units shows; `authoritative` is the id of the
        one that counts as the source, `case` `{id, state, choice, reason, chosen_at,
        authority_id, decision, decision_reason, decided_at}` or None
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_source_list", context, {"id": package.id})
    found = sources_find.likely(package, scope_search.units())
    return [sources_tell.shown(item) for item in found]


@tk.side_effect_free
@veil.veiled
@validate(schema_sources.by_id)
def edudata_source_decision_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """What authorities decided of an entry when another unit had asked.

    :param id: id of the entry
    :returns: `[{unit_id, decision, decision_reason, decided_at, authority_id}]`;
        `unit_id` is the one that asked
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_source_list", context, {"id": package.id})
    rows = sources_find.decided_of(package.id)
    keys = ("decision", "decision_reason", "decided_at", "authority_id")
    found = []
    for row in rows.values():
        other = model.Package.get(row.entry_id)
        told = sources_tell.case_dict(row)
        found.append(
            {
                "unit_id": other.owner_org if other else None,
                **{key: told[key] for key in keys},
            }
        )
    return found


@validate(schema_sources.check)
def edudata_source_check(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Likely duplicates of an entry that still wait for an answer (internal).

    :param id: id of the entry
    :param refuse: raise where there are any (default: no)
    :returns: `[{id, unit_id, grounds}]`
    :raises ValidationError: there are some, and `refuse` was asked for
    """
    tk.check_access("edudata_source_check", context, data_dict)
    package = standing.entry(data_dict["id"])
    found = sources_find.likely(package, scope_search.units())
    waiting = [item for item in found if item["undecided"]]
    if waiting and data_dict["refuse"]:
        model.Session.rollback()
        raise tk.ValidationError({"sources": sources_tell.refusal(waiting)})
    return [
        {key: item[key] for key in ("id", "unit_id", "grounds")} for item in waiting
    ]


@veil.veiled
@validate(schema_sources.choose)
def edudata_source_choose(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say what a likely duplicate is to an entry.

    :param id: id of the entry
    :param other: id of the likely duplicate, as `edudata_source_list` gives it
    :param choice: `another` (other data: say how they differ), `refer` (the other one
        is the source), `ask` (the superior authority decides: say what is in doubt)
    :param reason: words; obliged unless the entry refers to the other one
    :returns: the case
    :raises ValidationError: words are missing, or the authority has decided
    """
    package = standing.entry(data_dict["id"])
    tk.check_access("edudata_source_choose", context, {"id": package.id})
    actor = people.actor_id(context)
    choice, reason = data_dict["choice"], data_dict["reason"].strip()
    if choice != "refer" and len(reason) < sources_keep.FEWEST:
        raise tk.ValidationError(
            {
                "reason": [
                    tk._("Say in a sentence how these data differ, or what is in doubt")
                ]
            }
        )
    known = scope_search.units()
    found = {item["id"]: item for item in sources_find.likely(package, known)}
    item = found.get(data_dict["other"])
    if item is None:
        raise tk.ObjectNotFound(tk._("There is no such likely duplicate"))
    standing.locked(package)
    before = sources_find.in_force(package.id, hold=True).get(item["id"])
    _may_answer_anew(before, item, choice)
    if before is not None:
        before.state = "superseded"
        model.Session.flush()
    case = SourceCase(
        entry_id=package.id,
        other_id=item["id"],
        grounds=item["grounds"],
        state="asked" if choice == "ask" else "settled",
        choice=choice,
        reason=reason,
        chosen_by=actor,
        authority_id=sources.authority(package.owner_org or "", item["unit_id"], known)
        if choice == "ask"
        else None,
    )
    model.Session.add(case)
    model.Session.flush()
    sources_keep.record(
        "source_ask" if choice == "ask" else "source_choose", actor, package, case
    )
    told = sources_tell.asked(case, package) if choice == "ask" else []
    case_id = case.id
    sources_keep.into_content(context, package, case)
    sources_tell.queue(told)
    return sources_tell.case_dict(model.Session.get(SourceCase, case_id))


def _may_answer_anew(
    before: SourceCase | None, item: dict[str, Any], choice: str
) -> None:
    """What waits for the authority can only be given up by referring to the other
    one; what it decided stands until something new is found."""
    if before is None:
        return
    message = ""
    if before.state == "decided" and not item["undecided"]:
        message = tk._("The superior authority has decided this; its decision stands.")
    if before.state == "asked" and choice != "refer":
        message = tk._("This waits for the superior authority.")
    if message:
        model.Session.rollback()
        raise tk.ValidationError({"choice": [message]})
