"""What the actions on data demands take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

TITLE, PURPOSE, WORDS = 80, 1000, 1000


@validator_args
def create(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "title": [not_empty, unicode_safe, edudata_no_longer_than(TITLE)],
        "purpose": [not_empty, unicode_safe, edudata_no_longer_than(PURPOSE)],
        "unit": [ignore_missing, unicode_safe],
        "line": [ignore_missing, unicode_safe, edudata_no_longer_than(300)],
    }


@validator_args
def command(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "reason": [ignore_missing, unicode_safe, edudata_no_longer_than(WORDS)],
        "unit": [ignore_missing, unicode_safe],
    }


@validator_args
def answer(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "answer": [ignore_missing, unicode_safe],
        "opening_class": [ignore_missing, unicode_safe],
        "planned_date": [ignore_missing, unicode_safe],
        "dataset": [ignore_missing, unicode_safe, edudata_no_longer_than(300)],
        "words": [ignore_missing, unicode_safe, edudata_no_longer_than(WORDS)],
    }


@validator_args
def demand_list(
    ignore_missing: Validator,
    unicode_safe: Validator,
    boolean_validator: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    most = limit_to_configured_maximum("ckanext.edudata.demands.rows_max", 100)
    return {
        "q": [ignore_missing, unicode_safe],
        "unit": [ignore_missing, unicode_safe],
        "state": [ignore_missing, unicode_safe],
        "sort": [default("new"), one_of(["new", "supports"])],
        "mine": [ignore_missing, boolean_validator],
        "inbox": [ignore_missing, boolean_validator],
        "limit": [default(20), natural_number_validator, most],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}
