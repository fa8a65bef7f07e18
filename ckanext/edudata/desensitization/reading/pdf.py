"""PDF with text: its lines as a sheet of one column, runs of lines that fall into the
same columns as sheets of their own, every string of every object as a text outside.
What holds pictures, files or letters without a meaning is not readable. ISO 32000-2."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..reasons import Unreadable
from ..report import CheckOptions
from .docx import BODY, checked
from .package import unique
from .pdf_lines import Line, Table, page_lines, segments, wrapped
from .sheets import Extra, Row, Sheet, Source
from .xmltext import loose_texts

if TYPE_CHECKING:
    from pypdf import PdfReader

_MAX_PAGES, _MAX_OBJECTS, _MAX_CHARS = 20_000, 500_000, 200_000_000
#: Pixels of a bullet or a line: too few for anything legible.
_TINY = 32 * 32
_CURVES = re.compile(rb"[\d.]\s+c\s")
_INLINE = re.compile(rb"(?:^|\s)BI\s(.{0,400}?)\sID[\s]", re.S)
_SIDE = re.compile(rb"/(W|Width|H|Height)\s+(\d{1,6})")
_DATE = re.compile(r"D:\d{4,14}\S*")
_FILES = frozenset(
    ["/EmbeddedFile", "/FileAttachment", "/RichMedia", "/3D", "/Sound", "/Movie",
     "/Screen"]
)  # fmt: skip
_ANNOTATION = frozenset(["/Contents", "/RC", "/T", "/Subj"])
_BYTES_ONLY = frozenset(["/ID", "/DA", "/Registry", "/Ordering", "/Lang", "/CharSet"])
_SYMBOLS = re.compile(r"Wingdings|Symbol|Webdings|Dingbats|MT.?Extra|\+?CM[A-Z]{1,3}\d")
_KNOWN_CODES = re.compile(r"/(?:GB|Uni|ETen|B5|HK|CNS|90|KSC)")


def pdf_source(path: Path, size: int, options: CheckOptions) -> Source:
    """Raises :class:`Unreadable` here or while the sheets are read."""
    # What it logs may quote the file.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    from pypdf import PdfReader

    with _Guard():
        reader = PdfReader(path, strict=False)
        # Many are protected against changes only: they open without a password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        pages = len(reader.pages)
    if not pages:
        raise Unreadable("broken")
    if pages > _MAX_PAGES:
        raise Unreadable("bomb")
    with _Guard():
        objects = _Objects(reader)
        objects.read()
        if objects.files:
            raise Unreadable("embedded", count=objects.files)
        if objects.pictures:
            first = [reader.pages[n].extract_text() for n in range(min(pages, 3))]
            if not all(text.strip() for text in first):
                raise Unreadable("scan")
            raise Unreadable("embedded", count=objects.pictures)
        if objects.dumb_fonts:
            raise Unreadable("scan")
    return Source(
        "pdf", size, _sheets(reader, objects, options), unique(_extras(reader, objects))
    )


class _Guard:
    """Whatever the library raises, the file is at fault."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        from pypdf.errors import DependencyError, LimitReachedError

        if isinstance(error, DependencyError):
            raise Unreadable("encrypted") from None
        if isinstance(error, LimitReachedError):
            raise Unreadable("bomb") from None
        if isinstance(error, Exception) and not isinstance(
            error, (Unreadable, MemoryError)
        ):
            raise Unreadable("broken") from None


def _sheets(
    reader: PdfReader, objects: _Objects, options: CheckOptions
) -> Iterator[Sheet]:
    text: list[str] = []
    tables: list[Table] = []
    for segment in segments(_lines(reader, objects)):
        if isinstance(segment, Table):
            tables.append(segment)
        else:
            text.append(segment)
    if text:
        rows: list[Row] = [[BODY], *([line] for line in text)]
        yield Sheet(BODY, checked(rows, options), header=True)
    for number, table in enumerate(tables, 1):
        yield Sheet(f"表{number}", checked(table.rows, options))


def _lines(reader: PdfReader, objects: _Objects) -> Iterator[Line]:
    chars = 0
    for page in reader.pages:
        with _Guard():
            lines = page_lines(page)
            if not lines:
                _refuse_drawn(page)
        chars += sum(len(cell.text) for line in lines for cell in line)
        if chars > _MAX_CHARS:
            raise Unreadable("bomb")
        objects.texts += [("part", text) for text in wrapped(lines)]
        yield from lines


def _refuse_drawn(page: Any) -> None:
    """Letters that are drawn as curves, or a picture in the page's own stream."""
    contents = page.get_contents()
    if contents is not None and len(_CURVES.findall(contents.get_data())) > 200:
        raise Unreadable("scan")


