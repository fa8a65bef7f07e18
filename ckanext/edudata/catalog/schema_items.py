"""What the actions on information items take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def update(
    not_empty: Validator,
    unicode_safe: Validator,
    not_missing: Validator,
    convert_to_json_if_string: Validator,
    edudata_list: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "items": [not_missing, convert_to_json_if_string, edudata_list],
    }


@validator_args
def guess(
    not_empty: Validator, unicode_safe: Validator, not_missing: Validator
) -> Schema:
    return {"resource_id": [not_empty, unicode_safe], "tables": [not_missing]}
