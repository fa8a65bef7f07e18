"""What the actions of one data, one source take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.catalog import sources


@validator_args
def check(
    not_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "refuse": [default(False), boolean_validator],
    }


@validator_args
def choose(
    not_empty: Validator,
    unicode_safe: Validator,
    one_of: ValidatorFactory,
    ignore_missing: Validator,
    default: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "other": [not_empty, unicode_safe],
        "choice": [not_empty, one_of(list(sources.CHOICES))],
        "reason": [default(""), unicode_safe],
    }


@validator_args
def decide(
    not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "decision": [not_empty, one_of(list(sources.DECISIONS))],
        "reason": [not_empty, unicode_safe],
    }


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def listing(default: ValidatorFactory, natural_number_validator: Validator) -> Schema:
    return {"limit": [default(50), natural_number_validator]}
