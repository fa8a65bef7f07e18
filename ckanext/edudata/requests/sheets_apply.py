"""One part of the form: the data asked for, and what is filled in of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata.requests import filling_apply, keeping_unit_forms

SAMPLE_ROWS = 3


@dataclass
class Sheet:
    """`prefix` begins the names of its fields, where the form has several parts."""

    data: dict[str, Any]
    part: dict[str, Any] | None = None
    prefix: str = ""
    questions: list[dict[str, Any]] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> tuple[str, Any]:
        """The one filter of rows that the page can show."""
        return next(iter((self.given.get("rows") or {}).items()), ("", []))

    @property
    def unit_title(self) -> str:
        return unit_title(self.data["unit_id"])


def new(resource_id: str) -> Sheet:
    """A part that is not begun.

    :raises ObjectNotFound: no conditional data that can be applied for
    """
    data = filling_apply.released(resource_id)
    asked = keeping_unit_forms.in_force(data["unit_id"])
    return Sheet(_with_sample(data), questions=asked.questions if asked else [])


def of(part: dict[str, Any], several: bool) -> Sheet:
    """A part as it was saved (`edudata_request_show`)."""
    try:
        data = _with_sample(filling_apply.released(part["resource_id"]))
    except tk.ObjectNotFound:
        data = {
            **{key: part[key] for key in ("dataset_title", "dataset_name", "unit_id")},
            "resource_id": part["resource_id"],
            "columns": [],
            "items": {},
            "closed": True,
        }
    answers = {each["key"]: each["answer"] for each in part["questions"]}
    return Sheet(
        data,
        part,
        f"p{part['place']}-" if several else "",
        part["questions"],
        {**part["form"], "answers": answers},
    )


def unit_title(unit_id: str) -> str:
    unit = model.Group.get(unit_id)
    return unit.display_name if unit else ""


def _with_sample(data: dict[str, Any]) -> dict[str, Any]:
    """Adds rows of the synthetic sample, as everybody may read them."""
    shown = tk.get_action("package_show")(
        {"ignore_auth": True}, {"id": data["dataset_id"]}
    )
    # A release stages the samples after the tables, in the same order.
    ids = {
        kind: [each["id"] for each in shown["resources"] if each.get("kind") == kind]
        for kind in ("conditional", "sample")
    }
    place = ids["conditional"].index(data["resource_id"])
    if place >= len(ids["sample"]):
        return data
    try:
        found = tk.get_action("datastore_search")(
            {"user": ""}, {"resource_id": ids["sample"][place], "limit": SAMPLE_ROWS}
        )
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return data
    return {**data, "sample": found["records"]}
