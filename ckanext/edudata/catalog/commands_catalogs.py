"""Giving a command on a catalog: found, locked, judged by the table, recorded."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import book_catalogs as book
from ckanext.edudata.catalog import levels_catalogs as levels
from ckanext.edudata.catalog import seeing_catalogs as seeing
from ckanext.edudata.catalog import states_catalogs as states
from ckanext.edudata.catalog.model_catalogs import Catalog
from ckanext.edudata.units import people


def get(reference: str, user_id: str | None) -> Catalog:
    """A catalog by id or number, that the person may know of.

    :raises ObjectNotFound: there is none, or not for them
    """
    catalog = model.Session.scalar(
        sa.select(Catalog)
        .where(sa.or_(Catalog.id == reference, Catalog.number == reference))
        .execution_options(populate_existing=True)
    )
    if catalog is None or not seeing.Reader(user_id).knows(catalog):
        raise tk.ObjectNotFound(tk._(book.NOT_THERE))
    return catalog


def give(context: Context, data_dict: DataDict, command: str) -> Catalog:
    """Give a command: exactly once, with its record in the same transaction.

    :param data_dict: `id`; `reason`, `words`, `day`, `digest` where given
    :raises ValidationError: not in this state, not by this person, words missing
    """
    actor_id = people.actor_id(context)
    catalog = get(data_dict["id"], actor_id)
    try:
        tk.check_access(f"edudata_catalog_{command}", context, {"id": catalog.id})
        # The level first, then its parts: everybody takes them in this order.
        level = _level_of(catalog) if command in ("return", "withdraw") else None
        book.lock(catalog)
        words = data_dict.get("reason") or data_dict.get("words") or ""
        rule = book.judged(catalog, command, actor_id, words)
        _same(catalog, data_dict.get("digest"))
        day = _day(catalog, data_dict.get("day")) if command == "consent" else None
        was = catalog.state
        book.move(catalog, command, rule.target, actor_id, words=words, day=day)
        _follow(catalog, command, was, level, actor_id)
        model.Session.commit()
    except tk.NotAuthorized:
        model.Session.rollback()
        trail.record_apart(
            f"catalog_{command}",
            actor_id=actor_id,
            object_type="catalog",
            object_id=catalog.id,
            unit_id=catalog.unit_id,
            outcome="denied",
        )
        raise
    except Exception:
        model.Session.rollback()
        raise
    return catalog


def _same(catalog: Catalog, digest: str | None) -> None:
    if digest and digest != catalog.digest:
        raise tk.ValidationError(
            {
                "state": [
                    tk._(
                        "The catalog was made anew while you looked at it. Look at it "
                        "again, then decide."
                    )
                ]
            }
        )


def _day(catalog: Catalog, given: str | None) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(given) if given else book.today()
    except ValueError:
        raise tk.ValidationError(
            {"day": [tk._("Give the date as 2026-01-31")]}
        ) from None
    zone = tk.h.get_display_timezone()
    made = catalog.made_at.astimezone(zone).date()
    if not made <= day <= book.today():
        raise tk.ValidationError(
            {"day": [tk._("The day lies between that of the catalog and today.")]}
        )
    return day


def _level_of(catalog: Catalog) -> Catalog | None:
    """The level's catalog that a unit's was taken into, held."""
    level = model.Session.get(Catalog, catalog.part_of or "")
    if level is not None:
        book.lock(level)
    return level


def _follow(
    catalog: Catalog,
    command: str,
    was: str,
    level: Catalog | None,
    actor_id: str | None,
) -> None:
    """What follows from a step, in the same transaction."""
    if command == "submit":
        level_id, told = catalog.level_id, "catalog_consolidate"
        book.tell(catalog, "catalog_submitted", told, level_id, once=True)
    elif command == "return":
        if was == "consolidated":
            _out_of(level)
        book.tell(catalog, "catalog_returned", "catalog_prepare", catalog.unit_id)
    elif command == "ask_consent":
        book.tell(catalog, "catalog_consent", "catalog_consent", catalog.unit_id)
    elif command == "consent":
        book.tell(catalog, "catalog_consented", "catalog_publish", catalog.unit_id)
    elif command == "refuse":
        _parts(catalog, "put_back", "submitted", actor_id)
        book.tell(catalog, "catalog_refused", "catalog_consolidate", catalog.unit_id)
    elif command == "publish":
        _parts(catalog, "publish_with", "published", actor_id)
        book.tell(catalog, "catalog_published", "catalog_consolidate", catalog.unit_id)
        city = levels.Levels().city()
        if catalog.scope == states.LEVEL and city:
            book.tell(catalog, "catalog_to_merge", "catalog_merge", city["id"])


def _out_of(level: Catalog | None) -> None:
    """Make a level's catalog anew without a part that went back to its unit."""
    if level is None or level.state != "consolidated":
        raise tk.ValidationError(
            {
                "state": [
                    tk._(
                        "The level’s catalog already waits for consent. Take it back "
                        "first, then return the unit’s."
                    )
                ]
            }
        )
    levels.fill(level)


def _parts(catalog: Catalog, command: str, target: str, actor_id: str | None) -> None:
    """Let the units' catalogs follow that of their level."""
    if catalog.scope != states.LEVEL:
        return
    for part in book.parts(catalog.id):
        if part.part_of == catalog.id and part.state == "consolidated":
            book.move(part, command, target, actor_id)
