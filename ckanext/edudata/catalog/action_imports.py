"""Catalog sheets: taken out, filled in, brought back (Art. 16)."""

from __future__ import annotations

import base64
import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import (
    imports,
    schema_imports,
    sheets_columns,
    sheets_entries,
    sheets_words,
)
from ckanext.edudata.catalog.model_imports import Import, ImportRow
from ckanext.edudata.catalog.validators import edudata_declared
from ckanext.edudata.units import people, tree


@tk.side_effect_free
@validate(schema_imports.sheet)
def edudata_catalog_sheet(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The entries of a unit and all below as a workbook, to change and bring back.

    :param unit_id: id or name of the unit
    :param below: with all units below (optional, default: true)
    :param empty: only the frame, without entries (optional)
    :returns: `{filename, content}`, the workbook in base64; data of files are not in it
    """
    tk.check_access("edudata_catalog_sheet", context, data_dict)
    unit = model.Group.get(data_dict["unit_id"])
    if unit is None or not unit.is_organization:
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    ids = tree.with_subordinates(unit.id) if data_dict["below"] else [unit.id]
    units = sheets_columns.units_of(ids)
    empty = bool(data_dict.get("empty"))
    with sheets_words.site_language():
        made = sheets_entries.workbook(units, empty=empty)
        words = tk._("Catalog of data resources")
    trail.record_apart(
        "catalog_sheet",
        actor_id=people.actor_id(context),
        object_type="unit",
        object_id=unit.id,
        unit_id=unit.id,
        detail={"units": len(units), "empty": empty},
    )
    day = datetime.date.today().isoformat()
    return {
        "filename": f"{unit.title}-{words}-{day}.xlsx",
        "content": base64.b64encode(made).decode(),
    }


@validate(schema_imports.create)
def edudata_import_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Bring a filled-in sheet; a dry run follows, nothing is written yet.

    :param upload: the XLSX workbook
    :param no_state_secret: the declaration that no state secret is in it
    :returns: as `edudata_import_show`
    :raises ValidationError: it cannot be read, with what to do
    """
    tk.check_access("edudata_import_create", context, data_dict)
    try:
        edudata_declared(data_dict.get("no_state_secret"))
    except tk.Invalid as error:
        raise tk.ValidationError({"no_state_secret": [error.error]}) from None
    upload = data_dict["upload"]
    if not getattr(upload, "filename", None) or not hasattr(upload, "stream"):
        message = tk._("Choose the filled-in workbook (.xlsx).")
        raise tk.ValidationError({"upload": [message]})
    actor = people.actor_id(context) or ""
    row = imports.take(upload.stream, upload.filename, context["user"], actor)
    trail.record(
        "import_create",
        actor_id=actor,
        object_type="import",
        object_id=row.id,
        detail={"sha256": row.sha256, "rows": row.sheet["rows"]},
    )
    import_id = row.id
    model.Session.commit()
    imports.go_on(import_id)
    return _shown(imports.get(import_id))


@tk.side_effect_free
@validate(schema_imports.show)
def edudata_import_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """An import of one's own: what the dry run says, and how far it is.

    :param id: its id
    :param outcome: rows of this outcome: new, changed, unchanged or wrong (optional)
    :param offset: from this row on (optional)
    :param limit: at most so many rows (default: 100)
    :returns: `{id, state, filename, sha256, counts, progress, sheet, refused, made_at,
        finished_at, rows: [{number, outcome, title, entry_id, changes, errors}],
        rows_count}`
    """
    tk.check_access("edudata_import_show", context, data_dict)
    row = imports.get(data_dict["id"])
    where = [ImportRow.import_id == row.id]
    if data_dict.get("outcome"):
        where.append(ImportRow.outcome == data_dict["outcome"])
    found = model.Session.scalars(
        sa.select(ImportRow)
        .where(*where)
        .order_by(ImportRow.number)
        .offset(data_dict["offset"])
        .limit(min(data_dict["limit"], 1000))
    )
    count = sa.select(sa.func.count()).select_from(ImportRow).where(*where)
    found = list(found)
    titles = _titles(context, [item.entry_id for item in found if not item.title])
    return {
        **_shown(row),
        "rows": [
            {
                "number": item.number,
                "outcome": item.outcome,
                "title": item.title
                or item.cells.get("title")
                or titles.get(item.entry_id or "", ""),
                "entry_id": item.entry_id,
                "changes": item.changes or [],
                "errors": item.errors or [],
            }
            for item in found
        ],
        "rows_count": model.Session.scalar(count),
    }


@validate(schema_imports.run)
def edudata_import_run(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Confirm what the dry run showed: all of it is written, or nothing.

    :param id: id of the import
    :param sha256: of the file that was looked through
    :returns: as `edudata_import_show`
    :raises ValidationError: rows are wrong, or it is not waiting for this
    """
    tk.check_access("edudata_import_run", context, data_dict)
    row = _held(data_dict["id"])
    counts = row.counts or {}
    refused = ""
    if row.sha256 != data_dict["sha256"]:
        refused = tk._("This is not the file that was looked through. Look again.")
    elif row.state != "checked":
        refused = tk._("This import does not wait for your confirmation any more.")
    elif counts.get("wrong") or counts.get("stray"):
        refused = tk._("Correct the wrong rows in the workbook and upload it again.")
    elif not counts.get("new") and not counts.get("changed"):
        refused = tk._("Nothing would change.")
    if refused:
        model.Session.rollback()
        raise tk.ValidationError({"state": [refused]})
    row.state, row.token, row.progress, row.finished_at = "writing", None, None, None
    row.beat_at = _now()
    model.Session.commit()
    imports.go_on(row.id)
    return _shown(imports.get(row.id))


@validate(schema_imports.by_id)
def edudata_import_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Look through an uploaded sheet again, against the entries as they are now.

    :param id: id of the import
    :returns: as `edudata_import_show`
    """
    tk.check_access("edudata_import_check", context, data_dict)
    row = _held(data_dict["id"])
    if row.state not in ("checked", "stale"):
        model.Session.rollback()
        raise tk.ValidationError(
            {"state": [tk._("This import cannot be looked through again now.")]}
        )
    row.state, row.token, row.progress, row.refused = "checking", None, None, None
    row.beat_at = _now()
    model.Session.commit()
    imports.go_on(row.id)
    return _shown(imports.get(row.id))


@validate(schema_imports.by_id)
def edudata_import_withdraw(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give an import up; what was read of the sheet is forgotten.

    :param id: id of the import
    """
    tk.check_access("edudata_import_withdraw", context, data_dict)
    row = _held(data_dict["id"])
    if row.state not in ("checked", "stale", "checking"):
        model.Session.rollback()
        raise tk.ValidationError({"state": [tk._("This import was carried out.")]})
    row.state, row.token, row.finished_at = "withdrawn", None, _now()
    model.Session.execute(sa.delete(ImportRow).where(ImportRow.import_id == row.id))
    model.Session.commit()
    return _shown(row)


@tk.side_effect_free
@validate(schema_imports.listing)
def edudata_import_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """One's own imports, newest first.

    :param limit: at most so many (default: 20)
    :returns: as `edudata_import_show`, without rows
    """
    tk.check_access("edudata_import_list", context, data_dict)
    rows = model.Session.scalars(
        sa.select(Import)
        .where(Import.made_by == people.actor_id(context))
        .order_by(Import.made_at.desc())
        .limit(data_dict["limit"])
    )
    return [_shown(row) for row in rows]


def edudata_import_requeue(context: Context, data_dict: DataDict) -> list[str]:
    """Hand out again what a killed worker left (internal; the sweep asks).

    :returns: ids of imports
    """
    tk.check_access("edudata_import_requeue", context, data_dict)
    return imports.requeue()


def _titles(context: Context, ids: list[str | None]) -> dict[str, str]:
    """Titles of entries as they are now, of units that one compiles for."""
    units = people.all_units_where(people.actor_id(context), ["compiler"])
    known = sheets_entries.known([key for key in ids if key], units)
    return {key: entry["title"] for key, entry in known.items()}


def _held(import_id: str) -> Import:
    row = model.Session.scalar(
        sa.select(Import)
        .where(Import.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such import"))
    return row


def _shown(row: Import) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "filename": row.filename,
        "sha256": row.sha256,
        "counts": row.counts,
        "progress": row.progress,
        "sheet": row.sheet,
        "refused": row.refused,
        "made_at": row.made_at.isoformat() if row.made_at else None,
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "settled": row.indexed_at is not None,
    }


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
