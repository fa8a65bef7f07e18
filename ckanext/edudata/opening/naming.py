"""Names of open datasets: pinyin of the title. CKAN's munging loses all Chinese."""

from __future__ import annotations

import re


def from_title(title: str) -> str:
    """A name of 2–90 characters out of a–z, 0–9 and `-`.

    >>> from_title("全国高校 2025")
    'quan-guo-gao-xiao-2025'
    """
    from pypinyin import lazy_pinyin

    words = " ".join(lazy_pinyin(title, errors=lambda text: f" {text} "))
    name = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    if len(name) > 90:
        name = name[:90].rsplit("-", 1)[0]
    return name if len(name) >= 2 else f"dataset-{name}".rstrip("-")
