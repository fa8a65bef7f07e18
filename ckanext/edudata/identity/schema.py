"""What the account's actions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


@validator_args
def session_end(ignore_missing: Validator, unicode_safe: Validator) -> Schema:
    return {"ref": [ignore_missing, unicode_safe], "others": [ignore_missing]}


@validator_args
def password_change(not_empty: Validator, unicode_safe: Validator) -> Schema:
    one = [not_empty, unicode_safe]
    return {"old": one, "new": one, "again": one}


@validator_args
def mail_change(
    not_empty: Validator, unicode_safe: Validator, email_validator: Validator
) -> Schema:
    return {
        "email": [not_empty, unicode_safe, email_validator],
        "old": [not_empty, unicode_safe],
    }


@validator_args
def account_wake(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}
