"""The check, its findings and clearances (Art. 27, 31, 36)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import settings, storage
from ckanext.edudata.catalog import veil
from ckanext.edudata.desensitization import (
    basis,
    ending,
    makings,
    rules,
    runs,
    schema,
    texts,
)
from ckanext.edudata.desensitization.model import Check, Clearance
from ckanext.edudata.opening import classes
from ckanext.edudata.units import people, who_may


@validate(schema.by_id)
def edudata_check_start(context: Context, data_dict: DataDict) -> list[str]:
    """Start the check of all that changed in an entry (internal).

    :param id: id of the entry
    :returns: ids of the runs
    """
    tk.check_access("edudata_check_start", context, data_dict)
    started = runs.due(data_dict["id"])
    model.Session.flush()
    ids = [check.id for check in started]
    model.Session.commit()
    runs.queue(ids)
    return ids


def edudata_check_requeue(context: Context, data_dict: DataDict) -> list[str]:
    """Queue again what a killed worker or an absent queue left behind (internal).

    Exceptions and rules whose date has passed are ended, and what they were for is
    checked again.

    :returns: ids of the runs
    """
    tk.check_access("edudata_check_requeue", context, data_dict)
    ids = ending.by_date()
    ids += [check.id for check in runs.stuck() if check.id not in ids]
    runs.queue(ids)
    makings.requeue()
    return ids


@veil.veiled
@validate(schema.by_resource)
def edudata_check_run(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Run the check of a file again, or of an entry's description.

    :param resource_id: id of the resource, or of the entry for its description
    :returns: `{id, state}`
    """
    last = _latest(data_dict["resource_id"])
    tk.check_access("edudata_check_run", context, {"id": last.entry_id})
    if last.state == "done":
        last = runs.again(last)
        model.Session.flush()
    check_id = last.id
    model.Session.commit()
    runs.queue([check_id])
    return {"id": check_id, "state": "queued"}


@tk.side_effect_free
@veil.veiled
@validate(schema.by_resource)
def edudata_check_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The last run over a file: progress, verdict, findings with masked samples.

    :param resource_id: id of the resource, or of the entry for its description
    :returns: `{id, resource_id, state, progress, verdict, permits, ruleset, sha256,
        reason, findings: [...], tables: [...], queued_at, finished_at, classified}`
    """
    last = _latest(data_dict["resource_id"])
    tk.check_access("edudata_check_show", context, {"id": last.entry_id})
    return {**_brief(last), **_detail(last)}


@tk.side_effect_free
@veil.veiled
@validate(schema.by_id)
def edudata_check_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The last run over each file of an entry and over its description.

    :param id: id of the entry
    :returns: as `edudata_check_show`, without findings and tables
    """
    tk.check_access("edudata_check_list", context, data_dict)
    newest = (
        sa.select(sa.func.max(Check.number))
        .where(Check.entry_id == data_dict["id"])
        .group_by(Check.resource_id)
    )
    rows = model.Session.scalars(
        sa.select(Check).where(Check.number.in_(newest)).order_by(Check.number)
    )
    return [_brief(row) for row in rows]


