"""What the actions of reviewing take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.requests import reasons, schema
from ckanext.edudata.requests.inbox_review import DUE, VIEWS
from ckanext.edudata.requests.states import STATES

MOST_AT_ONCE = 100


@validator_args
def comment(ignore_missing: Validator, boolean_validator: Validator) -> Schema:
    return {**schema.command(), "internal": [ignore_missing, boolean_validator]}


@validator_args
def assign(ignore_missing: Validator, unicode_only: Validator) -> Schema:
    return {**schema.command(), "assignee": [ignore_missing, unicode_only]}


@validator_args
def bulk(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_only: Validator,
    int_validator: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "command": [not_empty, one_of(["accept", "assign"])],
        "assignee": [ignore_missing, unicode_only],
        "requests": {
            "id": [not_empty, unicode_only],
            "version": [ignore_missing, int_validator],
        },
    }


@validator_args
def reason_list(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"unit_id": [not_empty, unicode_only]}


@validator_args
def reason_save(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_only: Validator,
    one_of: ValidatorFactory,
    strip_value: Validator,
) -> Schema:
    return {
        "id": [ignore_missing, unicode_only],
        "unit_id": [not_empty, unicode_only],
        "command": [not_empty, one_of(list(reasons.EDITABLE))],
        "code": [not_empty, unicode_only],
        "title": [not_empty, unicode_only, strip_value],
        "words": [not_empty, unicode_only, strip_value],
    }


@validator_args
def inbox(
    ignore_missing: Validator,
    unicode_only: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    is_positive_integer: Validator,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "view": [default("waiting"), one_of(list(VIEWS))],
        "state": [ignore_missing, one_of(list(STATES))],
        "dataset_id": [ignore_missing, unicode_only],
        "due": [ignore_missing, one_of(list(DUE))],
        "q": [ignore_missing, unicode_only],
        "limit": [
            default(50),
            is_positive_integer,
            limit_to_configured_maximum("ckanext.edudata.requests.rows_max", 500),
        ],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def reason_end(not_empty: Validator, unicode_only: Validator) -> Schema:
    given = [not_empty, unicode_only]
    return {"id": given, "unit_id": [*given]}
