"""What the actions on applicants, persons and attachments take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.requests.profile_applicants import FIELDS


@validator_args
def applicant(
    ignore_missing: Validator, unicode_only: Validator, int_validator: Validator
) -> Schema:
    return {
        "kind": [ignore_missing, unicode_only],
        "version": [ignore_missing, int_validator],
        **{name: [ignore_missing, unicode_only] for name in FIELDS},
    }


@validator_args
def applicant_show(ignore_missing: Validator, unicode_only: Validator) -> Schema:
    return {
        "user_id": [ignore_missing, unicode_only],
        "request_id": [ignore_missing, unicode_only],
    }


@validator_args
def nothing() -> Schema:
    return {}


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def of_application(
    not_empty: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
    boolean_validator: Validator,
) -> Schema:
    return {
        "application_id": [not_empty, unicode_only],
        "with_names": [default(False), boolean_validator],
    }
