"""What the actions of quality take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

STATES = ("overdue", "due_soon", "invalid", "incomplete")
"""Ways to choose entries from the list."""


@validator_args
def show(
    not_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "values": [default(False), boolean_validator],
    }


@validator_args
def quality_list(
    ignore_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    boolean_validator: Validator,
    one_of: ValidatorFactory,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unit_id": [ignore_empty, unicode_safe],
        "state": [ignore_empty, unicode_safe, one_of(STATES)],
        "mine": [default(False), boolean_validator],
        "limit": [
            default(20),
            natural_number_validator,
            limit_to_configured_maximum("ckan.search.rows_max", 100),
        ],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def unit_list(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"unit_id": [ignore_empty, unicode_safe]}
