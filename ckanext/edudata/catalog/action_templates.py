"""Catalog templates: made once by a district, confirmed by each school (Art. 16)."""

from __future__ import annotations

import base64
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import (
    schema_templates,
    templates_answers,
    templates_content,
    templates_reading,
    templates_showing,
)
from ckanext.edudata.catalog.model_templates import (
    Template,
    TemplateAnswer,
    TemplateRow,
)
from ckanext.edudata.catalog.validators import edudata_declared
from ckanext.edudata.units import people, tree


@validate(schema_templates.create)
def edudata_template_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a template of descriptions that many units have in common.

    :param unit_id: id or name of the unit that makes it
    :param title: what it is called
    :param upload: an XLSX workbook with its rows, or
    :param entries: ids of data resources it is made of
    :param no_state_secret: the declaration that no state secret is in it
    :returns: as `edudata_template_show`
    :raises ValidationError: rows are wrong, each named by its number
    """
    tk.check_access("edudata_template_create", context, data_dict)
    _declared(data_dict)
    unit: Any = model.Group.get(data_dict["unit_id"])
    actor = people.actor_id(context) or ""
    contents = _contents(context, data_dict, unit.id)
    if contents is None:
        message = tk._("Choose a workbook (.xlsx), or data resources to make it of.")
        raise tk.ValidationError({"upload": [message]})
    row = Template(unit_id=unit.id, title=data_dict["title"], made_by=actor, version=1)
    model.Session.add(row)
    model.Session.flush()
    for position, content in enumerate(contents, 1):
        _add(row, position, content)
    _record("template_create", actor, row, {"rows": len(contents)})
    model.Session.commit()
    return templates_showing.of_maker(row)


@validate(schema_templates.update)
def edudata_template_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change a template. Units that answered a changed row are shown what changed.

    :param id: its id
    :param title: another title (optional)
    :param upload: its workbook with changed rows; a row without an identifier is new,
        one that the workbook does not have stays (optional)
    :param remove: ids of rows that are asked no more (optional)
    :param end: no further answers are awaited (optional)
    """
    tk.check_access("edudata_template_update", context, data_dict)
    actor = people.actor_id(context) or ""
    if data_dict.get("upload"):
        _declared(data_dict)
    found = model.Session.get(Template, data_dict["id"])
    contents = _contents(context, data_dict, found.unit_id) if found else None
    row = _held(data_dict["id"])
    detail = {"changed": 0, "added": 0, "removed": 0}
    if contents:
        _merge(row, contents, detail)
    for known in _listed(data_dict, "remove"):
        gone = model.Session.get(TemplateRow, known)
        if gone is not None and gone.template_id == row.id and not gone.removed_at:
            gone.removed_at = templates_answers.now()
            detail["removed"] += 1
    if data_dict.get("title"):
        row.title = data_dict["title"]
    if data_dict.get("end"):
        row.state = "ended"
    row.changed_at = templates_answers.now()
    if detail["added"] and row.state == "sent":
        templates_answers.send(row, templates_answers.sent_to(row.id))
    _record("template_update", actor, row, {**detail, "version": row.version})
    model.Session.commit()
    return templates_showing.of_maker(row)


def _merge(
    row: Template, contents: list[dict[str, Any]], detail: dict[str, int]
) -> None:
    """Changed and new rows of a workbook, under one new version."""
    known = {item.id: item for item in templates_answers.rows_of(row.id)}
    position = max((item.position for item in known.values()), default=0)
    version = row.version + 1
    for content in contents:
        kept = {"fields": content["fields"], "files": content["files"]}
        if content["id"] is None:
            position += 1
            _add(row, position, content, version)
            detail["added"] += 1
            continue
        old = known.get(content["id"])
        if old is None:
            model.Session.rollback()
            message = tk._(
                "A row has an identifier that this template does not have. Empty the "
                "cell for a new row."
            )
            raise tk.ValidationError({"upload": [message]})
        if templates_content.changed(old.content, kept) or old.content != kept:
            old.content, old.version = kept, version
            detail["changed"] += 1
    if detail["added"] or detail["changed"]:
        row.version = version


