"""E-mail address (RFC 5321 in the shapes that people write). The stock one misses
addresses glued to Chinese text and, through tldextract, tries the network."""

from __future__ import annotations

import re

from .numbers import NumberRecognizer

_LOCAL = r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9_][A-Za-z0-9._%+\-]{0,63}"
_DOMAIN = r"(?:[A-Za-z0-9][A-Za-z0-9\-]{0,62}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9])"
#: icon@2x.png is a picture.
NOT_AN_ADDRESS = re.compile(
    r"@\dx\.|\.(?:png|jpe?g|gif|svg|webp|bmp|ico|css|js|py|git)$", re.I
)


class EmailRecognizer(NumberRecognizer):
    """Local part, @ (also full width or written out), a domain with a suffix."""

    ENTITY = "EMAIL"
    PATTERNS = [
        ("address", _LOCAL + r" ?@ ?" + _DOMAIN, 1.0),
        (
            "at written out",
            _LOCAL + r" ?[\[({<](?:at|艾特|@)[\])}>] ?"
            r"(?:[A-Za-z0-9][A-Za-z0-9\-]{0,62} ?(?:\.|点|[\[({<](?:\.|"
            r"dot)[\])}>]) ?){1,5}"
            r"[A-Za-z]{2,24}(?![A-Za-z0-9])",
            0.8,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        return 0 if NOT_AN_ADDRESS.search(text[start:end]) else base
