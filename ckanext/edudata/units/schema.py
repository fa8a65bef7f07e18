"""What the unit actions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.units import who_may


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
        "ended": [ignore_missing, boolean_validator],
    }