@validate(schema_templates.send)
def edudata_template_send(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Send a template to units below its own; their compilers are told.

    :param id: its id
    :param kinds: all units of these kinds (optional)
    :param units: these units, by id or name (optional)
    :returns: `{sent: number of units that had not had it, units: all that have it}`
    :raises ValidationError: no unit is chosen, or one is not below
    """
    tk.check_access("edudata_template_send", context, data_dict)
    actor = people.actor_id(context)
    row = _held(data_dict["id"])
    below = {unit["id"]: unit for unit in templates_showing.units_below(row.unit_id)}
    kinds = set(_listed(data_dict, "kinds"))
    chosen = [key for key, unit in below.items() if unit["kind"] in kinds]
    for name in _listed(data_dict, "units"):
        unit = model.Group.get(name)
        if unit is None or unit.id not in below:
            model.Session.rollback()
            message = tk._("There is no such unit below yours.")
            raise tk.ValidationError({"units": [message]})
        chosen.append(unit.id)
    if not chosen:
        model.Session.rollback()
        raise tk.ValidationError(
            {"units": [tk._("Choose the units that the template is sent to.")]}
        )
    if row.state == "ended":
        model.Session.rollback()
        raise tk.ValidationError({"units": [tk._("This template was ended.")]})
    fresh = templates_answers.send(row, chosen)
    row.state = "sent"
    _record("template_send", actor, row, {"units": len(fresh)})
    for unit_id in fresh:
        _tell("template_sent", row, unit_id)
    model.Session.commit()
    return {"sent": len(fresh), "units": len(templates_answers.sent_to(row.id))}


@validate(schema_templates.answer)
def edudata_template_answer(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Answer rows of a template for a unit; each confirmed one becomes a draft entry.

    :param id: id of the template
    :param unit_id: the unit that answers
    :param answer: `confirm`; `correct` with *values*; `none`: the unit does not have
        it, with a *reason*; `keep`: a changed row leaves the entry as it is
    :param rows: ids of rows; without any, all that wait (confirm only)
    :param values: of one row, what is to be said instead
    :param reason: why the unit does not have it
    :param no_state_secret: the declaration, for rows that become entries
    :returns: `{done: number, entries: [ids], refused: {row: {field: message}}}`;
        refused rows go on waiting, all others are answered
    """
    tk.check_access("edudata_template_answer", context, data_dict)
    asked = data_dict["answer"]
    rows = _listed(data_dict, "rows") or None
    if rows is None and asked != "confirm":
        raise tk.ValidationError({"rows": [tk._("Choose the rows that this is for.")]})
    if asked in ("confirm", "correct"):
        _declared(data_dict)
    actor = people.actor_id(context)
    unit = templates_showing.unit(data_dict["unit_id"])
    pairs = templates_answers.held(data_dict["id"], unit["id"], rows)
    template = model.Session.get(Template, data_dict["id"])
    assert template is not None  # noqa: S101 - auth has found it
    _not_ended(template)
    touched, refused = _carry_out(context, asked, pairs, unit, data_dict, actor)
    done = len(pairs) - len(refused)
    if done:
        trail.record(
            "template_answer",
            actor_id=actor,
            object_type="template",
            object_id=template.id,
            unit_id=unit["id"],
            detail={"answer": asked, "rows": done, "entries": touched[:200]},
        )
    model.Session.commit()
    templates_answers.settle(touched)
    return {
        "done": done,
        "entries": touched,
        "refused": {key: dict(reversed(found)) for key, found in refused.items()},
    }


def _carry_out(
    context: Context,
    asked: str,
    pairs: list[tuple[TemplateRow, TemplateAnswer]],
    unit: dict[str, Any],
    data_dict: DataDict,
    actor: str | None,
) -> tuple[list[str], dict[str, list[tuple[str, str]]]]:
    user = context["user"]
    if asked in ("none", "keep"):
        reason = (data_dict.get("reason") or "").strip()
        if asked == "none" and not reason:
            model.Session.rollback()
            message = tk._("Say why your unit does not have this.")
            raise tk.ValidationError({"reason": [message]})
        for row, answer in pairs:
            if asked == "none" and answer.entry_id:
                model.Session.rollback()
                message = tk._(
                    "A data resource was made of this row. Delete it first if your "
                    "unit does not have it."
                )
                raise tk.ValidationError({"rows": [message]})
            state = "none" if asked == "none" else answer.state
            if asked == "none":
                answer.reason = reason[:500]
            templates_answers.note(row, answer, state, actor)
        return [], {}
    waiting = [(r, a) for r, a in pairs if not a.entry_id]
    later = [(r, a) for r, a in pairs if a.entry_id and a.seen_version < r.version]
    values = None
    if asked == "correct":
        given = data_dict.get("values")
        if len(pairs) != 1 or not isinstance(given, dict):
            model.Session.rollback()
            raise tk.ValidationError({"rows": [tk._("Correct one row at a time.")]})
        # Fields of the form and nothing else: no id, state or owner of one's choice.
        known = templates_reading.names()
        values = {
            key: value
            for key, value in given.items()
            if key in known and isinstance(value, (str, list))
        }
    touched, refused = templates_answers.make(waiting, unit, user, actor, values)
    try:
        touched += templates_answers.take_over(later, unit, user)
    except tk.ValidationError:
        model.Session.rollback()
        raise
    return touched, refused


@tk.side_effect_free
@validate(schema_templates.show)
def edudata_template_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A template; with a unit, as that unit sees it, with its answers.

    :param id: its id
    :param unit_id: a unit that it was sent to (optional)
    :returns: `{id, title, unit_id, state, version, rows: [{id, fields, files, …}]}`;
        for a unit each row has `state, reason, entry_id, changes` and what the
        description is for that unit
    """
    tk.check_access("edudata_template_show", context, data_dict)
    row = model.Session.get(Template, data_dict["id"])
    assert row is not None  # noqa: S101 - auth has found it
    if data_dict.get("unit_id"):
        return templates_showing.of_unit(row, data_dict["unit_id"])
    return templates_showing.of_maker(row)


@tk.side_effect_free
def edudata_template_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Templates that one's units made, and those that wait for an answer of them.

    :returns: `{made: [{id, title, unit_id, state, units, counts}], waiting: [{id,
        title, unit_id, unit_title, counts}]}`
    """
    tk.check_access("edudata_template_list", context, data_dict)
    return templates_showing.lists(people.actor_id(context))


@tk.side_effect_free
@validate(schema_templates.by_id)
def edudata_template_progress(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """How far each unit is with a template.

    :param id: its id
    :returns: `[{unit_id, title, kind, counts: {sent, waiting, confirmed, corrected,
        none, changed}, last, reminded}]`, those with most waiting first
    """
    tk.check_access("edudata_template_progress", context, data_dict)
    return templates_showing.progress(data_dict["id"])


@validate(schema_templates.remind)
def edudata_template_remind(context: Context, data_dict: DataDict) -> int:
    """Remind the units that have rows waiting.

    :param id: id of the template
    :param units: only these, by id (optional)
    :returns: how many units were reminded
    """
    tk.check_access("edudata_template_remind", context, data_dict)
    row = _held(data_dict["id"])
    _not_ended(row)
    only = set(_listed(data_dict, "units"))
    waiting = [
        item["unit_id"]
        for item in templates_showing.progress(row.id)
        if (item["counts"]["waiting"] or item["counts"]["changed"])
        and (not only or item["unit_id"] in only)
    ]
    for unit_id in waiting:
        _tell("template_reminder", row, unit_id)
    model.Session.execute(
        sa.update(TemplateAnswer)
        .where(
            TemplateAnswer.template_id == row.id, TemplateAnswer.unit_id.in_(waiting)
        )
        .values(reminded_at=templates_answers.now())
    )
    _record("template_remind", people.actor_id(context), row, {"units": len(waiting)})
    model.Session.commit()
    return len(waiting)


@tk.side_effect_free
@validate(schema_templates.by_id)
def edudata_template_sheet(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A template as a workbook, to be changed and brought back.

    :param id: its id
    :returns: `{filename, content}`, the workbook in base64
    """
    tk.check_access("edudata_template_sheet", context, data_dict)
    row = model.Session.get(Template, data_dict["id"])
    assert row is not None  # noqa: S101 - auth has found it
    made = templates_reading.workbook(templates_showing.of_maker(row)["contents"])
    return {
        "filename": f"{row.title}.xlsx",
        "content": base64.b64encode(made).decode(),
    }


@validate(schema_templates.entries)
def edudata_template_entries(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Template that each of these entries was made of (internal).

    :param ids: ids of entries
    :returns: id of the template by id of the entry, for those made of one
    """
    tk.check_access("edudata_template_entries", context, data_dict)
    rows = model.Session.execute(
        sa.select(TemplateAnswer.entry_id, TemplateAnswer.template_id).where(
            TemplateAnswer.entry_id.in_(list(data_dict["ids"]))
        )
    )
    return {row[0]: row[1] for row in rows}


def edudata_template_settle(context: Context, data_dict: DataDict) -> int:
    """Index and check entries that a killed process left without (internal).

    :returns: how many
    """
    tk.check_access("edudata_template_settle", context, data_dict)
    return templates_answers.settle_late()


def _contents(
    context: Context, data_dict: DataDict, unit_id: str
) -> list[dict[str, Any]] | None:
    """Contents of rows from the workbook or the entries that were given."""
    upload = data_dict.get("upload")
    user = context["user"]
    if upload and hasattr(upload, "stream") and getattr(upload, "filename", None):
        return templates_reading.of_workbook(upload.stream, user, unit_id)
    chosen = _listed(data_dict, "entries")
    if not chosen:
        return None
    readable = tree.with_subordinates(unit_id)
    return templates_reading.of_entries(chosen, readable)


def _add(
    template: Template, position: int, content: dict[str, Any], version: int = 1
) -> None:
    model.Session.add(
        TemplateRow(
            template_id=template.id,
            position=position,
            version=version,
            content={"fields": content["fields"], "files": content["files"]},
        )
    )


def _declared(data_dict: DataDict) -> None:
    try:
        edudata_declared(data_dict.get("no_state_secret"))
    except tk.Invalid as error:
        raise tk.ValidationError({"no_state_secret": [error.error]}) from None


def _held(template_id: str) -> Template:
    row = model.Session.scalar(
        sa.select(Template)
        .where(Template.id == template_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such template"))
    return row


def _not_ended(row: Template) -> None:
    if row.state != "sent":
        model.Session.rollback()
        raise tk.ValidationError({"state": [tk._("This template awaits no answers.")]})


def _listed(data_dict: DataDict, key: str) -> list[str]:
    value = data_dict.get(key) or []
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise tk.ValidationError({key: [tk._("Must be a list")]})
    return list(dict.fromkeys(value))


def _tell(kind: str, row: Template, unit_id: str) -> None:
    tk.get_action("edudata_notify")(
        {"ignore_auth": True, "defer_commit": True},
        {
            "kind": kind,
            "unit_id": unit_id,
            "permission": "template_answer",
            "object_type": "template",
            "object_id": row.id,
            "detail": {"unit": unit_id},
        },
    )


def _record(action: str, actor: str | None, row: Template, detail: Any) -> None:
    trail.record(
        action,
        actor_id=actor,
        object_type="template",
        object_id=row.id,
        unit_id=row.unit_id,
        detail=detail,
    )
