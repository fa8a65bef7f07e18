"""Words as the catalog for units searches them: pairs of signs of Chinese. Pure."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_RUN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]+|[0-9a-z]+")
MOST = 60


def normal(text: str | None) -> str:
    """Full-width letters, case and composition made one."""
    return unicodedata.normalize("NFKC", text or "").lower()


def runs(text: str | None) -> list[str]:
    """Stretches of Chinese, and words of letters and digits."""
    return _RUN.findall(normal(text))


def grams(text: str | None) -> list[str]:
    """What a text is found by, each once: pairs of Chinese signs, whole other words.

    The last sign of a stretch stands alone too, so that a single sign is found as the
    beginning of something.
    """
    found: dict[str, None] = {}
    for run in runs(text):
        if run[0].isascii():
            found[run] = None
        else:
            found.update(dict.fromkeys(a + b for a, b in pairwise(run)))
            found[run[-1]] = None
    return list(found)


def asked(q: str | None) -> list[str]:
    """Terms of a PostgreSQL `tsquery` for what was typed, at most `MOST`.

    They hold letters and digits of any script only, so nothing has to be escaped.
    """
    found: dict[str, None] = {}
    for run in runs(q):
        if run[0].isascii() or len(run) == 1:
            found[f"'{run}':*"] = None
        else:
            pairs = (f"'{a}{b}'" for a, b in pairwise(run))
            found.update(dict.fromkeys(pairs))
    return list(found)[:MOST]