@tk.side_effect_free
@validate(schema.attention)
def edudata_check_attention(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Last runs that found something or could not read, in the units one works for.

    :param limit: at most so many (default: 50)
    :returns: as `edudata_check_list`, with `entry_title` and `name` of the file
    """
    tk.check_access("edudata_check_attention", context, data_dict)
    units = people.all_units_where(
        people.actor_id(context), who_may.roles_for("finding_read")
    )
    newest = sa.select(sa.func.max(Check.number)).group_by(Check.resource_id)
    rows = model.Session.execute(
        sa.select(Check, model.Package, model.Resource)
        .join(model.Package, model.Package.id == Check.entry_id)
        .outerjoin(model.Resource, model.Resource.id == Check.resource_id)
        .where(
            Check.number.in_(newest),
            Check.verdict.in_(["blocked", "unreadable"]),
            model.Package.state == "active",
            model.Package.owner_org.in_(units),
            # The description of an entry has no file; a file that was removed neither.
            sa.or_(Check.subject == "metadata", model.Resource.state == "active"),
        )
        .order_by(Check.number.desc())
        .limit(data_dict["limit"])
    )
    return [
        {
            **_brief(check),
            "entry_title": package.title,
            "name": resource.name if resource else "",
        }
        for check, package, resource in rows
        if not (resource and (resource.extras or {}).get("not_released"))
    ]


@validate(schema.clearance)
def edudata_clearance_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any] | None:
    """The clearance of exactly this content under the rule set in force (internal).

    :param resource_id: id of the entry's resource
    :param sha256: of the bytes
    :returns: `{id, permits, tables}` or None
    """
    tk.check_access("edudata_clearance_show", context, data_dict)
    return _clearance(data_dict["resource_id"], data_dict.get("sha256") or "")


@validate(schema.content)
def edudata_metadata_clearance_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any] | None:
    """The clearance of an entry's description, as in this content (internal)."""
    tk.check_access("edudata_metadata_clearance_show", context, data_dict)
    digest = texts.digest(texts.of_content(data_dict["content"]))
    return _clearance(None, digest)


@validate(schema.words)
def edudata_words_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read words for personal data now, before they are shown to all (internal).

    :param texts: text by the place it stands in
    :returns: `{verdict}`: clear, blocked, or unreadable where the check failed
    """
    from ckanext.edudata.desensitization import engine

    tk.check_access("edudata_words_check", context, data_dict)
    return {"verdict": engine.check_metadata(data_dict["texts"]).verdict}


@validate(schema.table_copy)
def edudata_table_copy(context: Context, data_dict: DataDict) -> None:
    """Copy a clean table out of the private storage (internal).

    :param key: digest of the clean CSV
    :param path: where to
    """
    tk.check_access("edudata_table_copy", context, data_dict)
    _copy(data_dict["key"], data_dict["path"])


def _latest(resource_id: str) -> Check:
    last = runs.latest(resource_id)
    if last is None:
        raise tk.ObjectNotFound(tk._("This file has not been checked"))
    return last


def _brief(row: Check) -> dict[str, Any]:
    return {
        "id": row.id,
        "entry_id": row.entry_id,
        "resource_id": row.resource_id,
        "subject": row.subject,
        "state": row.state,
        "progress": row.progress,
        "verdict": row.verdict,
        "permits": classes.permits(row.verdict) if row.verdict else None,
        "ruleset": row.ruleset,
        "sha256": row.sha256,
        "classified": bool((row.report or {}).get("classified")),
        "findings_count": len((row.report or {}).get("findings", [])),
        "queued_at": row.queued_at.isoformat(),
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def _detail(row: Check) -> dict[str, Any]:
    report = row.report or {}
    return {
        "reason": report.get("reason"),
        "grounds": report.get("grounds", []),
        "k": report.get("k"),
        "rows": report.get("rows"),
        "cells": report.get("cells"),
        "seconds": report.get("seconds"),
        "findings": report.get("findings", []),
        "tables": [
            {key: value for key, value in table.items() if key != "csv_path"}
            for table in report.get("tables", [])
        ],
    }


def _clearance(resource_id: str | None, sha256: str) -> dict[str, Any] | None:
    """The clearance that counts, see `rules`."""
    rules.hold()
    of_file = [Clearance.resource_id == resource_id] if resource_id else []
    of_run = [Check.resource_id == resource_id] if resource_id else []
    for ruleset in rules.accepted():
        rows = model.Session.scalars(
            sa.select(Clearance)
            .where(
                Clearance.sha256 == sha256,
                Clearance.ruleset == ruleset,
                Clearance.withdrawn_at.is_(None),
                *of_file,
            )
            .order_by(Clearance.given_at.desc())
            .limit(20)
        )
        row = next(filter(basis.still_holds, rows), None)
        if row is not None:
            return {
                "id": row.id,
                "permits": row.permits,
                "tables": [{**table, "clearance_id": row.id} for table in row.tables],
            }
        was_read = sa.select(Check.id).where(
            Check.sha256 == sha256, Check.ruleset == ruleset, Check.state == "done"
        )
        if model.Session.scalar(was_read.where(*of_run).limit(1)) is not None:
            return None
    return None


def _copy(key: str, path: str) -> None:
    storage.fetch(key, settings.PRIVATE, path)
