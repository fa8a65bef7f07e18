"""What the action of the figures takes."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def request_figures(
    ignore_empty: Validator,
    unicode_safe: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "unit_id": [ignore_empty, unicode_safe],
        "year": [ignore_empty, natural_number_validator],
    }
