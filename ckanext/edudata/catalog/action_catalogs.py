"""Catalogs: made by units, consolidated by levels, consented, published (Art. 16)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import commands_catalogs as commands
from ckanext.edudata.catalog import levels_catalogs as levels
from ckanext.edudata.catalog import making_catalogs as making
from ckanext.edudata.catalog import schema_catalogs as schema
from ckanext.edudata.catalog import seeing_catalogs as seeing
from ckanext.edudata.catalog import showing_catalogs as showing
from ckanext.edudata.catalog.model_catalogs import Catalog, CatalogRow
from ckanext.edudata.units import people

Shown = dict[str, Any]


@validate(schema.of_unit)
def edudata_catalog_prepare(context: Context, data_dict: DataDict) -> Shown:
    """Make a unit's next catalog from its entries' last approved versions (compiler).

    A catalog in preparation, or one that was returned, is made anew.

    :param unit_id: id or name of the unit
    :returns: as `edudata_catalog_show`
    :raises ValidationError: no entry is approved; one is being consolidated
    """
    unit, found = levels.named(data_dict["unit_id"])
    tk.check_access("edudata_catalog_prepare", context, {"unit_id": unit["id"]})
    actor_id = people.actor_id(context)
    return _make(levels.prepare, unit, found, actor_id)


@validate(schema.command)
def edudata_catalog_submit(context: Context, data_dict: DataDict) -> Shown:
    """Submit a unit's catalog to its level (报送; reviewer who did not prepare it).

    :param id: id or number of the catalog
    :param digest: of the catalog that was looked at (optional); another one now means
        that it was made anew meanwhile
    :returns: as `edudata_catalog_show`
    """
    return _give(context, data_dict, "submit")


@validate(schema.command)
def edudata_catalog_withdraw(context: Context, data_dict: DataDict) -> Shown:
    """Take a submitted catalog back (reviewer), as `edudata_catalog_submit`."""
    return _give(context, data_dict, "withdraw")


@validate(schema.command)
def edudata_catalog_return(context: Context, data_dict: DataDict) -> Shown:
    """Return a unit's catalog for correction (level's coordinator); `reason` obliged.

    One that was consolidated already leaves the level's catalog, which is made anew.

    :param id: id or number of the catalog
    :param reason: what is to be mended
    :returns: as `edudata_catalog_show`
    """
    return _give(context, data_dict, "return")


@validate(schema.of_unit)
def edudata_catalog_consolidate(context: Context, data_dict: DataDict) -> Shown:
    """Consolidate what the units of a level have submitted (汇总; coordinator).

    Units that submitted nothing new are taken over from the version before. Once
    more, before consent is asked for, it is made anew.

    :param unit_id: id or name of the unit whose level it is
    :returns: as `edudata_catalog_show`, of the level's catalog
    :raises ValidationError: nothing was submitted; the last version is on its way
    """
    unit, found = levels.named(data_dict["unit_id"])
    tk.check_access("edudata_catalog_consolidate", context, {"unit_id": unit["id"]})
    if not found.keeps(unit["id"]):
        raise tk.ValidationError(
            {"unit_id": [tk._("This unit keeps no catalog of its level.")]}
        )
    return _make(levels.consolidate, unit, found, people.actor_id(context))


@validate(schema.of_unit)
def edudata_catalog_merge(context: Context, data_dict: DataDict) -> Shown:
    """Merge the last published catalogs of all levels into the Shanghai catalog.

    :param unit_id: id or name of the municipal commission
    :returns: as `edudata_catalog_show`, of the Shanghai catalog
    """
    unit, found = levels.named(data_dict["unit_id"])
    tk.check_access("edudata_catalog_merge", context, {"unit_id": unit["id"]})
    city = found.city()
    if city is None or city["id"] != unit["id"]:
        raise tk.ValidationError(
            {"unit_id": [tk._("The Shanghai catalog is merged by the commission.")]}
        )
    return _make(levels.merge, unit, found, people.actor_id(context))


@validate(schema.command)
def edudata_catalog_ask_consent(context: Context, data_dict: DataDict) -> Shown:
    """Put a consolidated catalog before the unit's leader (呈批; coordinator)."""
    return _give(context, data_dict, "ask_consent")


@validate(schema.command)
def edudata_catalog_recall(context: Context, data_dict: DataDict) -> Shown:
    """Take it back from the leader, to make it anew (coordinator)."""
    return _give(context, data_dict, "recall")


@validate(schema.command)
def edudata_catalog_consent(context: Context, data_dict: DataDict) -> Shown:
    """Record the leader's consent (同意; a leader who did not consolidate).

    :param id: id or number of the catalog
    :param day: of the consent, ISO date (optional: today)
    :param words: of the leader (optional)
    :param digest: of what was looked at (optional)
    :returns: as `edudata_catalog_show`
    """
    return _give(context, data_dict, "consent")


