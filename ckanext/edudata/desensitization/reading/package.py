"""The inside of XLSX, DOCX and ODF packages: limits before any reader sees them, what
cannot be checked (pictures, embedded files), and members as streams of blocks."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from .sheets import Extra

_MAX_MEMBERS = 20_000
_RATIO, _RATIO_FROM = 400, 64 << 20
_BLOCK = 1 << 18
_LONG_TEXT, _OVERLAP = 5000, 100
_DAMAGE = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError,
           ValueError, zlib.error)  # fmt: skip
# Everything else that is no XML is a picture, a sound, a control or a whole file.
_READ = re.compile(
    r"(?i).*\.(?:xml|rels|vml|rdf)|mimetype|META-INF/.*|Configurations2/.*|layout-cache|"
    r"(?:.*/)?(?:vbaProject(?:Signature\w*)?|printerSettings\d*|customProperty\d*)\.bin|"
    # A program's own small picture of the first page, fonts,
    # and how a chart looks whose numbers are read.
    r"ObjectReplacements/.*|Thumbnails/thumbnail\.\w+|docProps/thumbnail\.\w+|.*\.(?:odttf|ttf|otf)"
)
_OBJECT = re.compile(r"(?i)(?:xl/|word/)?(?:embeddings|activeX|media)/|afchunk")
_STRING = re.compile(rb"[\x20-\x7e]{6,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){6,}")


def inspect(path: Path, options: CheckOptions) -> None:
    """Refuse bombs and packages with pictures or embedded files, before any parser."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _DAMAGE:
        raise Unreadable("broken") from None
    if len(members) > _MAX_MEMBERS:
        raise Unreadable("bomb")
    names = [member.filename for member in members]
    lower = {name.lower() for name in names}
    if len(lower) != len(names) or any(".." in n.split("/") for n in names):
        raise Unreadable("broken")
    size = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if size > _RATIO_FROM and (size > packed * _RATIO or size > 4 * options.max_bytes):
        raise Unreadable("bomb")
    _apart(members)
    embedded = [member.filename for member in members if _embedded(member)]
    if embedded:
        raise _where_embedded(path, embedded)


def _where_embedded(path: Path, embedded: list[str]) -> Unreadable:
    from .xlsx import sheets_of

    try:
        with zipfile.ZipFile(path) as archive:
            sheets = sheets_of(archive, set(embedded))
    except (Unreadable, *_DAMAGE):
        sheets = []
    if not sheets:
        return Unreadable("embedded", count=len(embedded))
    named = "、".join(sheets[:5]) + "…" * (len(sheets) > 5)
    return Unreadable("embedded_in", count=len(embedded), sheets=named)


def _apart(members: list[zipfile.ZipInfo]) -> None:
    """Members that overlap unpack the same bytes again and again."""
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            raise Unreadable("bomb")
        end = member.header_offset + 30 + member.compress_size


def _embedded(member: zipfile.ZipInfo) -> bool:
    if member.is_dir() or not member.file_size:
        return False
    name = member.filename
    if _OBJECT.match(name) and not name.endswith((".rels", "/_rels/")):
        return True
    return not _READ.fullmatch(name)


def blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """The content of a member; damage raises :class:`Unreadable`."""
    try:
        with archive.open(member) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except KeyError:
        raise Unreadable("broken") from None
    except _DAMAGE:
        raise Unreadable("broken") from None


def whole(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    if member.file_size > limit:
        raise Unreadable("bomb")
    return b"".join(blocks(archive, member))


def printed(data: bytes) -> Iterator[str]:
    """Texts with a number or an address in a binary part; names cannot be told from
    chance there."""
    found = [raw.decode("ascii") for raw in _STRING.findall(data)]
    found += [raw.decode("utf-16-le") for raw in _WIDE.findall(data)]
    for text in found:
        if "@" in text or sum(map(str.isdigit, text)) > 6:
            yield text


def unique(extras: Iterator[Extra]) -> Iterator[Extra]:
    """Each text once for each place: packages repeat labels a thousand times. Long ones
    come in pieces that overlap, so that no number is cut."""
    seen: set[int] = set()
    for extra in extras:
        mark = hash((extra.where, extra.text, extra.sheet, extra.row))
        if mark in seen:
            continue
        if len(seen) < 1_000_000:
            seen.add(mark)
        if len(extra.text) <= _LONG_TEXT:
            yield extra
            continue
        for start in range(0, len(extra.text), _LONG_TEXT - _OVERLAP):
            yield replace(extra, text=extra.text[start : start + _LONG_TEXT])


def extras(path: Path, kind: str) -> Iterator[Extra]:
    """Every text outside the cells of a spreadsheet of the kind xlsx, xls or ods."""
    from . import legacy, ods, xlsx

    readers = {"xlsx": xlsx.extras, "xls": legacy.extras, "ods": ods.extras}
    return unique(readers[kind](path))
