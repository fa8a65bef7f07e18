"""What the actions of this room take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def by_resource(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"resource_id": [not_empty, unicode_safe]}


@validator_args
def by_check(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"check_id": [not_empty, unicode_safe]}


@validator_args
def clearance(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {
        "resource_id": [not_empty, unicode_safe],
        "sha256": [ignore_missing, unicode_safe],
    }


@validator_args
def content(not_empty: Validator, dict_only: Validator) -> Schema:
    return {"content": [not_empty, dict_only]}


@validator_args
def words(not_empty: Validator, dict_only: Validator) -> Schema:
    return {"texts": [not_empty, dict_only]}


@validator_args
def table_copy(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"key": [not_empty, unicode_safe], "path": [not_empty, unicode_safe]}


@validator_args
def desensitize(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    convert_to_json_if_string: Validator,
    dict_only: Validator,
) -> Schema:
    return {
        "resource_id": [not_empty, unicode_safe],
        "sheet": [ignore_missing, unicode_safe],
        "name": [ignore_missing, unicode_safe],
        "plan": [ignore_missing, convert_to_json_if_string, dict_only],
    }


@validator_args
def attention(default: ValidatorFactory, natural_number_validator: Validator) -> Schema:
    return {"limit": [default(50), natural_number_validator]}
