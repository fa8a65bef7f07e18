"""What the actions on applicants, persons and attachments take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator

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
