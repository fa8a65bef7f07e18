"""What XLSX and XLSM keep outside the values of their cells. ECMA-376 part 1, 18."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from . import ooxml, package
from .sheets import Extra
from .xmltext import Texts, feed, telling

_SKIP = re.compile(r"(?i)xl/(?:theme/|calcChain\.xml|metadata\.xml)")
_LISTS = re.compile(
    r"(?i)xl/(?:charts|externalLinks|pivotCache|pivotTables|tables)/.*\.xml"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?>([^<]+)<")
_LITERAL = re.compile(rb"\"|&quot;|\d{6}|[\xe3-\xef]")
_USED = re.compile(rb"\st=[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v>\s*(\d+)")
_ITEM = re.compile(rb"<(?:\w+:)?si[\s/>]")
_DATA = re.compile(rb"<(?:\w+:)?sheetData\s*>")
_DATA_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")
#: Codes of page headers: &C, &"font", &12, &K000000 are no part of the text.
_CODES = re.compile(r'&(?:K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|[A-Z]|"[^"]*"|\d{1,3}(?!\d))')
_HEADERS = re.compile(r"(?:odd|even|first)(?:Header|Footer)")
_CHUNK = 60


@dataclass
class Book:
    """Names of sheets by part, and the parts that belong to them."""

    main: str
    names: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)


def book_parts(archive: zipfile.ZipFile) -> Book:
    book = Book(ooxml.main_part(archive, "xl/workbook.xml"))
    linked = ooxml.relations(archive, book.main)

    def start(name: str, attributes: dict[str, str]) -> None:
        if name != "sheet":
            return
        for key, value in attributes.items():
            if key.endswith(":id") and value in linked:
                kind, part, _ = linked[value]
                book.names[part] = attributes.get("name", "")
                if kind == "worksheet":
                    book.tables.add(part)

    for _ in feed(package.blocks(archive, book.main), start, _ignore, _ignore):
        pass
    for part, name in book.names.items():
        for _, target, outside in ooxml.relations(archive, part).values():
            if not outside:
                book.owners[target] = name
    return book


def sheets_of(archive: zipfile.ZipFile, parts: set[str]) -> list[str]:
    """Names of the sheets that show one of the parts."""
    if "xl/workbook.xml" not in archive.namelist():
        return []
    found: list[str] = []
    for sheet, name in book_parts(archive).names.items():
        shown = {target for _, target, _ in ooxml.relations(archive, sheet).values()}
        for part in sorted(shown)[:1000]:
            linked = ooxml.relations(archive, part).values()
            shown |= {target for _, target, _ in linked}
        if shown & parts:
            found.append(name)
    return found


def extras(path: Path) -> Iterator[Extra]:
    with zipfile.ZipFile(path) as archive:
        book = book_parts(archive)
        used: set[bytes] = set()
        for member in archive.infolist():
            part = member.filename
            if part in book.tables:
                yield from _worksheet(archive, member, book.names[part], used)
        for member in archive.infolist():
            part = member.filename
            if part not in book.tables and not _SKIP.match(part):
                yield from _part(archive, member, book, used)


def _part(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, book: Book, used: set[bytes]
) -> Iterator[Extra]:
    part = member.filename
    name = part.lower()
    if part == book.main:
        yield from _workbook(archive, member)
    elif name.endswith("sharedstrings.xml"):
        yield from _strings(archive, member, used)
    elif "comments" in name and name.endswith(".xml"):
        yield from _comments(archive, member, book.owners.get(part, ""))
    elif name.startswith("xl/persons/"):
        for extra in ooxml.part_extras(archive, member):
            yield Extra("comment", extra.text)
    elif name.endswith("xl/styles.xml"):
        yield from _styles(archive, member)
    elif _LISTS.fullmatch(part):
        for text in _listed(package.blocks(archive, member)):
            yield Extra("part", text, book.owners.get(part, ""))
    else:
        yield from ooxml.part_extras(archive, member)


def _worksheet(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, sheet: str, used: set[bytes]
) -> Iterator[Extra]:
    """Everything beside the values: formulas, links, validation, headers, formats."""
    formulas: set[bytes] = set()
    collector = _SheetTexts()
    outside = _around(package.blocks(archive, member), formulas, used)
    for _ in feed(outside, collector.start, collector.end, collector.text):
        for formula in formulas:
            yield Extra("part", unescape(formula.decode("utf-8", "replace")), sheet)
        formulas.clear()
        for text in collector.drain():
            yield Extra("part", text, sheet)
    for text in collector.finish():
        yield Extra("part", text, sheet)


def _around(
    blocks: Iterable[bytes], formulas: set[bytes], used: set[bytes]
) -> Iterator[bytes]:
    """A sheet's part without the rows, from which formulas and the numbers of shared
    strings are taken."""
    held, inside, before = b"", False, True
    for block in blocks:
        held += block
        if before:
            if held[:2] in (b"\xff\xfe", b"\xfe\xff"):
                # Nobody writes UTF-16 here; the parser then reads the rows as well.
                yield held
                yield from blocks
                return
            begin = _DATA.search(held)
            if not begin:
                if len(held) > 1 << 24:
                    yield held
                    held = b""
                continue
            yield held[: begin.end()]
            held, before, inside = held[begin.end() :], False, True
        if inside:
            end = _DATA_END.search(held)
            cut = end.start() if end else held.rfind(b"c>") + 2
            if not end and cut < 2:
                continue
            rows, held = held[:cut], held[cut:]
            used.update(_USED.findall(rows))
            if b"f>" in rows:
                formulas.update(f for f in _FORMULA.findall(rows) if _LITERAL.search(f))
            # So that what was found comes out before the next block.
            yield b" "
            inside = not end
        if not inside:
            yield held
            held = b""
    yield held


class _SheetTexts(Texts):
    def text(self, data: str) -> None:
        if self._stack and _HEADERS.fullmatch(self._stack[-1]):
            data = _CODES.sub(" ", data)
        super().text(data)


def _workbook(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Extra]:
    found: list[Extra] = []
    own: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        own.clear()
        if name == "definedName":
            own.append(attributes.get("name", "") + " ")
        for key, value in attributes.items():
            if name != "sheet" and telling(key, value):
                where = "defined_name" if name == "definedName" else "part"
                found.append(Extra(where, value))

    def end(name: str) -> None:
        text = "".join(own).strip()
        own.clear()
        if text:
            found.append(
                Extra("defined_name" if name == "definedName" else "part", text)
            )

    blocks = package.blocks(archive, member)
    for _ in feed(blocks, start, end, own.append):
        pass
    yield from found


def _strings(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, used: set[bytes]
) -> Iterator[Extra]:
    """Shared strings that no cell uses any more, and phonetic guides."""
    count, phonetic, tail = 0, False, b""
    for block in package.blocks(archive, member):
        data = tail + block
        cut = data.rfind(b"<")
        data, tail = (data[:cut], data[cut:]) if cut > 0 else (b"", data)
        count += len(_ITEM.findall(data))
        phonetic = phonetic or b"rPh" in data
    count += len(_ITEM.findall(tail))
    if count <= len(used) and not phonetic:
        return
    number, guide = -1, False
    found: list[str] = []
    run: list[str] = []
    stack: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal number, guide
        stack.append(name)
        if name == "si":
            number += 1
        guide = guide or name == "rPh"

    def end(name: str) -> None:
        nonlocal guide
        stack.pop()
        if name == "rPh" or (name == "si" and b"%d" % number not in used):
            found.append("".join(run))
        if name in ("rPh", "si"):
            run.clear()
            guide = False

    def text(data: str) -> None:
        if stack and stack[-1] == "t" and (guide or b"%d" % number not in used):
            run.append(data)

    for _ in feed(package.blocks(archive, member), start, end, text):
        for chunk in _joined(found):
            yield Extra("part", chunk)
        found.clear()


def _joined(values: list[str]) -> Iterator[str]:
    """Values of one list as one text: alone, a place of two characters may look like
    somebody's name."""
    kept = [value for value in values if len(value) > 1]
    for start in range(0, len(kept), _CHUNK):
        yield "；".join(kept[start : start + _CHUNK])


