"""What the actions of this room take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.feedback import words

WHERE, REASON = 300, 1000


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def notify(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    one_of: ValidatorFactory,
    dict_only: Validator,
) -> Schema:
    return {
        "kind": [not_empty, one_of(list(words.KINDS))],
        "unit_id": [not_empty, unicode_safe],
        "permission": [not_empty, unicode_safe],
        "apart": [ignore_missing],
        "object_type": [not_empty, unicode_safe],
        "object_id": [not_empty, unicode_safe],
        "detail": [ignore_missing, dict_only],
    }


@validator_args
def notice_list(
    default: ValidatorFactory,
    natural_number_validator: Validator,
    ignore_missing: Validator,
    boolean_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unread": [ignore_missing, boolean_validator],
        "limit": [
            default(20),
            natural_number_validator,
            limit_to_configured_maximum("ckanext.edudata.notices.rows_max", 200),
        ],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def alarm_raise(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    one_of: ValidatorFactory,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "kind": [not_empty, one_of(list(words.ALARM_KINDS))],
        "where": [ignore_missing, unicode_safe, edudata_no_longer_than(WHERE)],
    }


@validator_args
def alarm_answer(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    one_of: ValidatorFactory,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "answer": [not_empty, one_of(["stop", "unfounded"])],
        "reason": [ignore_missing, unicode_safe, edudata_no_longer_than(REASON)],
    }


@validator_args
def alarm_list(
    default: ValidatorFactory, natural_number_validator: Validator
) -> Schema:
    return {"limit": [default(20), natural_number_validator]}
