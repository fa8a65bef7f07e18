"""Closing one's own account, and taking all of one's data along."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.logic.schema import validator_args
from ckan.types import Context, DataDict, Schema, Validator
from redis.exceptions import RedisError

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import passwords, sessions, signing_in, throttle
from ckanext.edudata.operations import closing
from ckanext.edudata.requests import forgetting_applicants
from ckanext.edudata.units import people


@validator_args
def _close(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"password": [not_empty, unicode_safe]}


def _nothing() -> Schema:
    return {}


@validate(_close)
def edudata_account_close(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Close one's own account for good: sessions and tokens end at once.

    :param password: the one in use
    :returns: `{closed: true}`
    :raises ValidationError: a wrong password, a role is held, an application runs
    """
    tk.check_access("edudata_account_close", context, data_dict)
    user = model.User.get(people.actor_id(context) or "")
    if user is None:
        raise tk.NotAuthorized(tk._("Log in first."))
    _shown(user.name, data_dict["password"])
    with transactions.whole():
        people.lock_roles(user.id)
        words = closing.against(user.id)
        if words:
            raise tk.ValidationError({"account": [words]})
        files = closing.close(user)
        sessions.end_all(user.id)
        trail.record(
            "account_close",
            actor_id=user.id,
            object_type="user",
            object_id=user.id,
        )
    forgetting_applicants.remove_files(files)
    return {"closed": True}


def _shown(name: str, password: str) -> None:
    """Tries count as those of the log-in."""
    try:
        throttle.attempt(name)
        if passwords.right(name, password) is None:
            words = tk._("This is not the password in use.")
            raise tk.ValidationError({"password": [words]})
        throttle.succeeded(name)
    except throttle.Wait as wait:
        minutes = -(-wait.seconds // 60)
        words = tk._("Too many tries. Wait {minutes} minutes, then try again.")
        said = words.format(minutes=minutes)
        raise tk.ValidationError({"password": [said]}) from None
    except RedisError:
        raise tk.ValidationError({"password": [tk._(signing_in.SORRY)]}) from None


@tk.side_effect_free
@validate(_nothing)
def edudata_account_export(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """All that is kept of oneself, to take along (PIPL Art. 45).

    :returns: as `edudata_applicant_export`, with `made_at, roles, notices, deliveries`
    """
    tk.check_access("edudata_account_export", context, data_dict)
    user_id = people.actor_id(context) or ""
    found = closing.everything(context, user_id)
    with transactions.whole():
        trail.record(
            "account_export",
            actor_id=user_id,
            object_type="user",
            object_id=user_id,
        )
    made_at = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return {**found, "made_at": made_at}
