"""What the actions of imports and sheets take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def create(
    not_missing: Validator, ignore_missing: Validator, unicode_safe: Validator,
    ignore: Validator,
) -> Schema:  # fmt: skip
    return {
        "upload": [not_missing],
        "no_state_secret": [ignore_missing, unicode_safe],
        "__junk": [ignore],
    }


@validator_args
def show(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "outcome": [ignore_missing, unicode_safe],
        "offset": [default(0), natural_number_validator],
        "limit": [default(100), natural_number_validator],
    }


@validator_args
def run(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "sha256": [not_empty, unicode_safe]}


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def listing(default: ValidatorFactory, natural_number_validator: Validator) -> Schema:
    return {"limit": [default(20), natural_number_validator]}


@validator_args
def sheet(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator,
    boolean_validator: Validator, default: ValidatorFactory,
) -> Schema:  # fmt: skip
    return {
        "unit_id": [not_empty, unicode_safe],
        "below": [default(True), boolean_validator],
        "empty": [ignore_missing, boolean_validator],
    }
