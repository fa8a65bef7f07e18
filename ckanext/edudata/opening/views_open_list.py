"""Open lists for everybody: of a unit, of a district, of Shanghai; any version."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web
from ckanext.edudata.opening import (
    open_list_page_gathered,
    open_list_page_unit,
    open_list_pages,
    open_list_reading,
)

open_lists = web.answer_refusals(Blueprint("edudata_open_list", __name__))

_SUFFIX = "<any(csv, xlsx, json, atom):suffix>"


@open_lists.route("/open-list", strict_slashes=False)
@open_lists.route(f"/open-list.{_SUFFIX}")
def index(suffix: str = "") -> Any:
    """Shanghai: the newest lists of all units."""
    return open_list_pages.answer(
        lambda: open_list_page_gathered.gathered(None, suffix),
        kind=suffix,
        name="open-list",
    )


@open_lists.route("/open-list/<unit>/all")
@open_lists.route(f"/open-list/<unit>/all.{_SUFFIX}")
def gathered(unit: str, suffix: str = "") -> Any:
    """A district, or any unit with those below it."""
    found = open_list_reading.unit(unit)
    if unit != found.name:
        return _named("gathered", unit=found.name, suffix=suffix)
    return open_list_pages.answer(
        lambda: open_list_page_gathered.gathered(found, suffix),
        kind=suffix,
        name=f"open-list-{found.name}-all",
    )


@open_lists.route("/open-list/<unit>")
@open_lists.route(f"/open-list/<unit>.{_SUFFIX}")
def unit(unit: str, suffix: str = "") -> Any:
    """The newest list of a unit; where only units below have any, those."""
    found = open_list_reading.unit(unit)
    if unit != found.name:
        return _named("unit", unit=found.name, suffix=suffix)
    return open_list_pages.answer(
        lambda: open_list_page_unit.version(found, None, suffix),
        kind=suffix,
        name=f"open-list-{found.name}",
    )


@open_lists.route("/open-list/<unit>/<int:number>")
@open_lists.route(f"/open-list/<unit>/<int:number>.{_SUFFIX}")
def version(unit: str, number: int, suffix: str = "") -> Any:
    """Any version of a unit's list, as it was published."""
    found = open_list_reading.unit(unit)
    if unit != found.name:
        return _named("version", unit=found.name, number=number, suffix=suffix)
    return open_list_pages.answer(
        lambda: open_list_page_unit.version(found, number, suffix),
        kind=suffix,
        name=f"open-list-{found.name}-{number}",
    )


@open_lists.route("/open-list/<unit>/compare")
@open_lists.route(f"/open-list/<unit>/compare.{_SUFFIX}")
def compare(unit: str, suffix: str = "") -> Any:
    """What changed between two versions."""
    found = open_list_reading.unit(unit)
    last = open_list_reading.version(found.id).number
    new = tk.request.args.get("to", last, type=int)
    old = tk.request.args.get("from", max(1, new - 1), type=int)
    if not (1 <= old <= last and 1 <= new <= last):
        raise tk.ObjectNotFound(tk._("There is no such open list"))
    return open_list_pages.answer(
        lambda: open_list_page_unit.compared(found, old, new, suffix),
        kind=suffix,
        name=f"open-list-{found.name}-{old}-{new}",
    )


def _named(endpoint: str, **values: Any) -> Any:
    kept = {name: value for name, value in values.items() if value}
    return tk.redirect_to(f"edudata_open_list.{endpoint}", **kept)
