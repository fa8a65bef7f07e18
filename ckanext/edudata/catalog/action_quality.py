"""Quality of entries: what is missing, does not fit, or is late (Art. 12, 18)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import (
    jobs_quality,
    quality_currency,
    quality_detail,
    quality_facts,
    quality_figures,
    quality_measure,
    quality_public,
    quality_reminders,
    veil,
)
from ckanext.edudata.catalog import schema_quality as schema
from ckanext.edudata.catalog.model_quality import Confirmation
from ckanext.edudata.catalog.schema import by_id
from ckanext.edudata.units import people, tree, who_may


@tk.side_effect_free
@veil.veiled
@validate(schema.show)
def edudata_quality_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Quality of an entry as it stands now (Art. 12).

    :param id: id or name of the entry
    :param values: with the cells that do not fit, for people who can mend them
        (optional); columns with personal data stay without
    :returns: `{id, completeness: 0–100, gaps: [{kind, field, weight, count, resource}],
        validity, rows, bad_rows, tables: [...], currency: {state, cycle, base_kind,
        base_on, due_on, overdue_on, refusal}, confirmations: [...]}`
    """
    package = _entry(data_dict["id"])
    tk.check_access("edudata_quality_show", context, {"id": package.id})
    if data_dict["values"]:
        tk.check_access("edudata_quality_values", context, {"id": package.id})
    facts = quality_facts.entries([package.id])[package.id]
    known = quality_measure.known_fields()
    figures, _ = quality_measure.figures(facts, known, read=False)
    return {
        "id": package.id,
        "unit_id": package.owner_org,
        **{
            key: figures.get(key)
            for key in ("completeness", "gaps", "validity", "rows", "bad_rows")
        },
        "tables": quality_detail.tables(
            package.id, facts, values_for=context if data_dict["values"] else None
        ),
        "currency": _currency(figures),
        "confirmations": _confirmations(package.id),
    }


@tk.side_effect_free
@validate(schema.quality_list)
def edudata_quality_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Entries with their figures, the most urgent first, of the units one works for.

    Figures are those last kept; `edudata_quality_show` has them as of now.

    :param unit_id: only of this unit and those below (optional)
    :param state: `overdue`, `due_soon`, `invalid` or `incomplete` (optional)
    :param mine: only what waits for oneself: of units one compiles or reviews for
    :param limit: at most so many (default: 20)
    :param offset: from this one on
    :returns: `{count, results: [{id, title, unit_id, state, completeness, validity,
        rows, bad_rows, problems, cycle, base_kind, base_on, due_on, overdue_on,
        may_confirm}]}`
    """
    tk.check_access("edudata_quality_list", context, data_dict)
    actor_id = people.actor_id(context)
    own = people.all_units_where(actor_id, who_may.roles_for("entry_confirm"))
    units = own
    if not data_dict["mine"]:
        units = people.all_units_where(actor_id, who_may.roles_for("entry_read"))
    if data_dict.get("unit_id"):
        below = set(tree.with_subordinates(data_dict["unit_id"]))
        units = [unit for unit in units if unit in below]
    chosen = data_dict.get("state") or ("any" if data_dict["mine"] else "")
    count, rows = quality_figures.entries(
        units,
        quality_measure.today(),
        chosen=chosen,
        limit=data_dict["limit"],
        offset=data_dict["offset"],
    )
    mine = set(own)
    return {"count": count, "results": [_row(row, mine) for row in rows]}


@tk.side_effect_free
@validate(schema.unit_list)
def edudata_quality_unit_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Rates of currency, completeness and validity by unit (Art. 18).

    :param unit_id: the unit whose parts are listed; without it, the unit one works
        for, or the units where there are several
    :returns: `{unit_id, whole, own, results: [{unit_id, …}]}`; each with `entries,
        measured, completeness, dated, overdue, due_soon, current_rate, checked,
        invalid, rows, bad_rows, valid_rate`; `whole` counts all below, `own` the
        unit's own entries, and `results` each unit directly below with all below it
    """
    tk.check_access("edudata_quality_unit_list", context, data_dict)
    today = quality_measure.today()
    unit_id = data_dict.get("unit_id")
    if not unit_id:
        tops = _tops(people.actor_id(context))
        if len(tops) != 1:
            found = quality_figures.by_branch(tops, today)
            rows = [_rated(found, unit) for unit in tops]
            return {"unit_id": None, "whole": None, "own": None, "results": rows}
        unit_id = tops[0]
    below = _directly_below(unit_id)
    found = quality_figures.by_branch([unit_id, *below], today)
    own = quality_figures.by_branch([unit_id], today, apart=below)
    return {
        "unit_id": unit_id,
        "whole": _rated(found, unit_id),
        "own": _rated(own, unit_id),
        "results": [_rated(found, unit) for unit in below],
    }


