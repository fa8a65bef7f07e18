"""What the unit actions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.units import posts, who_may


@validator_args
def role_give(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    user_id_or_name_exists: Validator,
    group_id_or_name_exists: Validator,
    one_of: ValidatorFactory,
    edudata_future: Validator,
) -> Schema:
    return {
        "user_id": [not_empty, unicode_safe, user_id_or_name_exists],
        "unit_id": [not_empty, unicode_safe, group_id_or_name_exists],
        "role": [not_empty, one_of(list(who_may.ROLES))],
        "until": [ignore_missing, edudata_future],
    }


@validator_args
def role_end(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def role_list(
    ignore_missing: Validator,
    unicode_safe: Validator,
    boolean_validator: Validator,
) -> Schema:
    return {
        "user_id": [ignore_missing, unicode_safe],
        "unit_id": [ignore_missing, unicode_safe],
        "below": [ignore_missing, boolean_validator],
        "ended": [ignore_missing, boolean_validator],
        "role": [ignore_missing, unicode_safe],
        "names": [ignore_missing, boolean_validator],
    }


@validator_args
def unit_move(
    not_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    edudata_plain_text: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "superior": [default(""), unicode_safe],
        "reason": [default(""), unicode_safe, edudata_plain_text],
    }


@validator_args
def unit_end(
    not_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    edudata_plain_text: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "into": [default(""), unicode_safe],
        "reason": [not_empty, unicode_safe, edudata_plain_text],
    }


@validator_args
def unit_only(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def unit_below(
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "id": [default(""), unicode_safe],
        "q": [default(""), unicode_safe],
        "kind": [default(""), unicode_safe],
        "limit": [default(100), natural_number_validator],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def person_find(
    not_empty: Validator, unicode_safe: Validator, edudata_plain_text: Validator
) -> Schema:
    return {"q": [not_empty, unicode_safe, edudata_plain_text]}


@validator_args
def unit_import(
    not_empty: Validator,
    ignore: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    edudata_upload: Validator,
) -> Schema:
    words: list[Validator] = [default(""), unicode_safe]
    return {
        "upload": [not_empty, edudata_upload],
        "kind": words,
        "superior": words,
        "unit": words,
        "only_column": words,
        "only_value": words,
        "__extras": [ignore],
    }


@validator_args
def unit_import_apply(
    not_empty: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "invite": [default(True), boolean_validator],
    }


@validator_args
def post_record(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_empty: Validator,
    one_of: ValidatorFactory,
    edudata_plain_text: Validator,
    edudata_date_of_paper: Validator,
) -> Schema:
    words: list[Validator] = [ignore_empty, unicode_safe, edudata_plain_text]
    return {
        "unit_id": [not_empty, unicode_safe],
        "user_id": [ignore_empty, unicode_safe],
        "person_name": words,
        "company": words,
        "post": [not_empty, unicode_safe, edudata_plain_text],
        "kind": [not_empty, one_of(list(posts.KINDS))],
        "made_on": [not_empty, edudata_date_of_paper],
        "valid_until": [ignore_empty, edudata_date_of_paper],
        "reference": words,
    }


@validator_args
def post_list(
    ignore_missing: Validator,
    unicode_safe: Validator,
    boolean_validator: Validator,
) -> Schema:
    return {
        "unit_id": [ignore_missing, unicode_safe],
        "below": [ignore_missing, boolean_validator],
        "withdrawn": [ignore_missing, boolean_validator],
    }
