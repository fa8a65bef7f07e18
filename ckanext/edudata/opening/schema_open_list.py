"""What the actions of open lists take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.opening import open_list

MOST = 1000


@validator_args
def by_unit(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"unit": [not_empty, unicode_safe]}


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def publish(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {
        "unit": [not_empty, unicode_safe],
        "digest": [ignore_missing, unicode_safe],
    }


@validator_args
def publish_all(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    list_of_strings: Validator,
) -> Schema:
    return {
        "unit": [not_empty, unicode_safe],
        "units": [ignore_missing, list_of_strings],
    }


@validator_args
def show(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "unit": [not_empty, unicode_safe],
        "number": [ignore_missing, natural_number_validator],
    }


@validator_args
def diff(
    not_empty: Validator, unicode_safe: Validator, natural_number_validator: Validator
) -> Schema:
    number: list[Validator] = [not_empty, natural_number_validator]
    return {"unit": [not_empty, unicode_safe], "from": number, "to": number}


@validator_args
def search(
    ignore_missing: Validator,
    unicode_safe: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    text: list[Validator] = [ignore_missing, unicode_safe]
    return {
        "unit": text,
        "q": text,
        "kind": [ignore_missing, one_of(list(open_list.KINDS))],
        "subject_database": text,
        "school_stage": text,
        "district": text,
        "limit": [default(50), natural_number_validator],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def withdraw(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "unit": [not_empty, unicode_safe],
        "number": [ignore_missing, natural_number_validator],
        "line": [ignore_missing, unicode_safe],
        "reason": [not_empty, unicode_safe],
    }


@validator_args
def waiting(ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    return {"unit": [ignore_missing, unicode_safe]}
