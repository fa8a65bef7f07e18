"""Incidents: opened, noted, classified, contained, closed, taken out (Art. 35)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.opening.model import Release
from ckanext.edudata.operations import events, incident_rules, incident_words, incidents
from ckanext.edudata.operations import schema_incidents as schema
from ckanext.edudata.operations.model_incidents import Incident, IncidentStep
from ckanext.edudata.units import people, who_may

Shown = dict[str, Any]


@validate(schema.incident_open)
def edudata_incident_open(context: Context, data_dict: DataDict) -> Shown:
    """Open the record of an incident at its first sign (anybody with a role there).

    :param unit_id: the unit that it concerns
    :param kind: `incident_rules.KINDS`; `level`: `incident_rules.LEVELS`
    :param first_sign_at: when it first showed; `found_at`: when it was found (ISO
        8601; default: now)
    :param words: what was seen, without personal data
    :param datasets: ids or names of open datasets concerned (optional)
    :param personal: whether personal data are concerned; `important`: important or
        core data; `people`: of how many people, about (optional)
    :returns: `{id, number}`; to who may see it, as `edudata_incident_show`
    :raises ValidationError: by field
    """
    tk.check_access("edudata_incident_open", context, data_dict)
    actor_id = people.actor_id(context) or ""
    sign = incident_words.moment(data_dict["first_sign_at"], "first_sign_at")
    found = data_dict.get("found_at")
    found_at = incident_words.moment(found, "found_at") if found else incidents.now()
    if found_at < sign:
        words = tk._("It cannot have been found before its first sign.")
        raise tk.ValidationError({"found_at": [words]})
    datasets = _datasets(data_dict.get("datasets") or [], data_dict["unit_id"])
    words = incident_words.checked({"words": data_dict["words"]})["words"]
    with transactions.whole():
        row = Incident(
            unit_id=data_dict["unit_id"],
            kind=data_dict["kind"],
            level=data_dict["level"],
            first_sign_at=sign,
            found_at=found_at,
            datasets=datasets,
            facts=_facts(data_dict),
            opened_by=actor_id,
        )
        model.Session.add(row)
        model.Session.flush()
        model.Session.refresh(row)
        row.number = f"SJ-{found_at.astimezone(people.SHANGHAI).year}-{row.serial:04d}"
        detail = {"level": row.level, "datasets": row.datasets, "category": row.kind}
        incidents.note(row, "sign", actor_id, words=words, at=sign, detail=detail)
        incident_id, level = row.id, row.level
    events.raise_("incident_opened", detail={"incident": incident_id, "level": level})
    row = incidents.get(incident_id)
    if incidents.may(actor_id, "incident_read", row.unit_id):
        return incidents.shown(row)
    return {"id": row.id, "number": row.number}


def _facts(data_dict: DataDict) -> Shown:
    return {
        "personal": bool(data_dict.get("personal")),
        "important": bool(data_dict.get("important")),
        "people": data_dict.get("people") or 0,
    }


def _datasets(given: Any, unit_id: str) -> list[str]:
    """Ids of open datasets of the unit or below it.

    :raises ValidationError: one of them is none
    """
    references = [given] if isinstance(given, str) else given
    found = []
    for reference in references if isinstance(references, list) else [None]:
        package = model.Package.get(reference) if isinstance(reference, str) else None
        owned = package is not None and model.Session.scalar(
            sa.select(Release.id).where(Release.dataset_id == package.id).limit(1)
        )
        if package is None or package.type != "dataset" or not owned:
            raise tk.ValidationError(
                {"datasets": [tk._("There is no such open dataset")]}
            )
        found.append(package.id)
    return list(dict.fromkeys(found))


@tk.side_effect_free
@validate(schema.by_id)
def edudata_incident_show(context: Context, data_dict: DataDict) -> Shown:
    """An incident with all its steps, to who watches over the unit's security.

    :param id: its id
    :returns: `{id, number, unit_id, unit_title, kind, level, state, version, facts,
        first_sign_at, found_at, opened_at, opened_by, closed_at, report_due, reported,
        late, datasets: [{id, name, title, frozen}], steps: [{id, kind, at, noted_at,
        actor_id, words, detail}], missing: [what is noted before it is closed]}`
    """
    return incidents.shown(_asked("show", context, data_dict))


@tk.side_effect_free
@validate(schema.incident_list)
def edudata_incident_list(context: Context, data_dict: DataDict) -> list[Shown]:
    """Incidents of the units whose security one watches over, newest first.

    :param state: only in this state (optional)
    :returns: `[as edudata_incident_show, without steps]`, at most 200
    """
    tk.check_access("edudata_incident_list", context, data_dict)
    roles = who_may.roles_for("incident_read")
    mine = people.all_units_where(people.actor_id(context), roles)
    query = sa.select(Incident).where(Incident.unit_id.in_(mine))
    if data_dict.get("state"):
        query = query.where(Incident.state == data_dict["state"])
    rows = list(
        model.Session.scalars(query.order_by(Incident.serial.desc()).limit(200))
    )
    noted: dict[str, set[str]] = {}
    for incident_id, kind in model.Session.execute(
        sa.select(IncidentStep.incident_id, IncidentStep.kind).where(
            IncidentStep.incident_id.in_([row.id for row in rows])
        )
    ):
        noted.setdefault(incident_id, set()).add(kind)
    return [incidents.line(row, noted.get(row.id, set())) for row in rows]


@validate(schema.incident_note)
def edudata_incident_note(context: Context, data_dict: DataDict) -> Shown:
    """Note what was found, done, reported or learned; nothing noted ever changes.

    :param id: of the incident
    :param kind: `incident_rules.NOTED`
    :param words: without personal data
    :param at: when it happened, ISO 8601 (optional; default: now)
    :returns: as `edudata_incident_show`
    """
    row = _asked("note", context, data_dict)
    given = data_dict.get("at")
    at = incident_words.moment(given, "at") if given else incidents.now()
    if at < row.first_sign_at:
        words = tk._("This is before the first sign of the incident.")
        raise tk.ValidationError({"at": [words]})
    words = incident_words.checked({"words": data_dict["words"]})["words"]
    with transactions.whole():
        row = _handled(row.id)
        actor_id = people.actor_id(context)
        incidents.note(row, data_dict["kind"], actor_id, words=words, at=at)
    return incidents.shown(incidents.get(row.id))


@validate(schema.incident_classify)
def edudata_incident_classify(context: Context, data_dict: DataDict) -> Shown:
    """Classify an incident anew, with the reason (leader or security officer).

    :param id: of the incident
    :param level: `incident_rules.LEVELS`
    :param words: why
    :param personal: as in `edudata_incident_open`; `important`; `people`
    :returns: as `edudata_incident_show`
    """
    row = _asked("classify", context, data_dict)
    words = incident_words.checked({"words": data_dict["words"]})["words"]
    with transactions.whole():
        row = _handled(row.id)
        detail = {"before": row.level, "level": data_dict["level"]}
        row.level, row.facts = data_dict["level"], _facts(data_dict)
        actor_id = people.actor_id(context)
        incidents.note(row, "classify", actor_id, words=words, detail=detail)
    return incidents.shown(incidents.get(row.id))


@validate(schema.incident_move)
def edudata_incident_move(context: Context, data_dict: DataDict) -> Shown:
    """Say that an incident is contained, close it, or take it up again.

    :param id: of the incident
    :param command: `contain`, `close` or `reopen`
    :param words: how, or why
    :returns: as `edudata_incident_show`
    :raises ValidationError: not in this state, or something is not noted yet
    """
    row = _asked("move", context, data_dict)
    command = data_dict["command"]
    words = incident_words.checked({"words": data_dict["words"]})["words"]
    with transactions.whole():
        row = incidents.get(row.id, lock=True)
        target = incident_rules.moved(row.state, command)
        if target is None:
            state = tk._(incident_rules.STATES[row.state])
            wrong = tk._(incident_rules.WRONG_MOVE) % {"state": state}
            raise tk.ValidationError({"command": [wrong]})
        lacking = incidents.missing(row) if command == "close" else []
        if lacking:
            said = [tk._(incident_rules.MISSING[key]) for key in lacking]
            raise tk.ValidationError({"command": said})
        row.state = target
        row.closed_at = incidents.now() if target == "closed" else None
        incidents.note(row, command, people.actor_id(context), words=words)
    return incidents.shown(incidents.get(row.id))


def _handled(incident_id: str) -> Incident:
    row = incidents.get(incident_id, lock=True)
    if row.state == "closed":
        words = tk._("The incident is closed. Take it up again to note more.")
        raise tk.ValidationError({"state": [words]})
    return row


def _asked(name: str, context: Context, data_dict: DataDict) -> Incident:
    """The incident, for who may; what one may not see is not there.

    :raises ObjectNotFound: there is none that this person may know of
    """
    actor_id = people.actor_id(context)
    try:
        tk.check_access(f"edudata_incident_{name}", context, data_dict)
    except tk.NotAuthorized:
        row = model.Session.get(Incident, data_dict["id"])
        if row and actor_id:
            trail.record_apart(
                "incident_look",
                actor_id=actor_id,
                object_type="incident",
                object_id=row.id,
                unit_id=row.unit_id,
                outcome="denied",
            )
            if incidents.may(actor_id, "incident_read", row.unit_id):
                raise
        raise incidents.not_found() from None
    return incidents.get(data_dict["id"])
