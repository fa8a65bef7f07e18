"""XML as a stream of events: no tree, no network, no DTD, no entities but the five.

An element is an object of its attributes and children, an element that comes again a
list (see :mod:`.nested`). Comments, processing instructions, namespaces and the name
of the root are extras.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from ..reasons import Unreadable
from ..report import CheckOptions
from . import encoding
from .nested import MAX_DEPTH, TEXT, Tables, free_key
from .sheets import Extra, Sheet, Source

_DECLARED = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DOCTYPE = re.compile(r"<!DOCTYPE([^>\[]*)(.?)", re.S)
_FORBIDDEN = ("<!ENTITY", "<!ATTLIST", "<!ELEMENT", "<!NOTATION")
_WEIGHT, _WEIGHT_MAX = 4 << 20, 64 << 20
_FLOW = 100_000
_EXTRAS = 1_000_000
_WORKBOOK = "{urn:schemas-microsoft-com:office:spreadsheet}Workbook"


def source(path: Path, size: int, options: CheckOptions) -> Source:
    extras: list[Extra] = []
    return Source("xml", size, _sheets(path, options, extras), _each(extras))


def _each(extras: list[Extra]) -> Iterator[Extra]:
    """They are known after the sheets were read."""
    yield from extras


def _sheets(path: Path, options: CheckOptions, extras: list[Extra]) -> Iterator[Sheet]:
    with path.open("rb") as stream:
        named = _DECLARED.search(stream.read(1024).replace(b"\0", b""))
    codec = encoding.detect(path, named[1].decode() if named else "")
    target = _Target(options, extras)
    parser = etree.XMLParser(
        target=target,
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        for block in _guarded(encoding.blocks(path, codec, 1 << 16), extras):
            parser.feed(block.encode())
        parser.close()
    except etree.XMLSyntaxError as error:
        line = (error.position or (1, 0))[0]
        raise Unreadable("bad_text", kind="XML", line=line) from None
    yield from target.tables.sheets()


def _guarded(blocks: Iterator[str], extras: list[Extra]) -> Iterator[str]:
    """The text, unless it declares what only a DTD can."""
    before = ""
    for block in blocks:
        text = before + block
        if any(word in text for word in _FORBIDDEN):
            raise Unreadable("entities")
        for found in _DOCTYPE.finditer(text):
            if found[2] == "[":
                raise Unreadable("entities")
            extras.append(Extra("metadata", found[1]))
        before = text[-16:] if "<!DOCTYPE" not in text[-4096:] else text[-4096:]
        yield block


class _Frame:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: dict[str, Any] = {}
        self.repeated: set[str] = set()
        self.text: list[str] = []
        self.flow: list[str] | None = []
        self.flow_size = 0
        self.weight = 100 + sum(len(k) + len(v) for k, v in attributes.items())

    def add_text(self, text: str) -> None:
        self.text.append(text)
        self.weight += len(text)
        self._flow(text)

    def _flow(self, text: str) -> None:
        if self.flow is not None:
            self.flow.append(text)
            self.flow_size += len(text)
            if self.flow_size > _FLOW and not "".join(self.text).strip():
                self.flow = None

    def add(self, child: _Frame) -> None:
        tag, value = child.tag, child.value()
        if tag not in self.children:
            self.children[tag] = value
        elif tag not in self.repeated:
            self.repeated.add(tag)
            self.children[tag] = [self.children[tag], value]
        else:
            self.children[tag].append(value)
        self.weight += child.weight
        self._flow("".join(child.flow or []))

    def value(self) -> Any:
        text = "".join(self.text).strip()
        if not self.attributes and not self.children:
            return text
        value: dict[str, Any] = dict(self.attributes)
        for tag, child in self.children.items():
            value[free_key(tag, value)] = child
        if text:
            # Text between elements is told as it reads, so that no tag cuts a number.
            whole = "".join(self.flow or []) if self.children else text
            value[free_key(TEXT, value)] = whole.strip() or text
        return value


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value:
        yield str(value)


class _Target:
    """What lxml's parser calls."""

    def __init__(self, options: CheckOptions, extras: list[Extra]) -> None:
        self.tables = Tables(options)
        self._options = options
        self._extras = extras
        self._stack: list[_Frame] = []
        self._namespaces: set[str] = set()
        self._is_workbook = False
        self._seen: set[str] = set()

    def _extra(self, where: str, text: str) -> None:
        if text.strip():
            self._extras.append(Extra(where, text.strip()))
            if len(self._extras) > _EXTRAS:
                raise Unreadable("too_many_cells", limit=_EXTRAS)

    def _local(self, name: str) -> str:
        space, brace, local = name.rpartition("}")
        if brace and space not in self._namespaces:
            self._namespaces.add(space)
            self._extra("metadata", space[1:])
        return local

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._local(tag)
        if not self._stack:
            if name == "svg":
                raise Unreadable("picture", kind="SVG")
            self._extra("metadata", name)
            self._is_workbook = tag == _WORKBOOK
        if len(self._stack) >= MAX_DEPTH:
            raise Unreadable("too_deep", limit=MAX_DEPTH)
        if len(attributes) > self._options.max_columns:
            limit = self._options.max_columns
            raise Unreadable("too_many_columns", limit=limit)
        named: dict[str, str] = {}
        for key, value in attributes.items():
            named[free_key(self._local(key), named)] = value
        self._stack.append(_Frame(name, named))

    def data(self, text: str) -> None:
        self._stack[-1].add_text(text)

    def end(self, _: str) -> None:
        frame = self._stack.pop()
        if not self._stack:
            value = frame.value()
            # The row of the document stands under the root's own name.
            self.tables.document(value if isinstance(value, dict) else {TEXT: value})
            return
        if self._is_workbook and frame.tag == "Row":
            self._row(frame)
            return
        parent = self._stack[-1]
        parent.add(frame)
        if parent.weight > _WEIGHT:
            self._flush(parent)

    def _row(self, frame: _Frame) -> None:
        """A row of a spreadsheet of 2003: cells by place, the rest beside them."""
        found = frame.value()
        value = found if isinstance(found, dict) else {TEXT: found}
        cells = value.pop("Cell", [])
        row: list[str] = []
        for each in cells if isinstance(cells, list) else [cells]:
            cell = each if isinstance(each, dict) else {TEXT: each}
            place = str(cell.get("Index", ""))
            if place.isascii() and place.isdigit():
                wanted = min(int(place[:6]), self._options.max_columns)
                row += [""] * (wanted - 1 - len(row))
            data = cell.pop("Data", "")
            text = data.pop(TEXT, "") if isinstance(data, dict) else data
            row.append(text if isinstance(text, str) else " ".join(_leaves(text)))
            for other in _leaves([cell, data if isinstance(data, dict) else ""]):
                self._once(other)
        for other in _leaves(value):
            self._once(other)
        sheet = next((f for f in self._stack if f.tag == "Worksheet"), None)
        name = sheet.attributes.get("Name", "") if sheet else ""
        self.tables.items([row], (name,) if name else ())

    def _once(self, text: str) -> None:
        """Formats and types stand at every cell; they are checked once."""
        if text not in self._seen and len(self._seen) < _EXTRAS:
            self._seen.add(text)
            self._extra("comment", text)

    def _flush(self, frame: _Frame) -> None:
        path = tuple(each.tag for each in self._stack[1:])
        for tag in frame.repeated:
            self.tables.items(frame.children[tag], (*path, tag))
            frame.children[tag] = []
        frame.weight = 100 * len(frame.children)
        if frame.weight > _WEIGHT_MAX:
            limit = self._options.max_columns
            raise Unreadable("too_many_columns", limit=limit)

    def comment(self, text: str) -> None:
        self._extra("comment", text)

    def pi(self, target: str, data: str | None = None) -> None:
        self._extra("metadata", f"{target} {data or ''}")

    def close(self) -> None:
        return None
