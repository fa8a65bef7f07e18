"""JSON, JSON lines and GeoJSON, piece by piece: what fits into a few megabytes is
parsed at once, larger lists and objects member by member. Numbers keep their text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..reasons import Unreadable
from ..report import CheckOptions
from . import encoding, nested
from .nested import MAX_DEPTH, Tables, free_key, unique_keys
from .sheets import Sheet, Source

_PIECE = 4 << 20
_SPACE = re.compile(r"[ \t\r\n\ufeff\x1e]*")
# Lone surrogates have no UTF-8, and NUL no place in a database.
_ODD = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_LONE = re.compile("[\ud800-\udfff]")


def source(path: Path, size: int, options: CheckOptions) -> Source:
    return Source("json", size, _sheets(path, options), iter(()))


def _sheets(path: Path, options: CheckOptions) -> Iterator[Sheet]:
    reader = _Reader(path, options)
    try:
        reader.read()
    except RecursionError:
        raise Unreadable("too_deep", limit=MAX_DEPTH) from None
    yield from reader.tables.sheets()


class _TooLarge(Exception):  # noqa: N818
    """The value is larger than what is parsed at once."""


class _Reader:
    def __init__(self, path: Path, options: CheckOptions) -> None:
        self.tables = Tables(options)
        self._options = options
        self._blocks = encoding.blocks(path, encoding.detect(path))
        self._decoder = json.JSONDecoder(
            object_pairs_hook=unique_keys,
            parse_int=str,
            parse_float=str,
            parse_constant=str,
            strict=False,
        )
        self._text = ""
        self._place = 0
        self._lines = 1
        self._passed = 0
        self._odd = self._ended = False

    def read(self) -> None:
        """The one value of the file, or its many as rows."""
        waiting: list[Any] = []
        first = True
        while self._peek():
            try:
                value = self._value()
            except _TooLarge:
                self._large((), 0, alone=first)
            else:
                waiting.append(value)
            if not first or len(waiting) > 1:
                self.tables.items(waiting, ())
                waiting = []
            first = first and bool(waiting)
            if self._peek() == "," and not first:
                raise self._wrong()
        if waiting:
            self.tables.document(waiting[0])

    def _large(self, path: nested.Path, depth: int, alone: bool) -> None:
        """Member by member through a list or an object."""
        if depth > MAX_DEPTH:
            raise Unreadable("too_deep", limit=MAX_DEPTH)
        opening = self._peek()
        if opening not in ("[", "{"):
            limit = self._options.max_cell_chars
            raise Unreadable("long_cell", row=1, limit=limit)
        closing = "]" if opening == "[" else "}"
        self._place += 1
        found: dict[str, Any] = {}
        kept = 0
        while self._peek() != closing:
            key = self._key(opening)
            start = self._consumed()
            try:
                value = self._value()
            except _TooLarge:
                below = path if key is None else (*path, key)
                self._large(below, depth + 1, alone=key is not None)
            else:
                if key is None:
                    self.tables.items([value], path)
                else:
                    found[free_key(key, found)] = value
                    kept += self._consumed() - start + len(key)
            if kept > _PIECE:
                self._object(found, path, alone)
                found, kept = {}, 0
            if self._peek() == ",":
                self._place += 1
            elif self._peek() != closing:
                raise self._wrong()
        self._place += 1
        if found:
            self._object(found, path, alone)

    def _object(self, found: dict[str, Any], path: nested.Path, alone: bool) -> None:
        if alone:
            self.tables.document(found, path)
        else:
            self.tables.items([found], path)

    def _key(self, opening: str) -> str | None:
        if opening == "[":
            return None
        if self._peek() != '"':
            raise self._wrong()
        try:
            key = self._value()
        except _TooLarge:
            limit = self._options.max_cell_chars
            raise Unreadable("long_cell", row=1, limit=limit) from None
        if self._peek() != ":":
            raise self._wrong()
        self._place += 1
        return key

    def _value(self) -> Any:
        """The next value, if it is not too large."""
        if not self._peek():
            raise self._wrong()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
            except json.JSONDecodeError:
                pass
            else:
                # A number might go on in the next block.
                if end < len(self._text) or not self._more():
                    self._place = end
                    return _clean(value) if self._odd else value
                continue
            if len(self._text) - self._place > _PIECE:
                raise _TooLarge
            if not self._more():
                raise self._wrong()

    def _peek(self) -> str:
        """The next character that is no white space, or nothing at the end."""
        while True:
            end = _SPACE.match(self._text, self._place).end()  # type: ignore[union-attr]
            self._place = end
            if end < len(self._text):
                return self._text[end]
            if not self._more():
                return ""

    def _more(self) -> bool:
        if self._ended:
            return False
        parts = [self._text[self._place :]]
        self._lines += self._text.count("\n", 0, self._place)
        self._passed += self._place
        # At least as much again, so that a value tried twice is not tried often.
        wanted, got = max(1, len(parts[0])), 0
        while got < wanted:
            block = next(self._blocks, None)
            if block is None:
                self._ended = True
                break
            parts.append(block)
            got += len(block)
            self._odd = self._odd or bool(_ODD.search(block))
        self._text, self._place = "".join(parts), 0
        return got > 0

    def _consumed(self) -> int:
        return self._passed + self._place

    def _wrong(self) -> Unreadable:
        try:
            self._decoder.raw_decode(self._text, self._place)
            place = self._place
        except json.JSONDecodeError as error:
            place = error.pos
        line = self._lines + self._text.count("\n", 0, place)
        return Unreadable("bad_text", kind="JSON", line=line)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value).replace("\0", "")
    if isinstance(value, dict):
        return unique_keys([(_clean(k), _clean(v)) for k, v in value.items()])
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return value