class _Objects:
    """Walks through all objects of a file, whether a page uses them or not."""

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self.files = self.pictures = 0
        self.dumb_fonts = False
        self.texts: list[tuple[str, str]] = []

    def read(self) -> None:
        numbers = {n: g for g, found in self._reader.xref.items() for n in found}
        numbers |= dict.fromkeys(self._reader.xref_objStm, 0)
        if len(numbers) > _MAX_OBJECTS:
            raise Unreadable("bomb")
        information = self._reader.trailer.raw_get("/Info") if (
            "/Info" in self._reader.trailer
        ) else None  # fmt: skip
        for number, generation in numbers.items():
            value = self._object(number, generation)
            named = getattr(information, "idnum", None) == number
            self._walk(value, "property" if named else "part")
        self._walk(information, "property")
        for page in self._reader.pages:
            contents = page.get_contents()
            if contents is not None:
                self._inline(contents.get_data())

    def _object(self, number: int, generation: int) -> Any:
        from pypdf.errors import LimitReachedError
        from pypdf.generic import IndirectObject

        try:
            return self._reader.get_object(
                IndirectObject(number, generation, self._reader)
            )
        except LimitReachedError:
            raise
        except Exception:  # noqa: BLE001
            # An entry of the table without its object; what a page needs of it fails.
            return None

    def _walk(self, value: Any, where: str) -> None:
        from pypdf.generic import ArrayObject, DictionaryObject

        stack = [(value, where, "")]
        while stack:
            value, where, key = stack.pop()
            if isinstance(value, DictionaryObject):
                self._dictionary(value)
                annotation = "/Rect" in value and "/Subtype" in value
                signature = value.get("/Type") == "/Sig" or "/ByteRange" in value
                for name, inner in value.items():
                    if name in _BYTES_ONLY or (signature and name == "/Contents"):
                        continue
                    comment = annotation and name in _ANNOTATION
                    stack.append((inner, "comment" if comment else where, name))
            elif isinstance(value, ArrayObject):
                stack += [(inner, where, key) for inner in value]
            elif isinstance(value, (str, bytes)) and key != "/ID":
                self._string(value, where)

    def _string(self, value: Any, where: str) -> None:
        from pypdf.generic import ByteStringObject, NameObject, TextStringObject

        if isinstance(value, NameObject):
            return
        if isinstance(value, TextStringObject):
            if len(value) > 1 and not _DATE.fullmatch(value):
                self.texts.append((where, str(value)))
            if value.isascii():
                return
        if isinstance(value, (TextStringObject, ByteStringObject)):
            # Written by programs that know nothing of PDF's encodings.
            try:
                plain = bytes(value.original_bytes).decode("gb18030")
            except (UnicodeDecodeError, ValueError, TypeError):
                return
            if plain.isprintable():
                self.texts.append((where, plain))

    def _dictionary(self, value: Any) -> None:
        from pypdf.generic import StreamObject

        subtype = value.get("/Subtype")
        if value.get("/Type") in _FILES or subtype in _FILES:
            self.files += 1
        if value.get("/Type") == "/Filespec" and "/EF" in value:
            self.files += 1
        if subtype == "/Image":
            sides = [_whole(value.get(side)) for side in ("/Width", "/Height")]
            self.pictures += sides[0] * sides[1] > _TINY
        if value.get("/Type") == "/Font" and _is_dumb(value):
            self.dumb_fonts = True
        if isinstance(value, StreamObject) and (
            value.get("/Type") == "/Metadata" or subtype == "/XML"
        ):
            data = value.get_data()
            data = data if isinstance(data, bytes) else data.encode()
            where = "property"
            for text in loose_texts(data.decode("utf-8", "replace")):
                self.texts.append((where, text))
        if subtype == "/Form" and isinstance(value, StreamObject):
            data = value.get_data()
            self._inline(data if isinstance(data, bytes) else data.encode("latin-1"))

    def _inline(self, data: bytes) -> None:
        for described in _INLINE.findall(data):
            sides = {k[:1]: int(n) for k, n in _SIDE.findall(described)}
            self.pictures += sides.get(b"W", 999) * sides.get(b"H", 999) > _TINY


def _whole(value: Any) -> int:
    try:
        return max(0, int(value.get_object()))
    except (AttributeError, TypeError, ValueError):
        return 1 << 16


def _is_dumb(font: Any) -> bool:
    """A font whose codes say nothing about the characters they show."""
    if "/ToUnicode" in font or _SYMBOLS.search(str(font.get("/BaseFont", ""))):
        return False
    encoding = font.get("/Encoding")
    if font.get("/Subtype") == "/Type0":
        return not (isinstance(encoding, str) and _KNOWN_CODES.match(encoding))
    if isinstance(encoding, dict) and "/Differences" in encoding:
        from pypdf._codecs import adobe_glyphs

        names = [n for n in encoding["/Differences"] if isinstance(n, str)]
        unknown = sum(
            n not in adobe_glyphs and not re.match(r"/(?:uni|u)[0-9A-F]{4}", n)
            for n in names
        )
        return unknown > len(names) // 3
    if encoding is None and font.get("/Subtype") in ("/TrueType", "/Type3"):
        described = font.get("/FontDescriptor")
        flags = described.get("/Flags", 0) if isinstance(described, dict) else 4
        return bool(int(flags) & 4)
    return False


def _extras(reader: PdfReader, objects: _Objects) -> Iterator[Extra]:
    for where, text in objects.texts:
        yield Extra(where, text)
    for number in range(len(reader.pages)):
        with _Guard():
            found = list(_appearances(reader.pages[number]))
        for text in found:
            yield Extra("comment", text)


def _appearances(page: Any) -> Iterator[str]:
    """Texts that annotations and fields show, which are no text of the page."""
    from pypdf.generic import StreamObject

    annotations = page.get("/Annots")
    for reference in (annotations.get_object() or []) if annotations else []:
        annotation = reference.get_object()
        if not isinstance(annotation, dict) or "/AP" not in annotation:
            continue
        shown = annotation["/AP"].get("/N")
        shown = shown.get_object() if shown is not None else None
        if isinstance(shown, StreamObject):
            yield from page.extract_xform_text(shown).splitlines()
