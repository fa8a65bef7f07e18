"""The encoding of a text file, decided over the whole file.

BOM -> NUL parity (UTF-16 and 32 without BOM) -> strict UTF-8 -> Big5 where a detector
and the characters agree -> strict GB18030. Detectors fail on files whose first Chinese
stands in the last row; strict decoding does not.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from ..reasons import Unreadable

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_BLOCK = 1 << 20
_HEAD = 64 << 10
_SAMPLE = 32 << 10
# GBK and GB2312 are parts of GB18030; cp950 of HKSCS.
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs"}
# The commonest characters of tables, simplified and traditional; mojibake has few.
_COMMON = frozenset(
    "的一是在有人中大上国學学校生年號号名市區区縣县路小高教育院台北南東东西新民公立私"
    "男女姓性別别日月科系班電电話话地址學號成績數数單单位備备註注姓李王張张陳陈林黃黄劉刘"
)


def detect(path: Path, declared: str = "") -> str:
    """A codec name that decodes the whole file strictly; raises :class:`Unreadable`.

    ``declared`` is what the file says of itself; it counts after all that can be seen.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return _must(path, name)
    if wide := _nul_parity(head):
        return _must(path, wide)
    sample = _strict_utf8(path)
    if sample is None:
        return _legacy(path, declared)
    return "gb18030" if sample and _chance_utf8(path, sample) else "utf-8"


def blocks(path: Path, codec: str, size: int = _BLOCK) -> Iterator[str]:
    """The text of a file, decoded strictly bit by bit."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        with path.open("rb") as stream:
            while block := stream.read(size):
                yield decoder.decode(block)
            yield decoder.decode(b"", final=True)
    except UnicodeError:
        raise Unreadable("encoding") from None


def decodes(path: Path, name: str) -> bool:
    """Whether every byte of the file decodes."""
    try:
        for _ in blocks(path, name):
            pass
    except Unreadable:
        return False
    return True


def _must(path: Path, name: str) -> str:
    if not decodes(path, name):
        raise Unreadable("encoding")
    return name


def _strict_utf8(path: Path) -> bytes | None:
    """Lines of it that hold anything but ASCII (none: all is ASCII), or None if it is
    not UTF-8. Raises for NULs."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    sample, sound = b"", True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if b"\0" in block:
                raise Unreadable("nul")
            if not sound:
                continue
            if block.isascii():
                sound = not decoder.getstate()[0]
                continue
            if len(sample) < _SAMPLE:
                sample += _wide_lines(block)
            try:
                decoder.decode(block)
            except UnicodeError:
                sound = False
    return sample if sound and not decoder.getstate()[0] else None


def _wide_lines(block: bytes) -> bytes:
    lines, size = [], 0
    for line in block.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line[:4096])
            size += len(lines[-1])
            if size > _SAMPLE:
                break
    return b"".join(lines)


def _nul_parity(head: bytes) -> str | None:
    """ASCII in UTF-16 leaves NULs on one side only; UTF-32 is three parts of them."""
    sides = [head[place::4].count(0) for place in range(4)]
    least = max(2, len(head) // 1000)
    if sum(sides) < least:
        return None
    if sum(sides) * 5 >= len(head) * 2 and sides[1] + sides[2] > 0:
        if sides[3] > 20 * sides[0] and sides[2] > 20 * sides[0]:
            return "utf-32-le"
        if sides[0] > 20 * sides[3] and sides[1] > 20 * sides[3]:
            return "utf-32-be"
    even, odd = sides[0] + sides[2], sides[1] + sides[3]
    if odd > 20 * even:
        return "utf-16-le"
    if even > 20 * odd:
        return "utf-16-be"
    return None


def _legacy(path: Path, declared: str) -> str:
    if _damaged_utf8(path):
        # GB18030 would decode it too, as other characters.
        raise Unreadable("encoding")
    try:
        name = codecs.lookup(declared).name if declared else ""
    except LookupError:
        name = ""
    name = _WIDER.get(name, name)
    if name not in ("", "utf-8", "ascii") and decodes(path, name):
        return name
    if _looks_big5(path) and decodes(path, "big5hkscs"):
        return "big5hkscs"
    return _must(path, "gb18030")


def _damaged_utf8(path: Path) -> bool:
    text = _wide_sample(path).decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return sum(char > "\u07ff" for char in text) - bad > max(4, 10 * bad)


def _chance_utf8(path: Path, sample: bytes) -> bool:
    """A few Chinese characters in GBK may be sound UTF-8 (校 is У): then UTF-8 gives
    letters of other scripts where GBK gives common Chinese."""
    if any(char > "\u07ff" for char in sample.decode("utf-8", "ignore")):
        return False
    wide = [char for char in sample.decode("gb18030", "replace") if char > "\x7f"]
    return sum(c in _COMMON for c in wide) > len(wide) / 3 and decodes(path, "gb18030")


def _looks_big5(path: Path) -> bool:
    from charset_normalizer import from_bytes

    sample = _wide_sample(path)
    share = {}
    for name in ("big5hkscs", "gb18030"):
        text = sample.decode(name, "replace")
        wide = [c for c in text if c > "\x7f"]
        share[name] = sum(c in _COMMON for c in wide) / max(1, len(wide))
    if share["gb18030"] > 0.1 and share["gb18030"] > 2 * share["big5hkscs"]:
        return False
    best = from_bytes(sample).best()
    spotted = best is not None and best.encoding in ("big5", "big5hkscs", "cp950")
    return share["big5hkscs"] > share["gb18030"] + (0 if spotted else 0.05)


def _wide_sample(path: Path) -> bytes:
    """Up to 32 kB of the lines that hold anything but ASCII."""
    sample = b""
    with path.open("rb") as stream:
        while len(sample) < _SAMPLE and (block := stream.read(_BLOCK)):
            if not block.isascii():
                sample += _wide_lines(block)
    return sample
