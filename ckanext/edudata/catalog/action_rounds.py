"""Many submitted entries reviewed together by a random sample (Art. 16)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import listing, rounds, sampling, schema_review
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog.model_review import ReviewRound
from ckanext.edudata.units import people

_SHOWN = 20


@validate(schema_review.round_start)
def edudata_review_round_start(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Draw a random sample of submitted entries that may be approved together.

    Never among them: entries that are conditional, that a check calls restricted or
    did not clear for their class, of a grade that needs a security review, or that the
    reviewer compiled. What waits longest comes first.

    :param unit_id: only of this unit and those below it (optional)
    :param q, template_id, batch_id: as in `edudata_entry_list` (optional)
    :param size: how many are looked at one by one (default: one in ten, never fewer
        than the setting says)
    :returns: as `edudata_review_round_show`
    """
    tk.check_access("edudata_review_round_start", context, data_dict)
    actor = people.actor_id(context)
    if actor is None:
        raise tk.NotAuthorized
    asked = {
        key: data_dict[key]
        for key in ("unit_id", "q", "template_id", "batch_id", "size")
        if data_dict.get(key)
    }
    filters = {key: value for key, value in asked.items() if key != "size"}
    candidates = tk.get_action("edudata_entry_list")(
        {"user": context["user"]},
        {
            **filters,
            "state": "submitted",
            "permission": "entry_review",
            "order": "since",
            "limit": tk.config["ckanext.edudata.review.round_max"],
        },
    )
    return _shown(rounds.start(candidates, asked, actor))


@tk.side_effect_free
def edudata_review_round_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """One's own reviews by a sample, newest first.

    :returns: `[{round_id, state, created_at, entries, sample, approved}]`, with numbers
    """
    tk.check_access("edudata_review_round_list", context, data_dict)
    rows = model.Session.scalars(
        sa.select(ReviewRound)
        .where(ReviewRound.reviewer_id == people.actor_id(context))
        .order_by(ReviewRound.created_at.desc())
        .limit(_SHOWN)
    )
    return [
        {
            "round_id": row.id,
            "state": row.state,
            "created_at": row.created_at.isoformat(),
            "entries": len(row.entries),
            "sample": len(row.sample),
            "approved": list(row.outcome.values()).count("approved"),
        }
        for row in rows
    ]


@tk.side_effect_free
@validate(schema_review.by_round)
def edudata_review_round_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One of one's own reviews by a sample.

    :param round_id: its id
    :returns: `{round_id, state, created_at, seed, asked, entries: [{id, version,
        digest, title, in_sample, opened, confirmed, outcome}], missing, broken}`;
        `missing` are entries of the sample that are not confirmed, `broken` those that
        were returned or changed since, so that the others cannot be approved together
    """
    tk.check_access("edudata_review_round_show", context, data_dict)
    row = rounds.own(context, data_dict["round_id"], people.actor_id(context))
    found = _shown(row)
    model.Session.rollback()
    return found


@validate(schema_review.of_round)
def edudata_review_round_open(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Note that the reviewer opened an entry of the sample, and say what it is.

    :param round_id: the review
    :param entry_id: an entry of its sample
    :returns: `{id, version, digest, number, sample, opened, confirmed}`
    """
    tk.check_access("edudata_review_round_open", context, data_dict)
    row = rounds.own(context, data_dict["round_id"], people.actor_id(context))
    item = rounds.of_sample(row, data_dict["entry_id"])
    tk.check_access("edudata_entry_approve", context, {"id": item["id"]})
    if row.state == "open" and "opened" not in row.looked.get(item["id"], {}):
        rounds.looked(row, item["id"], opened=_now())
    found = {
        **item,
        "number": row.sample.index(item["id"]) + 1,
        "sample": len(row.sample),
        "round_state": row.state,
        "opened": None,
        "confirmed": None,
        **row.looked.get(item["id"], {}),
    }
    model.Session.commit()
    return found


