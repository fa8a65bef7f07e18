"""What the actions on preferences of notices take."""

from __future__ import annotations

from typing import Any

from ckan.lib.navl.dictization_functions import missing
from ckan.lib.navl.validators import StopOnError
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator


def _unless_left_out(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Empty is a choice here; only what is left out is passed by."""
    if data.get(key) is missing or data.get(key) is None:
        data.pop(key, None)
        raise StopOnError


@validator_args
def preference(
    ignore_missing: Validator,
    unicode_safe: Validator,
    dict_only: Validator,
    list_of_strings: Validator,
) -> Schema:
    return {
        "language": [_unless_left_out, unicode_safe],
        "mail": [ignore_missing, dict_only],
        "hidden": [_unless_left_out, list_of_strings],
    }
