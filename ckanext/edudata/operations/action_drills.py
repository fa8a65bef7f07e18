"""Plans for incidents and their drills, on record (Art. 35)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.operations import incident_rules, incident_words, incidents
from ckanext.edudata.operations import schema_incidents as schema
from ckanext.edudata.operations.model_incidents import IncidentDrill, IncidentPlan
from ckanext.edudata.units import people

Shown = dict[str, Any]


@validate(schema.plan_publish)
def edudata_incident_plan_publish(context: Context, data_dict: DataDict) -> Shown:
    """Put a unit's plan for incidents in force; earlier versions stay as they were.

    :param unit_id: the unit
    :param words: the plan: who does what, in which order, whom to call (by office)
    :returns: as `edudata_incident_plan_show`
    """
    tk.check_access("edudata_incident_plan_publish", context, data_dict)
    actor_id, unit_id = people.actor_id(context) or "", data_dict["unit_id"]
    words = incident_words.checked({"words": data_dict["words"]})["words"]
    with transactions.whole():
        transactions.one_at_a_time(f"edudata_incident_plan:{unit_id}")
        last = _plan(unit_id)
        row = IncidentPlan(
            unit_id=unit_id,
            version=(last.version if last else 0) + 1,
            words=words,
            published_by=actor_id,
        )
        model.Session.add(row)
        model.Session.flush()
        _record("incident_plan", row.id, unit_id, actor_id, {"version": row.version})
    return _shown(unit_id)


@tk.side_effect_free
@validate(schema.by_unit)
def edudata_incident_plan_show(context: Context, data_dict: DataDict) -> Shown:
    """The plan in force and the drills of a unit, for everybody who works there.

    :param unit_id: the unit
    :returns: `{unit_id, plan: {id, version, words, published_at} | None, drills: [{id,
        plan_version, held_on, scenario, people, result, to_mend, mended_at}], due,
        late}`; `due` is the day by which the next drill is held
    """
    tk.check_access("edudata_incident_plan_show", context, data_dict)
    return _shown(data_dict["unit_id"])


@validate(schema.drill_note)
def edudata_incident_drill_note(context: Context, data_dict: DataDict) -> Shown:
    """Note a drill of the plan in force.

    :param unit_id: the unit
    :param held_on: the day
    :param scenario: what was tried; `people`: how many took part
    :param result: how it went; `to_mend`: what is to be mended (optional)
    :returns: as `edudata_incident_plan_show`
    :raises ValidationError: there is no plan in force
    """
    tk.check_access("edudata_incident_drill_note", context, data_dict)
    actor_id, unit_id = people.actor_id(context) or "", data_dict["unit_id"]
    plan = _plan(unit_id)
    if plan is None:
        words = tk._("Put a plan in force first; then it can be drilled.")
        raise tk.ValidationError({"unit_id": [words]})
    held_on = incident_words.day(data_dict["held_on"], "held_on")
    names = ("scenario", "result", "to_mend")
    texts = incident_words.checked({key: data_dict.get(key) or "" for key in names})
    with transactions.whole():
        row = IncidentDrill(
            unit_id=unit_id,
            plan_id=plan.id,
            held_on=held_on,
            people=data_dict["people"],
            noted_by=actor_id,
            **texts,
        )
        model.Session.add(row)
        model.Session.flush()
        detail = {"plan": plan.id, "day": held_on.isoformat(), "people": row.people}
        _record("incident_drill", row.id, unit_id, actor_id, detail)
    return _shown(unit_id)


@validate(schema.by_id)
def edudata_incident_drill_mend(context: Context, data_dict: DataDict) -> Shown:
    """Note that what a drill showed was mended.

    :param id: of the drill
    :returns: as `edudata_incident_plan_show`
    """
    try:
        tk.check_access("edudata_incident_drill_mend", context, data_dict)
    except tk.NotAuthorized:
        raise tk.ObjectNotFound(tk._("There is no such drill")) from None
    actor_id = people.actor_id(context) or ""
    with transactions.whole():
        row = model.Session.get_one(
            IncidentDrill, data_dict["id"], with_for_update=True
        )
        if row.mended_at is None and row.to_mend:
            row.mended_at, row.mended_by = incidents.now(), actor_id
            _record("incident_drill_mend", row.id, row.unit_id, actor_id, {})
        unit_id = row.unit_id
    return _shown(unit_id)


def _plan(unit_id: str) -> IncidentPlan | None:
    query = sa.select(IncidentPlan).where(IncidentPlan.unit_id == unit_id)
    return model.Session.scalar(query.order_by(IncidentPlan.version.desc()).limit(1))


def _record(
    action: str, id: str, unit_id: str, actor_id: str, detail: dict[str, Any]
) -> None:
    kind = "incident_plan" if action == "incident_plan" else "incident_drill"
    trail.record(
        action,
        actor_id=actor_id,
        object_type=kind,
        object_id=id,
        unit_id=unit_id,
        detail=detail,
    )


def _shown(unit_id: str) -> Shown:
    plan = _plan(unit_id)
    rows = model.Session.execute(
        sa.select(IncidentDrill, IncidentPlan.version)
        .join(IncidentPlan, IncidentPlan.id == IncidentDrill.plan_id)
        .where(IncidentDrill.unit_id == unit_id)
        .order_by(IncidentDrill.held_on.desc(), IncidentDrill.noted_at.desc())
    ).all()
    months = tk.config["ckanext.edudata.incidents.drill_months"]
    today = incidents.now().astimezone(people.SHANGHAI).date()
    last = rows[0][0].held_on if rows else None
    due = incident_rules.drill_due(last, months, today)
    return {
        "unit_id": unit_id,
        "plan": plan
        and {
            **{key: getattr(plan, key) for key in ("id", "version", "words")},
            "published_at": plan.published_at.isoformat(),
        },
        "drills": [
            {
                **{key: getattr(row, key) for key in ("id", "scenario", "people")},
                **{key: getattr(row, key) for key in ("result", "to_mend")},
                "plan_version": version,
                "held_on": row.held_on.isoformat(),
                "mended_at": row.mended_at.isoformat() if row.mended_at else None,
            }
            for row, version in rows
        ],
        "due": due.isoformat(),
        "late": due < today or last is None,
    }
