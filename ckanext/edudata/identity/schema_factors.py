"""What the actions of second factors and accounts at institutions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def code(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"code": [not_empty, unicode_safe]}


@validator_args
def person(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"user_id": [not_empty, unicode_safe]}


@validator_args
def identified(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def decided(
    not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "decision": [not_empty, one_of(["consent", "refuse"])],
    }
