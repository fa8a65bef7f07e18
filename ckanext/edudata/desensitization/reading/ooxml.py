"""What XLSX and DOCX packages share: their main part, properties, relations, macros and
parts whose meaning does not matter, because every text in them is read."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from ..reasons import Unreadable
from . import macros, package
from .sheets import Extra
from .xmltext import feed, loose_texts, telling, texts

_SMALL = 64 << 20
_PROPERTIES = re.compile(r"docProps/[^/]*\.xml$")
_FORMAL_PROPERTIES = frozenset(
    ["Application", "AppVersion", "Template", "DocSecurity", "TotalTime", "Pages",
     "Words", "Characters", "Lines", "Paragraphs", "ScaleCrop", "LinksUpToDate",
     "SharedDoc", "HyperlinksChanged", "CharactersWithSpaces", "created", "modified",
     "revision", "lastPrinted", "language", "version"]
)  # fmt: skip


def relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str, bool]]:
    """Id → kind, target within the package or outside, whether it is outside."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str, bool]] = {}

    def start(_: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        outside = attributes.get("TargetMode") == "External"
        if not outside:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = (kind, target, outside)

    member = posixpath.join(folder, "_rels", f"{name}.rels")
    if member in archive.namelist():
        blocks = package.blocks(archive, member)
        for _ in feed(blocks, start, lambda _: None, lambda _: None):
            pass
    return found


def main_part(archive: zipfile.ZipFile, usual: str) -> str:
    for kind, target, _ in relations(archive, "").values():
        if kind == "officeDocument":
            return target
    if usual in archive.namelist():
        return usual
    raise Unreadable("broken")


def part_extras(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Extra]:
    """Every text in a part that has no reader of its own."""
    if _PROPERTIES.match(member.filename):
        yield from _properties(archive, member)
    else:
        for text in _part_texts(archive, member):
            yield Extra("part", text)


def _part_texts(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[str]:
    name = member.filename.lower()
    if name.endswith(".rels"):
        yield from _targets(archive, member.filename)
    elif name.endswith("vbaproject.bin"):
        yield from macros.texts(package.whole(archive, member, _SMALL))
    elif name.endswith(".bin"):
        yield from package.printed(package.whole(archive, member, _SMALL))
    elif name.endswith(".vml"):
        data = package.whole(archive, member, _SMALL)
        yield from loose_texts(data.decode("utf-8", "replace"))
    elif name.endswith(".xml") and name != "[content_types].xml":
        yield from texts(package.blocks(archive, member))


def _targets(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Addresses outside the package, as links to people have them."""
    folder, _, part = name.rpartition("_rels/")
    for _, target, outside in relations(
        archive, folder + part.removesuffix(".rels")
    ).values():
        if outside and telling("Target", target):
            yield unquote(target, errors="replace")


def _properties(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Extra]:
    stack: list[str] = []
    found: list[str] = []
    own: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        stack.append(name)
        own.clear()
        found.extend(v for k, v in attributes.items() if k == "name" and len(v) > 1)

    def end(name: str) -> None:
        value = "".join(own).strip()
        own.clear()
        stack.pop()
        formal = name in _FORMAL_PROPERTIES or "HeadingPairs" in stack
        if len(value) > 1 and not formal:
            found.append(value)

    for _ in feed(package.blocks(archive, member), start, end, own.append):
        pass
    for value in found:
        yield Extra("property", value)
