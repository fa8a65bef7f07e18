"""What people see of templates: their makers, the units they were sent to."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import (
    sheets,
    sheets_columns,
    templates_answers,
    templates_content,
)
from ckanext.edudata.catalog.model_templates import (
    Template,
    TemplateAnswer,
    TemplateRow,
)
from ckanext.edudata.units import people, tree, who_may


def unit(reference: str) -> dict[str, Any]:
    """A unit by id or name: `{id, name, title, district, kind}`.

    :raises ObjectNotFound: there is none
    """
    found: Any = model.Group.get(reference)
    if found is None or not found.is_organization:
        raise tk.ObjectNotFound(tk._("There is no such unit"))
    extras = found.extras or {}
    return {
        "id": found.id,
        "name": found.name,
        "title": found.title,
        "district": extras.get("district") or "",
        "kind": extras.get("kind") or "",
    }


def units_below(unit_id: str) -> list[dict[str, str]]:
    """Active units below one, without itself: `[{id, name, title, kind}]`."""
    group: Any = model.Group
    rows = model.Session.execute(
        sa.select(group.id, group.name, group.title, group.extras["kind"].astext)
        .where(
            group.id.in_(tree.with_subordinates(unit_id)),
            group.id != unit_id,
            group.is_organization.is_(True),
            group.state == "active",
        )
        .order_by(group.title)
    )
    return [
        {"id": row[0], "name": row[1], "title": row[2], "kind": row[3] or ""}
        for row in rows
    ]


def of_maker(row: Template) -> dict[str, Any]:
    """The template with its rows."""
    rows = templates_answers.rows_of(row.id)
    return {
        **_brief(row),
        "rows": [_row(item, item.content) for item in rows],
        "contents": [{"id": item.id, "content": item.content} for item in rows],
    }


def of_unit(row: Template, reference: str) -> dict[str, Any]:
    """The template as a unit sees it: its descriptions, answers, and what changed."""
    asked = unit(reference)
    pairs = model.Session.execute(
        sa.select(TemplateRow, TemplateAnswer)
        .join(TemplateAnswer, TemplateAnswer.row_id == TemplateRow.id)
        .where(
            TemplateRow.template_id == row.id,
            TemplateAnswer.unit_id == asked["id"],
            TemplateRow.removed_at.is_(None),
        )
        .order_by(TemplateRow.position)
    )
    labels = {c.name: c for c in _columns()}
    rows, answers = [], []
    for item, answer in pairs:
        made = templates_content.for_unit(item.content, asked)
        later = answer.state != "waiting" and answer.seen_version < item.version
        answers.append(_answer(item, answer))
        rows.append(
            {
                **_row(item, {"fields": made["fields"], "files": made["resources"]}),
                **answers[-1],
                "later": later,
                "changes": _changes(answer.seen, item.content, labels) if later else [],
            }
        )
    return {
        **_brief(row),
        "unit": asked,
        "rows": rows,
        "counts": templates_content.tally(answers),
    }


def _columns() -> list[sheets.Column]:
    return sheets_columns.of_entries({}, own=False)


def _changes(seen: Any, content: Any, labels: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "label": labels[name].label
            if name in labels
            else tk._("Information items"),
            "old": sheets.shown(labels[name], old) if name in labels else old,
            "new": sheets.shown(labels[name], new) if name in labels else new,
        }
        for name, old, new in templates_content.changed(seen, content)
    ]


def _row(item: TemplateRow, content: dict[str, Any]) -> dict[str, Any]:
    fields = content["fields"]
    names = [i for file in content.get("files") or [] for i in file["items"]]
    return {
        "id": item.id,
        "position": item.position,
        "version": item.version,
        "title": fields.get("title") or "",
        "notes": fields.get("notes") or "",
        "fields": fields,
        "items": [str(i.get("label") or i.get("name") or "") for i in names],
    }


def _answer(item: TemplateRow, answer: TemplateAnswer) -> dict[str, Any]:
    return {
        "state": answer.state,
        "reason": answer.reason,
        "entry_id": answer.entry_id,
        "seen_version": answer.seen_version,
        "version": item.version,
        "answered_at": answer.answered_at.isoformat() if answer.answered_at else None,
    }


def _brief(row: Template) -> dict[str, Any]:
    made_by = unit(row.unit_id)
    return {
        "id": row.id,
        "title": row.title,
        "unit_id": row.unit_id,
        "unit_title": made_by["title"],
        "state": row.state,
        "version": row.version,
        "made_at": row.made_at.isoformat() if row.made_at else None,
    }


def _counted(*by: Any) -> Any:
    """Numbers of answers by state, in one query."""
    number = sa.func.count()
    return (
        sa.select(
            *by,
            number.label("sent"),
            *(
                number.filter(TemplateAnswer.state == state).label(state)
                for state in templates_content.STATES
            ),
            number.filter(
                TemplateAnswer.state != "waiting",
                TemplateAnswer.seen_version < TemplateRow.version,
            ).label("changed"),
            sa.func.max(TemplateAnswer.answered_at).label("last"),
            sa.func.max(TemplateAnswer.reminded_at).label("reminded"),
        )
        .join(TemplateRow, TemplateRow.id == TemplateAnswer.row_id)
        .where(TemplateRow.removed_at.is_(None))
        .group_by(*by)
    )


_NUMBERS = ("sent", *templates_content.STATES, "changed")


def progress(template_id: str) -> list[dict[str, Any]]:
    """How far each unit is, those with most waiting first."""
    rows = model.Session.execute(
        _counted(TemplateAnswer.unit_id).where(
            TemplateAnswer.template_id == template_id
        )
    ).mappings()
    found = {row["unit_id"]: row for row in rows}
    group: Any = model.Group
    units = model.Session.execute(
        sa.select(group.id, group.name, group.title, group.extras["kind"].astext)
        .where(group.id.in_(list(found)))
    )  # fmt: skip
    listed = [
        {
            "unit_id": unit_id,
            "name": name,
            "title": title,
            "kind": kind,
            "counts": {key: found[unit_id][key] for key in _NUMBERS},
            "last": _iso(found[unit_id]["last"]),
            "reminded": _iso(found[unit_id]["reminded"]),
        }
        for unit_id, name, title, kind in units
    ]
    return sorted(
        listed,
        key=lambda u: (-u["counts"]["waiting"] - u["counts"]["changed"], u["title"]),
    )


def lists(user_id: str | None) -> dict[str, Any]:
    """Templates that one's units made, and rows that wait for one's own units."""
    units = people.all_units_where(user_id, who_may.roles_for("template_read"))
    made = model.Session.scalars(
        sa.select(Template)
        .where(Template.unit_id.in_(units))
        .order_by(Template.made_at.desc())
        .limit(100)
    ).all()
    counts = {
        row["template_id"]: row
        for row in model.Session.execute(
            _counted(TemplateAnswer.template_id).where(
                TemplateAnswer.template_id.in_([row.id for row in made])
            )
        ).mappings()
    }
    sent = dict(
        model.Session.execute(
            sa.select(
                TemplateAnswer.template_id,
                sa.func.count(sa.distinct(TemplateAnswer.unit_id)),
            )
            .where(TemplateAnswer.template_id.in_([row.id for row in made]))
            .group_by(TemplateAnswer.template_id)
        )
        .tuples()
        .all()
    )
    return {
        "made": [
            {
                **_brief(row),
                "units": sent.get(row.id, 0),
                "counts": {
                    key: counts[row.id][key] if row.id in counts else 0
                    for key in _NUMBERS
                },
            }
            for row in made
        ],
        "waiting": waiting(user_id),
    }


def waiting(user_id: str | None, limit: int = 200) -> list[dict[str, Any]]:
    """Templates with rows to answer, of the units one holds the role for directly: a
    district's office finds those of its schools in the progress list."""
    units = people.units_where(user_id, who_may.roles_for("template_answer"))
    if not units:
        return []
    counted = (
        _counted(TemplateAnswer.template_id, TemplateAnswer.unit_id)
        .where(TemplateAnswer.unit_id.in_(units))
        .subquery()
    )
    group: Any = model.Group
    rows = model.Session.execute(
        sa.select(counted, Template.title, Template.state, group.title.label("unit"))
        .join(Template, Template.id == counted.c.template_id)
        .join(group, group.id == counted.c.unit_id)
        .where(
            Template.state == "sent",
            sa.or_(counted.c.waiting > 0, counted.c.changed > 0),
        )
        .order_by(Template.made_at)
        .limit(limit)
    ).mappings()
    return [
        {
            "id": row["template_id"],
            "title": row["title"],
            "unit_id": row["unit_id"],
            "unit_title": row["unit"],
            "counts": {key: row[key] for key in _NUMBERS},
        }
        for row in rows
    ]


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
