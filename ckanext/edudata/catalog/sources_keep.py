"""Writing down what was said of a likely duplicate, and putting it into the entry."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog.model_sources import SourceCase

FEWEST = 4
"""So many signs a reason has at least."""


def into_content(context: Context, package: model.Package, case: SourceCase) -> None:
    """Put it into the entry, where reviewers see it; commits."""
    values: dict[str, Any] = {}
    if case.choice == "another":
        values["duplicate_reason"] = case.reason
    if case.choice == "refer" or case.decision == "refer":
        values["authoritative_entry"] = case.other_id
    if not values:
        model.Session.commit()
        return
    try:
        tk.get_action("package_patch")(_caller(context), {"id": package.id, **values})
    except (tk.ValidationError, tk.NotAuthorized):
        model.Session.rollback()
        raise


def _caller(context: Context) -> Any:
    keys = ("user", "auth_user_obj", "ignore_auth")
    return {key: context[key] for key in keys if key in context}


def record(
    action: str, actor: str | None, package: model.Package, case: SourceCase
) -> None:
    trail.record(
        action,
        actor_id=actor,
        object_type="entry",
        object_id=package.id,
        unit_id=package.owner_org,
        detail={
            "case": case.id,
            "other": case.other_id,
            "choice": case.choice,
            **({"decision": case.decision} if case.decision else {}),
            **({"authority": case.authority_id} if case.authority_id else {}),
        },
    )
