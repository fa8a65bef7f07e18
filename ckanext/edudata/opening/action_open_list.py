"""Open lists as everybody reads them (数据开放清单, Art. 27)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.opening import (
    open_list_diff,
    open_list_gathered,
    open_list_reading,
    schema_open_list,
)
from ckanext.edudata.units import tree

#: Lines that one call gives at most.
_MOST, _FARTHEST = 100_000, 10_000_000


@tk.side_effect_free
@validate(schema_open_list.show)
def edudata_open_list_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A published version of a unit's open list (public).

    :param unit: id or name of the unit
    :param number: of the version; the newest without (optional)
    :returns: `{id, unit, number, published_at, counts, count, digest, newest: number,
        withdrawals, lines: [{place, key, kind, title, fields, now, dataset, apply_to,
        nonce, digest, withdrawn}]}`; `kind` is what was published: the class,
        `planned`, `closed` or `stopped`; `now` what is so at this moment
    :raises ObjectNotFound: the unit has published none, or not this one
    """
    tk.check_access("edudata_open_list_show", context, data_dict)
    unit = open_list_reading.unit(data_dict["unit"])
    row = open_list_reading.version(unit.id, data_dict.get("number"))
    return {
        **open_list_reading.head(row),
        "newest": open_list_reading.version(unit.id).number,
        "withdrawals": open_list_reading.withdrawals(unit.id),
        "lines": open_list_reading.lines_of(row),
    }


@tk.side_effect_free
@validate(schema_open_list.by_unit)
def edudata_open_list_list(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Published versions of a unit's open list, newest first (public).

    :param unit: id or name of the unit
    :returns: `[{id, unit, number, published_at, counts, count, digest}]`
    """
    tk.check_access("edudata_open_list_list", context, data_dict)
    unit = open_list_reading.unit(data_dict["unit"])
    return open_list_reading.versions(unit.id)


@tk.side_effect_free
@validate(schema_open_list.search)
def edudata_open_list_search(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Lines of the newest open lists of many units (public).

    :param unit: id or name; its list and those of all units below (optional: all)
    :param q: words in the title of the data or the name of the unit (optional)
    :param kind: as the data are now: `unconditional`, `conditional`, `planned`,
        `closed`, `stopped` (optional)
    :param subject_database, school_stage: codes (optional)
    :param district: code of the unit's district, `municipal` for none (optional)
    :param limit, offset: of the lines (default: 50, 0)
    :returns: `{count, lists, kinds: {kind: n}, districts: {code: n}, results: [line
        as in edudata_open_list_show, with unit, number and published_at]}`
    """
    tk.check_access("edudata_open_list_search", context, data_dict)
    within = None
    if data_dict.get("unit"):
        within = tree.with_subordinates(open_list_reading.unit(data_dict["unit"]).id)
    filters = {
        name: str(data_dict[name]).replace("\x00", "").strip()
        for name in ("q", "kind", "subject_database", "school_stage", "district")
        if data_dict.get(name)
    }
    return open_list_gathered.search(
        units=within,
        limit=min(data_dict["limit"], _MOST),
        offset=min(data_dict["offset"], _FARTHEST),
        **filters,
    )


@tk.side_effect_free
@validate(schema_open_list.diff)
def edudata_open_list_diff(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What changed between two published versions of a unit's open list (public).

    :param unit: id or name of the unit
    :param from: number of the earlier version
    :param to: number of the later one
    :returns: `{from: version, to: version, added: [line], removed: [line], changed:
        [{key, title, line, fields: [{field, old, new}]}], withdrawn: [key], same}`
    """
    tk.check_access("edudata_open_list_diff", context, data_dict)
    unit = open_list_reading.unit(data_dict["unit"])
    old = open_list_reading.version(unit.id, data_dict["from"])
    new = open_list_reading.version(unit.id, data_dict["to"])
    return {
        "from": open_list_reading.head(old),
        "to": open_list_reading.head(new),
        **open_list_diff.diff(
            open_list_reading.lines_of(old), open_list_reading.lines_of(new)
        ),
    }
