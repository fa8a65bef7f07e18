"""Templates of reasons: those of all units, and a unit's own."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.requests import aside, book, reasons, schema_review
from ckanext.edudata.requests.model_reasons import ReasonTemplate
from ckanext.edudata.transactions import whole
from ckanext.edudata.units import people

_LONGEST = {"title": 100, "words": 2000}


@tk.side_effect_free
@validate(schema_review.reason_list)
def edudata_request_reason_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Templates of reasons that a unit's reviewers may choose: its own and those of the
    units above it, nearest first. Those that come with the portal stand in the table of
    the documentation.

    :param unit_id: id of the unit
    :returns: `[{id, unit_id, command, code, title, words, changed_at}]`
    """
    tk.check_access("edudata_request_reason_list", context, data_dict)
    return [_shown(one) for one in aside.templates(data_dict["unit_id"])]


@validate(schema_review.reason_save)
def edudata_request_reason_save(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Add or change a unit's own template of a reason (reviewers).

    Decisions given before keep the words they were given with.

    :param unit_id: id of the unit
    :param id: of the template to be changed (optional)
    :param command: `return`, `refuse`, `approve` (for less), `freeze` or `revoke`
    :param code: the reason it stands for, as figures count it
    :param title: what reviewers choose it by
    :param words: what the applicant reads, unless the reviewer changes it
    :returns: as in `edudata_request_reason_list`
    """
    tk.check_access("edudata_request_reason_save", context, data_dict)
    _checked(data_dict)
    with whole():
        template = _template(data_dict) if data_dict.get("id") else ReasonTemplate()
        for name in ("unit_id", "command", "code", "title", "words"):
            setattr(template, name, data_dict[name])
        template.changed_by = people.actor_id(context) or ""
        template.changed_at = book.now()
        model.Session.add(template)
        model.Session.flush()
        _record("request_reason_save", template)
    return _shown(template)


@validate(schema_review.reason_end)
def edudata_request_reason_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Offer a unit's own template no longer (reviewers).

    :param id: of the template; `unit_id`: of its unit
    """
    tk.check_access("edudata_request_reason_end", context, data_dict)
    with whole():
        template = _template(data_dict)
        template.ended_at = book.now()
        template.changed_by = people.actor_id(context) or ""
        _record("request_reason_end", template)
    return _shown(template)


def _template(data_dict: DataDict) -> ReasonTemplate:
    found = model.Session.get(ReasonTemplate, data_dict["id"], with_for_update=True)
    if found is None or found.unit_id != data_dict["unit_id"] or found.ended_at:
        raise tk.ObjectNotFound(tk._("There is no such template"))
    return found


def _checked(data_dict: DataDict) -> None:
    problems: dict[str, Any] = {}
    for name in _LONGEST:
        data_dict[name] = data_dict[name].replace("\x00", "")
    if reasons.find(data_dict["command"], data_dict["code"]) is None:
        problems["code"] = [tk._("Choose a reason of the list.")]
    for name, most in _LONGEST.items():
        if len(data_dict[name]) > most:
            words = tk._("Write at most {most} characters.").format(most=most)
            problems[name] = [words]
    if problems:
        raise tk.ValidationError(problems)


def _record(action: str, template: ReasonTemplate) -> None:
    trail.record(
        action,
        actor_id=template.changed_by,
        object_type="unit",
        object_id=template.unit_id,
        unit_id=template.unit_id,
        detail={"template": template.id, "command": template.command},
    )


def _shown(template: ReasonTemplate) -> dict[str, Any]:
    names = ("id", "unit_id", "command", "code", "title", "words")
    return {
        **{name: getattr(template, name) for name in names},
        "changed_at": template.changed_at.isoformat(),
    }
