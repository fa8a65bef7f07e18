"""What the actions of lists, versions and reviews take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.catalog import states


@validator_args
def entry_list(
    ignore_missing: Validator,
    ignore_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "state": [ignore_empty, one_of(list(states.LABELS))],
        "unit_id": [ignore_empty, unicode_safe],
        "q": [ignore_empty, unicode_safe],
        "template_id": [ignore_empty, unicode_safe],
        "batch_id": [ignore_empty, unicode_safe],
        "permission": [
            ignore_empty,
            one_of(["entry_compile", "entry_review", "security_review", "release"]),
        ],
        "order": [default("modified"), one_of(["modified", "since"])],
        "limit": [default(50), natural_number_validator],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def version(
    not_empty: Validator, unicode_safe: Validator, natural_number_validator: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "number": [not_empty, natural_number_validator],
    }


@validator_args
def difference(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_empty: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "number": [ignore_empty, natural_number_validator],
        "against": [ignore_empty, natural_number_validator],
    }


@validator_args
def round_start(
    ignore_empty: Validator,
    unicode_safe: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "unit_id": [ignore_empty, unicode_safe],
        "q": [ignore_empty, unicode_safe],
        "template_id": [ignore_empty, unicode_safe],
        "batch_id": [ignore_empty, unicode_safe],
        "size": [ignore_empty, natural_number_validator],
    }


@validator_args
def of_round(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {
        "round_id": [not_empty, unicode_safe],
        "entry_id": [not_empty, unicode_safe],
    }


@validator_args
def confirm(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {
        "round_id": [not_empty, unicode_safe],
        "entry_id": [not_empty, unicode_safe],
        "digest": [not_empty, unicode_safe],
    }


@validator_args
def by_round(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"round_id": [not_empty, unicode_safe]}
