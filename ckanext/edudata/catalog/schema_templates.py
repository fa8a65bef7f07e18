"""What the actions of catalog templates take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.catalog import templates_content


@validator_args
def create(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator,
    edudata_plain_text: Validator,
) -> Schema:  # fmt: skip
    return {
        "unit_id": [not_empty, unicode_safe],
        "title": [not_empty, unicode_safe, edudata_plain_text],
        "upload": [ignore_missing],
        "entries": [ignore_missing],
        "no_state_secret": [ignore_missing, unicode_safe],
    }


@validator_args
def update(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator,
    edudata_plain_text: Validator, boolean_validator: Validator,
) -> Schema:  # fmt: skip
    return {
        "id": [not_empty, unicode_safe],
        "title": [ignore_missing, unicode_safe, edudata_plain_text],
        "upload": [ignore_missing],
        "remove": [ignore_missing],
        "end": [ignore_missing, boolean_validator],
        "no_state_secret": [ignore_missing, unicode_safe],
    }


@validator_args
def send(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "kinds": [ignore_missing],
        "units": [ignore_missing],
    }


@validator_args
def answer(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "unit_id": [not_empty, unicode_safe],
        "answer": [not_empty, one_of(list(templates_content.ANSWERS))],
        "rows": [ignore_missing],
        "values": [ignore_missing],
        "reason": [ignore_missing, unicode_safe],
        "no_state_secret": [ignore_missing, unicode_safe],
    }


@validator_args
def show(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "unit_id": [ignore_missing, unicode_safe],
    }


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def remind(
    not_empty: Validator, unicode_safe: Validator, ignore_missing: Validator
) -> Schema:
    return {"id": [not_empty, unicode_safe], "units": [ignore_missing]}


@validator_args
def entries(not_missing: Validator) -> Schema:
    return {"ids": [not_missing]}
