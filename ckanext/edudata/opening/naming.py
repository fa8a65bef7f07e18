"""Names of open datasets: pinyin of the title. CKAN's munging loses all Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence


def from_title(title: str) -> str:
    """A name of 2–90 characters out of a–z, 0–9 and `-`.

    >>> from_title("全国高校 2025")
    'quan-guo-gao-xiao-2025'
    """
    name = _pinyin(title)
    if len(name) > 90:
        name = name[:90].rsplit("-", 1)[0]
    return name if len(name) >= 2 else f"dataset-{name}".rstrip("-")


def from_code(code: str) -> str:
    """A name out of a resource code.

    >>> from_code("305003001-3131000123/000007")
    '305003001-3131000123-000007'
    """
    return re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")


def of_dataset(title: str, code: str | None) -> str:
    """The name of a new dataset: pinyin of its title, or its resource code where the
    title leaves nothing to read.

    >>> of_dataset("《》", "305003001-3131000123/000007")
    '305003001-3131000123-000007'
    """
    readable = len(re.sub(r"[^a-z]", "", _pinyin(title))) >= 2
    return from_code(code) if code and not readable else from_title(title)


def out_of(name: str, title: str) -> bool:
    """Whether a name says nothing that the title does not.

    The check reads titles and no pinyin: any other name could be that of a person.

    >>> out_of("gaoxiao-2025", "全国高校 2025")
    True
    """
    words = set(_pinyin(title).split("-"))

    def joined(part: str) -> bool:
        reached = {0}
        for end in range(1, len(part) + 1):
            if any(part[start:end] in words for start in reached):
                reached.add(end)
        return len(part) in reached

    return all(joined(part) for part in re.split("[-_]+", name) if part)


def _pinyin(title: str) -> str:
    from pypinyin import lazy_pinyin

    words = " ".join(lazy_pinyin(title, errors=lambda text: f" {text} "))
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


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
