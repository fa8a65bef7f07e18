"""What the audit actions take."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def audit_list(
    ignore_missing: Validator,
    unicode_safe: Validator,
    default: ValidatorFactory,
    int_validator: Validator,
    limit_to_configured_maximum: ValidatorFactory,
    is_positive_integer: Validator,
    edudata_date_of_paper: Validator,
) -> Schema:
    return {
        "object_id": [ignore_missing, unicode_safe],
        "action": [ignore_missing, unicode_safe],
        "unit_id": [ignore_missing, unicode_safe],
        "actor_id": [ignore_missing, unicode_safe],
        "outcome": [ignore_missing, unicode_safe],
        "from": [ignore_missing, edudata_date_of_paper],
        "to": [ignore_missing, edudata_date_of_paper],
        "before": [ignore_missing, int_validator],
        "limit": [
            default(100),
            is_positive_integer,
            limit_to_configured_maximum("ckanext.edudata.audit.rows_max", 1000),
        ],
    }
