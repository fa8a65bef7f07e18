"""Making desensitized data: at once, or as a job where the table is large.

A killed worker loses nothing: what is made names the record that it was made by, so
that a second run finds the first one's.
"""

from __future__ import annotations

import dataclasses
import datetime
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.edudata import settings, storage, transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.desensitization import jobs, plain_plans, pseudonyms, runs
from ckanext.edudata.desensitization.making_model import Making
from ckanext.edudata.desensitization.renderings.words import Words
from ckanext.edudata.desensitization.report import Progress, Reason
from ckanext.edudata.desensitization.sandbox import Sandbox

log = logging.getLogger(__name__)

#: Tables with more rows are made by a job, and previewed by their first rows.
LARGE = 50_000
#: Longest that a page waits for the child.
_WAIT = 120.0
#: Characters of a secret of the operator's own.
_LEAST = 16


def key_of(entry_id: str) -> bytes:
    """The key of an entry's pseudonyms; it is nowhere kept, logged or shown."""
    own = str(tk.config.get("ckanext.edudata.pseudonym_key") or "")
    if own and len(own) < _LEAST:
        message = tk._(
            "The setting ckanext.edudata.pseudonym_key is too short; the operator of "
            "the portal must set 16 characters at least"
        )
        raise tk.ValidationError({"plan": [message]})
    return pseudonyms.derived_key((own or tk.config["SECRET_KEY"]).encode(), entry_id)


def words() -> Words:
    """In the portal's own language: what is made is for everybody."""
    chinese = str(tk.config.get("ckan.locale_default") or "zh").startswith("zh")
    return Words.of_package("zh" if chinese else "en")


def carry_out(
    source: dict[str, Any],
    plan: dict[str, Any],
    workdir: str,
    *,
    preview: bool = False,
    on_progress: Any = None,
) -> dict[str, Any]:
    """Carry a plan out in the child; as ``Sandbox.desensitize``.

    :param source: ``{entry_id, resource_id, sheet, table_key}``
    :returns: ``{"result", "report", "examples"}``; or ``{"refused": code}``: ``plan``,
        ``rows``, or the code of why the child gave up
    """
    path = os.path.join(workdir, "source.csv")
    storage.fetch(source["table_key"], settings.PRIVATE, path)
    options = jobs.options_of(source["resource_id"])
    options = dataclasses.replace(options, key=os.urandom(32), institutions=False)
    if preview:
        options = dataclasses.replace(
            options, wall_seconds=min(_WAIT, options.wall_seconds), exceptions=()
        )
    found = (jobs.sandbox() or Sandbox()).desensitize(
        Path(path),
        plan,
        options,
        Path(workdir),
        on_progress,
        key=key_of(source["entry_id"]).hex(),
        title=source["sheet"],
        most_rows=LARGE if preview else None,
        lang=words().lang,
        check=preview,
    )
    return {"refused": found.code} if isinstance(found, Reason) else found


def note(
    source: dict[str, Any], plan: dict[str, Any], name: str, made_by: str
) -> Making:
    """What is to be made, in the caller's transaction, one for each sheet.

    :raises ValidationError: it is being made right now
    """
    transactions.one_at_a_time(f"{source['resource_id']}#{source['sheet']}")
    row = model.Session.scalar(
        sa.select(Making)
        .where(
            Making.resource_id == source["resource_id"],
            Making.sheet == source["sheet"],
        )
        .with_for_update()
    )
    if row is None:
        row = Making(
            resource_id=source["resource_id"],
            sheet=source["sheet"],
        )
        model.Session.add(row)
    elif row.state in ("queued", "running") and not _silent(row):
        raise tk.ValidationError(
            {"plan": [tk._("These data are being made. Wait until they are there.")]}
        )
    row.entry_id, row.table_key = source["entry_id"], source["table_key"]
    row.plan, row.name, row.made_by = plan, name, made_by
    row.state, row.refused, row.progress = "queued", None, None
    row.queued_at = row.beat_at = _now()
    return row


def queue(row_id: str) -> None:
    """Hand it to a worker; without Redis it waits for `ckan edudata sweep`."""
    try:
        tk.enqueue_job(
            run,
            [row_id],
            title=f"edudata desensitize {row_id}",
            queue=tk.config["ckanext.edudata.check.queue"],
            rq_kwargs={"timeout": tk.config["ckanext.edudata.check.seconds"] + 120},
        )
    except Exception:  # noqa: BLE001 - it is noted, and waits
        log.warning("The job queue is unreachable; making %s waits", row_id)


def requeue() -> None:
    """Queue again what nobody works on."""
    before = _now() - runs.SILENT
    rows = model.Session.scalars(
        sa.select(Making.id).where(
            Making.state.in_(["queued", "running"]), Making.beat_at < before
        )
    ).all()
    for row_id in rows:
        queue(row_id)


