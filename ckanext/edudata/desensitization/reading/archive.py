"""ZIP and gzip: every member through its own reader, in its own unnamed file.

An archive must be exactly its members, one behind the other: what a second reader
could see between or behind them nobody has checked.
"""

from __future__ import annotations

import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from ..reasons import Unreadable
from ..report import CheckOptions
from .sheets import Batch, Extra, Sheet, Source

MAX_DEPTH = 2
_MAX_MEMBERS = 5000
_RATIO, _RATIO_FROM = 400, 64 << 20
_BLOCK = 1 << 18
_LOCAL = struct.Struct("<4s5H3L2H")
#: What the system of whoever packs adds: texts in it are checked, it holds no table.
_SYSTEM = (b"\x00\x05\x16\x07", b"\x00\x00\x00\x01Bud1")
_SYSTEM_MAX = 4 << 20
_PRINTED = re.compile(rb"[\x20-\x7e\x80-\xff]{4,}")
_PASS_ON = {"bomb", "encrypted", "archive_deep", "too_many_cells", "too_large"}


@dataclass
class _Left:
    bytes: int


@dataclass
class Budget:
    """What may still be unpacked, all archives in archives together."""

    left: _Left
    depth: int = 0

    def take(self, size: int) -> None:
        self.left.bytes -= size
        if self.left.bytes < 0:
            raise Unreadable("bomb")


@dataclass(frozen=True)
class _Member:
    name: str
    offset: int
    packed: int
    size: int
    method: int
    crc: int
    texts: tuple[str, ...]
    directory: bool


def source(
    path: Path,
    filename: str,
    kind: str,
    size: int,
    options: CheckOptions,
    within: Budget | None,
) -> Source:
    """The sheets of all members, named ``member/sheet``, and their extras."""
    budget = within or Budget(_Left(2 * options.max_bytes))
    if budget.depth >= MAX_DEPTH:
        raise Unreadable("archive_deep", limit=MAX_DEPTH)
    budget = replace(budget, depth=budget.depth + 1)
    extras: list[Extra] = []
    if kind == "gzip":
        inner = Path(filename).name.removesuffix(".gz").removesuffix(".GZ")
        sheets = _gzip_sheets(path, inner, options, budget, extras)
    else:
        members = _members(path, size, extras)
        sheets = _sheets(path, members, options, budget, extras)
    return Source(kind, size, sheets, _each(extras))


def _each(extras: list[Extra]) -> Iterator[Extra]:
    """They are known after the sheets were read."""
    yield from extras


def _members(path: Path, size: int, extras: list[Extra]) -> list[_Member]:
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            infos = archive.infolist()
            if len(infos) > _MAX_MEMBERS:
                raise Unreadable("too_many_files", limit=_MAX_MEMBERS)
            _ends_there(stream, size, archive.comment)
            extras += _texts("comment", archive.comment)
            members = [_member(info, stream) for info in infos]
            _apart(members, infos, archive.start_dir)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        raise Unreadable("archive") from None
    unpacked = sum(member.size for member in members)
    if unpacked > _RATIO_FROM and unpacked > size * _RATIO:
        raise Unreadable("bomb")
    return members


def _ends_there(stream: IO[bytes], size: int, comment: bytes) -> None:
    """Nothing stands behind the archive's own end."""
    stream.seek(max(0, size - 22 - len(comment)))
    end = stream.read(22 + len(comment))
    if not end.startswith(b"PK\x05\x06") or not end.endswith(comment):
        raise Unreadable("archive")


