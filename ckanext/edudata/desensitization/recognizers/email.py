"""E-mail address (RFC 5321 in the shapes that people write). The stock one misses
addresses glued to Chinese text and, through tldextract, tries the network."""

from __future__ import annotations

from .base import TableRecognizer


class EmailRecognizer(TableRecognizer):
    """Local part, @ (also full width after normalisation), a domain with a suffix."""

    ENTITY = "EMAIL"
    PATTERNS = [
        (
            "address",
            r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63} ?@ ?"
            r"(?:[A-Za-z0-9][A-Za-z0-9\-]{0,62}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9])",
            1.0,
        )
    ]
