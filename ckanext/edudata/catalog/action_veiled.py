"""CKAN's own actions behind the veil, and those that told of entries."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import Action, Context, DataDict

from ckanext.edudata.catalog import veil, visibility
from ckanext.edudata.units import people


@tk.chained_action
@tk.side_effect_free
def member_list(
    next_action: Action, context: Context, data_dict: DataDict
) -> list[tuple[Any, ...]]:
    """CKAN's, without the packages and people that the caller may not know of."""
    found = next_action(context, data_dict)
    if context.get("ignore_auth"):
        return found
    colleague = people.may(context, "role_read", None)["success"]
    return [
        member
        for member in found
        if (member[1] != "package" or _shows(context, member[0]))
        and (member[1] != "user" or colleague)
    ]


@tk.chained_action
@tk.side_effect_free
def format_autocomplete(
    next_action: Action, context: Context, data_dict: DataDict
) -> list[str]:
    """CKAN's looks into every resource; this one into open datasets only."""
    tk.check_access("format_autocomplete", context, data_dict)
    words = str(tk.get_or_bust(data_dict, "q")).lower()
    rows = model.Session.scalars(
        sa.select(model.Resource.format)
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .where(
            model.Package.type == "dataset",
            model.Package.private.is_(False),
            model.Resource.state == "active",
            sa.func.lower(model.Resource.format).contains(words, autoescape=True),
        )
        .distinct()
        .limit(20)
    )
    return sorted({row.lower() for row in rows})


def _veiled(name: str) -> Any:
    @tk.chained_action
    def behind(next_action: Action, context: Context, data_dict: DataDict) -> Any:
        return veil.call(lambda data: next_action(context, data), context, data_dict)

    behind.__name__ = behind.__qualname__ = name
    behind.__doc__ = f"CKAN's `{name}`, behind the veil."
    return behind


for _name in (*veil.READS, *veil.WRITES):
    globals()[_name] = _veiled(_name)
    if _name in veil.READS:
        tk.side_effect_free(globals()[_name])


def _shows(context: Context, package_id: str) -> bool:
    package = model.Package.get(package_id)
    return package is not None and visibility.visible(context, package)
