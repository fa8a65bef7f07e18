"""What changes a grant while it lives: its persons, and how long it goes on."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata.delivery import holding, persons, schema
from ckanext.edudata.units import people


@validate(schema.grant_extend)
def edudata_grant_extend(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Let the grants of an application go on while its renewal is undecided (internal).

    At most `ckanext.edudata.delivery.extend_days` past the end that was decided. What
    is over stays over; nothing ends earlier than it did. Part of the caller's
    transaction when the context says `defer_commit`.

    :param request_id: the application that is to be renewed
    :param until: the moment after the last (datetime with zone)
    :returns: the grants, as `edudata_grant_show`; `until` as it is now
    """
    tk.check_access("edudata_grant_extend", context, data_dict)
    found = holding.locked(data_dict["request_id"])
    for grant in found:
        if holding.extend(grant, data_dict["until"]):
            detail = {"until": grant.until.isoformat()}
            holding.record("grant_extend", people.actor_id(context), grant, detail)
    holding.commit(context)
    return [holding.shown(grant) for grant in found]


@validate(schema.grant_person)
def edudata_grant_person_add(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Let one more person read by the grants of an application (internal).

    What leaves in a day does not grow by it: rows are counted for the grant. Part of
    the caller's transaction when the context says `defer_commit`.

    :param request_id: the application
    :param user_id: who may read from now on
    :returns: the grants, as `edudata_grant_show`
    :raises ValidationError: no such active account
    """
    tk.check_access("edudata_grant_person_add", context, data_dict)
    found = holding.locked(data_dict["request_id"])
    for grant in found:
        if grant.state not in ("active", "frozen"):
            continue
        if persons.add(grant, data_dict["user_id"]):
            detail = {"person": data_dict["user_id"]}
            holding.record("grant_person_add", people.actor_id(context), grant, detail)
    holding.commit(context)
    return [holding.shown(grant) for grant in found]


@validate(schema.grant_person)
def edudata_grant_person_end(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Let a person read no longer by the grants of an application (internal).

    Their tokens end, and so does what they are reading. Part of the caller's
    transaction when the context says `defer_commit`.

    :param request_id: the application
    :param user_id: who may read no longer
    :returns: the grants, as `edudata_grant_show`
    """
    tk.check_access("edudata_grant_person_end", context, data_dict)
    found = holding.locked(data_dict["request_id"])
    for grant in found:
        if persons.end(grant, data_dict["user_id"]):
            ended = holding.end_tokens(grant, data_dict["user_id"])
            detail = {"person": data_dict["user_id"], "tokens": ended}
            holding.record("grant_person_end", people.actor_id(context), grant, detail)
    holding.commit(context)
    return [holding.shown(grant) for grant in found]
