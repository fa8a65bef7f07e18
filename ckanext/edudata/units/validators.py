"""Checks of what is said about units and people."""

from __future__ import annotations

import datetime
import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.edudata.units import codes, tree


def edudata_plain_text(value: Any) -> Any:
    """One line without control, zero-width or direction marks."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Must be text"))
    if re.search(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", value):
        raise tk.Invalid(tk._("Contains invisible characters; type it anew"))
    return value.strip()


def edudata_future(value: Any) -> datetime.datetime:
    """A date or time to come; a date alone lasts to its end in Shanghai."""
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    try:
        moment = datetime.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise tk.Invalid(tk._("Write the date as 2026-12-31")) from error
    if len(str(value)) == 10:
        moment = moment.replace(hour=23, minute=59, second=59)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=shanghai)
    if moment <= datetime.datetime.now(datetime.timezone.utc):
        raise tk.Invalid(tk._("The date must lie in the future"))
    return moment


def edudata_unit_code(value: Any) -> Any:
    """学校标识码 (10 digits) or 统一社会信用代码 (GB 32100-2015, with check digit)."""
    if value and not codes.is_school_code(value) and not codes.is_credit_code(value):
        raise tk.Invalid(
            tk._("Neither a 10-digit school code nor an 18-character credit code")
        )
    return value


def edudata_superior(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """The superior exists, and the unit is not above itself."""
    value = data.get(key)
    if not value:
        return
    superior = model.Group.get(value)
    if superior is None or not superior.is_organization or superior.state != "active":
        errors[key].append(tk._("There is no such unit"))
        return
    group = context.get("group")
    if group is not None and group.id in tree.with_superiors(superior.id):
        errors[key].append(tk._("A unit cannot stand above itself"))
        return
    data[key] = superior.id
