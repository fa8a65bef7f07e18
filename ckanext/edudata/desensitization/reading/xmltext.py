"""Every text in a part of XML: character data by paragraphs, and the attributes that
people fill. Expat reads it in blocks; a document type, and with it every entity, is
refused (billion laughs, XXE)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from xml.parsers import expat

from ..reasons import Unreadable

#: Nothing that a program writes nests deeper.
MAX_DEPTH = 1000
#: A text goes on over these elements, and ends with those.
_RUN = frozenset(["t", "delText", "span", "a", "font", "p", "h", "div"])
_END = frozenset(["p", "h", "si", "is", "div", "comment", "text", "rPh", "txBody"])
# Attributes that hold forms, places on the page and names of fonts, not texts.
_FORMAL = re.compile(
    r"xmlns|schemaLocation|Ignorable|Requires|ProcessContent|"
    r".*(?:Id|uid|guid|GUID|[Hh]ash|Value)$|rsid.*|style|path|coord(?:size|origin)|adj|points|d|from|to|eqn|viewBox|"
    r"ref|sqref|r|spans|dimension|ascii|hAnsi|eastAsia|cs|typeface|panose|(?:svg-)?font-.*|font-family.*|"
    r"(?:hash|salt|spin|algorithm)\w*|PartName|ContentType|Type|type|"
    r"(?:creation|last-modified|print)-?date|transform|refreshedDate"
)
# A name, a title, a description may be two characters long.
_NAMING = re.compile(
    r"(?i).*(?:name|author|title|descr|alt|tooltip|prompt|error|caption|string|initials"
    r"|manager|user|creator|subject|keywords|company|instr|label|displaytext|display"
    r"|formatcode|target|href|location)$"
)
_TELLING = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_DIGIT = re.compile(r"\d")
_PLAIN = re.compile(
    r"\s*(?:-?[\d.,\s]{0,6}|[{(]?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}[)}]?|"
    r"#?[0-9A-Fa-f]{6}|rId\d+|"
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?|(?:https?://(?:schemas\.|www\.w3\.org|"
    r"purl\.o|docs\.oasis)|urn:)\S*)\s*"
)

Handler = Callable[[str, dict[str, str]], None]


def local(name: str) -> str:
    return name.rpartition(":")[2]


def feed(blocks: Iterable[bytes], start: Handler, end: Callable[[str], None],
         text: Callable[[str], None]) -> Iterator[None]:  # fmt: skip
    """Parse blocks, calling the handlers with local names; yields after each block.

    Raises :class:`Unreadable` for what is not well-formed or has a document type.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = 0

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable("bomb")
        start(local(name), attributes)

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local(name))

    def refuse(*_: object) -> None:
        raise Unreadable("broken")

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        for block in blocks:
            parser.Parse(block)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError:
        raise Unreadable("broken") from None


def telling(name: str, value: str) -> bool:
    """Whether an attribute may hold what a person wrote."""
    if len(value) < 2 or _PLAIN.fullmatch(value):
        return False
    if "@" in value:
        return True
    if (kind := _kind(name)) == "formal":
        return False
    if kind == "naming" or _TELLING.search(value):
        return True
    return len(_DIGIT.findall(value)) > 6


@lru_cache(maxsize=4096)
def _kind(name: str) -> str:
    name = local(name)
    if name.lower() == "value":
        return "naming"
    if _FORMAL.fullmatch(name):
        return "formal"
    return "naming" if _NAMING.fullmatch(name) else ""


class Texts:
    """Collects the texts of a part without knowing what its elements mean."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._stack: list[str] = []
        self._run: list[str] = []
        self._own: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _END:
            self._close(self._run)
        self._close(self._own)
        self._stack.append(name)
        if name in ("tab", "br", "s", "line-break", "cr"):
            self._run.append(" ")
        if name.startswith("rsid"):
            # Numbers by which Word knows its editing sessions.
            return
        for key, value in attributes.items():
            if telling(key, value):
                self.found.append(value)

    def end(self, name: str) -> None:
        self._close(self._own)
        if self._stack:
            self._stack.pop()
        if name in _END:
            self._close(self._run)

    def text(self, data: str) -> None:
        inside = self._stack and self._stack[-1] in _RUN
        (self._run if inside else self._own).append(data)

    def drain(self) -> list[str]:
        found, self.found = self.found, []
        return found

    def finish(self) -> list[str]:
        self._close(self._run)
        self._close(self._own)
        return self.drain()

    def _close(self, texts: list[str]) -> None:
        if texts:
            whole = "".join(texts).strip()
            texts.clear()
            if len(whole) > 1 and not _PLAIN.fullmatch(whole):
                self.found.append(whole)


def texts(blocks: Iterable[bytes]) -> Iterator[str]:
    """Every text of a part, in its order."""
    collector = Texts()
    for _ in feed(blocks, collector.start, collector.end, collector.text):
        yield from collector.drain()
    yield from collector.finish()


_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"([\w:\-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def loose_texts(data: str) -> Iterator[str]:
    """The same for VML and the like, which programs write without closing tags."""
    from html import unescape

    for tag in _TAG.findall(data):
        for name, double, single in _ATTRIBUTE.findall(tag):
            value = unescape(double or single)
            if telling(name, value):
                yield value
    for text in _TAG.sub("\0", data).split("\0"):
        plain = unescape(text).strip()
        if len(plain) > 1 and not _PLAIN.fullmatch(plain):
            yield plain
