"""PDF that only shows pages: no scripts, programs or files in it (ISO 32000-2). Pure.

Every object is looked at, whether a page uses it or not, and what stands in the file
outside its tables as well.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

_MOST_OBJECTS, _MOST_PAGES, _DEEPEST = 300_000, 3000, 64

_ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition"),
        *("/Movie", "/Sound", "/GoToR", "/GoToE", "/Hide", "/SetOCGState"),
        *("/RichMediaExecute", "/GoTo3DView"),
    }
)
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/AA"})
_FILES = frozenset(
    {
        *("/EmbeddedFile", "/FileAttachment", "/RichMedia", "/3D", "/Screen"),
        *("/Movie", "/Sound"),
    }
)
_RAW_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS(?=[\s(<\[\d/])|Launch(?![\w])|XFA(?![\w])|SubmitForm|ImportData)"
)
_RAW_FILES = re.compile(rb"/(?:EmbeddedFiles?|RichMedia)(?![\w])")
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.S)
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")


def problem(path: Path) -> str | None:
    """Why the file may not be taken, as a key of `words_attachments.REFUSALS`."""
    # What it logs may quote the file.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, LimitReachedError

    found = _raw(path.read_bytes())
    if found:
        return found
    try:
        reader = PdfReader(path, strict=False)
        # Many are protected against changes only: they open without a password.
        if reader.is_encrypted and not reader.decrypt(""):
            return "encrypted"
        if not 0 < len(reader.pages) <= _MOST_PAGES:
            return "broken" if not len(reader.pages) else "bomb"
        return _objects(reader)
    except DependencyError:
        return "encrypted"
    except (LimitReachedError, RecursionError):
        return "bomb"
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - whatever the library raises, the file is at fault
        return "broken"


def _raw(data: bytes) -> str | None:
    """What a reader would find that puts a damaged table together again."""
    plain = _HEX.sub(
        lambda match: bytes([int(match[1], 16)]), _STREAM.sub(b"stream ", data)
    )
    if _RAW_ACTIVE.search(plain):
        return "active"
    return "embedded" if _RAW_FILES.search(plain) else None


def _objects(reader: Any) -> str | None:
    from pypdf.generic import IndirectObject

    numbers = {n: g for g, found in reader.xref.items() for n in found}
    numbers |= dict.fromkeys(reader.xref_objStm, 0)
    if len(numbers) > _MOST_OBJECTS:
        return "bomb"
    found = _walk(reader.trailer)
    for number, generation in numbers.items():
        if found:
            break
        found = _walk(_object(reader, IndirectObject(number, generation, reader)))
    return found


def _object(reader: Any, reference: Any) -> Any:
    try:
        return reader.get_object(reference)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001
        # An entry of the table without its object: no reader shows it either.
        return None


def _walk(value: Any) -> str | None:
    from pypdf.generic import ArrayObject, DictionaryObject

    stack = [(value, 0)]
    while stack:
        value, depth = stack.pop()
        if depth > _DEEPEST:
            return "bomb"
        if isinstance(value, DictionaryObject):
            found = _dictionary(value)
            if found:
                return found
            # Raw: what is referred to is looked at by itself.
            stack += [(value.raw_get(key), depth + 1) for key in value]
        elif isinstance(value, ArrayObject):
            stack += [(inner, depth + 1) for inner in list.__iter__(value)]
    return None


def _dictionary(value: Any) -> str | None:
    names = {key: value.get(key) for key in ("/S", "/Type", "/Subtype") if key in value}
    if names.get("/S") in _ACTIONS and names.get("/Type") in (None, "/Action"):
        return "active"
    if _ACTIVE_KEYS.intersection(value.keys()):
        return "active"
    if names.get("/Type") in _FILES or names.get("/Subtype") in _FILES:
        return "embedded"
    if "/EF" in value or "/EmbeddedFiles" in value:
        return "embedded"
    return None
