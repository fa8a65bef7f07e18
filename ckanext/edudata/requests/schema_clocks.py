"""What the actions on years of working days take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.requests import announced_clocks


@validator_args
def announce(
    not_empty: Validator,
    int_validator: Validator,
    unicode_safe: Validator,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "year": [not_empty, int_validator],
        "days": [
            not_empty,
            unicode_safe,
            edudata_no_longer_than(announced_clocks.LONGEST),
        ],
        "source": [not_empty, unicode_safe, edudata_no_longer_than(300)],
    }
