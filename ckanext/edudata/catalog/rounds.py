"""Reviews of many entries by a sample, as they are kept and carried out."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import deciding, review_jobs, sampling
from ckanext.edudata.catalog import now as standing
from ckanext.edudata.catalog.model_review import ReviewRound

#: More are approved by the worker.
AT_ONCE = 20
_SILENT = datetime.timedelta(seconds=60)


def own(context: Context, round_id: str, actor: str | None) -> ReviewRound:
    """A round of this reviewer, held until the commit.

    :raises ObjectNotFound: there is none, or it is another's
    """
    row = model.Session.scalar(
        sa.select(ReviewRound)
        .where(ReviewRound.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or not actor or row.reviewer_id != actor:
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._("There is no such review"))
    return row


def start(
    candidates: list[dict[str, Any]], asked: dict[str, Any], actor: str
) -> ReviewRound:
    """Draw a sample of the entries that may be reviewed together.

    :param candidates: as `edudata_entry_list` returns them
    :raises ValidationError: there are fewer than two
    """
    entries, left_out = [], dict.fromkeys(sampling.EXCLUDED, 0)
    for item in candidates:
        version = standing.last_version(item["id"])
        if version is None or version.state != "submitted":
            continue
        why = (
            "own"
            if actor in version.compilers or actor == version.submitted_by
            else sampling.excluded(
                version.content,
                _verdicts(item["id"], version.content),
                sensitive=standing.sensitive(version.content),
            )
        )
        if why:
            left_out[why] += 1
            continue
        entries.append(
            {"id": item["id"], "version": version.number, "digest": version.digest}
        )
    if len(entries) < 2:
        raise tk.ValidationError({"entries": [tk._("Fewer than two entries fit")]})
    size = sampling.size_of(
        len(entries),
        asked.pop("size", None),
        tk.config["ckanext.edudata.review.sample_least"],
    )
    seed = secrets.randbits(62)
    row = ReviewRound(
        reviewer_id=actor,
        asked={**asked, "left_out": {k: n for k, n in left_out.items() if n}},
        seed=seed,
        entries=sorted(entries, key=lambda item: item["id"]),
        sample=sampling.draw([item["id"] for item in entries], size, seed),
        looked={},
        outcome={},
        state="open",
    )
    model.Session.add(row)
    model.Session.flush()
    _record("review_round_start", row, seed=seed, size=size, entries=len(entries))
    model.Session.commit()
    return row


def _verdicts(entry_id: str, found: dict[str, Any]) -> dict[str, str | None]:
    """Verdicts on exactly the content; none where a check is of something else."""
    checks = tk.get_action("edudata_check_list")(
        {"ignore_auth": True}, {"id": entry_id}
    )
    digests = {item["id"]: item["sha256"] for item in found.get("resources", [])}
    return {
        check["resource_id"]: check["verdict"]
        if check["state"] == "done"
        and (
            check["resource_id"] == entry_id
            or check["sha256"] == digests.get(check["resource_id"])
        )
        else None
        for check in checks
        if check["resource_id"] == entry_id or check["resource_id"] in digests
    }


def of_sample(row: ReviewRound, entry_id: str) -> dict[str, Any]:
    """What the round keeps of an entry of its sample.

    :raises ObjectNotFound: the entry is not in the sample
    """
    if entry_id not in row.sample:
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._("This entry is not in the sample"))
    return next(item for item in row.entries if item["id"] == entry_id)


def looked(row: ReviewRound, entry_id: str, **told: str) -> None:
    """Note that an entry of the sample was opened or confirmed."""
    row.looked = {**row.looked, entry_id: {**row.looked.get(entry_id, {}), **told}}


def begin(row: ReviewRound) -> None:
    """Approve what is in the round, now or by the worker; commits."""
    silent = row.beat_at is None or _now() - row.beat_at > _SILENT
    if row.state == "approving" and not silent:
        raise tk.ValidationError({"state": [tk._("The others are being approved")]})
    if row.state not in ("open", "approving"):
        raise tk.ValidationError({"state": [tk._("This review has ended")]})
    if sampling.missing(row.sample, row.looked):
        raise tk.ValidationError(
            {"sample": [tk._("Open and confirm each entry of the sample first")]}
        )
    row.state, row.beat_at = "approving", _now()
    round_id, many = row.id, len(row.entries) > AT_ONCE
    model.Session.commit()
    if many and review_jobs.queue(carry_out, [round_id], "edudata review"):
        return
    carry_out(round_id)


def carry_out(round_id: str) -> None:
    """Approve entry by entry, each with its own record. May be called again."""
    row = model.Session.get(ReviewRound, round_id)
    if row is None or row.state != "approving":
        return
    reviewer = model.User.get(row.reviewer_id)
    context: Any = {
        "user": reviewer.name if reviewer else "",
        "auth_user_obj": reviewer,
    }
    todo = [item for item in row.entries if item["id"] not in row.outcome]
    for item in todo:
        outcome = _approve(context, item, row.reviewer_id)
        model.Session.execute(
            sa.update(ReviewRound)
            .where(ReviewRound.id == round_id)
            .values(
                outcome=ReviewRound.outcome.concat({item["id"]: outcome}),
                beat_at=sa.func.clock_timestamp(),
            )
        )
        model.Session.commit()
    row = model.Session.get(ReviewRound, round_id, populate_existing=True)
    if row is None or row.state != "approving":
        return
    row.state, row.finished_at = "done", _now()
    told = list(row.outcome.values())
    _record(
        "review_round_approve",
        row,
        entries=len(told),
        approved=told.count("approved"),
    )
    model.Session.commit()


def _approve(context: Context, item: dict[str, Any], reviewer_id: str) -> str:
    try:
        tk.check_access("edudata_entry_approve", context, {"id": item["id"]})
        package = standing.entry(item["id"])
        deciding.decide("approve", {**context}, package, {"digest": item["digest"]})
    except tk.ValidationError as error:
        if _was_done(item, reviewer_id):
            return "approved"
        return "changed" if "digest" in error.error_dict else "state"
    except tk.NotAuthorized:
        return "role"
    except tk.ObjectNotFound:
        return "gone"
    except Exception:  # noqa: BLE001 - one entry does not hold up the others
        model.Session.rollback()
        return "failed"
    return "approved"


def _was_done(item: dict[str, Any], reviewer_id: str) -> bool:
    """Whether a run that was killed had approved it already."""
    last = standing.last_version(item["id"], "approved", "released")
    return (
        last is not None
        and (last.number, last.digest) == (item["version"], item["digest"])
        and last.decided_by == reviewer_id
    )


def end(row: ReviewRound) -> None:
    """End a round without approving the others; commits."""
    if row.state != "open":
        raise tk.ValidationError({"state": [tk._("This review has ended")]})
    row.state, row.finished_at = "ended", _now()
    _record("review_round_end", row, entries=len(row.entries))
    model.Session.commit()


def _record(action: str, row: ReviewRound, **numbers: int) -> None:
    trail.record(
        action,
        actor_id=row.reviewer_id,
        object_type="review_round",
        object_id=row.id,
        unit_id=row.asked.get("unit_id"),
        detail=dict(numbers),
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
