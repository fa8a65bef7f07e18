"""What the actions of this room take. Values of the form are judged in `forms.py`."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.requests.forms import WORDS
from ckanext.edudata.requests.states import STATES


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def form(
    ignore_missing: Validator,
    unicode_only: Validator,
    list_of_strings: Validator,
    dict_only: Validator,
    boolean_validator: Validator,
) -> Schema:
    return {
        **{name: [ignore_missing, unicode_only] for name in WORDS},
        "way": [ignore_missing, unicode_only],
        "until": [ignore_missing, unicode_only],
        "fields": [ignore_missing, list_of_strings],
        "rows": [ignore_missing, dict_only],
        "answers": [ignore_missing, dict_only],
        "agreed": [ignore_missing, boolean_validator],
        "agreed_name": [ignore_missing, unicode_only],
    }


@validator_args
def create(
    ignore_missing: Validator, unicode_only: Validator, list_of_strings: Validator
) -> Schema:
    return {
        **form(),
        "resource_id": [ignore_missing, unicode_only],
        "resource_ids": [ignore_missing, list_of_strings],
        "application_id": [ignore_missing, unicode_only],
    }


@validator_args
def command(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_only: Validator,
    int_validator: Validator,
    strip_value: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_only],
        "version": [ignore_missing, int_validator],
        "reason": [ignore_missing, unicode_only],
        "words": [ignore_missing, unicode_only, strip_value],
    }


@validator_args
def filled() -> Schema:
    return {**form(), **command()}


@validator_args
def approve(
    ignore_missing: Validator,
    unicode_only: Validator,
    list_of_strings: Validator,
    dict_only: Validator,
    is_positive_integer: Validator,
) -> Schema:
    return {
        **command(),
        "fields": [ignore_missing, list_of_strings],
        "rows": [ignore_missing, dict_only],
        "until": [ignore_missing, unicode_only],
        "way": [ignore_missing, unicode_only],
        "quota_rows": [ignore_missing, is_positive_integer],
        "quota_calls": [ignore_missing, is_positive_integer],
    }


@validator_args
def request_list(
    ignore_missing: Validator,
    unicode_only: Validator,
    boolean_validator: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    is_positive_integer: Validator,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "inbox": [default(False), boolean_validator],
        "unit_id": [ignore_missing, unicode_only],
        "resource_id": [ignore_missing, unicode_only],
        "state": [ignore_missing, one_of(list(STATES))],
        "limit": [
            default(50),
            is_positive_integer,
            limit_to_configured_maximum("ckanext.edudata.requests.rows_max", 500),
        ],
        "offset": [default(0), natural_number_validator],
    }
