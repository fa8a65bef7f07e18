"""What XLS keeps outside its cells: comments, page headers, names, links, validation,
formats, formulas, cached values, who saved it, properties, macros ([MS-XLS] 2.4,
[MS-OLEPS]). Pictures and embedded objects are refused."""

from __future__ import annotations

import contextlib
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..reasons import Unreadable
from .biff import Record, old_strings, records, strings, wide_strings
from .macros import project_texts
from .package import printed
from .sheets import Extra

_MAX_STREAMS = 5000
_BOF, _EOF, _FILEPASS, _CONTINUE, _OBJ = 0x809, 0x0A, 0x2F, 0x3C, 0x5D
_NOTE, _TXO, _DRAWINGS, _LINK, _TIP = 0x1C, 0x1B6, 0xEB, 0x1B8, 0x800
#: Records with text, by where it is said to stand.
_TEXTS = {
    0x14: "part", 0x15: "part", 0x89C: "part",  # page headers and footers
    0x18: "defined_name", 0x23: "defined_name", 0x894: "defined_name",
    0x5C: "property",  # who saved it last
    0x41E: "part",  # number formats
    0x1BE: "part", 0x1B1: "part",  # validation, conditional formats
    0x1AE: "part", 0x5A: "part",  # other workbooks and what was read from them
    0xCD: "part", 0x1B5: "part", 0xC7: "part",  # pivot tables, scenarios
    0x100D: "part", 0x06: "part", 0x4BC: "part", 0x21: "part",  # series, formulas
}  # fmt: skip
_OBJECTS = re.compile(r"(?i)MBD[0-9A-F]|LNK[0-9A-F]|Ctls$|.*Ole10Native|Package$")
_CODES = re.compile(r'&(?:[A-Z]|"[^"]*"|\d{1,3}(?!\d))')


def inspect(path: Path) -> None:
    """Refuse what is encrypted, damaged, or holds pictures or embedded files."""
    with _opened(path) as ole:
        if ole is None:
            return
        names = ole.listdir(streams=True, storages=True)
        if len(names) > _MAX_STREAMS:
            raise Unreadable("bomb")
        count = len({name[0] for name in names if _OBJECTS.match(name[0])})
        for kind, data in records(_book(ole)):
            if kind == _FILEPASS:
                raise Unreadable("encrypted")
            if kind == _DRAWINGS:
                count += _pictures(data)
            if kind == _EOF:
                break
        if count:
            raise Unreadable("embedded", count=count)


def extras(path: Path) -> Iterator[Extra]:
    with _opened(path) as ole:
        if ole is None:
            return
        yield from _properties(ole)
        yield from _outside_cells(records(_book(ole)))
        for name in ole.listdir(streams=True):
            if name[0] in ("Workbook", "Book", "_VBA_PROJECT_CUR") or "\x05" in name[0]:
                continue
            content = ole.openstream(name).read()
            if name[0] == "_SX_DB_CUR":
                yield from _outside_cells(records(content))
            for text in printed(content):
                yield Extra("part", text)
        for text in project_texts(ole, ("_VBA_PROJECT_CUR",)):
            yield Extra("part", text)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The OLE file of a workbook, None for the bare streams of before 1993."""
    import olefile

    with path.open("rb") as stream:
        if stream.read(8) != olefile.MAGIC:
            yield None
            return
    try:
        with olefile.OleFileIO(str(path)) as ole:
            yield ole
    except (Unreadable, MemoryError, GeneratorExit):
        raise
    except Exception:  # noqa: BLE001
        raise Unreadable("broken") from None


def _book(ole: Any) -> bytes:
    for name in ("Workbook", "Book"):
        if ole.exists(name):
            return ole.openstream(name).read()
    raise Unreadable("broken")


def _pictures(data: bytes) -> int:
    """Entries of the store of pictures ([MS-ODRAW] 2.2.20)."""
    place = 8
    while place + 8 <= len(data):
        version, kind, length = struct.unpack_from("<HHI", data, place)
        if kind == 0xF001:
            return version >> 4
        place += 8 + length
    return 0


def _outside_cells(found: Iterator[Record]) -> Iterator[Extra]:
    shapes: dict[int, str] = {}
    shape, left, old = 0, 0, False
    for kind, data in found:
        if kind == _BOF:
            old = data[:2] == b"\x00\x05"
        elif kind == _OBJ and len(data) >= 8:
            (shape,) = struct.unpack_from("<H", data, 6)
        elif kind == _TXO and len(data) >= 12:
            (left,) = struct.unpack_from("<H", data, 10)
            shapes[shape] = ""
        elif kind == _CONTINUE and left > 0 and data:
            piece = data[1:].decode(
                "utf-16-le" if data[0] & 1 else "latin-1", "replace"
            )
            shapes[shape] += piece[:left]
            left -= len(piece)
        elif kind == _NOTE and len(data) >= 8:
            yield from _note(data, shapes, old)
        elif kind == _EOF:
            yield from (Extra("part", text) for text in shapes.values() if text)
            shapes.clear()
        elif kind in (_LINK, _TIP):
            yield from (Extra("part", text) for text in wide_strings(data))
        elif kind in _TEXTS:
            for text in old_strings(data) if old else strings(data):
                yield Extra(_TEXTS[kind], _CODES.sub(" ", text).strip())


def _note(data: bytes, shapes: dict[int, str], old: bool) -> Iterator[Extra]:
    row, _, _, shape = struct.unpack_from("<4H", data)
    texts = old_strings(data[6:]) if old else strings(data[8:])
    for text in [*texts, "" if old else shapes.pop(shape, "")]:
        if text.strip():
            yield Extra("comment", text.strip(), row=row + 1)


def _properties(ole: Any) -> Iterator[Extra]:
    values: list[Any] = []
    for stream in ("\x05SummaryInformation", "\x05DocumentSummaryInformation"):
        if ole.exists(stream):
            for key, value in ole.getproperties(stream).items():
                # 12 and 13 of the second stream are the names of the sheets.
                if not (stream.startswith("\x05D") and key in (12, 13)):
                    values.append(value)
    if ole.exists("\x05DocumentSummaryInformation"):
        for made in ole.get_userdefined_properties("\x05DocumentSummaryInformation"):
            values += [made.get("property_name"), made.get("value")]
    for value in values:
        for text in _plain(value):
            yield Extra("property", text)


def _plain(value: Any) -> Iterator[str]:
    """Some programs give the length of a text wrong: it ends at its NUL."""
    for item in value if isinstance(value, list) else [value]:
        found = [item]
        if isinstance(item, bytes):
            found = [item.decode(code, "ignore") for code in ("utf-8", "gb18030")]
            found = list(dict.fromkeys(found))
        for text in found:
            plain = text.partition("\0")[0].strip() if isinstance(text, str) else ""
            if len(plain) > 1:
                yield plain
