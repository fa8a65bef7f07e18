"""Does an answer tell what it must not? Pure.

Two questions. Is something closed in it? And does a real reference get another answer
than a made-up one? Texts are compared after what changes by itself was taken out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from ckanext.edudata.delivery.leaks.things import Answer, Needle

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_VOLATILE = (
    re.compile(r'<[^>]*csrf[^>]*>|"_csrf_token"[^,}]*'),
    re.compile(r"<updated>[^<]*</updated>"),
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"),
    re.compile(r'nonce="[^"]*"|nonce-[\w+/=-]+'),
    re.compile(r"#[0-9a-f]{12,}"),
)
_CJK = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"-?[\d.,]+")


def distinctive(text: str) -> bool:
    """Whether finding the text somewhere means that it came from here.

    >>> distinctive("是"), distinctive("2025"), distinctive("canaryvalue")
    (False, False, True)
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        return len(digits) >= 5 or ("." in text and len(digits) >= 4)
    if re.fullmatch(r"[\d\s:/T.-]+", text):
        return False
    return len(_CJK.findall(text)) * 2 + len(_CJK.sub("", text)) >= 8


def readable(text: str) -> str:
    """The text with all escapes undone: of JSON, HTML and addresses."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    plain = html.unescape(plain)
    return unquote(plain, errors="replace") if "%" in plain else plain


def found(needles: Iterable[Needle], text: str) -> list[Needle]:
    """The needles that are in a text, numbers as whole numbers only."""
    return [needle for needle in needles if _holds(text, needle.text)]


def _holds(text: str, needle: str) -> bool:
    if needle not in text:
        return False
    if not _NUMBER.fullmatch(needle):
        return True
    return bool(re.search(rf"(?<![\d.-]){re.escape(needle)}(?![\d-]|\.\d)", text))


def without(text: str, asked: Iterable[str]) -> str:
    """An answer without what the question itself said, as words of it may echo."""
    for value in sorted(set(asked), key=len, reverse=True):
        if value:
            text = text.replace(value, "\0")
    return text


def comparable(answer: Answer, asked: Iterable[str]) -> tuple[int, str, str, str, str]:
    """What two answers are compared by."""
    asked = list(asked)
    text = without(answer.text, asked)
    for volatile in _VOLATILE:
        text = volatile.sub("", text)
    return (
        answer.status,
        without(answer.place, asked),
        answer.kind,
        answer.cache,
        re.sub(r"\s+", " ", text),
    )


def no_entry(text: str) -> bool:
    """Whether an answer of a search counts nothing that is not public."""
    try:
        result = json.loads(text).get("result") or {}
    except (ValueError, AttributeError):
        return True
    facets = {**(result.get("facets") or {}), **(result.get("search_facets") or {})}
    for name, public in (("dataset_type", "dataset"), ("capacity", "public")):
        counts = facets.get(name) or {}
        items = counts["items"] if "items" in counts else [{"name": n} for n in counts]
        if {item["name"] for item in items} - {public}:
            return False
    listed = result.get("results") or []
    return not any(
        isinstance(item, dict)
        and (item.get("private") is True or item.get("type") == "entry")
        for item in listed
    )


CHECKS: dict[str, Callable[[str], bool]] = {"no_entry": no_entry}
