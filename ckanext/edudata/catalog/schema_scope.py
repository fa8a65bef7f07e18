"""What the actions of the catalog for units take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

MOST_ROWS = 100
TEXTS = (
    "q",
    "unit",
    "subject_database",
    "school_stage",
    "district",
    "sharing_class",
    "opening_class",
    "category",
)


@validator_args
def search(
    ignore_missing: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    boolean_validator: Validator,
) -> Schema:
    text = [ignore_missing, unicode_safe]
    return {
        **dict.fromkeys(TEXTS, text),
        "start": [default(0), natural_number_validator],
        "rows": [default(20), natural_number_validator],
        "facets": [default(True), boolean_validator],
    }


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}