@validate(schema_review.confirm)
def edudata_review_round_confirm(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Confirm that an entry of the sample was looked at and is right as it is.

    :param round_id: the review
    :param entry_id: an entry of its sample that was opened
    :param digest: of the content that was looked at
    :raises ValidationError: not opened, or not the content of the sample any more
    """
    tk.check_access("edudata_review_round_confirm", context, data_dict)
    row = rounds.own(context, data_dict["round_id"], people.actor_id(context))
    item = rounds.of_sample(row, data_dict["entry_id"])
    tk.check_access("edudata_entry_approve", context, {"id": item["id"]})
    problem: Any = None
    if row.state != "open":
        problem = {"state": [tk._("This review has ended")]}
    elif "opened" not in row.looked.get(item["id"], {}):
        problem = {"entry_id": [tk._("Open the entry before you confirm it")]}
    else:
        now = standing.Now(standing.entry(item["id"]))
        waits = now.state == "submitted" and now.digest == item["digest"]
        if not waits or data_dict["digest"] != item["digest"]:
            message = tk._("The entry was changed meanwhile; look at it again")
            problem = {"digest": [message]}
    if problem:
        model.Session.rollback()
        raise tk.ValidationError(problem)
    rounds.looked(row, item["id"], confirmed=_now(), digest=item["digest"])
    model.Session.commit()
    return _shown(row)


@validate(schema_review.by_round)
def edudata_review_round_approve(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Approve all entries of a review whose sample is confirmed, one by one.

    Each approval is bound to the content that was there when the sample was drawn, and
    is on record for itself; what fails is told for each entry and holds up no other.
    More than twenty are approved by the worker.

    :param round_id: the review
    :raises ValidationError: the sample is not confirmed, or was changed since
    """
    tk.check_access("edudata_review_round_approve", context, data_dict)
    row = rounds.own(context, data_dict["round_id"], people.actor_id(context))
    if row.state == "open" and _shown(row)["broken"]:
        model.Session.rollback()
        raise tk.ValidationError(
            {
                "sample": [
                    tk._(
                        "An entry of the sample was returned or changed, so the others "
                        "cannot be approved together. End this review and draw anew."
                    )
                ]
            }
        )
    round_id = row.id
    try:
        rounds.begin(row)
    except tk.ValidationError:
        model.Session.rollback()
        raise
    return edudata_review_round_show(context, {"round_id": round_id})


@validate(schema_review.by_round)
def edudata_review_round_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End a review by a sample without approving the others.

    :param round_id: the review
    """
    tk.check_access("edudata_review_round_end", context, data_dict)
    row = rounds.own(context, data_dict["round_id"], people.actor_id(context))
    try:
        rounds.end(row)
    except tk.ValidationError:
        model.Session.rollback()
        raise
    return edudata_review_round_show(context, {"round_id": row.id})


def _shown(row: ReviewRound) -> dict[str, Any]:
    ids = [item["id"] for item in row.entries]
    packages = {
        found.id: found
        for found in model.Session.execute(
            sa.select(
                model.Package.id,
                model.Package.name,
                model.Package.title,
                model.Package.owner_org,
            ).where(model.Package.id.in_(ids), model.Package.state == "active")
        )
    }
    place = {key: number for number, key in enumerate(row.sample)}
    entries = [
        {
            **item,
            "name": packages[item["id"]].name if item["id"] in packages else "",
            "title": packages[item["id"]].title if item["id"] in packages else "",
            "unit_id": packages[item["id"]].owner_org if item["id"] in packages else "",
            "in_sample": item["id"] in place,
            "opened": row.looked.get(item["id"], {}).get("opened"),
            "confirmed": row.looked.get(item["id"], {}).get("confirmed"),
            "outcome": row.outcome.get(item["id"]),
        }
        for item in sorted(
            row.entries, key=lambda item: place.get(item["id"], len(place))
        )
    ]
    return {
        "round_id": row.id,
        "state": row.state,
        "created_at": row.created_at.isoformat(),
        "beat_at": row.beat_at.isoformat() if row.beat_at else None,
        "seed": row.seed,
        "asked": row.asked,
        "entries": entries,
        "missing": sampling.missing(row.sample, row.looked),
        "broken": _broken(row) if row.state == "open" else [],
    }


def _broken(row: ReviewRound) -> list[str]:
    """Entries of the sample that are not what was drawn any more."""
    wanted = {item["id"]: item["version"] for item in row.entries}
    units = model.Session.scalars(
        sa.select(model.Package.owner_org).where(model.Package.id.in_(row.sample))
    )
    listed = listing.query(
        sorted({unit for unit in units if unit}), {"entry_ids": row.sample}
    )
    listing.look(listed)
    waiting = {
        found.id: found.version
        for found in model.Session.execute(
            sa.select(listed).where(listed.c.state == "submitted")
        )
    }
    return [key for key in row.sample if waiting.get(key) != wanted[key]]


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat()
