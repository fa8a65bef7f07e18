"""Names of open datasets: pinyin of the title. CKAN's munging loses all Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence


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


def carried_ids(ids: Mapping[str, str], sources: Sequence[str]) -> dict[str, str]:
    """Public ids for *sources*, so that those who read by them are not cut off.

    A file that has one table keeps its id whatever its sheet is called now: a
    correction may come as CSV where a workbook was before.

    :param ids: public id by source, of all versions so far; a source is
        `<id of the file>#<sheet>`, with `#sample` behind it for its sample
    :param sources: of the version to come
    :returns: *ids*, and those carried over
    """
    found = dict(ids)
    for source in sources:
        file = source.split("#", 1)[0] + "#"
        if sum(other.startswith(file) for other in sources) > 1:
            continue
        for end in ("", "#sample"):
            earlier = {
                public_id
                for known, public_id in ids.items()
                if known.startswith(file) and known.endswith("#sample") == bool(end)
            }
            if len(earlier) == 1:
                found.setdefault(source + end, *earlier)
    return found
