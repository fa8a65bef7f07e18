"""What is done for all units of a level with one click."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.catalog import commands_catalogs as commands
from ckanext.edudata.catalog import levels_catalogs as levels
from ckanext.edudata.catalog import schema_catalogs as schema
from ckanext.edudata.catalog import showing_catalogs as showing
from ckanext.edudata.units import people, who_may

AT_ONCE = 500
"""Units that one click reaches; the next click goes on with the others."""


@validate(schema.of_unit)
def edudata_catalog_prepare_all(context: Context, data_dict: DataDict) -> Any:
    """Prepare the catalogs of all units of a level that one compiles for.

    Those in hand already, and those where nothing changed, are left as they are. Each
    is made in a transaction of its own.

    :param unit_id: id or name of the unit whose level it is
    :returns: `{done, left}`; *left* are units where nothing is approved
    """
    unit, found = levels.named(data_dict["unit_id"])
    tk.check_access("edudata_catalog_prepare_all", context, {"unit_id": unit["id"]})
    actor_id = people.actor_id(context)
    done = left = 0
    for line in _mine(unit, found, actor_id, "catalog_prepare"):
        if line["stand"] not in ("missing", "outdated") or done >= AT_ONCE:
            continue
        try:
            levels.prepare(found.by_id[line["unit"]["id"]], found, actor_id)
            model.Session.commit()
            done += 1
        except tk.ValidationError:
            model.Session.rollback()
            left += 1
    return {"done": done, "left": left}


@validate(schema.of_unit)
def edudata_catalog_submit_all(context: Context, data_dict: DataDict) -> Any:
    """Submit all prepared catalogs of a level that one reviews for.

    :param unit_id: id or name of the unit whose level it is
    :returns: `{done, left}`; *left* are those that one prepared oneself
    """
    unit, found = levels.named(data_dict["unit_id"])
    tk.check_access("edudata_catalog_submit_all", context, {"unit_id": unit["id"]})
    actor_id = people.actor_id(context)
    done = left = 0
    for line in _mine(unit, found, actor_id, "catalog_submit"):
        if line["stand"] != "draft" or done >= AT_ONCE:
            continue
        asked = {"id": line["catalog"]["id"], "digest": line["catalog"]["digest"]}
        try:
            commands.give(context, asked, "submit")
            done += 1
        except tk.ValidationError:
            left += 1
    return {"done": done, "left": left}


def _mine(
    unit: dict[str, Any], found: levels.Levels, actor_id: str | None, permission: str
) -> list[dict[str, Any]]:
    roles = who_may.roles_for(permission)
    mine = set(people.all_units_where(actor_id, roles))
    every = showing.progress(unit, found) if found.keeps(unit["id"]) else []
    return [line for line in every if line["unit"]["id"] in mine]
