"""What an audit record may carry: ids, codes, numbers, digests. Nothing else.

A trail that nobody can shorten must not hold what somebody may ask to be deleted
(PIPL Art. 47), so words people typed stay out of it.
"""

from __future__ import annotations

import re
from typing import Any

_CODE = re.compile(r"[A-Za-z0-9_.:+/=-]{0,200}")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# Eleven digits and more in a row may be a telephone, an ID or a card.
_NUMBER = re.compile(r"(?<![0-9a-f])[0-9]{11,19}[Xx]?(?![0-9a-f])")


def checked(detail: dict[str, Any]) -> dict[str, Any]:
    """Return *detail* if all of it may stand in the trail.

    :raises ValueError: naming the key, never the value
    """
    for key, value in detail.items():
        if not _allowed(value):
            raise ValueError(f"audit detail {key!r} is neither an id, code nor number")
    return detail


def _allowed(value: Any) -> bool:
    if value is None or isinstance(value, (bool, int, float)):
        return True
    if isinstance(value, str):
        # The digits of an id of ours are no telephone.
        number = _NUMBER.search(_UUID.sub("", value))
        return bool(_CODE.fullmatch(value)) and not number
    if isinstance(value, (list, tuple)):
        return all(_allowed(item) for item in value)
    if isinstance(value, dict):
        return all(_allowed(k) and _allowed(v) for k, v in value.items())
    return False
