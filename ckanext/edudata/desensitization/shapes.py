"""Shapes: what stands where in a text, without which digit or letter it is.

Millions of cells have a few hundred shapes (``138 1234 5678`` and ``139 8765 4321`` are
both ``000 0000 0000``). A pattern can be widened to shapes: where the widened one does
not match the shape of a text, the pattern does not match the text. So a pattern is run
on the few cells of which it could be true, and stays the one source of what is found.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

if sys.version_info >= (3, 11):
    from re import _constants as sre  # type: ignore[attr-defined]
    from re import _parser as sre_parse  # type: ignore[attr-defined]
else:
    import sre_constants as sre
    import sre_parse

DIGIT, LETTER, HAN, OTHER = "0", "a", "\u3400", "\ue000"
_SIZE = 0x10000
# Beyond the basic plane there are only OTHER characters.
_OVER = _SIZE - 1
_FLAGS = re.DOTALL | re.MULTILINE | re.IGNORECASE


class Unsupported(Exception):  # noqa: N818
    """A pattern with a construct that cannot be widened: it may match any shape."""


class Alphabet:
    """The classes of characters. ``literals`` are characters beyond ASCII that keep
    their identity, because a pattern or a word of context asks for them."""

    def __init__(self, literals: Iterable[str]) -> None:
        table = np.full(_SIZE, ord(OTHER), dtype=np.uint16)
        table[:128] = np.arange(128)
        table[ord("0") : ord("9") + 1] = ord(DIGIT)
        for first in "Aa":
            table[ord(first) : ord(first) + 26] = ord(LETTER)
        table[0x3400:0xA000] = ord(HAN)
        for char in literals:
            if "\x7f" < char <= "\uffff":
                table[ord(char)] = ord(char)
        self._table = table
        self._sizes = np.bincount(table, minlength=_SIZE)
        self._reps = np.flatnonzero(self._sizes)

    def shapes(self, texts: list[str]) -> list[str]:
        """The shape of each text; none may hold a line feed."""
        blob = "\n".join(texts)
        codes = np.frombuffer(blob.encode("utf-32-le", "surrogatepass"), np.uint32)
        classes = self._table[np.minimum(codes, _OVER)]
        if codes.max(initial=0) > _OVER:
            classes[(codes >= 0x20000) & (codes < 0x40000)] = ord(HAN)
        return classes.tobytes().decode("utf-16-le").split("\n")

    def shape(self, text: str) -> str:
        return self.shapes([text.replace("\n", " ")])[0]

    def widened(self, pattern: str, flags: int = _FLAGS) -> tuple[str, bool]:
        """The pattern over shapes, and whether it says the same as the pattern does
        (for shapes without :data:`OTHER`).

        Raises :class:`Unsupported`.
        """
        tree = sre_parse.parse(pattern, flags)
        fold = bool(flags & re.IGNORECASE)
        wide = self._build(tree, fold, over=True)
        narrow = self._build(tree, fold, over=False)
        other = f"\\u{ord(OTHER):04x}"
        return wide, wide.replace(other, "") == narrow.replace(other, "")

    def _build(self, items: Any, fold: bool, over: bool) -> str:
        return "".join(self._node(op, value, fold, over) for op, value in items)

    def _node(self, op: Any, value: Any, fold: bool, over: bool) -> str:
        if op in (sre.LITERAL, sre.NOT_LITERAL, sre.IN):
            return self._class(_members(op, value, fold), over)
        if op is sre.ANY:
            return "."
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT) or str(op) == "POSSESSIVE_REPEAT":
            low, high, items = value
            many = "" if high is sre.MAXREPEAT else int(high)
            return f"(?:{self._build(items, fold, over)}){{{low},{many}}}"
        if op is sre.BRANCH:
            parts = "|".join(self._build(items, fold, over) for items in value[1])
            return f"(?:{parts})"
        if op is sre.SUBPATTERN:
            return f"(?:{self._build(value[3], fold, over)})"
        if op in (sre.ASSERT, sre.ASSERT_NOT):
            way, items = value
            denied = op is sre.ASSERT_NOT
            # What must not follow is narrowed where the whole is widened.
            inner = self._build(items, fold, over != denied)
            return f"(?{'<' if way < 0 else ''}{'!' if denied else '='}{inner})"
        if op is sre.AT:
            return {
                sre.AT_BEGINNING: "^",
                sre.AT_BEGINNING_STRING: r"\A",
                sre.AT_END: "$",
                sre.AT_END_STRING: r"\Z",
            }[value]
        raise Unsupported(str(op))

    def _class(self, members: Any, over: bool) -> str:
        inside = np.bincount(self._table[members], minlength=_SIZE)[self._reps]
        chosen = self._reps[inside > 0 if over else inside == self._sizes[self._reps]]
        if not len(chosen):
            return "(?!)"
        if len(chosen) == len(self._reps):
            return "."
        return f"[{_ranges(chosen)}]"


def _ranges(codes: Any) -> str:
    cut = np.flatnonzero(np.diff(codes) > 1) + 1
    return "".join(
        f"\\u{run[0]:04x}" + (f"-\\u{run[-1]:04x}" if len(run) > 1 else "")
        for run in np.split(codes, cut)
    )


@lru_cache(maxsize=8)
def _category(pattern: str) -> Any:
    every = "".join(chr(c) for c in range(_SIZE) if not 0xD800 <= c < 0xE000)
    found = np.zeros(_SIZE, dtype=bool)
    found[[ord(c) for c in re.findall(pattern, every)]] = True
    return found


_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_NOT_WORD: r"\W",
}


def _members(op: Any, value: Any, fold: bool) -> Any:
    """Which characters one item of a pattern matches."""
    found = np.zeros(_SIZE, dtype=bool)
    negated = op is sre.NOT_LITERAL
    items = value if op is sre.IN else [(sre.LITERAL, value)]
    for kind, what in items:
        if kind is sre.NEGATE:
            negated = True
        elif kind is sre.LITERAL:
            found[min(what, _OVER)] = True
        elif kind is sre.RANGE:
            found[min(what[0], _OVER) : min(what[1], _OVER) + 1] = True
        elif kind is sre.CATEGORY:
            found |= _category(_CATEGORIES[what])
        else:
            raise Unsupported(str(kind))
    if fold:
        upper, lower = found[65:91].copy(), found[97:123].copy()
        found[65:91] |= lower
        found[97:123] |= upper
        # The long s, the Kelvin sign and dotted i fold to letters.
        for char, folded in (("s", 0x17F), ("k", 0x212A), ("i", 0x130), ("i", 0x131)):
            found[folded] |= found[ord(char)]
    return ~found if negated else found
