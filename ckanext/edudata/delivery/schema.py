"""What the actions of this room take."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.units import people

WAYS = ["interface", "copy"]
OUTCOMES = ["done", "started", "broken"]
STATES = ["active", "frozen", "revoked", "ended", "expired"]


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def by_grant(
    not_empty: Validator, ignore_missing: Validator, unicode_only: Validator
) -> Schema:
    return {
        "grant_id": [not_empty, unicode_only],
        "jti": [ignore_missing, unicode_only],
    }


@validator_args
def grant_list(
    ignore_missing: Validator,
    unicode_only: Validator,
    boolean_validator: Validator,
    default: ValidatorFactory,
    is_positive_integer: Validator,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unit_id": [ignore_missing, unicode_only],
        "request_id": [ignore_missing, unicode_only],
        "limit": [
            default(50),
            is_positive_integer,
            limit_to_configured_maximum("ckanext.edudata.delivery.rows_max", 500),
        ],
        "offset": [default(0), natural_number_validator],
    }


def day(value: Any) -> datetime.datetime:
    """The begin of a day (`2026-05-01`) where the portal is.

    :raises Invalid: it is none
    """
    if isinstance(value, datetime.datetime):
        return value
    try:
        found = datetime.date.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        raise tk.Invalid(tk._("Give a day as 2026-05-01")) from None
    return datetime.datetime.combine(found, datetime.time(), people.SHANGHAI)


@validator_args
def delivery_list(
    ignore_missing: Validator,
    ignore_empty: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    is_positive_integer: Validator,
    boolean_validator: Validator,
    one_of: ValidatorFactory,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unit_id": [ignore_missing, unicode_only],
        "grant_id": [ignore_missing, unicode_only],
        "resource_id": [ignore_missing, unicode_only],
        "user_id": [ignore_missing, unicode_only],
        "way": [ignore_missing, unicode_only],
        "outcome": [ignore_empty, one_of(OUTCOMES)],
        "since": [ignore_empty, day],
        "until": [ignore_empty, day],
        "before": [ignore_missing, is_positive_integer],
        "counted": [default(True), boolean_validator],
        "limit": [
            default(50),
            is_positive_integer,
            limit_to_configured_maximum("ckanext.edudata.delivery.rows_max", 500),
        ],
    }


@validator_args
def grant_create(
    not_empty: Validator,
    unicode_only: Validator,
    not_missing: Validator,
    ignore_missing: Validator,
    list_of_strings: Validator,
    dict_only: Validator,
    natural_number_validator: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "request_id": [not_empty, unicode_only],
        "request_number": [not_empty, unicode_only],
        "user_id": [not_empty, unicode_only],
        "persons": [ignore_missing, list_of_strings],
        "applicant_kind": [ignore_missing, unicode_only],
        "resource_id": [not_empty, unicode_only],
        "fields": [not_empty, list_of_strings],
        "rows": [ignore_missing, dict_only],
        "starts": [not_missing],
        "until": [not_missing],
        "way": [ignore_missing, one_of(WAYS)],
        "quota_rows": [ignore_missing, natural_number_validator],
        "quota_calls": [ignore_missing, natural_number_validator],
        "purpose": [ignore_missing, unicode_only],
        "agreement": [ignore_missing, unicode_only],
    }


@validator_args
def grant_person(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {
        "request_id": [not_empty, unicode_only],
        "user_id": [not_empty, unicode_only],
    }


@validator_args
def grant_extend(
    not_empty: Validator, unicode_only: Validator, not_missing: Validator
) -> Schema:
    return {"request_id": [not_empty, unicode_only], "until": [not_missing, moment]}


def moment(value: Any) -> datetime.datetime:
    """A moment with its zone, as text in ISO form or as it is.

    :raises Invalid: it is none
    """
    try:
        found = (
            value
            if isinstance(value, datetime.datetime)
            else datetime.datetime.fromisoformat(value)
        )
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise tk.Invalid(tk._("Give a moment with its zone"))
    return found


@validator_args
def grant_move(
    not_empty: Validator, unicode_only: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        "request_id": [not_empty, unicode_only],
        "state": [not_empty, one_of(STATES)],
    }


@validator_args
def takers(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"dataset_id": [not_empty, unicode_safe]}