@validate(schema.command)
def edudata_catalog_refuse(context: Context, data_dict: DataDict) -> Shown:
    """Do not consent (leader who did not consolidate); `reason` obliged.

    The units' catalogs are submitted again, for the next consolidation.
    """
    return _give(context, data_dict, "refuse")


@validate(schema.command)
def edudata_catalog_publish(context: Context, data_dict: DataDict) -> Shown:
    """Publish a catalog within the sharing scope of its lines (technician).

    From then on the database refuses to change it.
    """
    return _give(context, data_dict, "publish")


@validate(schema.of_unit)
def edudata_catalog_remind(context: Context, data_dict: DataDict) -> Shown:
    """Remind all units of a level that have not handed in what is due (coordinator).

    :param unit_id: id or name of the unit whose level it is
    :returns: `{units, people}`: how many were behind, how many people were told anew
    """
    unit, found = levels.named(data_dict["unit_id"])
    tk.check_access("edudata_catalog_remind", context, {"unit_id": unit["id"]})
    behind = [
        line["unit"]["id"]
        for line in showing.progress(unit, found)
        if line["stand"] in showing.WAITING
    ]
    told: list[str] = []
    inner: Any = {"ignore_auth": True, "defer_commit": True}
    for unit_id in behind:
        told += tk.get_action("edudata_notify")(
            inner,
            {
                "kind": "catalog_due",
                "unit_id": unit_id,
                "permission": "catalog_prepare",
                "object_type": "unit",
                "object_id": unit["id"],
            },
        )
    trail.record(
        "catalog_remind",
        actor_id=people.actor_id(context),
        object_type="unit",
        object_id=unit["id"],
        unit_id=unit["id"],
        detail={"units": len(behind), "people": len(told)},
    )
    model.Session.commit()
    return {"units": len(behind), "people": len(told)}


@tk.side_effect_free
@validate(schema.catalog_list)
def edudata_catalog_list(context: Context, data_dict: DataDict) -> Shown:
    """Catalogs that one may know of, newest first.

    :param unit_id: of this unit (optional)
    :param scope: `unit`, `level` or `city` (optional)
    :param state: only in this state (optional)
    :param q: words in the number or the unit's name (optional)
    :param limit: at most so many (default: 50); `offset`: skip so many
    :returns: `{count, results: [{id, number, scope, unit_id, unit_title, state, since,
        published_at, …}]}`; of one's own units also `{line_count, summary, digest}`
    """
    tk.check_access("edudata_catalog_list", context, data_dict)
    reader = seeing.Reader(people.actor_id(context))
    query = sa.select(Catalog).where(
        sa.or_(Catalog.state == "published", Catalog.unit_id.in_(reader.reach))
    )
    if data_dict.get("unit_id"):
        unit = model.Group.get(data_dict["unit_id"])
        query = query.where(Catalog.unit_id == (unit.id if unit else ""))
    for name in ("scope", "state"):
        if data_dict.get(name):
            query = query.where(getattr(Catalog, name) == data_dict[name])
    for word in (data_dict.get("q") or "").split()[:8]:
        query = query.where(
            sa.or_(
                Catalog.unit_title.icontains(word, autoescape=True),
                Catalog.number.icontains(word, autoescape=True),
            )
        )
    page = query.order_by(Catalog.since.desc(), Catalog.id)
    rows = model.Session.scalars(
        page.limit(data_dict["limit"]).offset(data_dict["offset"])
    )
    return {
        "count": showing.count(query),
        "results": [
            showing.inside(row) if reader.works(row) else showing.brief(row)
            for row in rows
        ],
    }


@tk.side_effect_free
@validate(schema.command)
def edudata_catalog_show(context: Context, data_dict: DataDict) -> Shown:
    """A catalog, to those who may know of it.

    :param id: its id or number
    :returns: `{id, number, scope, unit_id, unit_title, year, sequence, state, since,
        made_at, published_at, against, consent_day, count, commands}`; `count` is of
        the lines that one sees. For people of the unit also `{line_count, digest,
        summary, history, parts, missing}`
    """
    actor_id = people.actor_id(context)
    catalog = commands.get(data_dict["id"], actor_id)
    tk.check_access("edudata_catalog_show", context, {"id": catalog.id})
    return _whole(catalog, actor_id)


