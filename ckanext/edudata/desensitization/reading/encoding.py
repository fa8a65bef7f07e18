"""The encoding of a text file, decided over the whole file.

BOM -> NUL parity (UTF-16 without BOM) -> strict UTF-8 -> Big5 where a detector and the
characters agree -> strict GB18030. Detectors fail on files whose first Chinese stands
in the last row; strict decoding does not.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from ..reasons import Unreadable

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_BLOCK = 1 << 20
_SAMPLE = 64 << 10
# The commonest characters of tables, simplified and traditional; mojibake has few.
_COMMON = frozenset(
    "的一是在有人中大上国學学校生年號号名市區区縣县路小高教育院台北南東东西新民公立私"
    "男女姓性別别日月科系班電电話话地址學號成績數数單单位備備备註注姓李王張张陳陈林黃黄劉刘"
)


def detect(path: Path) -> str:
    """A codec name that decodes the whole file strictly; raises :class:`Unreadable`."""
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return _must(path, name)
    if utf16 := _nul_parity(head):
        return _must(path, utf16)
    if _holds(path, b"\0"):
        raise Unreadable("nul")
    if decodes(path, "utf-8"):
        return "gb18030" if _chance_utf8(path) else "utf-8"
    if _looks_big5(path) and decodes(path, "big5hkscs"):
        return "big5hkscs"
    return _must(path, "gb18030")


def _must(path: Path, name: str) -> str:
    if not decodes(path, name):
        raise Unreadable("encoding")
    return name


def decodes(path: Path, name: str) -> bool:
    """Whether every byte of the file decodes."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _holds(path: Path, byte: bytes) -> bool:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if byte in block:
                return True
    return False


def _nul_parity(head: bytes) -> str | None:
    """ASCII in UTF-16 leaves NULs on one side only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < max(2, len(head) // 50):
        return None
    if odd > 20 * even:
        return "utf-16-le"
    if even > 20 * odd:
        return "utf-16-be"
    return None


def _chance_utf8(path: Path) -> bool:
    """A few Chinese characters in GBK may be sound UTF-8 (校 is У): then UTF-8 gives
    letters of other scripts where GBK gives common Chinese."""
    sample = _non_ascii_sample(path)
    if not sample or any(char > "\u07ff" for char in sample.decode("utf-8", "ignore")):
        return False
    wide = [char for char in sample.decode("gb18030", "replace") if char > "\x7f"]
    return sum(c in _COMMON for c in wide) > len(wide) / 3 and decodes(path, "gb18030")


def _looks_big5(path: Path) -> bool:
    sample = _non_ascii_sample(path)
    share = {}
    for name in ("big5hkscs", "gb18030"):
        text = sample.decode(name, "replace")
        wide = [c for c in text if c > "\x7f"]
        share[name] = sum(c in _COMMON for c in wide) / max(1, len(wide))
    best = from_bytes(sample).best()
    spotted = best is not None and best.encoding in ("big5", "big5hkscs", "cp950")
    return share["big5hkscs"] > share["gb18030"] + (0 if spotted else 0.05)


def _non_ascii_sample(path: Path) -> bytes:
    """Up to 32 kB of the lines that hold anything but ASCII."""
    lines, size = [], 0
    with path.open("rb") as stream:
        for line in stream:
            if not line.isascii():
                lines.append(line[:4096])
                size += len(lines[-1])
                if size > _SAMPLE // 2:
                    break
    return b"".join(lines)
