"""What the actions of exceptions, decisions and the standing rule take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.desensitization.exceptions import KINDS, SCOPES, STATES


@validator_args
def by_id(not_empty: Validator, unicode_only: Validator) -> Schema:
    return {"id": [not_empty, unicode_only]}


@validator_args
def finding(
    not_empty: Validator,
    ignore_missing: Validator,
    unicode_only: Validator,
    default: ValidatorFactory,
) -> Schema:
    return {
        "resource_id": [not_empty, unicode_only],
        "place": [default("cell"), unicode_only],
        "column": [ignore_missing, unicode_only],
        "entity": [not_empty, unicode_only],
    }


@validator_args
def decided(
    not_empty: Validator, unicode_only: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        **finding(),
        "way": [not_empty, unicode_only, one_of(["correct", "desensitize"])],
    }


@validator_args
def request(
    ignore_missing: Validator,
    ignore_empty: Validator,
    unicode_only: Validator,
    strip_value: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
    edudata_future: Validator,
) -> Schema:
    words = [default(""), unicode_only, strip_value]
    return {
        **finding(),
        "kind": [default("exception"), one_of(list(KINDS))],
        "law": words,
        "article": words,
        "purpose": words,
        "until": [ignore_missing, ignore_empty, edudata_future],
    }


@validator_args
def decision(
    not_empty: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    unicode_only: Validator,
    strip_value: Validator,
    default: ValidatorFactory,
    one_of: ValidatorFactory,
    edudata_future: Validator,
) -> Schema:
    return {
        **by_id(),
        "decision": [not_empty, one_of(["grant", "refuse"])],
        "reason": [default(""), unicode_only, strip_value],
        "scope": [default("file"), one_of(list(SCOPES))],
        "until": [ignore_missing, ignore_empty, edudata_future],
    }


@validator_args
def exception_list(
    ignore_missing: Validator,
    unicode_only: Validator,
    boolean_validator: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
    is_positive_integer: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "inbox": [default(False), boolean_validator],
        "resource_id": [ignore_missing, unicode_only],
        "state": [ignore_missing, one_of(list(STATES))],
        "limit": [default(50), is_positive_integer],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def rule(
    not_empty: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    unicode_only: Validator,
    strip_value: Validator,
    edudata_future: Validator,
) -> Schema:
    return {
        "basis": [not_empty, unicode_only, strip_value, not_empty],
        "starts": [ignore_missing, ignore_empty, unicode_only],
        "until": [ignore_missing, ignore_empty, edudata_future],
    }
