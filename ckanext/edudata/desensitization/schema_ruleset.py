"""What the actions on rule sets take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def reread_list(
    default: ValidatorFactory,
    natural_number_validator: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
) -> Schema:
    return {
        "resource_id": [ignore_missing, unicode_safe],
        "limit": [default(50), natural_number_validator],
    }
