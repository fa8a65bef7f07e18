"""Identifiers of units in addresses: the code, else the name in pinyin. Pure."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import Any

MOST = 90

PLACES = {"闵行": [["mǐn"], ["háng"]], "莘庄": [["xīn"], ["zhuāng"]]}
"""Places of Shanghai that the dictionary reads otherwise."""


def identifier(code: str, title: str, taken: Collection[str]) -> str:
    """A free identifier of 2 to 100 of `a-z0-9-`.

    :param taken: identifiers that are in use
    """
    base = re.sub(r"[^a-z0-9]", "", code.lower()) or _pinyin(title)
    if len(base) < 2:
        base = f"unit-{base}".rstrip("-")
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


@functools.cache
def _reader() -> Any:
    """Loaded when first needed: the dictionary is large."""
    from pypinyin import lazy_pinyin, load_phrases_dict

    load_phrases_dict(PLACES)
    return lazy_pinyin


def _pinyin(title: str) -> str:
    words = _reader()(title, errors=lambda text: list(text.lower()))
    joined = re.sub(r"[^a-z0-9]+", "-", "".join(words))
    return joined.strip("-")[:MOST].rstrip("-")
