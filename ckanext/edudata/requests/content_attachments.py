"""What an attachment is and whether it may be taken, by its content (Art. 28). Pure.

Runs in a child process (`sandbox_attachments`): the files are strangers'.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from ckanext.edudata.desensitization.reading.kinds import file_kind
from ckanext.edudata.desensitization.reasons import Unreadable
from ckanext.edudata.requests import docx_attachments, pdf_attachments

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JPEG, PNG = "image/jpeg", "image/png"

_PIXELS = 120_000_000
"""More than a scanner makes of a page; a picture of more is there to fill memory."""
_SAME = {"empty": "empty", "encrypted": "encrypted", "polyglot": "polyglot"}
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"


class Refused(Exception):  # noqa: N818
    """A key of `words_attachments.REFUSALS`."""


def media_type(path: Path) -> str:
    """Media type of a file that may be taken.

    :raises Refused: it may not
    """
    with path.open("rb") as stream:
        head = stream.read(16)
    if head.startswith(_PNG_HEAD):
        _png(path.read_bytes())
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        _jpeg(path.read_bytes())
        return JPEG
    try:
        kind = file_kind(path)
    except Unreadable as error:
        raise Refused(_SAME.get(error.reason.code, "kind")) from None
    if kind == "pdf":
        _ask(pdf_attachments.problem(path))
        return PDF
    if kind == "docx":
        _ask(docx_attachments.problem(path))
        return DOCX
    raise Refused("kind")


def _ask(problem: str | None) -> None:
    if problem:
        raise Refused(problem)


def _png(data: bytes) -> None:
    """Every chunk sound, the last one the end, nothing behind it."""
    place, first = len(_PNG_HEAD), True
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name = data[place + 4 : place + 8]
        body = data[place + 4 : place + 8 + length]
        end = place + 12 + length
        if end > len(data) or (name == b"IHDR") != first:
            raise Refused("broken")
        if zlib.crc32(body) != struct.unpack_from(">I", data, end - 4)[0]:
            raise Refused("broken")
        if first:
            _size(*struct.unpack_from(">II", body, 4))
        first, place = False, end
        if name == b"IEND":
            break
    else:
        raise Refused("broken")
    if data[place:].strip(b"\0"):
        raise Refused("polyglot")


def _size(width: int, height: int) -> None:
    if not width or not height:
        raise Refused("broken")
    if width * height > _PIXELS:
        raise Refused("bomb")


_LENGTHLESS = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _jpeg(data: bytes) -> None:
    """Its segments from the first to the end of the picture; cameras put a smaller
    picture behind it, nothing else may stand there."""
    place, framed = 2, False
    while True:
        if place + 2 > len(data) or data[place] != 0xFF:
            raise Refused("broken")
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker == 0xD9:
            break
        elif marker in _LENGTHLESS:
            place += 2
        else:
            framed = framed or marker in _FRAMES
            place = _segment(data, place, marker)
    rest = data[place + 2 :].strip(b"\0")
    if not framed:
        raise Refused("broken")
    if rest:
        if not rest.startswith(b"\xff\xd8\xff"):
            raise Refused("polyglot")
        _jpeg(rest)


def _segment(data: bytes, place: int, marker: int) -> int:
    """Place behind a segment, and behind the picture's own bytes if it begins them."""
    if place + 9 > len(data):
        raise Refused("broken")
    (length,) = struct.unpack_from(">H", data, place + 2)
    if marker in _FRAMES:
        height, width = struct.unpack_from(">HH", data, place + 5)
        _size(width, height)
    place += 2 + length
    return _after_scan(data, place) if marker == 0xDA else place


def _after_scan(data: bytes, place: int) -> int:
    """Place of the first marker behind the picture's own bytes."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise Refused("broken")
        following = data[place + 1]
        if following and not 0xD0 <= following <= 0xD7:
            return place
        place += 2
