"""A spreadsheet of units and people against the portal: what would change, then that.

All is read and judged before anything is written, and written in one transaction under
the locks of the tree and of the roles, or not at all.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.navl.dictization_functions import validate
from ckan.types import Context

from ckanext.edudata.units import (
    import_rights,
    people,
    plan_people,
    plan_units,
    spreadsheet,
)
from ckanext.edudata.units.model import RoleAssignment
from ckanext.edudata.units.plan_units import Problem

FIELDS = tuple(key for key in plan_units.LABELS if key not in ("title", "name"))


@dataclass
class Plan:
    """Tables of the file, what they would change, and what is wrong."""

    tables: list[spreadsheet.Table]
    others: list[str]
    units: plan_units.UnitPlan
    people: plan_people.PeoplePlan
    problems: list[Problem]
    known: plan_units.Known
    moved: list[plan_units.Item] = field(default_factory=list)

    def digest(self) -> str:
        """What would be written, as a hash: so that what is imported is what was
        shown."""
        wanted = [
            [
                [item.key, sorted(item.changes.items())]
                for item in self.units.items
                if item.changes or item.is_new
            ],
            [
                [person.key, person.name, person.email, person.fullname]
                + [[g.role, g.unit, g.until] for g in person.gifts if not g.same]
                for person in self.people.people
            ],
        ]
        text = json.dumps(wanted, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def plan(
    context: Context, content: bytes, file_name: str, options: dict[str, str]
) -> Plan:
    """Read the file and hold it against the portal as it is now.

    :param options: `kind`, `superior`, `unit` (ids) for rows that do not say;
        `only_column`, `only_value`: rows with another value there are left out
    :raises UnreadableError: the file cannot be used
    """
    tables, others = spreadsheet.tables(content, file_name)
    _only(tables, options.get("only_column", ""), options.get("only_value", ""))
    known = _known(options)
    units = plan_units.plan((t for t in tables if t.kind == "units"), known)
    folk = plan_people.plan(
        (t for t in tables if t.kind == "people"), _known_people(known, units, options)
    )
    made = Plan(tables, others, units, folk, [], known)
    made.problems = [*units.problems, *folk.problems, *_fields(units)]
    made.moved = [
        item for item in units.items if not item.is_new and "superior" in item.changes
    ]
    if not context.get("ignore_auth"):
        made.problems += import_rights.refused(context, made.units, made.people)
    # One sentence for a cell: the first says what to do.
    first: dict[tuple[str, int, str], Problem] = {}
    for problem in made.problems:
        first.setdefault((problem.sheet, problem.row, problem.field), problem)
    made.problems = list(first.values())
    order = {table.sheet: number for number, table in enumerate(tables)}
    made.problems.sort(key=lambda each: (order.get(each.sheet, 0), each.row))
    return made


def _only(tables: list[spreadsheet.Table], column: str, value: str) -> None:
    """Leave out rows that have another value in a column of the file."""
    if not column:
        return
    wanted = spreadsheet.plain(value)
    asked = spreadsheet.plain(column)
    for table in tables:
        headers = {
            header
            for _, _, cells in table.rows
            for header in cells
            if spreadsheet.plain(header) == asked
        }
        if table.kind == "units" or headers:
            table.rows = [
                row
                for row in table.rows
                if any(spreadsheet.plain(row[2].get(h, "")) == wanted for h in headers)
            ]


def choices(name: str) -> list[dict[str, Any]]:
    """Choices of a coded field of units, from the schema."""
    schema = tk.h.scheming_get_organization_schema("organization")
    found = tk.h.scheming_field_by_name(schema["fields"], name)
    return found["choices"] if found else []


def _labels(name: str) -> dict[str, str]:
    """Labels in all languages, and the codes, as they are compared → code."""
    found = {}
    for choice in choices(name):
        labels = choice["label"]
        for label in labels.values() if isinstance(labels, dict) else [labels]:
            found[spreadsheet.plain(label)] = choice["value"]
        found[spreadsheet.plain(choice["value"])] = choice["value"]
    return found


def _known(options: dict[str, str]) -> plan_units.Known:
    group: Any = model.Group
    table = group.__table__
    rows = model.Session.execute(
        sa.select(
            table.c.id,
            table.c.name,
            table.c.title,
            sa.func.coalesce(table.c.description, "").label("description"),
            *(
                sa.func.coalesce(table.c.extras[key].astext, "").label(key)
                for key in FIELDS
                if key != "description"
            ),
        )
        .where(table.c.is_organization.is_(True), table.c.state == "active")
        .order_by(table.c.title)
    ).mappings()
    return plan_units.Known(
        units={row["id"]: dict(row) for row in rows},
        taken=set(model.Session.scalars(sa.select(table.c.name))),
        kinds=_labels("kind"),
        districts=_labels("district"),
        defaults={
            key: options[key] for key in ("kind", "superior") if options.get(key)
        },
    )


def _known_people(
    known: plan_units.Known, units: plan_units.UnitPlan, options: dict[str, str]
) -> plan_people.KnownPeople:
    find: dict[str, list[str]] = {}
    after = {
        **known.units,
        **{item.key: {**item.before, **item.after} for item in units.items},
    }
    for field_name in ("code", "name", "title"):
        for key, unit in after.items():
            value = unit.get(field_name) or ""
            # A code says more than a name that looks like it.
            if value and (field_name == "title" or value not in find):
                place = find.setdefault(value, [])
                if key not in place:
                    place.append(key)
    held: dict[str, set[tuple[str, str, str]]] = {}
    for row in model.Session.scalars(
        sa.select(RoleAssignment).where(RoleAssignment.in_force())
    ):
        until = (
            row.until.astimezone(people.SHANGHAI).date().isoformat()[:10]
            if (row.until)
            else ""
        )
        held.setdefault(row.user_id, set()).add((row.role, row.unit_id, until))
    linked = people.accounts_beside()
    account: Any = model.User
    user = account.__table__
    accounts, gone = {}, set()
    for row in model.Session.execute(
        sa.select(user.c.id, user.c.name, user.c.email, user.c.state)
    ):
        if row.state in ("active", "pending"):
            accounts[row.id] = plan_people.Account(
                row.id,
                row.name,
                row.email or "",
                frozenset(held.get(row.id, ())),
                frozenset(
                    role
                    for other in linked.get(row.id, ())
                    for role, _, _ in held.get(other, ())
                ),
            )
        else:
            gone.add(row.name)
    return plan_people.KnownPeople(
        accounts, find, options.get("unit") or options.get("superior") or "", gone
    )


def _fields(units: plan_units.UnitPlan) -> list[Problem]:
    """What the validators of the form say of the fields that the rows set."""
    schema = _schema()
    found = []
    for item in units.items:
        wanted = (
            item.after
            if item.is_new
            else {key: value for key, (_, value) in item.changes.items()}
        )
        data = {key: value for key, value in wanted.items() if key in schema}
        if not data:
            continue
        context: Any = {"session": model.Session}
        _, errors = validate(data, {key: schema[key] for key in data}, context)
        found += [
            Problem(item.sheet, item.row, key, "{said}", {"said": str(said)})
            for key, messages in errors.items()
            for said in messages
        ]
    return found


def _schema() -> dict[str, list[Any]]:
    """Validators of the fields of units that look at nothing but the value."""
    fields = tk.h.scheming_get_organization_schema("organization")["fields"]
    left_out = {
        "group_name_validator",
        "edudata_unit_identifier",
        "edudata_unit_code_free",
    }
    made: dict[str, list[Any]] = {}
    for each in fields:
        words = (each.get("validators") or "").split()
        if each["field_name"] in plan_units.LABELS and not any(
            word in ("edudata_superior", "edudata_designated") for word in words
        ):
            made[each["field_name"]] = [
                tk.get_validator(word)
                for word in words
                if not word.startswith("scheming_") and word not in left_out
            ]
    made.pop("kind", None)
    made.pop("district", None)
    return made
