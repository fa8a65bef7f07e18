"""What the actions of the seals take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def audit_block_list(
    ignore_missing: Validator,
    default: ValidatorFactory,
    int_validator: Validator,
    is_positive_integer: Validator,
    limit_to_configured_maximum: ValidatorFactory,
) -> Schema:
    return {
        "before": [ignore_missing, int_validator],
        "limit": [
            default(50),
            is_positive_integer,
            limit_to_configured_maximum("ckanext.edudata.audit.rows_max", 1000),
        ],
    }


@validator_args
def audit_export(not_empty: Validator, edudata_date_of_paper: Validator) -> Schema:
    return {
        "from": [not_empty, edudata_date_of_paper],
        "to": [not_empty, edudata_date_of_paper],
    }
