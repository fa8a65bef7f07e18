"""Units and people from a spreadsheet: dry run, then all or nothing (Art. 2, 38)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict
from sqlalchemy.exc import IntegrityError

from ckanext.edudata.audit import trail
from ckanext.edudata.units import (
    import_report,
    import_write,
    importing,
    jobs,
    moving,
    people,
    placing,
    schema,
    spreadsheet,
    tree,
    waiting,
)
from ckanext.edudata.units.model import UnitImport

OPTIONS = ("kind", "superior", "unit", "only_column", "only_value")


@validate(schema.unit_import)
def edudata_unit_import_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Dry run: read a spreadsheet of units and people, and say what would change.

    The file is kept for a day, for nobody but the person who gave it.

    :param upload: XLSX, XLS or CSV, at most 20 MB and 20,000 rows. Columns are found by
        their headers (单位名称, 学校标识码, 上级单位 …; 账号, 姓名, 邮箱, 单位, 角色 …)
    :param kind: kind of new units where the file has none (optional)
    :param superior: unit above new units where the file has none: id, identifier, code
        or name (optional)
    :param only_column: header of a column of the file, with
    :param only_value: what must stand in it for a row to count (optional)
    :returns: `{id, digest, tables, others, counts, changes, errors, more_changes,
        more_errors}`; `changes` are `{sheet, row, what, title, fields | roles}`,
        `errors` are `{sheet, row, column, field, message}`
    :raises ValidationError: the file cannot be read, or says nothing of units or people
    """
    tk.check_access("edudata_unit_import_check", context, data_dict)
    upload = data_dict["upload"]
    content = upload.read(spreadsheet.MOST_BYTES + 1)
    name = str(getattr(upload, "filename", "") or "")[:200]
    options = _options(data_dict)
    made = _planned(context, content, name, options)
    digest = made.digest()
    waiting.forget()
    row = UnitImport(
        user_id=people.actor_id(context),
        file_name=name,
        content=content,
        options=options,
        digest=digest,
        counts=import_report.counts(made),
    )
    model.Session.add(row)
    model.Session.commit()
    return {"id": row.id, **import_report.report(made)}


@validate(schema.unit_import_apply)
def edudata_unit_import_apply(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Import what a dry run showed: all of it in one transaction, or nothing.

    :param id: of the dry run, one's own
    :param invite: whether people with new accounts are invited by mail (default: yes)
    :returns: `{id, counts, accounts}`; `accounts` is how many were made
    :raises ValidationError: it has errors; or the portal has changed since, so that
        something else would be written: make a new dry run
    """
    tk.check_access("edudata_unit_import_apply", context, data_dict)
    row = model.Session.scalar(
        sa.select(UnitImport)
        .where(
            UnitImport.id == data_dict["id"],
            UnitImport.user_id == people.actor_id(context),
        )
        .with_for_update()
    )
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such import; give the file again"))
    if row.state != "checked" or row.content is None:
        raise tk.ValidationError(
            {"id": [tk._("This file was imported already, or a day has passed")]}
        )
    tree.lock()
    people.lock_all_roles()
    made = _planned(context, row.content, row.file_name, row.options)
    if made.problems:
        model.Session.rollback()
        raise tk.ValidationError(
            {"file": [tk._("Correct the errors in the file and give it again")]}
        )
    if made.digest() != row.digest:
        model.Session.rollback()
        raise tk.ValidationError(
            {"file": [tk._("Units or people were changed meanwhile; look at it anew")]}
        )
    counts = import_report.counts(made)
    writer = import_write.Writer(made, people.actor_id(context), row.id)
    import_id = row.id
    row.state, row.content, row.counts = "done", None, counts
    row.done_at = datetime.datetime.now(datetime.timezone.utc)
    trail.record(
        "units_import",
        actor_id=people.actor_id(context),
        object_type="import",
        object_id=row.id,
        detail=counts,
    )
    try:
        writer.write()
        model.Session.commit()
    except IntegrityError as error:
        # Somebody took an identifier, account or mail address in this moment.
        model.Session.rollback()
        raise tk.ValidationError(
            {"file": [tk._("Units or people were changed meanwhile; look at it anew")]}
        ) from error
    except BaseException:
        model.Session.rollback()
        raise
    moving.index(*writer.moves)
    if data_dict["invite"]:
        jobs.queue_invitations(writer.accounts)
    return {"id": import_id, "counts": counts, "accounts": len(writer.accounts)}


@tk.side_effect_free
@validate(schema.unit_only)
def edudata_unit_import_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A dry run of one's own, as the portal stands now.

    :param id: of the dry run
    :returns: as `edudata_unit_import_check`, with `state`, `file_name` and `changed`:
        whether something else would be written than when it was made
    """
    tk.check_access("edudata_unit_import_show", context, data_dict)
    row = model.Session.get(UnitImport, data_dict["id"])
    if row is None or row.user_id != people.actor_id(context):
        raise tk.ObjectNotFound(tk._("There is no such import; give the file again"))
    shown: dict[str, Any] = {
        "id": row.id,
        "state": row.state,
        "file_name": row.file_name,
        "counts": row.counts,
        "options": row.options,
    }
    if row.state == "checked" and row.content is not None:
        made = _planned(context, row.content, row.file_name, row.options)
        found = import_report.report(made)
        shown.update(found, changed=found["digest"] != row.digest)
    return shown


def _options(data_dict: DataDict) -> dict[str, str]:
    options = {key: data_dict[key] for key in OPTIONS if data_dict.get(key)}
    for key in ("superior", "unit"):
        if key not in options:
            continue
        named = placing.named(options[key])
        if len(named) != 1:
            raise tk.ValidationError({key: [tk._("There is no such unit")]})
        options[key] = named[0]
    return options


def _planned(
    context: Context, content: bytes, name: str, options: dict[str, str]
) -> importing.Plan:
    try:
        return importing.plan(context, content, name, options)
    except spreadsheet.UnreadableError as error:
        model.Session.rollback()
        raise tk.ValidationError({"upload": [tk._(str(error))]}) from error
