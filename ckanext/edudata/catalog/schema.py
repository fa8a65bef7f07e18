"""What the actions of this room take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def version(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"version_id": [not_empty, unicode_safe]}


@validator_args
def forget(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    list_of_strings: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "resources": [ignore_missing, list_of_strings],
    }


@validator_args
def decision(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "reason": [ignore_missing, unicode_safe],
        "digest": [ignore_missing, unicode_safe],
    }


@validator_args
def pass_version(
    not_empty: Validator, unicode_safe: Validator, not_missing: Validator
) -> Schema:
    return {"id": [not_empty, unicode_safe], "digests": [not_missing]}


@validator_args
def touched(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe], "user_id": [not_empty, unicode_safe]}