@tk.side_effect_free
@validate(schema.row_list)
def edudata_catalog_row_list(context: Context, data_dict: DataDict) -> Shown:
    """Lines of a catalog that one sees, in its order.

    :param id: id or number of the catalog
    :param q: words in the title or the unit's name, or a resource code (optional)
    :param unit_id: only of this unit; `sharing_class`, `opening_class`: only in this
        class; `entry_id`: only this line (all optional)
    :param limit: at most so many (default: 50); `offset`: skip so many
    :returns: `{count, results: [{entry_id, version, digest, unit_id,
        unit_title, title, …, tables: [[{name, label, type, …}]]}]}`
    """
    actor_id = people.actor_id(context)
    catalog = commands.get(data_dict["id"], actor_id)
    tk.check_access("edudata_catalog_row_list", context, {"id": catalog.id})
    seen = seeing.Reader(actor_id).rows(catalog.id)
    query = showing.filtered(seen, data_dict)
    page = query.order_by(CatalogRow.position)
    rows = model.Session.scalars(
        page.limit(data_dict["limit"]).offset(data_dict["offset"])
    )
    return {
        "count": showing.count(query),
        "results": [showing.row(found) for found in rows],
    }


@tk.side_effect_free
@validate(schema.diff)
def edudata_catalog_diff(context: Context, data_dict: DataDict) -> Shown:
    """What changed between two versions, of the lines that one sees.

    :param id: id or number of the newer catalog
    :param against: of the older one (optional: the one published before)
    :param kind: only `added`, `removed` or `changed` (optional)
    :param limit: at most so many (default: 50); `offset`: skip so many
    :returns: `{number, against, added, removed, changed, results: [{kind, entry_id,
        title, unit_title, fields: [{field, old, new}]}]}`
    """
    actor_id = people.actor_id(context)
    catalog = commands.get(data_dict["id"], actor_id)
    tk.check_access("edudata_catalog_diff", context, {"id": catalog.id})
    if data_dict.get("against"):
        other = commands.get(data_dict["against"], actor_id)
        if (other.scope, other.unit_id) != (catalog.scope, catalog.unit_id):
            raise tk.ValidationError(
                {"against": [tk._("Compare two versions of one catalog.")]}
            )
    else:
        other = model.Session.get(Catalog, catalog.against_id or "")
    return showing.difference(other, catalog, seeing.Reader(actor_id), data_dict)


@tk.side_effect_free
@validate(schema.progress)
def edudata_catalog_progress(context: Context, data_dict: DataDict) -> Shown:
    """How far the units of a level are with their catalogs.

    :param unit_id: id or name of the unit whose level it is
    :param stand: only those who stand there (optional); `q`: words in the name
    :param limit: at most so many (default: 50); `offset`: skip so many
    :returns: `{count, stands: {stand: number}, behind, results: [{unit, approved,
        stand, catalog}]}`
    """
    unit, found = levels.named(data_dict["unit_id"])
    tk.check_access("edudata_catalog_progress", context, {"unit_id": unit["id"]})
    every = showing.progress(unit, found) if found.keeps(unit["id"]) else []
    stands = dict.fromkeys(showing.STANDS, 0)
    for line in every:
        stands[line["stand"]] += 1
    words = (data_dict.get("q") or "").casefold().split()
    chosen = [
        line
        for line in every
        if data_dict.get("stand") in (None, "", line["stand"])
        and all(word in line["unit"]["title"].casefold() for word in words)
    ]
    start = data_dict["offset"]
    return {
        "count": len(chosen),
        "stands": stands,
        "behind": sum(stands[stand] for stand in showing.WAITING),
        "results": chosen[start : start + data_dict["limit"]],
    }


@tk.side_effect_free
@validate(schema.command)
def edudata_catalog_alike(context: Context, data_dict: DataDict) -> list[list[Shown]]:
    """Lines of a catalog that may describe the same data, in groups (Art. 4, 10).

    :param id: id or number of the catalog
    :returns: `[[{entry_id, unit_id, unit_title, title, position, kind}]]`
    """
    actor_id = people.actor_id(context)
    catalog = commands.get(data_dict["id"], actor_id)
    tk.check_access("edudata_catalog_alike", context, {"id": catalog.id})
    reader = seeing.Reader(actor_id)
    kinds = {unit["id"]: unit["kind"] for unit in reader.units}
    return [
        [{key: line[key] for key in line if key != "likeness"} for line in group]
        for group in making.alike(catalog.id, kinds, reader.rows(catalog.id))
    ]


@validate(schema.forget)
def edudata_catalog_forget(context: Context, data_dict: DataDict) -> int:
    """Take what is classified out of all catalogs (internal, no commit).

    :param id: id of the entry
    :param resources: ids of files; without any, the whole line
    :returns: how many lines
    """
    tk.check_access("edudata_catalog_forget", context, data_dict)
    return making.forget(data_dict["id"], data_dict.get("resources"))


def _make(make: Any, unit: Shown, found: levels.Levels, actor_id: str | None) -> Shown:
    with transactions.whole():
        catalog = make(unit, found, actor_id)
    return _whole(catalog, actor_id)


def _give(context: Context, data_dict: DataDict, command: str) -> Shown:
    catalog = commands.give(context, data_dict, command)
    return _whole(catalog, people.actor_id(context))


def _whole(catalog: Catalog, actor_id: str | None) -> Shown:
    return showing.whole(catalog, seeing.Reader(actor_id))
