"""DOCX with text and pictures, and nothing that runs or loads (ECMA-376). Pure."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

_MEMBERS, _UNPACKED, _PART = 5000, 300 << 20, 100 << 20
_RATIO, _RATIO_FROM = 200, 20 << 20
_DAMAGE = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError,
           ValueError, zlib.error)  # fmt: skip

_PROGRAMS = re.compile(
    r"(?i)(?:.*/)?(?:vbaProject|vbaData|vbaProjectSignature\w*)\.\w+|"
    r"(?:.*/)?(?:activeX|ctrlProps|macrosheets)/.*|.*customUI.*\.xml"
)
_FILES = re.compile(r"(?i)(?:.*/)?embeddings/.*|(?:.*/)?afchunk.*")
_PICTURES = re.compile(
    r"(?i)(?:.*/)?[^/]+\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|wdp|svg)|"
    r"(?:.*/)?[^/]+\.(?:odttf|ttf|otf)|(?:.*/)?printerSettings\d*\.bin|docProps/thumbnail\.\w+"
)
_XML = re.compile(r"(?i).*\.(?:xml|rels|vml)")
_MACRO_TYPE = re.compile(rb"(?i)macroEnabled|vbaProject|activeX")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>", re.S)
_LOADS = re.compile(rb"(?i)TargetMode\s*=\s*[\"']External")
_LINK = re.compile(rb"(?i)Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_WEB = re.compile(rb"(?i)Target\s*=\s*[\"'](?:https?:|mailto:|#)")
_DDE = re.compile(rb"(?i)\bDDE(?:AUTO)?\b")
_FIELD = re.compile(
    rb"(?is)<w:instrText\b[^>]*>(.*?)</w:instrText>|w:instr\s*=\s*[\"']([^\"']*)"
)
_TAG = re.compile(rb"<[^>]*>")
_INCLUDE = re.compile(rb"(?i)\b(?:INCLUDETEXT|INCLUDEPICTURE|LINK|DATABASE)\b")


def problem(path: Path) -> str | None:
    """Why the file may not be taken, as a key of `words_attachments.REFUSALS`."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _structure(archive.infolist()) or _members(archive)
    except _DAMAGE:
        return "broken"


def _structure(members: list[zipfile.ZipInfo]) -> str | None:
    names = [member.filename for member in members]
    if len(members) > _MEMBERS:
        return "bomb"
    if len({name.lower() for name in names}) != len(names):
        return "broken"
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        return "broken"
    size = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if size > _UNPACKED or (size > _RATIO_FROM and size > packed * _RATIO):
        return "bomb"
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        # Members that overlap unpack the same bytes again and again.
        if member.header_offset < end:
            return "bomb"
        end = member.header_offset + 30 + member.compress_size
    if any(_PROGRAMS.fullmatch(name) for name in names):
        return "macros"
    if any(_FILES.fullmatch(name) for name in names):
        return "embedded"
    return None


def _members(archive: zipfile.ZipFile) -> str | None:
    fields = b""
    for member in archive.infolist():
        if member.is_dir() or not member.file_size:
            continue
        name = member.filename
        if not _XML.fullmatch(name):
            if not _PICTURES.fullmatch(name):
                return "embedded"
            # Its size and checksum are what the table says, or it is damaged.
            with archive.open(member) as stream:
                while stream.read(1 << 20):
                    pass
            continue
        if member.file_size > _PART:
            return "bomb"
        data = archive.read(member)
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            return "broken"
        if name == "[Content_Types].xml" and _MACRO_TYPE.search(data):
            return "macros"
        if name.lower().endswith(".rels") and _loads(data):
            return "external"
        fields += b"".join(
            _TAG.sub(b"", text or attribute) for text, attribute in _FIELD.findall(data)
        )
    if _DDE.search(fields):
        return "macros"
    return "external" if _INCLUDE.search(fields) else None


def _loads(data: bytes) -> bool:
    """Links that a reader follows are no harm; anything else is loaded by itself."""
    for relation in _RELATION.findall(data):
        if _LOADS.search(relation) and not (
            _LINK.search(relation) and _WEB.search(relation)
        ):
            return True
    return False
