"""What the actions of freezes take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def freeze(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {
        "dataset_id": [not_empty, unicode_safe],
        "incident_id": [ignore_missing, unicode_safe],
    }


@validator_args
def lift(
    not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        "dataset_id": [not_empty, unicode_safe],
        "outcome": [not_empty, one_of(["open", "stopped"])],
    }


@validator_args
def freeze_list(unicode_safe: Validator, ignore_missing: Validator) -> Schema:
    return {"dataset_id": [ignore_missing, unicode_safe]}


def nothing() -> Schema:
    return {}
