"""What the actions on reports, onward provision and recalls take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.delivery import provision_rules, report_rules

WORDS = 2000
PAGE = "ckanext.edudata.delivery.rows_max"


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def by_request(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"request_id": [not_empty, unicode_only]}


@validator_args
def report_file(
    not_empty: Validator, unicode_only: Validator, ignore_missing: Validator
) -> Schema:
    fields = (*report_rules.WORDS, "third", "copies")
    return {
        "request_id": [not_empty, unicode_only],
        **{name: [ignore_missing, unicode_only] for name in fields},
    }


@validator_args
def report_read(
    not_empty: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "request_id": [not_empty, unicode_only],
        "words": [default(""), unicode_only, edudata_no_longer_than(WORDS)],
    }


@validator_args
def listing(
    ignore_missing: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    is_positive_integer: Validator,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unit_id": [ignore_missing, unicode_only],
        "grant_id": [ignore_missing, unicode_only],
        "state": [ignore_missing, unicode_only],
        "limit": [
            default(50),
            is_positive_integer,
            limit_to_configured_maximum(PAGE, 500),
        ],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def provision_create(
    not_empty: Validator, unicode_only: Validator, ignore_missing: Validator
) -> Schema:
    fields = (*provision_rules.WORDS, "what", "until", "third_kind")
    return {
        "grant_id": [not_empty, unicode_only],
        "fields": [ignore_missing],
        **{name: [ignore_missing, unicode_only] for name in fields},
    }


@validator_args
def decide(
    not_empty: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_only],
        "words": [default(""), unicode_only, edudata_no_longer_than(WORDS)],
    }


@validator_args
def recall_create(
    not_empty: Validator,
    unicode_only: Validator,
    ignore_missing: Validator,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "dataset_id": [not_empty, unicode_only],
        "release_id": [ignore_missing, unicode_only],
        "reason": [not_empty, unicode_only],
        "words": [not_empty, unicode_only, edudata_no_longer_than(WORDS)],
        "due": [ignore_missing, unicode_only],
    }


@validator_args
def recall_confirm(
    not_empty: Validator,
    unicode_only: Validator,
    ignore_missing: Validator,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    words = [ignore_missing, unicode_only, edudata_no_longer_than(WORDS)]
    return {
        "id": [not_empty, unicode_only],
        "deleted_on": [ignore_missing, unicode_only],
        "derived": [ignore_missing, unicode_only],
        "what": words,
        "derived_words": words,
    }