def _comments(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, sheet: str
) -> Iterator[Extra]:
    found: list[Extra] = []
    stack: list[str] = []
    run: list[str] = []
    row = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row
        stack.append(name)
        if name in ("comment", "threadedComment"):
            digits = re.search(r"\d+", attributes.get("ref", ""))
            row = int(digits[0]) if digits and len(digits[0]) < 9 else 0
        if name in ("author", "comment", "threadedComment"):
            run.clear()
        for key, value in attributes.items():
            if telling(key, value):
                found.append(Extra("comment", value, sheet, row))

    def end(name: str) -> None:
        stack.pop()
        if name in ("author", "comment", "threadedComment"):
            text = "".join(run).strip()
            run.clear()
            if text:
                found.append(Extra("comment", text, sheet, row))

    for _ in feed(package.blocks(archive, member), start, end, run.append):
        yield from found
        found.clear()


def _styles(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Extra]:
    """Number formats may carry text; so may the names of styles that people made."""
    found: list[Extra] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        value = ""
        if name == "numFmt":
            value = attributes.get("formatCode", "")
        elif name == "cellStyle" and "builtinId" not in attributes:
            value = attributes.get("name", "")
        if telling("name", value):
            found.append(Extra("part", re.sub(r'\\(.)|"', r"\1", value)))

    for _ in feed(package.blocks(archive, member), start, _ignore, _ignore):
        pass
    yield from found


class _ListTexts(Texts):
    """Copies of cells that charts, pivot tables and links keep, list by list."""

    _VALUES = frozenset(["s", "n", "d", "x", "tableColumn", "cacheField", "pivotField"])
    _ENDS = frozenset(
        ["strCache", "numCache", "lvl", "sharedItems", "r", "row", "tableColumns",
         "cacheFields", "pivotFields"]
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._values: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._VALUES:
            kept = [attributes.pop(key, "") for key in ("v", "name", "caption", "c")]
            self._values += filter(None, kept)
        super().start(name, attributes)

    def text(self, data: str) -> None:
        if self._stack and self._stack[-1] == "v":
            self._values.append(data)
        else:
            super().text(data)

    def end(self, name: str) -> None:
        super().end(name)
        if name in self._ENDS or not self._stack:
            self.found += _joined(self._values)
            self._values.clear()


def _listed(blocks: Iterable[bytes]) -> Iterator[str]:
    collector = _ListTexts()
    for _ in feed(blocks, collector.start, collector.end, collector.text):
        yield from collector.drain()
    yield from collector.finish()


def _ignore(*_: object) -> None:
    pass
