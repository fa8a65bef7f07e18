"""A picture or file written into a cell: a data URI (RFC 2397), Base64 (RFC 4648) or
hexadecimal digits. A photograph or a signature may be in it, and nobody can read it.

The head is decoded and must begin as such files do: hashes and tokens never do.
"""

from __future__ import annotations

import base64
import binascii
import re

from .base import TableRecognizer

_BASE64 = (
    r"/9j\\?/|_9j_|iVBORw0KGgo|R0lGOD|Qk[0-9A-Za-z+/]|UklGR|JVBERi0|UEsDB|SUkqA|TU0AK|"
    r"0M8R4KGxGuE|H4sI|AAAA[0-9A-Za-z+/]{2}Z0eX|e1xydGY|PHN2Zy"
)
_HEX = (
    r"ffd8ff|89504e470d0a1a0a|474946383[79]61|424d|52494646|25504446|504b0304|"
    r"49492a00|4d4d002a|d0cf11e0a1b11ae1|1f8b08"
)
_SIGNATURES = re.compile(
    rb"\xff\xd8\xff[\xc0-\xfe]|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....(?:WEBP|WAVE|AVI )|"
    rb"%PDF-[12]|PK\x03\x04[\x00-\x3f]\x00|II\*\x00....|MM\x00\*....|"
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\x1f\x8b\x08[\x00-\x1f]|"
    rb"BM....\x00\x00\x00\x00....[\x0c\x28\x38\x40\x6c\x7c]\x00\x00\x00|"
    rb"\x00\x00\x00[\x10-\x40]ftyp|\{\\rtf1|<svg[ >]",
    re.DOTALL,
)


def is_file(head: bytes) -> bool:
    """Whether bytes begin as a picture, recording, document or archive does."""
    return bool(_SIGNATURES.match(head))


def _decoded(text: str) -> bytes:
    text = re.sub(r"[\s\\]", "", text)
    if re.fullmatch(r"(?:0x|x)?[0-9a-f]+", text, re.I):
        digits = text.lower().removeprefix("0x").removeprefix("x")
        return bytes.fromhex(digits[: len(digits) // 2 * 2])
    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(text[: len(text) // 4 * 4])


class EmbeddedFileRecognizer(TableRecognizer):
    """data:image/png;base64,iVBORw0KGgo…; /9j/4AAQSkZJRg…; 89504e470d0a1a0a…."""

    ENTITY = "EMBEDDED_FILE"
    PATTERNS = [
        (
            "data URI",
            r"(?<![0-9A-Za-z])data:(?:image|audio|video|application|font)/"
            r"[0-9a-z.+\-]{2,60}(?:;[0-9a-z=.\-]{2,40}){0,4},(?=[0-9A-Za-z+/%<_])",
            0.95,
        ),
        (
            "Base64",
            rf"(?<![0-9A-Za-z+_])(?<![0-9A-Za-z]/)\\?(?:{_BASE64})"
            r"[0-9A-Za-z+/_\-\\\r\n]{24,120}",
            0.6,
        ),
        (
            "hexadecimal",
            rf"(?<![0-9A-Za-z])(?:0x|\\x)?(?:{_HEX})[0-9a-f]{{24,120}}",
            0.6,
        ),
    ]

    def validate_result(self, pattern_text: str) -> bool | None:
        """Presidio's hook: whether the decoded head is that of a file."""
        if pattern_text[:5].lower() == "data:":
            return None
        try:
            return is_file(_decoded(pattern_text))
        except (binascii.Error, ValueError):
            return False
