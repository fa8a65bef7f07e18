"""Freezing a dataset while an incident is looked into, and lifting it (Art. 35)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import veil
from ckanext.edudata.opening import door
from ckanext.edudata.opening.model_freezes import Freeze
from ckanext.edudata.operations import events, freezing, incidents
from ckanext.edudata.operations import schema_freezes as schema
from ckanext.edudata.units import people, who_may

Shown = dict[str, Any]


@veil.veiled
@validate(schema.freeze)
def edudata_incident_freeze(context: Context, data_dict: DataDict) -> Shown:
    """Freeze all releases and grants of an open dataset, at once (one button).

    Files, tables, all versions and granted reads are refused from this transaction on;
    nothing new is released. Only a second person lifts it.

    :param dataset_id: id or name of the open dataset
    :param incident_id: the incident it is for (optional)
    :returns: `{id, dataset_id, versions, grants, settled}`; what is not settled yet
        is closed all the same, and tables and index follow by themselves
    :raises ValidationError: nothing of it is open, or it is frozen already
    """
    dataset = _dataset(data_dict["dataset_id"])
    actor_id = people.actor_id(context) or ""
    _or_denied(context, "incident_freeze", dataset, actor_id)
    with transactions.whole():
        incident_id = data_dict.get("incident_id") or None
        row = freezing.freeze(dataset.id, actor_id, incident_id)
        if incident_id:
            incidents.froze(incident_id, row, actor_id)
        freeze_id, grants = row.id, len(row.grants)
        versions = sum(state != "stopped" for state in row.releases.values())
    detail = {"dataset": dataset.id, "versions": versions, "grants": grants}
    events.raise_("dataset_frozen", detail=detail)
    settled = freezing.follow(freeze_id)
    return {
        "id": freeze_id,
        "dataset_id": dataset.id,
        "versions": versions,
        "grants": grants,
        "settled": settled,
    }


@veil.veiled
@validate(schema.lift)
def edudata_incident_lift(context: Context, data_dict: DataDict) -> Shown:
    """Lift a freeze; never the person who froze.

    :param dataset_id: id or name of the open dataset
    :param outcome: `open`: as it was before, grants included; `stopped`: it stays
        closed, and can be released anew after its review
    :returns: `{id, dataset_id, outcome, settled}`
    :raises NotAuthorized: the one who froze it
    :raises ValidationError: not frozen, stopped meanwhile, or the rules of the check
        have changed since
    """
    dataset = _dataset(data_dict["dataset_id"])
    actor_id = people.actor_id(context) or ""
    _or_denied(context, "incident_lift", dataset, actor_id)
    try:
        with transactions.whole():
            row = freezing.lift(dataset.id, actor_id, data_dict["outcome"])
            if row.incident_id:
                incidents.lifted(row.incident_id, row, actor_id)
            freeze_id, outcome = row.id, row.outcome
    except tk.NotAuthorized:
        _denied("incident_lift", dataset, actor_id)
        raise
    settled = freezing.follow(freeze_id)
    return {
        "id": freeze_id,
        "dataset_id": dataset.id,
        "outcome": outcome,
        "settled": settled,
    }


@tk.side_effect_free
@validate(schema.freeze_list)
def edudata_freeze_list(context: Context, data_dict: DataDict) -> list[Shown]:
    """Freezes of a dataset, or those in force at one's units; newest first.

    :param dataset_id: of this dataset, lifted ones too (optional)
    :returns: `[{id, dataset_id, dataset_title, unit_id, incident_id, frozen_by,
        frozen_at, versions, grants, final, lifted_by, lifted_at, outcome}]`
    """
    tk.check_access("edudata_freeze_list", context, data_dict)
    query = sa.select(Freeze).order_by(Freeze.frozen_at.desc()).limit(200)
    if data_dict.get("dataset_id"):
        query = query.where(Freeze.dataset_id == _dataset(data_dict["dataset_id"]).id)
    else:
        roles = who_may.roles_for("incident_freeze")
        mine = people.all_units_where(people.actor_id(context), roles)
        query = query.where(Freeze.lifted_at.is_(None), Freeze.unit_id.in_(mine))
    return [incidents.shown_freeze(row) for row in model.Session.scalars(query)]


@validate(schema.nothing)
def edudata_freeze_settle(context: Context, data_dict: DataDict) -> Shown:
    """Let tables and index follow where a service was not there (internal).

    :returns: `{"settled": int}`
    """
    tk.check_access("edudata_freeze_settle", context, data_dict)
    return {"settled": freezing.settle()}


def _dataset(reference: str) -> model.Package:
    found = model.Package.get(reference)
    if found is None or found.type != door.DATASET:
        raise tk.ObjectNotFound(tk._("There is no such open dataset"))
    return found


def _or_denied(context: Context, name: str, dataset: Any, actor_id: str) -> None:
    try:
        tk.check_access(f"edudata_{name}", context, {"dataset_id": dataset.id})
    except tk.NotAuthorized:
        if actor_id:
            _denied(name, dataset, actor_id)
        raise


def _denied(name: str, dataset: model.Package, actor_id: str) -> None:
    trail.record_apart(
        name,
        actor_id=actor_id,
        object_type="dataset",
        object_id=dataset.id,
        unit_id=dataset.owner_org,
        outcome="denied",
    )
