"""What the actions of events take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.edudata.operations import event_kinds


@validator_args
def event_list(
    ignore_missing: Validator,
    ignore_empty: Validator,
    default: ValidatorFactory,
    int_validator: Validator,
    boolean_validator: Validator,
    one_of: ValidatorFactory,
    natural_number_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "severity": [ignore_empty, one_of(list(event_kinds.SEVERITIES))],
        "kind": [ignore_empty, one_of(list(event_kinds.KINDS))],
        "open": [default(False), boolean_validator],
        "before": [ignore_missing, int_validator],
        "limit": [
            default(50),
            natural_number_validator,
            limit_to_configured_maximum("ckanext.edudata.audit.rows_max", 1000),
        ],
    }


@validator_args
def event_see(not_missing: Validator, natural_number_validator: Validator) -> Schema:
    return {"until": [not_missing, natural_number_validator]}
