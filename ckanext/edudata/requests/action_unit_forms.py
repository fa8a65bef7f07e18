"""What a unit asks of applicants beyond the common form, in versions."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.requests import book, keeping_unit_forms
from ckanext.edudata.requests import questions_unit_forms as questions
from ckanext.edudata.requests import schema_agreements as schema
from ckanext.edudata.requests.model_agreements import UnitForm
from ckanext.edudata.units import people

Shown = dict[str, Any]


def _shown(row: UnitForm | None, unit_id: str) -> Shown:
    return {
        "unit_id": unit_id,
        "of_unit": row.unit_id if row else None,
        "version": row.version if row else 0,
        "questions": row.questions if row else [],
        "created_at": row.created_at.isoformat() if row else None,
    }


@tk.side_effect_free
@validate(schema.of_unit)
def edudata_unit_form_show(context: Context, data_dict: DataDict) -> Shown:
    """The further questions a unit asks of applicants; for everybody who applies.

    :param unit_id: the unit
    :param version: of the unit's own form (default: what is asked now, which may be
        the form of a unit above)
    :returns: `{unit_id, of_unit, version, created_at, questions: [{key, label, hint,
        kind, choices, required}]}`; version 0: nothing more is asked
    :raises ObjectNotFound: there is no such version
    """
    tk.check_access("edudata_unit_form_show", context, data_dict)
    unit_id, version = data_dict["unit_id"], data_dict.get("version")
    if version is None:
        return _shown(keeping_unit_forms.in_force(unit_id), unit_id)
    for row in keeping_unit_forms.versions(unit_id):
        if row.version == version:
            return _shown(row, unit_id)
    raise tk.ObjectNotFound(tk._("There is no such version of the form"))


@tk.side_effect_free
@validate(schema.of_unit)
def edudata_unit_form_list(context: Context, data_dict: DataDict) -> list[Shown]:
    """Versions of a unit's own form, the last first, to its reviewers.

    :param unit_id: the unit
    :returns: as `edudata_unit_form_show`
    """
    tk.check_access("edudata_unit_form_list", context, data_dict)
    rows = keeping_unit_forms.versions(data_dict["unit_id"])
    return [_shown(row, row.unit_id) for row in rows]


@validate(schema.questions)
def edudata_unit_form_update(context: Context, data_dict: DataDict) -> Shown:
    """Ask something else from now on: a new version (reviewer of the unit).

    What was submitted keeps the questions it answered.

    :param unit_id: the unit
    :param version: as last seen; refused if there is a later one (optional)
    :param questions: all of them, in order: `[{key (of a question kept), label, hint,
        kind: line|text|yes_no|choice|choices|number|date, choices, required}]`; none:
        nothing is asked, not even what a unit above asks
    :returns: as `edudata_unit_form_show`
    :raises ValidationError: under `questions`, in their order; or a stale page
    """
    tk.check_access("edudata_unit_form_update", context, data_dict)
    unit_id = data_dict["unit_id"]
    with transactions.whole():
        # The unit's row is the turn that everybody waits for.
        model.Session.execute(
            sa.select(model.Group.id).where(model.Group.id == unit_id).with_for_update()
        )
        rows = keeping_unit_forms.versions(unit_id)
        newest = rows[0].version if rows else 0
        if data_dict.get("version") not in (None, newest):
            words = tk._("Somebody saved another version meanwhile. Look at it first.")
            raise tk.ValidationError({"version": [words]})
        given = data_dict.get("questions") or []
        before = [question for row in rows for question in row.questions]
        made, problems = questions.made(given, before)
        if problems:
            raise tk.ValidationError(_in_order(problems, len(given)))
        if rows and rows[0].questions == made:
            return _shown(rows[0], unit_id)
        row = UnitForm(
            unit_id=unit_id,
            version=newest + 1,
            questions=made,
            created_by=people.actor_id(context) or "",
        )
        model.Session.add(row)
        model.Session.flush()
        trail.record(
            "unit_form_update",
            actor_id=people.actor_id(context),
            object_type="unit_form",
            object_id=row.id,
            unit_id=unit_id,
            detail={"version": row.version, "questions": len(made)},
        )
        return _shown(row, unit_id)


def _in_order(problems: dict[str, Any], number: int) -> dict[str, Any]:
    """CKAN's errors of a list: one dict for each question."""
    if "questions" in problems:
        return book.in_words({"questions": problems["questions"]})
    found: list[dict[str, Any]] = [{} for _ in range(number)]
    for key, problem in problems.items():
        place, name = key.split("-")
        found[int(place)] |= book.in_words({name: problem})
    return {"questions": found}
