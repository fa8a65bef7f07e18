"""What the actions on whole applications take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.requests import forms, schema


@validator_args
def saved(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_only: Validator,
    int_validator: Validator,
    boolean_validator: Validator,
) -> Schema:
    every = schema.form()
    common = (*forms.COMMON, "agreed", "agreed_name")
    own = {name: rules for name, rules in every.items() if name not in common}
    return {
        "id": [not_empty, unicode_only],
        "version": [ignore_missing, int_validator],
        "partial": [ignore_missing, boolean_validator],
        **{name: every[name] for name in common},
        "parts": {**own, "id": [not_empty, unicode_only]},
    }


@validator_args
def discarded(
    not_empty: Validator, ignore_missing: Validator, unicode_only: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_only],
        "request_id": [ignore_missing, unicode_only],
    }


@validator_args
def listed(
    default: ValidatorFactory,
    boolean_validator: Validator,
    is_positive_integer: Validator,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "drafts": [default(False), boolean_validator],
        "limit": [
            default(20),
            is_positive_integer,
            limit_to_configured_maximum("ckanext.edudata.requests.rows_max", 500),
        ],
        "offset": [default(0), natural_number_validator],
    }
