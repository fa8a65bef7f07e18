"""What the actions on attachments take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.requests.words_attachments import KINDS


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def of_application(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"application_id": [not_empty, unicode_only]}


@validator_args
def create(
    not_empty: Validator,
    unicode_only: Validator,
    ignore_missing: Validator,
    ignore: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "application_id": [not_empty, unicode_only],
        "kind": [default("attachment"), one_of(list(KINDS))],
        "upload": [ignore_missing],
        "__junk": [ignore],
    }
