"""HTML: its tables, and every other text. No browser's rules are needed to lose
nothing: each character of the file is read as text, attribute, comment or script, and
all of these are checked, whatever a browser would make of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from . import encoding
from .html_tables import Page
from .sheets import BATCH_ROWS, Batch, Extra, Meter, Row, Sheet, Source

_MAX_BYTES = 64 << 20
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_STOP = re.compile(r"[>\"']")
_ATTRIBUTE = re.compile(
    r"([^\s=>/\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?|[\"']([^\"']+)"
)
#: Their content is no markup; in the last two, character references count.
_RAW = {"script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"}
_PLAIN_NAME = re.compile(r"[A-Za-z:_-]{1,30}")
_EMBEDDED = re.compile(r"\s*data:(?:image|application|audio|video)/", re.I)
_SEEN = 200_000
_SHORT = 500


def source(path: Path, size: int, options: CheckOptions) -> Source:
    if size > _MAX_BYTES:
        raise Unreadable("too_large", limit=f"{_MAX_BYTES >> 20} MB")
    extras: list[Extra] = []
    return Source("html", size, _sheets(path, options, extras), _each(extras))


def _each(extras: list[Extra]) -> Iterator[Extra]:
    """They are known after the sheets were read."""
    yield from extras


def _sheets(path: Path, options: CheckOptions, extras: list[Extra]) -> Iterator[Sheet]:
    with path.open("rb") as stream:
        named = _DECLARED.search(stream.read(8192).replace(b"\0", b""))
    codec = encoding.detect(path, named[1].decode() if named else "")
    page = Page()
    _Reader("".join(encoding.blocks(path, codec)), page, extras).read()
    tables = [table for table in page.tables if table.rows]
    for number, table in enumerate(tables, 1):
        name = table.caption or (f"表{number}" if len(tables) > 1 else "")
        yield Sheet(name, _batches(table.rows, options))
    if page.paragraphs:
        rows: list[Row] = [["正文"], *([text] for text in page.paragraphs)]
        yield Sheet("正文" if tables else "", _batches(rows, options), header=True)


def _batches(rows: list[Row], options: CheckOptions) -> Iterator[Batch]:
    meter = Meter(options)
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        for number, row in enumerate(batch, start + 1):
            if len(row) > options.max_columns:
                raise Unreadable("too_many_columns", limit=options.max_columns)
            if max((len(cell or "") for cell in row), default=0) > (
                options.max_cell_chars
            ):
                limit = options.max_cell_chars
                raise Unreadable("long_cell", row=number, limit=limit)
            meter.check(number, len(row), len(row) - row.count(None))
        yield batch


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:
        # A reference of thousands of digits is no character.
        return text


class _Reader:
    """Cuts a page into tags, texts and the rest; each step goes on behind the last, so
    the time is that of the length."""

    def __init__(self, text: str, page: Page, extras: list[Extra]) -> None:
        self._text, self._page, self._extras = text, page, extras
        self._seen: set[str] = set()
        self._pictures = 0
        self._unclosed: set[str] = set()
        self._joined: list[str] = []
        self._joined_size = 0

    def read(self) -> None:
        text, place = self._text, 0
        while place < len(text):
            found = text.find("<", place)
            found = len(text) if found < 0 else found
            if found > place:
                self._page.text(_unescaped(text[place:found]))
            place = self._markup(found) if found < len(text) else found
        self._page.end()
        self._flush()
        if self._pictures:
            raise Unreadable("embedded", count=self._pictures)

    def _markup(self, place: int) -> int:
        text = self._text
        if text.startswith("<!--", place):
            return self._until("-->", place + 4, "comment")
        if text.startswith("<![CDATA[", place):
            return self._until("]]>", place + 9, "comment")
        if text.startswith(("<!", "<?"), place):
            return self._until(">", place + 2, "comment")
        closing = text.startswith("</", place)
        name = _NAME.match(text, place + 1 + closing)
        if not name:
            if closing:
                return self._until(">", place + 2, "comment")
            self._page.text("<")
            return place + 1
        tag, end = name[0].lower(), self._tag_end(name.end())
        inner = text[name.end() : end]
        attributes = self._attributes(inner)
        if not tag.isascii() or not tag.isalpha():
            self._extra("part", tag)
        end += 1
        if closing:
            self._page.close(tag)
            return end
        self._page.open(tag, attributes)
        return self._raw(tag, end) if tag in _RAW else end

    def _until(self, mark: str, place: int, where: str) -> int:
        end = self._text.find(mark, place)
        end = len(self._text) if end < 0 else end
        self._extra(where, _unescaped(self._text[place:end]))
        return end + len(mark)

    def _tag_end(self, place: int) -> int:
        """Where a tag's ``>`` stands; quotes that are never closed quote nothing."""
        text = self._text
        while stop := _STOP.search(text, place):
            sign = stop[0]
            place = stop.end()
            if sign == ">":
                return stop.start()
            if sign not in self._unclosed:
                end = text.find(sign, place)
                if end < 0:
                    self._unclosed.add(sign)
                else:
                    place = end + 1
        return len(text)

    def _attributes(self, inner: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(inner):
            value = _unescaped("".join(values))
            found.setdefault(name.lower(), value)
            if name and not _PLAIN_NAME.fullmatch(name):
                self._extra("part", name)
            if _EMBEDDED.match(value):
                self._pictures += 1
            self._extra("part", value)
        return found

    def _raw(self, tag: str, place: int) -> int:
        end = re.compile(f"</{tag}", re.I).search(self._text, place)
        stop = end.start() if end else len(self._text)
        inner = self._text[place:stop]
        if tag in ("textarea", "title"):
            inner = _unescaped(inner)
        self._extra("property" if tag == "title" else "part", inner)
        return stop

    def _extra(self, where: str, text: str) -> None:
        """The same attribute stands in many tags; it is checked once."""
        text = text.strip()
        if text and text not in self._seen:
            if len(self._seen) < _SEEN:
                self._seen.add(text)
            if where == "part" and text.isascii() and len(text) < _SHORT:
                self._joined.append(text)
                self._joined_size += len(text)
                if self._joined_size > 4 * _SHORT:
                    self._flush()
            else:
                self._extras.append(Extra(where, text))

    def _flush(self) -> None:
        """Short ASCII values, classes and sizes most of them, are checked together."""
        if self._joined:
            self._extras.append(Extra("part", " ; ".join(self._joined)))
        self._joined, self._joined_size = [], 0