@veil.veiled
@validate(by_id)
def edudata_entry_still_current(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Say that data are still current: the due day moves on, on record (Art. 12).

    :param id: id or name of the entry
    :returns: `{id, confirmed_at, due_on}`
    :raises ValidationError: they are not due, change daily, or somebody was faster
    """
    package = _entry(data_dict["id"])
    tk.check_access("edudata_entry_still_current", context, {"id": package.id})
    model.Session.execute(
        sa.select(model.Package.id)
        .where(model.Package.id == package.id)
        .with_for_update()
    )
    facts = quality_facts.entries([package.id])[package.id]
    due, cycle = quality_measure.due_of(facts["came"])
    today = quality_measure.today()
    message = quality_currency.refusal(cycle, due, today)
    if message or due is None:
        model.Session.rollback()
        raise tk.ValidationError({"state": [tk._(message or "")]})
    following = quality_measure.due_from(cycle, today)
    row = Confirmation(
        entry_id=package.id,
        confirmed_by=people.actor_id(context),
        due_on=due.on,
        next_due_on=following.on if following else due.on,
    )
    model.Session.add(row)
    trail.record(
        "entry_still_current",
        actor_id=row.confirmed_by,
        object_type="entry",
        object_id=package.id,
        unit_id=package.owner_org,
        detail={"due": due.on.isoformat(), "next": row.next_due_on.isoformat()},
    )
    model.Session.commit()
    found = {
        "id": row.entry_id,
        "confirmed_at": row.confirmed_at.isoformat(),
        "due_on": row.next_due_on.isoformat(),
    }
    quality_measure.one(row.entry_id)
    return found


@tk.side_effect_free
@veil.veiled
@validate(by_id)
def edudata_dataset_quality_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """What the public is told of the quality of an open dataset.

    From what was released only: the day, the cycle, and counts over open tables.

    :param id: id or name of the open dataset
    :returns: `{currency: {state, cycle, released_on, confirmed_on, due_on} or None,
        tables: [{resource_id, name, rows, whole, filled, columns: [{name, label,
        filled, problems: [{code, count}]}]}]}`; `filled` in per cent
    """
    tk.check_access("edudata_dataset_quality_show", context, data_dict)
    package = tk.get_action("package_show")(
        tk.fresh_context(context), {"id": data_dict["id"]}
    )
    if package["type"] != "dataset":
        raise tk.ObjectNotFound(tk._("There is no such open dataset"))
    return quality_public.of_dataset(package)


def edudata_quality_measure(context: Context, data_dict: DataDict) -> int:
    """Measure all entries that changed (internal).

    :returns: how many were measured
    """
    tk.check_access("edudata_quality_measure", context, data_dict)
    return quality_measure.all_changed()


def edudata_quality_remind(context: Context, data_dict: DataDict) -> int:
    """Remind owners of what is due or late, each once for a due day (internal).

    :returns: how many notices were made
    """
    tk.check_access("edudata_quality_remind", context, data_dict)
    return quality_reminders.remind()


def edudata_quality_settle(context: Context, data_dict: DataDict) -> bool:
    """Queue measuring if something changed, and remind (internal; the sweep asks).

    :returns: whether something was queued
    """
    tk.check_access("edudata_quality_measure", context, data_dict)
    queued = jobs_quality.queue()
    quality_reminders.remind()
    return queued


def _entry(reference: str) -> model.Package:
    package = model.Package.get(reference)
    if package is None or package.type != "entry" or package.state == "deleted":
        raise tk.ObjectNotFound(tk._("There is no such entry"))
    return package


def _currency(figures: dict[str, Any]) -> dict[str, Any]:
    today = quality_measure.today()
    due = None
    if figures.get("due_on"):
        due = quality_currency.Due(
            figures["due_on"], figures["remind_on"], figures["overdue_on"]
        )
    return {
        "state": due.state(today) if due else quality_currency.NO_DATE,
        "refusal": quality_currency.refusal(figures.get("cycle"), due, today),
        **{
            key: _iso(figures.get(key))
            for key in ("cycle", "base_kind", "base_on", "due_on", "overdue_on")
        },
    }


def _confirmations(entry_id: str) -> list[dict[str, Any]]:
    rows = model.Session.scalars(
        sa.select(Confirmation)
        .where(Confirmation.entry_id == entry_id)
        .order_by(Confirmation.confirmed_at.desc())
        .limit(20)
    )
    return [
        {
            "confirmed_by": row.confirmed_by,
            "confirmed_at": row.confirmed_at.isoformat(),
            "due_on": row.due_on.isoformat(),
            "next_due_on": row.next_due_on.isoformat(),
        }
        for row in rows
    ]


def _row(row: dict[str, Any], own: set[str]) -> dict[str, Any]:
    late = row["state"] in (quality_currency.DUE_SOON, quality_currency.OVERDUE)
    rule = quality_currency.CYCLES.get(row["cycle"] or "")
    may = late and row["unit_id"] in own and bool(rule and rule.confirmable)
    return {**{key: _iso(value) for key, value in row.items()}, "may_confirm": may}


def _iso(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _rated(found: dict[str, dict[str, Any]], unit_id: str) -> dict[str, Any]:
    return {"unit_id": unit_id, **quality_figures.rated(found.get(unit_id))}


def _tops(user_id: str | None) -> list[str]:
    """Units one works for, without those below another of them."""
    units = people.all_units_where(user_id, who_may.roles_for("entry_read"))
    rows = model.Session.execute(
        sa.select(model.Group.id)
        .where(
            model.Group.id.in_(units),
            model.Group.state == "active",
            sa.func.coalesce(_superior(), "").not_in(units),
        )
        .order_by(model.Group.title)
    )
    return [row.id for row in rows]


def _directly_below(unit_id: str) -> list[str]:
    rows = model.Session.execute(
        sa.select(model.Group.id)
        .where(
            model.Group.is_organization.is_(True),
            model.Group.state == "active",
            _superior() == unit_id,
        )
        .order_by(model.Group.title)
    )
    return [row.id for row in rows]


def _superior() -> Any:
    group: Any = model.Group
    return group.extras["superior"].astext
