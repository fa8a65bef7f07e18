"""The inside of XLSX and ODS packages: limits before reading, and every text outside
the cells (comments, text boxes, headers and footers, document properties, defined
names, chart and pivot caches, values cached from other workbooks)."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from .sheets import Extra

_MAX_MEMBERS = 20_000
_RATIO, _RATIO_FROM = 400, 64 << 20
_MEDIA = re.compile(
    r"^(?:xl/(?:media|embeddings|activeX)/|Pictures/|Object |ObjectReplacements/)"
    r"(?!.*\.(?:emf|wmf)$)",
    re.I,
)
# Cells come through the workbook reader; styles and themes hold no text of people.
_CELLS = re.compile(
    r"^xl/(?:worksheets/sheet[^/]*\.xml|sharedStrings\.xml|styles\.xml|theme/)|"
    r"^(?:content|styles|settings)\.xml$|^META-INF/|\.rels$|^\[Content_Types\]|^Configurations2/",
    re.I,
)
_TEXT = re.compile(r">([^<>]+)<")
_VALUE = re.compile(r"\b(?:v|name|author|title|descr|refersTo|caption)=\"([^\"]{2,})\"")
_HEADER = re.compile(r"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>([^<]+)<")
_COMMENT = re.compile(
    r"<(?:\w+:)?(?:comment|threadedComment)\b[^>]*\bref=\"[A-Z]+(\d+)\"[^>]*>(.*?)"
    r"</(?:\w+:)?(?:comment|threadedComment)>",
    re.S,
)
_DEFINED = re.compile(r"<(?:\w+:)?definedName\b[^>]*\bname=\"([^\"]*)\"[^>]*>([^<]*)<")
_PROPERTY = re.compile(
    r"<(?:dc:creator|dc:title|dc:subject|dc:description|cp:lastModifiedBy|cp:keywords|"
    r"cp:category|Company|Manager|vt:lpwstr|meta:initial-creator|meta:keyword|"
    r"meta:user-defined)\b[^>]*>([^<]+)<"
)
_PART_LIMIT = 64 << 20


def inspect(path: Path, options: CheckOptions) -> None:
    """Refuse bombs and packages with pictures or embedded files, before any parser."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise Unreadable("bomb")
    names = [member.filename for member in members]
    if len(set(names)) != len(names) or any(".." in n.split("/") for n in names):
        raise Unreadable("broken")
    size = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if size > _RATIO_FROM and (size > packed * _RATIO or size > 4 * options.max_bytes):
        raise Unreadable("bomb")
    media = sum(
        bool(_MEDIA.match(m.filename)) and not m.is_dir() and m.file_size > 0
        for m in members
    )
    if media:
        raise Unreadable("embedded", count=media)


def extras(path: Path, kind: str) -> Iterator[Extra]:
    """Texts outside cells. Read with patterns: no parser, so no entity is expanded."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename
            if kind == "ods" and name == "styles.xml":
                yield from _part("part", _read(archive, member))
                continue
            if re.match(r"xl/worksheets/[^/]+\.xml$", name):
                for text in _HEADER.findall(_tail(archive, member)):
                    yield Extra("part", _clean(text))
                continue
            if _CELLS.search(name) or not name.endswith((".xml", ".vml")):
                continue
            text = _read(archive, member)
            if name == "xl/workbook.xml":
                for label, value in _DEFINED.findall(text):
                    yield Extra("defined_name", _clean(f"{label} {value}"))
            elif "omments/" in name or "comments" in name.lower():
                yield from _comments(text)
            elif name.startswith("docProps/") or name == "meta.xml":
                for value in _PROPERTY.findall(text):
                    yield Extra("property", _clean(value))
            else:
                yield from _part("part", text)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    try:
        with archive.open(member) as stream:
            data = stream.read(_PART_LIMIT + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Unreadable("broken") from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise Unreadable("broken") from None
        raise
    if len(data) > _PART_LIMIT:
        raise Unreadable("bomb")
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16" if utf16 else "utf-8", "replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("broken")
    return text


def _tail(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """The end of a sheet's part, where its headers and footers stand."""
    tail = b""
    try:
        with archive.open(member) as stream:
            while block := stream.read(1 << 20):
                tail = (tail + block)[-(1 << 20) :]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
        raise Unreadable("broken") from None
    return tail.decode("utf-8", "replace")


def _clean(text: str) -> str:
    # &C and &"font" are codes of page headers, not part of their text.
    return re.sub(r'&(?:[LCRPNDTAFGZ]|"[^"]*"|\d+)', " ", html.unescape(text)).strip()


def _comments(text: str) -> Iterator[Extra]:
    for row, body in _COMMENT.findall(text):
        joined = "".join(_TEXT.findall(f">{body}<"))
        yield Extra("comment", _clean(joined), row=int(row))
    for author in re.findall(r"<(?:\w+:)?author>([^<]+)<", text):
        yield Extra("comment", _clean(author))
    for author in re.findall(r"displayName=\"([^\"]+)\"", text):
        yield Extra("comment", _clean(author))


def _part(where: str, text: str) -> Iterator[Extra]:
    for value in _TEXT.findall(text) + _VALUE.findall(text):
        cleaned = _clean(value)
        if cleaned:
            yield Extra(where, cleaned)
