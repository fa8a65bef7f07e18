"""What is hashed: a record, and the head of a block. Pure.

Both are JSON in one form only: keys sorted, no spaces, ASCII. A third party can hash
an exported line without knowing any of this portal.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

FIRST = bytes(32)
"""What stands for the head before the first block."""

RECORD = (
    *("id", "at", "xid", "actor_id", "action", "outcome"),
    *("object_type", "object_id", "unit_id", "detail"),
)
HEADER = (
    *("number", "kind", "previous", "size", "total", "root", "horizon", "began"),
    *("cluster", "timeline", "sealed_at", "note"),
)


def moment(value: datetime.datetime) -> str:
    """A moment in UTC to the microsecond, as `2026-11-23T10:00:00.000000Z`."""
    utc = value.astimezone(datetime.timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def record_text(row: Mapping[str, Any]) -> str:
    """A record in the form that is hashed.

    :param row: the columns; `detail` as the database writes it as text, for numbers
        have many forms
    """
    return _json({**{key: row[key] for key in RECORD}, "at": moment(row["at"])})


def header_text(row: Mapping[str, Any]) -> str:
    """All that a block says of itself, in the form that is hashed."""
    return _json(
        {
            **{key: row[key] for key in HEADER},
            "previous": bytes(row["previous"]).hex(),
            "root": bytes(row["root"]).hex(),
            "sealed_at": moment(row["sealed_at"]),
        }
    )


def head(header: str) -> bytes:
    """Hash by which a block is known; the next one names it.

    The first byte keeps it apart from the leaves and nodes of its tree.
    """
    return sha256(b"\x02" + header.encode("ascii")).digest()
