"""The record of what was delivered, and to whom (Art. 30, 35)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.delivery import holding, schema
from ckanext.edudata.delivery.model import Delivery, Grant
from ckanext.edudata.units import people


@tk.side_effect_free
@validate(schema.delivery_list)
def edudata_delivery_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What was delivered: to oneself, by one grant, or from the data of a unit.

    By a grant, who applied for it sees what went to all its persons, each of these
    what went to them.

    :param unit_id: from the data of this unit (optional)
    :param grant_id: by this grant (optional)
    :param resource_id: from this resource (optional)
    :param user_id: to this person (optional)
    :param way: `interface`, `structure`, `dump_csv` … (optional)
    :param outcome: `done`, `started` or `broken` (optional)
    :param since: from this day on, `until`: to this day (`2026-05-01`, optional)
    :param limit: at most so many (default: 50)
    :param before: only records with a smaller id (optional)
    :param counted: whether to count them all (default: true)
    :returns: `{"count": int, "results": [{id, at, grant_id, user_id, resource_id,
        release_id, content_digest, fields, filter_keys, asked, rows, way, network,
        outcome}]}`
    """
    tk.check_access("edudata_delivery_list", context, data_dict)
    me = people.actor_id(context)
    query = sa.select(Delivery).where(*holding.deliveries(data_dict))
    if data_dict.get("grant_id"):
        grant = holding.get(data_dict["grant_id"])
        query = query.where(Delivery.grant_id == grant.id)
        watches = people.may(context, "delivery_read", grant.unit_id)["success"]
        if not watches and grant.user_id != me:
            query = query.where(Delivery.user_id == me)
    elif data_dict.get("unit_id"):
        query = query.where(Delivery.unit_id == data_dict["unit_id"])
    else:
        query = query.where(Delivery.user_id == me)
    total, rows = holding.page(
        query,
        [Delivery.id.desc()],
        data_dict["limit"],
        before=data_dict.get("before"),
        counting=data_dict["counted"],
    )
    return {"count": total, "results": [holding.shown_delivery(row) for row in rows]}


@validate(schema.takers)
def edudata_delivery_takers(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Who has taken data of a dataset, as far as it is known (internal).

    Downloads of open data are not on record by person: only grants are.

    :param dataset_id: id of the open dataset
    :returns: `{persons: [{user_id, deliveries, rows, last}], downloads_known: False}`
    """
    tk.check_access("edudata_delivery_takers", context, data_dict)
    rows = model.Session.execute(
        sa.select(
            Delivery.user_id,
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(Delivery.rows), 0),
            sa.func.max(Delivery.at),
        )
        .join(Grant, Grant.id == Delivery.grant_id)
        .where(Grant.dataset_id == data_dict["dataset_id"])
        .group_by(Delivery.user_id)
        .order_by(sa.func.max(Delivery.at).desc())
    )
    return {
        "persons": [
            {
                "user_id": user_id,
                "deliveries": count,
                "rows": int(taken),
                "last": last.isoformat(),
            }
            for user_id, count, taken, last in rows
        ],
        "downloads_known": False,
    }
