"""What the actions on the people named take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def nothing() -> Schema:
    return {}


@validator_args
def name(
    not_empty: Validator,
    unicode_only: Validator,
    strip_value: Validator,
    edudata_plain_text: Validator,
) -> Schema:
    words = [not_empty, unicode_only, strip_value, edudata_plain_text, not_empty]
    return {
        "application_id": [not_empty, unicode_only],
        "given": [*words],
        "name": [*words],
    }


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def confirm(
    not_empty: Validator,
    unicode_only: Validator,
    ignore_missing: Validator,
    boolean_validator: Validator,
    strip_value: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_only],
        "agreed": [ignore_missing, boolean_validator],
        "agreed_name": [ignore_missing, unicode_only, strip_value],
    }


@validator_args
def admit(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {
        "id": [not_empty, unicode_only],
        "request_id": [not_empty, unicode_only],
    }


@validator_args
def listing(
    not_empty: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
) -> Schema:
    return {
        "application_id": [not_empty, unicode_only],
        "with_names": [default(False), boolean_validator],
    }
