"""What the actions on extracts take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.delivery.extract_files import FORMATS


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def of_grant(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"grant_id": [not_empty, unicode_only]}


@validator_args
def create(
    not_empty: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "grant_id": [not_empty, unicode_only],
        "format": [default("csv"), one_of(list(FORMATS))],
    }
