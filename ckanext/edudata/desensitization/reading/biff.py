"""Records of a BIFF stream and the strings in them ([MS-XLS] 2.5.293 and following).
Only records that hold text are looked at, so a string is recognised by its length."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

Record = tuple[int, bytes]
_BYTES = re.compile(rb"(?:[\x20-\x7e]|[\x81-\xfe][\x40-\x7e\x80-\xfe]){3,}")


def records(stream: bytes) -> Iterator[Record]:
    """Kind and content of each record up to the end or the first senseless one."""
    place, size = 0, len(stream)
    unpack = struct.Struct("<HH").unpack_from
    while place + 4 <= size:
        kind, length = unpack(stream, place)
        place += 4
        yield kind, stream[place : place + length]
        place += length


def strings(data: bytes) -> Iterator[str]:
    """Strings of BIFF8: a count of one or two bytes, a byte of flags, characters."""
    place = 0
    while place + 3 < len(data):
        for head in (3, 2):
            count = data[place] if head == 2 else data[place] | data[place + 1] << 8
            text = _counted(data, place + head, count, data[place + head - 1])
            if text:
                yield text
                place += head + count * (1 + (data[place + head - 1] & 1))
                break
        else:
            place += 1


def _counted(data: bytes, start: int, count: int, flags: int) -> str:
    if count < 2 or flags > 1:
        return ""
    raw = data[start : start + count * (1 + flags)]
    if len(raw) < count * (1 + flags):
        return ""
    return _readable(raw.decode("utf-16-le" if flags else "latin-1", "replace"))


def wide_strings(data: bytes) -> Iterator[str]:
    """UTF-16 after a count of four bytes, of characters or of bytes, or to the end."""
    place = 0
    while place + 8 <= len(data):
        (count,) = struct.unpack_from("<I", data, place)
        for size in (count * 2, count):
            raw = data[place + 4 : place + 4 + size]
            if 4 <= size == len(raw) and not size % 2:
                text = _readable(raw.decode("utf-16-le", "replace").rstrip("\0"))
                if text:
                    yield text
                    place += size
                    break
        else:
            place += 1
            continue
        place += 4
    tail = _readable(data[10:].decode("utf-16-le", "replace").rstrip("\0"))
    if tail:
        yield tail


def old_strings(data: bytes) -> Iterator[str]:
    """Runs of bytes that are text in the Chinese code page."""
    for run in _BYTES.findall(data):
        text = run.decode("gb18030", "replace")
        if "\ufffd" not in text:
            yield text


def _readable(text: str) -> str:
    plain = text.replace("\0", "；").replace("\n", " ").replace("\r", " ").strip()
    ok = len(plain) > 1 and plain.isprintable() and "\ufffd" not in plain
    return plain if ok else ""
