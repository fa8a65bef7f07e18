"""What a file is, by its first bytes and its members, never by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from ..reasons import Unreadable

_MAGIC = [
    (b"%PDF", "PDF"),
    (b"PAR1", "Parquet"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"GIF8", "GIF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
]
_MARKUP = re.compile(
    rb"\s*<(?:!doctype|\?xml|html|table|head|body|meta|svg|!--|[a-z]+[\s:>])", re.I
)
_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_UTF16_NAME = {
    "encrypted": "EncryptedPackage".encode("utf-16-le"),
    "Workbook": "Workbook".encode("utf-16-le"),
    "Book": "Book".encode("utf-16-le"),
    "WordDocument": "WordDocument".encode("utf-16-le"),
}


def file_kind(path: Path) -> str:
    """``text``, ``xlsx``, ``xls`` or ``ods``; raises :class:`Unreadable` for others."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    blank = not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if blank and path.stat().st_size <= len(head):
        raise Unreadable("empty")
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(path)
    if head.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02")) and head[2] < 32:
        return "xls"
    for magic, name in _MAGIC:
        # BM and MZ also begin words: they count only with the bytes of a binary.
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head[:64]):
            raise Unreadable("unsupported", kind=name)
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.replace(b"\0", b"")[2:]
    if _MARKUP.match(text):
        raise Unreadable("html")
    if _JSON.match(text):
        raise Unreadable("unsupported", kind="JSON")
    return "text"


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise Unreadable("encrypted")
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mime = archive.read("mimetype").decode("ascii", "replace").strip()
                if mime.startswith("application/vnd.oasis.opendocument.spreadsheet"):
                    return _ods_kind(archive, names)
                raise Unreadable("unsupported", kind="OpenDocument")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise Unreadable("broken") from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Unreadable("unsupported", kind="XLSB")
    if any(name.startswith("word/") for name in names):
        raise Unreadable("unsupported", kind="DOCX")
    if any(name.startswith("ppt/") for name in names):
        raise Unreadable("unsupported", kind="PPTX")
    if "[Content_Types].xml" in names:
        raise Unreadable("broken")
    raise Unreadable("unsupported", kind="ZIP")


def _ods_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    manifest = "META-INF/manifest.xml"
    small = manifest in names and archive.getinfo(manifest).file_size < 10_000_000
    if small and b"encryption-data" in archive.read(manifest):
        raise Unreadable("encrypted")
    return "ods"


def _ole_kind(path: Path) -> str:
    """Stream names stand in the directory sectors as UTF-16."""
    seen: set[str] = set()
    tail = b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            data = tail + block
            seen.update(name for name, raw in _UTF16_NAME.items() if raw in data)
            tail = block[-64:]
    if "encrypted" in seen:
        raise Unreadable("encrypted")
    if "Workbook" in seen or "Book" in seen:
        return "xls"
    if "WordDocument" in seen:
        raise Unreadable("unsupported", kind="DOC")
    raise Unreadable("broken")
