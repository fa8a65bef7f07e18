"""Checks of the metadata fields: codes, days, units, an office's contact."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.edudata.catalog import resource_codes, scope_search, visibility
from ckanext.edudata.desensitization import office
from ckanext.edudata.units import people

MAX_NAMED = 500


def edudata_resource_code(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """The code that the entry has, or the next of its unit; never what was typed."""
    package: Any = context.get("package")
    known = ((package.extras if package else None) or {}).get("resource_code")
    if known:
        data[key] = known
        return
    data[key] = ""
    if context.get("edudata_codes_later"):
        return
    unit = model.Group.get(data.get(("owner_org",)) or "")
    if unit is None or any(errors.values()):
        return
    data[key] = resource_codes.assign(
        unit.id, data.get(("subject_database",)), data.get(("category",)) or None
    )


def edudata_day(value: Any) -> str:
    """A day as ISO date; Chinese and slashed forms are understood."""
    text = str(value or "").strip()
    if not text:
        return ""
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        if found is None:
            raise ValueError  # noqa: TRY301
        return datetime.date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        message = tk._("Write the day as year-month-day, such as 2025-09-01")
        raise tk.Invalid(message) from None


def edudata_after_start(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """The range ends no earlier than it begins."""
    try:
        start = edudata_day(data.get(("temporal_start",)) or "")
    except tk.Invalid:
        return
    if start and data.get(key) and data[key] < start:
        errors[key].append(tk._("The range of time ends before it begins"))


def edudata_yes(value: Any) -> str:
    """`true` or nothing."""
    return "true" if str(value).lower() in ("true", "1", "on", "yes") else ""


def edudata_office(value: Any) -> Any:
    """An office, and nobody who sits in it. Full names are found by the check."""
    if value and office.names_person(str(value)):
        raise tk.Invalid(tk._("Name the office, not a person who works in it"))
    return value


def edudata_office_phone(value: Any) -> Any:
    """A landline of an office."""
    if value and not office.is_office_phone(str(value)):
        raise tk.Invalid(
            tk._(
                "Give a landline of the office with its area code, such as "
                "021-23116666; no mobile number"
            )
        )
    return str(value or "").strip()


def edudata_office_mail(value: Any) -> Any:
    """A mailbox of an office."""
    if value and not office.is_office_mail(str(value)):
        raise tk.Invalid(
            tk._(
                "Give a mailbox of the office at the unit's own domain; no person's, "
                "and none at a public provider"
            )
        )
    return str(value or "").strip()


def _parts(value: Any) -> list[str]:
    """A list as given, as JSON, or as typed with separators."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    if isinstance(value, str):
        value = re.split(r"[,，、;；\s]+", value)
    if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
        raise tk.Invalid(tk._("Must be a list"))
    return list(dict.fromkeys(part.strip() for part in value if part.strip()))


def edudata_related_resources(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """Codes of data resources that the person may know of, or that stood there."""
    try:
        codes = _parts(data.get(key) or "")
    except tk.Invalid as error:
        errors[key].append(error.error)
        return
    package: Any = context.get("package")
    stored = (package.extras or {}).get("related_resources") if package else None
    before = set(json.loads(stored)) if stored else set()
    for code in codes:
        if code not in before and not _knows(context, code):
            errors[key].append(
                tk._("There is no data resource with this code: {code}").format(
                    code=code[:60]
                )
            )
    data[key] = json.dumps(codes, ensure_ascii=False) if codes else ""


def _knows(context: Context, code: str) -> bool:
    """Whether the caller sees a data resource or open dataset of this code."""
    if not resource_codes.PATTERN.fullmatch(code):
        return False
    found = model.Session.scalars(
        sa.select(model.Package).where(
            model.Package.extras["resource_code"].astext == code,
            model.Package.state == "active",
        )
    )
    packages = found.all()
    return any(
        (package.type == "dataset" and not package.private)
        or context.get("ignore_auth")
        or visibility.visible(context, package)
        for package in packages
    ) or _in_catalog(context, [package.id for package in packages])


def _in_catalog(context: Context, entries: list[str]) -> bool:
    """Whether the catalog for units shows the caller one of these entries."""
    if not entries:
        return False
    known = scope_search.units()
    viewer = scope_search.viewer_of(people.actor_id(context), known)
    line = scope_search.Line
    return bool(
        model.Session.scalar(
            sa.select(line.entry_id)
            .join(model.Package, model.Package.id == line.entry_id)
            .where(
                line.entry_id.in_(entries),
                scope_search.seen(viewer, known),
                scope_search.cleared(),
            )
            .limit(1)
        )
    )


def edudata_sharing_units(
    key: FlattenKey,
    data: FlattenDataDict,
    errors: FlattenErrorDict,
    context: Context,
) -> None:
    """Units by id, identifier, code or name, kept as a JSON list of ids."""
    value = data.get(key)
    if isinstance(value, str) and not value.strip().startswith("["):
        # Names of units hold spaces.
        value = re.split(r"[,，、;；\n]+", value)
    try:
        wanted = _parts(value if isinstance(value, (str, list)) else "")
    except tk.Invalid as error:
        errors[key].append(error.error)
        return
    found: list[str] = []
    for name in wanted[:MAX_NAMED]:
        unit_id = _unit(name)
        if unit_id is None:
            message = tk._("There is no unit called {name}").format(name=name[:60])
            errors[key].append(message)
        elif unit_id not in found:
            found.append(unit_id)
    if len(wanted) > MAX_NAMED:
        errors[key].append(tk._("Name 500 units at most"))
    if not wanted and data.get(("sharing_scope",)) == "named":
        errors[key].append(tk._("Name the units that may know of these data"))
    if not errors[key]:
        data[key] = json.dumps(found) if found else ""


def _unit(name: str) -> str | None:
    group: Any = model.Group
    ids = model.Session.scalars(
        sa.select(group.id)
        .where(
            group.is_organization.is_(True),
            group.state == "active",
            sa.or_(
                group.id == name,
                group.name == name,
                group.title == name,
                group.extras["code"].astext == name,
            ),
        )
        .limit(2)
    ).all()
    return ids[0] if len(ids) == 1 else None
