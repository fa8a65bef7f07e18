"""One's own second factor: set up, renewed, taken off (8.1.4.1 d)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import codes_factors as codes
from ckanext.edudata.identity import schema_factors as schema
from ckanext.edudata.identity import sealing, second_factor
from ckanext.edudata.units import people


@tk.side_effect_free
def edudata_second_factor_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The caller's second factor.

    :returns: `{set_up, since, codes_left, obliged}`
    """
    tk.check_access("edudata_second_factor_show", context, data_dict)
    return second_factor.state(_own(context))


def edudata_second_factor_propose(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """A secret for a new device; it counts once a code of it was confirmed.

    The same one for half an hour.

    :returns: `{secret, uri}`: in base32, and as authenticator programs read it
    :raises ValidationError: the portal has no key to keep it under
    """
    tk.check_access("edudata_second_factor_propose", context, data_dict)
    user = model.User.get(_own(context))
    if user is None:
        raise tk.ObjectNotFound
    try:
        secret = second_factor.proposal(user.id)
    except sealing.SealError as error:
        raise tk.ValidationError({"code": [tk._(str(error))]}) from None
    issuer = tk.config.get("ckan.site_title") or "edudata"
    return {"secret": secret, "uri": codes.uri(secret, user.name, issuer)}


@validate(schema.code)
def edudata_second_factor_confirm(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Take the proposed device for one's own, by a code that it shows.

    A device before it and its recovery codes are good no longer.

    :param code: six digits
    :returns: `{recovery_codes}`, shown this once
    :raises ValidationError: the code is wrong, or too many were
    """
    tk.check_access("edudata_second_factor_confirm", context, data_dict)
    try:
        made = second_factor.confirm(_own(context), data_dict["code"])
    except second_factor.ShutError as shut:
        sentence = tk._("Too many wrong codes. Try again in {seconds} seconds.")
        words = sentence.format(seconds=shut.seconds)
        raise tk.ValidationError({"code": [words]}) from None
    except sealing.SealError as error:
        raise tk.ValidationError({"code": [tk._(str(error))]}) from None
    if made is None:
        words = tk._(
            "This code is not one of the new device. Enter the six digits that it "
            "shows now, and check that its clock is right."
        )
        raise tk.ValidationError({"code": [words]})
    return {"recovery_codes": made}


def edudata_recovery_codes_renew(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """New recovery codes; those before are good no longer.

    :returns: `{recovery_codes}`, shown this once
    :raises ValidationError: there is no second factor
    """
    tk.check_access("edudata_recovery_codes_renew", context, data_dict)
    own = _own(context)
    _must_be_set(own)
    with transactions.whole():
        made = second_factor.renew_codes(own, own)
    return {"recovery_codes": made}


def edudata_second_factor_remove(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """Take one's second factor off, where none is obliged.

    :returns: `{set_up: False}`
    :raises ValidationError: there is none; or the person holds a role
    """
    tk.check_access("edudata_second_factor_remove", context, data_dict)
    own = _own(context)
    _must_be_set(own)
    with transactions.whole():
        # A role that is given now waits for this, and then finds none.
        people.lock_roles(own)
        if second_factor.obliged(own):
            words = tk._("Whoever holds a role keeps a second factor; replace it.")
            raise tk.ValidationError({"code": [words]})
        second_factor.remove(own)
        trail.record(
            "second_factor_remove", actor_id=own, object_type="user", object_id=own
        )
    return {"set_up": False}


def _own(context: Context) -> str:
    return people.actor_id(context) or ""


def _must_be_set(user_id: str) -> None:
    if not second_factor.is_set(user_id):
        words = tk._("Your account has no second factor yet.")
        raise tk.ValidationError({"code": [words]})
