"""Answers of units to a template's rows: kept one by one, each as soon as it is given.

What is answered stays answered, so that a clerk goes on where they stopped.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.catalog import (
    bulk_imports,
    imports,
    sheets_entries,
    templates_content,
    templates_reading,
)
from ckanext.edudata.catalog.model_templates import (
    Template,
    TemplateAnswer,
    TemplateRow,
)


def rows_of(template_id: str, *, removed: bool = False) -> list[TemplateRow]:
    query = sa.select(TemplateRow).where(TemplateRow.template_id == template_id)
    if not removed:
        query = query.where(TemplateRow.removed_at.is_(None))
    return list(model.Session.scalars(query.order_by(TemplateRow.position)))


def send(template: Template, units: Iterable[str]) -> list[str]:
    """Put all rows before these units; ids of the units that had none of them."""
    rows = rows_of(template.id)
    known = set(
        model.Session.scalars(
            sa.select(TemplateAnswer.unit_id)
            .where(TemplateAnswer.template_id == template.id)
            .distinct()
        )
    )
    wanted = list(dict.fromkeys(units))
    values = [
        {"row_id": row.id, "unit_id": unit_id, "template_id": template.id}
        for unit_id in wanted
        for row in rows
    ]
    for start in range(0, len(values), 1000):
        part = [
            {**value, "state": "waiting", "seen_version": 0}
            for value in values[start : start + 1000]
        ]
        model.Session.execute(
            insert(TemplateAnswer).values(part).on_conflict_do_nothing()
        )
    return [unit_id for unit_id in wanted if unit_id not in known]


def sent_to(template_id: str) -> list[str]:
    """Ids of the units that it was sent to."""
    return list(
        model.Session.scalars(
            sa.select(TemplateAnswer.unit_id)
            .where(TemplateAnswer.template_id == template_id)
            .distinct()
        )
    )


def held(
    template_id: str, unit_id: str, row_ids: Sequence[str] | None
) -> list[tuple[TemplateRow, TemplateAnswer]]:
    """Rows and a unit's answers, held until the commit; all that wait with None.

    :raises ObjectNotFound: one of the rows was not sent to the unit
    """
    query = (
        sa.select(TemplateRow, TemplateAnswer)
        .join(TemplateAnswer, TemplateAnswer.row_id == TemplateRow.id)
        .where(
            TemplateRow.template_id == template_id,
            TemplateRow.removed_at.is_(None),
            TemplateAnswer.unit_id == unit_id,
        )
        .order_by(TemplateRow.position)
        .with_for_update(of=TemplateAnswer)
        .execution_options(populate_existing=True)
    )
    if row_ids is None:
        query = query.where(TemplateAnswer.state == "waiting")
    else:
        query = query.where(TemplateRow.id.in_(list(row_ids)))
    found = [(row[0], row[1]) for row in model.Session.execute(query)]
    if row_ids is not None and len(found) != len(set(row_ids)):
        model.Session.rollback()
        raise tk.ObjectNotFound(tk._("There is no such row in this template"))
    return found


def make(
    pairs: Sequence[tuple[TemplateRow, TemplateAnswer]],
    unit: dict[str, Any],
    user: str,
    actor: str | None,
    values: dict[str, Any] | None,
) -> tuple[list[str], dict[str, list[tuple[str, str]]]]:
    """Make entries of rows that wait, in the caller's transaction.

    :param values: what the unit says instead, for a single row that is corrected
    :returns: ids of the entries, and what each refused row is refused for
    """
    good: list[tuple[TemplateRow, TemplateAnswer, dict[str, Any]]] = []
    wrong: dict[str, list[tuple[str, str]]] = {}
    taken = _titles(unit["id"])
    for row, answer in pairs:
        made = templates_content.for_unit(row.content, unit)
        if values is not None:
            made["fields"].update(values)
            made["fields"]["owner_org"] = unit["id"]
        made["fields"] = {k: v for k, v in made["fields"].items() if v not in ("", [])}
        messages = templates_reading.refused(made, user, unit["id"])
        title = made["fields"].get("title")
        if title in taken:
            message = tk._("Your unit has a data resource of this title already.")
            messages.append(("title", message))
        if messages:
            wrong[row.id] = messages
        else:
            taken.add(title)
            good.append((row, answer, made))
    if not good:
        return [], wrong
    ids = bulk_imports.create([made for _, _, made in good], user)
    for (row, answer, _), entry_id in zip(good, ids, strict=True):
        answer.entry_id = entry_id
        answer.settled_at = None
        note(row, answer, "confirmed" if values is None else "corrected", actor)
    return ids, wrong


def note(
    row: TemplateRow, answer: TemplateAnswer, state: str, actor: str | None
) -> None:
    """Note an answer and what it was given to."""
    answer.state, answer.answered_by, answer.answered_at = state, actor, now()
    answer.seen, answer.seen_version = dict(row.content), row.version


def take_over(
    pairs: Sequence[tuple[TemplateRow, TemplateAnswer]], unit: dict[str, Any], user: str
) -> list[str]:
    """Write into the entries what the template changed since they were answered.

    :raises ValidationError: an entry refuses it, or is there no more
    """
    ids = []
    for row, answer in pairs:
        before = templates_content.for_unit(
            answer.seen or {"fields": {}, "files": []}, unit
        )
        now_ = templates_content.for_unit(row.content, unit)
        names = {*before["fields"], *now_["fields"]}
        fields = {
            name: now_["fields"].get(name) or ""
            for name in names
            if before["fields"].get(name) != now_["fields"].get(name)
        }
        known = sheets_entries.known([answer.entry_id or ""], [unit["id"]])
        entry = known.get(answer.entry_id or "")
        if entry is None:
            message = tk._("The data resource made of it is there no more.")
            raise tk.ValidationError({"rows": [message]})
        resources = []
        if before["resources"] != now_["resources"]:
            named = {file["name"]: file["id"] for file in entry["resources"]}
            resources = [
                {**file, "id": named.get(file["name"])} for file in now_["resources"]
            ]
        if fields or resources:
            bulk_imports.change(
                entry["id"], {"fields": fields, "resources": resources}, user
            )
            answer.settled_at = None
            ids.append(entry["id"])
        answer.seen, answer.seen_version = dict(row.content), row.version
        answer.answered_at = now()
    return ids


def _titles(unit_id: str) -> set[Any]:
    return set(
        model.Session.scalars(
            sa.select(model.Package.title).where(
                *sheets_entries.of_these([unit_id]),
            )
        )
    )


def settle(ids: list[str]) -> None:
    """Checks and index of entries that were made; then it is noted."""
    if not ids:
        return
    imports.settle(ids)
    model.Session.execute(
        sa.update(TemplateAnswer)
        .where(TemplateAnswer.entry_id.in_(ids))
        .values(settled_at=now())
    )
    model.Session.commit()


def settle_late() -> int:
    """What a killed process left without index or check; how many."""
    before = now() - imports.SILENT
    ids = list(
        model.Session.scalars(
            sa.select(TemplateAnswer.entry_id)
            .where(
                TemplateAnswer.entry_id.is_not(None),
                TemplateAnswer.settled_at.is_(None),
                TemplateAnswer.answered_at < before,
            )
            .limit(2000)
        )
    )
    settle([entry_id for entry_id in ids if entry_id])
    return len(ids)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
