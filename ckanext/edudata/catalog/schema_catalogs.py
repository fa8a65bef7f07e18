"""What the actions on catalogs take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.catalog import states_catalogs as states

WORDS = 1000


@validator_args
def of_unit(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"unit_id": [not_empty, unicode_safe]}


@validator_args
def command(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    edudata_no_longer_than: ValidatorFactory,
) -> Schema:
    words = [ignore_missing, unicode_safe, edudata_no_longer_than(WORDS)]
    return {
        "id": [not_empty, unicode_safe],
        "reason": list(words),
        "words": list(words),
        "day": [ignore_missing, unicode_safe],
        "digest": [ignore_missing, unicode_safe],
    }


@validator_args
def catalog_list(
    ignore_missing: Validator,
    unicode_safe: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unit_id": [ignore_missing, unicode_safe],
        "scope": [ignore_missing, one_of(list(states.SCOPES))],
        "state": [ignore_missing, one_of(list(states.STATES))],
        "q": [ignore_missing, unicode_safe],
        **_page(default, natural_number_validator, limit_to_configured_maximum),
    }


@validator_args
def row_list(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "q": [ignore_missing, unicode_safe],
        "unit_id": [ignore_missing, unicode_safe],
        "sharing_class": [ignore_missing, unicode_safe],
        "opening_class": [ignore_missing, unicode_safe],
        "entry_id": [ignore_missing, unicode_safe],
        **_page(default, natural_number_validator, limit_to_configured_maximum),
    }


@validator_args
def diff(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "against": [ignore_missing, unicode_safe],
        "kind": [ignore_missing, one_of(["added", "removed", "changed"])],
        **_page(default, natural_number_validator, limit_to_configured_maximum),
    }


@validator_args
def progress(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "unit_id": [not_empty, unicode_safe],
        "stand": [ignore_missing, unicode_safe],
        "q": [ignore_missing, unicode_safe],
        **_page(default, natural_number_validator, limit_to_configured_maximum),
    }


def _page(
    default: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    most = limit_to_configured_maximum("ckanext.edudata.catalogs.rows_max", 1000)
    return {
        "limit": [default(50), natural_number_validator, most],
        "offset": [default(0), natural_number_validator],
    }


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
