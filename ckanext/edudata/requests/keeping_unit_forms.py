"""Which questions a unit asks: its own, or those of the next unit above it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_agreements import UnitForm
from ckanext.edudata.units import tree


def in_force(unit_id: str) -> UnitForm | None:
    """The newest form of the unit, or of the nearest unit above that has one.

    A form without questions is one: a unit so declines what is asked above it.
    """
    line = tree.with_superiors(unit_id)
    rows = model.Session.scalars(
        sa.select(UnitForm)
        .where(UnitForm.unit_id.in_(line))
        .order_by(UnitForm.unit_id, UnitForm.version.desc())
        .distinct(UnitForm.unit_id)
    )
    newest = {row.unit_id: row for row in rows}
    return next((newest[unit] for unit in line if unit in newest), None)


def versions(unit_id: str) -> list[UnitForm]:
    """All versions of a unit's own form, newest first."""
    query = sa.select(UnitForm).where(UnitForm.unit_id == unit_id)
    return list(model.Session.scalars(query.order_by(UnitForm.version.desc())))


def asked_of(request: Request) -> UnitForm | None:
    """The form a part is answered by: the newest as long as it is a draft."""
    if request.state == "draft" or not request.submitted_at:
        return in_force(request.unit_id)
    if request.unit_form_id:
        return model.Session.get(UnitForm, request.unit_form_id)
    return None


def answers(request: Request, form: UnitForm) -> dict[str, Any]:
    """Answers of a part to this form; those to another unit's are of no use."""
    if request.form.get("answers_to") != form.unit_id:
        return {}
    return request.form.get("answers") or {}


def answered(request: Request) -> list[dict[str, Any]]:
    """The questions of a part, each with its `answer`."""
    form = asked_of(request)
    given = answers(request, form) if form else {}
    return [
        {**question, "answer": given.get(question["key"])}
        for question in (form.questions if form else [])
    ]