def _member(info: zipfile.ZipInfo, stream: IO[bytes]) -> _Member:
    name = _name(info)
    kind = (info.external_attr >> 16) & 0o170000
    if kind not in (0, 0o100000, 0o040000):
        raise Unreadable("link")
    parts = name.replace("\\", "/").split("/")
    directory = name.endswith("/")
    if ".." in parts or parts[0] == "" or parts[0].endswith(":"):
        raise Unreadable("archive")
    stream.seek(info.header_offset)
    local = _LOCAL.unpack(stream.read(_LOCAL.size))
    raw_name, raw_extra = stream.read(local[9]), stream.read(local[10])
    if local[0] != b"PK\x03\x04" or raw_name != _raw_name(info):
        raise Unreadable("archive")
    if directory and info.file_size:
        raise Unreadable("archive")
    return _Member(
        name=name,
        offset=info.header_offset + _LOCAL.size + len(raw_name) + len(raw_extra),
        packed=info.compress_size,
        size=info.file_size,
        method=info.compress_type,
        crc=info.CRC,
        texts=tuple(
            _decoded(raw)
            for raw in (info.comment, *_PRINTED.findall(info.extra + raw_extra))
            if raw
        ),
        directory=directory,
    )


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _name(info: zipfile.ZipInfo) -> str:
    """Names without the mark of UTF-8 are UTF-8 all the same (macOS) or GB18030."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    return _decoded(info.orig_filename.encode("cp437"))


def _decoded(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8")
    with suppress(UnicodeDecodeError):
        return raw.decode("gb18030")
    return raw.decode("latin-1")


def _texts(where: str, raw: bytes) -> list[Extra]:
    return [Extra(where, _decoded(raw))] if raw else []


def _apart(
    members: list[_Member], infos: list[zipfile.ZipInfo], directory: int
) -> None:
    """Each member begins where the one before ends, at most behind its descriptor."""
    if len({member.name for member in members}) != len(members):
        raise Unreadable("archive")
    pairs = sorted(zip(members, infos, strict=True), key=lambda p: p[1].header_offset)
    end, descriptor = 0, False
    for member, info in [*pairs, (None, None)]:
        start = info.header_offset if info else directory
        gap = start - end
        if gap != 0 and not (descriptor and gap in (12, 16, 20, 24)):
            raise Unreadable("archive")
        if member and info:
            end = member.offset + member.packed
            descriptor = bool(info.flag_bits & 8)


def _sheets(
    path: Path,
    members: list[_Member],
    options: CheckOptions,
    budget: Budget,
    extras: list[Extra],
) -> Iterator[Sheet]:
    for number, member in enumerate(members, 1):
        extras.append(Extra("filename", member.name))
        extras += [Extra("metadata", text) for text in member.texts]
        if member.directory or not member.size:
            continue
        budget.take(member.size)
        with _unnamed() as (stream, place):
            try:
                _unpack(path, member, stream)
                if system := _system(place):
                    extras += system
                    continue
                for sheet in _inner(place, member.name, options, budget, extras):
                    sheet.batches = _batches(sheet.batches, number)
                    yield sheet
            except Unreadable as error:
                raise _inside(error, number) from None


def _inner(
    place: Path,
    name: str,
    options: CheckOptions,
    budget: Budget,
    extras: list[Extra],
) -> Iterator[Sheet]:
    from . import open_source

    try:
        inner = open_source(place, name, options, budget)
    except Unreadable as error:
        if error.reason.code == "empty":
            return
        raise
    for sheet in inner.sheets:
        yield replace(sheet, name=f"{name}/{sheet.name}" if sheet.name else name)
    extras.extend(
        replace(extra, sheet=f"{name}/{extra.sheet}".rstrip("/"))
        for extra in inner.extras
    )


def _inside(error: Unreadable, number: int) -> Unreadable:
    if error.reason.code in _PASS_ON:
        return error
    return Unreadable("member", number=number)


def _batches(batches: Iterator[Batch], number: int) -> Iterator[Batch]:
    try:
        yield from batches
    except Unreadable as error:
        raise _inside(error, number) from None


@contextmanager
def _unnamed() -> Iterator[tuple[IO[bytes], Path]]:
    """A file that vanishes with the process, and a path that opens it."""
    if Path("/proc/self/fd").is_dir():
        with tempfile.TemporaryFile() as stream:
            yield stream, Path(f"/proc/self/fd/{stream.fileno()}")
    else:
        with tempfile.NamedTemporaryFile() as stream:
            yield stream, Path(stream.name)


def _unpack(path: Path, member: _Member, stream: IO[bytes]) -> None:
    """The member as its own header says, to the last byte; nothing may be left."""
    if member.method == zipfile.ZIP_STORED:
        decompressor = None
    elif member.method == zipfile.ZIP_DEFLATED:
        decompressor = zlib.decompressobj(-15)
    else:
        raise Unreadable("unsupported", kind=f"ZIP {member.method}")
    crc, size, left = 0, 0, member.packed
    with path.open("rb") as packed:
        packed.seek(member.offset)
        while left:
            block = packed.read(min(left, _BLOCK))
            if not block:
                raise Unreadable("archive")
            left -= len(block)
            for data in _inflated(decompressor, block):
                size += len(data)
                if size > member.size:
                    raise Unreadable("archive")
                crc = zlib.crc32(data, crc)
                stream.write(data)
    ended = decompressor is None or (decompressor.eof and not decompressor.unused_data)
    if not ended or size != member.size or crc != member.crc:
        raise Unreadable("archive")
    stream.flush()


def _inflated(decompressor: zlib._Decompress | None, block: bytes) -> Iterator[bytes]:
    if decompressor is None:
        yield block
        return
    try:
        while block and not decompressor.eof:
            yield decompressor.decompress(block, _BLOCK)
            block = decompressor.unconsumed_tail
    except zlib.error:
        raise Unreadable("archive") from None
    if decompressor.eof and block and not decompressor.unused_data:
        raise Unreadable("archive")


def _system(place: Path) -> list[Extra] | None:
    with place.open("rb") as stream:
        data = stream.read(_SYSTEM_MAX + 1)
    if not data.startswith(_SYSTEM) or len(data) > _SYSTEM_MAX:
        return None
    wide = data.decode("utf-16-be", "replace")
    found = [_decoded(raw) for raw in _PRINTED.findall(data)]
    found += re.findall(r"[\w.\-@]{2,}", wide)
    return [Extra("metadata", text) for text in found]


def _gzip_sheets(
    path: Path,
    name: str,
    options: CheckOptions,
    budget: Budget,
    extras: list[Extra],
) -> Iterator[Sheet]:
    limit = max(_RATIO_FROM, path.stat().st_size * _RATIO)
    with _unnamed() as (stream, place):
        size = 0
        for data in _gunzipped(path, extras):
            size += len(data)
            budget.take(len(data))
            if size > limit:
                raise Unreadable("bomb")
            stream.write(data)
        stream.flush()
        if not size:
            raise Unreadable("empty")
        inner: list[Extra] = []
        for sheet in _inner(place, name, options, budget, inner):
            sheet.name = sheet.name.removeprefix(name).lstrip("/")
            yield sheet
        extras += inner


def _gunzipped(path: Path, extras: list[Extra]) -> Iterator[bytes]:
    with path.open("rb") as stream:
        rest = b""
        while rest := rest or stream.read(_BLOCK):
            rest = _gzip_header(rest + stream.read(1 << 17), extras)
            decompressor = zlib.decompressobj(-15)
            crc, size = 0, 0
            while not decompressor.eof:
                if not rest and not (rest := stream.read(_BLOCK)):
                    raise Unreadable("broken")
                try:
                    data = decompressor.decompress(rest, _BLOCK)
                except zlib.error:
                    raise Unreadable("broken") from None
                rest = decompressor.unconsumed_tail
                crc, size = zlib.crc32(data, crc), size + len(data)
                yield data
            rest = decompressor.unused_data
            rest += stream.read(8)
            if rest[:8] != struct.pack("<LL", crc, size & 0xFFFFFFFF):
                raise Unreadable("broken")
            rest = rest[8:]


def _gzip_header(data: bytes, extras: list[Extra]) -> bytes:
    """The data behind a member's header; its texts go to the extras."""
    if data[:3] != b"\x1f\x8b\x08" or len(data) < 18:
        raise Unreadable("broken")
    flags, place = data[3], 10
    if flags & 4:
        length = int.from_bytes(data[10:12], "little")
        extras += _texts("metadata", data[12 : 12 + length])
        place = 12 + length
    for bit, where in ((8, "filename"), (16, "comment")):
        if flags & bit:
            end = data.find(b"\0", place)
            if end < 0:
                raise Unreadable("broken")
            extras += _texts(where, data[place:end])
            place = end + 1
    return data[place + 2 if flags & 2 else place :]
