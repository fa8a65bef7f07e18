"""What the actions on agreements and on forms of units take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def shown(ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    return {"version": [ignore_missing, unicode_safe]}


@validator_args
def nothing() -> Schema:
    return {}


@validator_args
def published(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_only: Validator,
    isodate: Validator,
) -> Schema:
    return {
        "text_zh": [not_empty, unicode_only],
        "text_en": [ignore_missing, unicode_only],
        "starts": [ignore_missing, isodate],
    }


@validator_args
def of_unit(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_only: Validator,
    int_validator: Validator,
) -> Schema:
    return {
        "unit_id": [not_empty, unicode_only],
        "version": [ignore_missing, int_validator],
    }


@validator_args
def questions(
    not_empty: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    unicode_only: Validator,
    int_validator: Validator,
    boolean_validator: Validator,
    list_of_strings: Validator,
) -> Schema:
    return {
        "unit_id": [not_empty, unicode_only],
        "version": [ignore_missing, int_validator],
        "questions": {
            "key": [ignore_missing, unicode_only],
            "label": [ignore_missing, unicode_only],
            "hint": [ignore_missing, unicode_only],
            "kind": [ignore_empty, unicode_only],
            "choices": [ignore_missing, list_of_strings],
            "required": [ignore_missing, boolean_validator],
        },
    }
