"""What the actions of this room take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def release(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    name_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "name": [ignore_missing, unicode_safe, name_validator],
    }


@validator_args
def stop(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    int_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "reason": [not_empty, unicode_safe],
        "version": [ignore_missing, int_validator],
    }


@validator_args
def release_show(
    not_empty: Validator, unicode_safe: Validator, int_validator: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "version": [not_empty, int_validator],
    }


@validator_args
def by_clearance(not_missing: Validator, list_of_strings: Validator) -> Schema:
    return {"clearance_ids": [not_missing, list_of_strings]}


@validator_args
def released_content(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "kind": [not_empty, one_of(["table", "words"])],
        "subject": [not_empty, unicode_safe],
        "path": [ignore_missing, unicode_safe],
    }


@validator_args
def released_forget(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "resources": [ignore_missing],
    }


@validator_args
def arrival(
    not_empty: Validator,
    not_missing: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
) -> Schema:
    text: list[Validator] = [not_empty, unicode_safe]
    return {
        "check_id": text,
        "check_ids": [not_missing],
        "entry_id": text,
        "resource_id": text,
        "subject": text,
        "verdict": text,
        "permits": text,
        "sha256": [not_missing],
    }
