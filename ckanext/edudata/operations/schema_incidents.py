"""What the actions of incidents, plans and drills take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.operations import incident_rules

WORDS = 10_000


@validator_args
def incident_open(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    one_of: ValidatorFactory,
    boolean_validator: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "unit_id": [not_empty, unicode_safe],
        "kind": [not_empty, one_of(list(incident_rules.KINDS))],
        "level": [not_empty, one_of(list(incident_rules.LEVELS))],
        "first_sign_at": [not_empty, unicode_safe],
        "found_at": [ignore_empty, unicode_safe],
        "words": [not_empty, unicode_safe],
        "datasets": [ignore_missing],
        "personal": [ignore_missing, boolean_validator],
        "important": [ignore_missing, boolean_validator],
        "people": [ignore_empty, natural_number_validator],
    }


@validator_args
def incident_note(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_empty: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "kind": [not_empty, one_of(list(incident_rules.NOTED))],
        "words": [not_empty, unicode_safe],
        "at": [ignore_empty, unicode_safe],
    }


@validator_args
def incident_classify(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    ignore_empty: Validator,
    one_of: ValidatorFactory,
    boolean_validator: Validator,
    natural_number_validator: Validator,
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "level": [not_empty, one_of(list(incident_rules.LEVELS))],
        "words": [not_empty, unicode_safe],
        "personal": [ignore_missing, boolean_validator],
        "important": [ignore_missing, boolean_validator],
        "people": [ignore_empty, natural_number_validator],
    }


@validator_args
def incident_move(
    not_empty: Validator, unicode_safe: Validator, one_of: ValidatorFactory
) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "command": [not_empty, one_of(list(incident_rules.MOVES))],
        "words": [not_empty, unicode_safe],
    }


@validator_args
def by_id(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@validator_args
def incident_list(
    unicode_safe: Validator,
    ignore_empty: Validator,
    one_of: ValidatorFactory,
) -> Schema:
    return {"state": [ignore_empty, one_of(list(incident_rules.STATES))]}


@validator_args
def plan_publish(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"unit_id": [not_empty, unicode_safe], "words": [not_empty, unicode_safe]}


@validator_args
def by_unit(not_empty: Validator, unicode_safe: Validator) -> Schema:
    return {"unit_id": [not_empty, unicode_safe]}


@validator_args
def drill_note(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    is_positive_integer: Validator,
) -> Schema:
    text: list[Validator] = [not_empty, unicode_safe]
    return {
        "unit_id": text,
        "held_on": text,
        "scenario": text,
        "people": [not_empty, is_positive_integer],
        "result": text,
        "to_mend": [ignore_missing, unicode_safe],
    }
