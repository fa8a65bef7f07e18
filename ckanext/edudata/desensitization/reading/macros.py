"""VBA projects: the source of every module, decompressed ([MS-OVBA] 2.4.1), and what
other streams (forms, compiled code) print."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from ..reasons import Unreadable

_SOURCE = b"\x00Attribut"
_MAX_SOURCE = 16 << 20
_MAX_STREAMS = 5000


def texts(data: bytes) -> Iterator[str]:
    """Texts in ``vbaProject.bin``, an OLE file of its own."""
    import olefile

    try:
        strict = olefile.DEFECT_INCORRECT
        with olefile.OleFileIO(io.BytesIO(data), raise_defects=strict) as ole:
            yield from project_texts(ole)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001
        raise Unreadable("broken") from None


def project_texts(ole: object, under: tuple[str, ...] = ()) -> Iterator[str]:
    """The same of all streams of an open OLE file below a storage."""
    from .package import printed

    streams = ole.listdir()  # type: ignore[attr-defined]
    if len(streams) > _MAX_STREAMS:
        raise Unreadable("bomb")
    size = 0
    for path in streams:
        if tuple(path[: len(under)]) != under:
            continue
        content: bytes = ole.openstream(path).read()  # type: ignore[attr-defined]
        place = content.find(_SOURCE)
        while place >= 3:
            source, end = decompressed(content, place - 3)
            size += len(source)
            if size > _MAX_SOURCE:
                raise Unreadable("bomb")
            for line in source.splitlines():
                if line.strip() and not line.startswith("Attribute VB_"):
                    yield line.strip()
            place = content.find(_SOURCE, max(end, place + 1))
        yield from printed(content)


def decompressed(data: bytes, start: int) -> tuple[str, int]:
    """A compressed container, as far as it is sound, in the code page of Chinese
    Office (936, of which GB18030 is the superset), and where it ends."""
    out = bytearray()
    place = start + 1
    while place + 2 <= len(data) and len(out) < _MAX_SOURCE:
        (header,) = struct.unpack_from("<H", data, place)
        if (header >> 12) & 7 != 3:
            break
        end = min(len(data), place + (header & 0xFFF) + 3)
        place += 2
        if header & 0x8000:
            _chunk(data, place, end, out)
        else:
            out += data[place:end]
        place = end
    return out.decode("gb18030", "replace"), place


def _chunk(data: bytes, place: int, end: int, out: bytearray) -> None:
    begin = len(out)
    while place < end:
        flags = data[place]
        place += 1
        for bit in range(8):
            if place >= end:
                return
            if not flags >> bit & 1:
                out.append(data[place])
                place += 1
                continue
            if place + 2 > end:
                return
            (token,) = struct.unpack_from("<H", data, place)
            place += 2
            bits = max(4, (len(out) - begin - 1).bit_length())
            length = (token & (0xFFFF >> bits)) + 3
            offset = (token >> (16 - bits)) + 1
            if offset > len(out) - begin or len(out) + length - begin > 4096:
                return
            copied = bytes(out[-offset:])
            out += (copied * (length // offset + 1))[:length]
