"""What the actions of this room take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

WAYS = ["interface", "copy"]
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


@validator_args
def delivery_list(
    ignore_missing: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    is_positive_integer: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unit_id": [ignore_missing, unicode_only],
        "grant_id": [ignore_missing, unicode_only],
        "before": [ignore_missing, is_positive_integer],
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
        "resource_id": [not_empty, unicode_only],
        "fields": [not_empty, list_of_strings],
        "rows": [ignore_missing, dict_only],
        "starts": [not_missing],
        "until": [not_missing],
        "way": [ignore_missing, one_of(WAYS)],
        "quota_rows": [ignore_missing, natural_number_validator],
    }


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
