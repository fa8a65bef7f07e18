"""The report for programs; docs/edudata-check.md gives the keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def render(items: Sequence[Mapping[str, Any]]) -> str:
    """A list with an object for each file; lone surrogates are escaped."""
    text = json.dumps(list(items), ensure_ascii=False, indent=2) + "\n"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(list(items), ensure_ascii=True, indent=2) + "\n"
    return text
