"""Checks of what is said about units and people."""

from __future__ import annotations

import datetime
import re
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.navl.dictization_functions import missing
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.edudata.units import codes, identifiers, office, placing, tree


def edudata_plain_text(value: Any) -> Any:
    """One line without control, zero-width or direction marks."""
    if not isinstance(value, str):
        raise tk.Invalid(tk._("Must be text"))
    if re.search(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", value):
        raise tk.Invalid(tk._("Contains invisible characters; type it anew"))
    return value.strip()


def edudata_date_of_paper(value: Any) -> datetime.date:
    """A day as 2026-12-31."""
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise tk.Invalid(tk._("Write the date as 2026-12-31")) from error


def edudata_unit_code_free(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """No two units have one code."""
    value = data.get(key)
    if not value or value is missing:
        return
    group: Any = context.get("group")
    units: Any = model.Group
    other = model.Session.scalar(
        sa.select(units.title).where(
            units.extras["code"].astext == value,
            units.state == "active",
            units.id != (group.id if group is not None else ""),
        )
    )
    if other is not None:
        errors[key].append(
            tk._("This code belongs to another unit: {unit}").format(unit=other)
        )


def edudata_upload(value: Any) -> Any:
    """A file as it comes with a form or from a command."""
    if not hasattr(value, "read"):
        raise tk.Invalid(tk._("Choose a file"))
    return value


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


def edudata_unit_identifier(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """Part of the address; made of the code or the name where none is given."""
    if data.get(key) and data[key] is not missing:
        return
    group: Any = context.get("group")
    if group is not None:
        data[key] = group.name
        return
    code, title = (data.get((name,)) for name in ("code", "title"))
    taken = set(model.Session.scalars(sa.select(model.Group.name)))
    data[key] = identifiers.identifier(
        code if isinstance(code, str) else "",
        title if isinstance(title, str) else "",
        taken,
    )


def edudata_unit_phone(value: Any) -> Any:
    """The telephone of an office: a mobile belongs to a person."""
    problem = office.phone_problem(value or "")
    if problem:
        raise tk.Invalid(tk._(problem))
    return (value or "").strip()


def edudata_unit_email(value: Any) -> Any:
    """The mail address of an office, not that of a person."""
    problem = office.email_problem(value or "")
    if problem:
        raise tk.Invalid(tk._(problem))
    return (value or "").strip()


def edudata_unit_office(value: Any) -> Any:
    """Name or address of an office, without a telephone of a person in it."""
    problem = office.text_problem(value or "")
    if problem:
        raise tk.Invalid(tk._(problem))
    return (value or "").strip()


def edudata_superior(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """The superior exists, and the unit is not above itself.

    Given by id, identifier, code or name. Not given, it stays as it is; a unit that is
    moved needs the permission that a move needs. Circles are looked for under the lock
    of the tree.
    """
    group: Any = context.get("group")
    value = data.get(key)
    if value is missing or value is None:
        data[key] = placing.superior_of(group.id) if group is not None else ""
        return
    found = _unit(value, errors[key]) if value else None
    if value and found is None:
        return
    data[key] = found or ""
    if group is None:
        tree.lock()
        return
    if data[key] == placing.superior_of(group.id):
        return
    try:
        placing.check_move(context, group.id, data[key])
    except tk.ValidationError as error:
        said: Any = error.error_dict["superior"]
        errors[key].extend(said)


def edudata_designated(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """A department that acts for the unit: whoever names it gives its people powers.

    Not given, it stays as it is.
    """
    group: Any = context.get("group")
    field = key[-1]
    before = placing.extra_of(group.id, field) if group is not None else ""
    value = data.get(key)
    if value is missing or value is None:
        data[key] = before
        return
    found = _unit(value, errors[key]) if value else ""
    if found is None:
        return
    data[key] = found
    if found == before:
        return
    problem = placing.designation_problem(
        context, field, found, group.id if group else None, data.get(("superior",))
    )
    if problem:
        errors[key].append(problem)


def _unit(value: Any, errors: list[str]) -> str | None:
    """Id of the one unit that the words name; else what is wrong is added."""
    found = placing.named(str(value))
    if len(found) == 1:
        return found[0]
    if found:
        errors.append(
            tk._("Several units have this name; write the code of the one you mean")
        )
    else:
        errors.append(tk._("There is no such unit"))
    return None