def run(row_id: str) -> None:
    """Make it. Called by the worker; may be called again for a killed one."""
    row = model.Session.scalar(
        sa.select(Making).where(Making.id == row_id).with_for_update()
    )
    if row is None or row.state not in ("queued", "running"):
        model.Session.rollback()
        return
    if row.state == "running" and not _silent(row):
        model.Session.rollback()
        return
    row.state, row.beat_at = "running", _now()
    source = source_of(row)
    plan = row.plan
    model.Session.commit()
    refused = "crashed"
    with tempfile.TemporaryDirectory(prefix="edudata-") as workdir:
        try:
            made = carry_out(source, plan, workdir, on_progress=_beats(row_id))
            refused = made.get("refused", "")
            if not refused:
                _keep(row_id, made["result"], os.path.join(workdir, "made.csv"))
        except Exception as error:
            # Its text may quote a cell: only the kind of it is logged.
            model.Session.rollback()
            name = type(error).__name__
            log.exception("Making %s failed: %s", row_id, name, exc_info=False)
            refused = "crashed"
    if refused:
        model.Session.execute(
            sa.update(Making)
            .where(Making.id == row_id)
            .values(state="failed", refused=refused, finished_at=_now())
        )
        model.Session.commit()


def source_of(row: Making) -> dict[str, Any]:
    return {
        "entry_id": row.entry_id,
        "resource_id": row.resource_id,
        "sheet": row.sheet,
        "table_key": row.table_key,
    }


def _beats(row_id: str) -> Any:
    last = [0.0]

    def beat(progress: Progress) -> None:
        if time.monotonic() - last[0] < jobs.BEAT_SECONDS:
            return
        last[0] = time.monotonic()
        with model.ensure_engine().begin() as connection:
            connection.execute(
                sa.update(Making.__table__)
                .where(Making.__table__.c.id == row_id)
                .values(
                    beat_at=sa.func.clock_timestamp(),
                    progress={
                        "rows": progress.rows,
                        "done": progress.done,
                        "total": progress.total,
                    },
                )
            )

    return beat


def _keep(row_id: str, result: dict[str, Any], path: str) -> None:
    """The new resource, or the earlier one with new content; then it is done."""
    row = model.Session.get(Making, row_id)
    if row is None:
        return
    say = words()
    result = plain_plans.told(result, row.plan)
    described = plain_plans.description(result, say)
    user = row.made_by
    tk.get_action("resource_patch")(
        _as(user), {"id": row.resource_id, "not_released": True}
    )
    kept = {**result, "told": described, "making": row_id}
    data: dict[str, Any] = {"desensitization": kept}
    there = _there(row)
    with open(path, "rb") as stream:
        data["upload"] = FileStorage(stream, "desensitized.csv", "upload")
        if there is None:
            data["desensitized_from"] = row.resource_id
            data["package_id"] = row.entry_id
            data["name"] = row.name or _free_name(row, say)
            data["description"] = described
            made_id = tk.get_action("resource_create")(_as(user), data)["id"]
        else:
            made_id = there.id
            if row.name:
                data["name"] = row.name
            if there.description in ("", None, _made(there).get("told")):
                data["description"] = described
            tk.get_action("resource_patch")(_as(user), {"id": made_id, **data})
    row = model.Session.get(Making, row_id)
    if row is None:
        return
    row.state, row.made_id, row.finished_at = "done", made_id, _now()
    package = model.Package.get(row.entry_id)
    person = model.User.get(user)
    trail.record(
        "desensitize",
        actor_id=person.id if person else None,
        object_type="resource",
        object_id=made_id,
        unit_id=package.owner_org if package else None,
        detail={"entry": row.entry_id, "source": row.resource_id},
    )
    model.Session.commit()


def _as(user: str) -> Context:
    """Whoever asked for it was allowed to; a job carries it out in their name."""
    return {"user": user, "ignore_auth": True}


def _there(row: Making) -> Any:
    """What was made of the same sheet before, by this or an earlier run."""
    resources = model.Session.scalars(
        sa.select(model.Resource).where(
            model.Resource.package_id == row.entry_id,
            model.Resource.state == "active",
        )
    )
    for resource in resources:
        source = (resource.extras or {}).get("desensitized_from")
        # Those of before there was a record name none.
        if source == row.resource_id and _made(resource).get("making") in (
            row.id,
            None,
        ):
            return resource
    return None


def _made(resource: Any) -> dict[str, Any]:
    """How a resource says that it was made."""
    from ckanext.edudata.catalog.validators import edudata_json_value

    made = edudata_json_value((resource.extras or {}).get("desensitization"))
    return made if isinstance(made, dict) else {}


def _free_name(row: Making, say: Words) -> str:
    """脱敏数据, 脱敏数据 2: nothing in it leads to the file it was made from."""
    base = say.gettext("Desensitized data")
    taken = set(
        model.Session.scalars(
            sa.select(model.Resource.name).where(
                model.Resource.package_id == row.entry_id,
                model.Resource.state == "active",
            )
        )
    )
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base} {number}"
    return name


def latest(resource_id: str) -> list[Making]:
    """What is or was made of a file, by sheet."""
    return list(
        model.Session.scalars(
            sa.select(Making)
            .where(Making.resource_id == resource_id)
            .order_by(Making.queued_at)
        )
    )


def _silent(row: Making) -> bool:
    return row.beat_at is None or _now() - row.beat_at > runs.SILENT


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
