"""What a file is, by its first bytes and its members, never by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from ..reasons import Unreadable

#: First bytes of what cannot be read. Two-byte ones also begin words: they count only
#: with the NULs of a binary behind them.
_PICTURES = [
    (b"GIF8", "GIF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"8BPS", "PSD"),
    (b"AT&TFORM", "DjVu"),
]
_MEDIA = [
    (b"ID3", "MP3"),
    (b"OggS", "Ogg"),
    (b"fLaC", "FLAC"),
    (b"\x1aE\xdf\xa3", "Matroska"),
    (b"FLV\x01", "FLV"),
    (b"#!AMR", "AMR"),
    (b"\x30\x26\xb2\x75", "WMV"),
]
_OTHERS = [
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"SQLite format 3", "SQLite"),
    (b"\x00\x01\x00\x00Stan", "Access"),
    (b"{\\rtf", "RTF"),
    (b"$FL2", "SPSS"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
    (b"\x89HDF", "HDF5"),
    (b"\x93NUMPY", "NumPy"),
    (b"%!PS", "PostScript"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"MZ", "program"),
]
_BINARY = [(m, n, "picture") for m, n in _PICTURES]
_BINARY += [(m, n, "media") for m, n in _MEDIA]
_BINARY += [(m, n, "unsupported") for m, n in _OTHERS]

_HTML = re.compile(
    r"(?:<!--(?:(?!-->).)*-->|\s)*<(?:!doctype\s+html|html|head|body|title|meta|link|"
    r"style|script|table|thead|tbody|tr|td|div|p|br|font|center|span|h[1-6]|ul|ol|pre|form)\b|"
    r"\s*<\?xml[^>]*>(?:<!--(?:(?!-->).)*-->|\s)*<(?:!doctype\s+html|html)\b",
    re.I | re.S,
)
_XML = re.compile(
    r"\s*<(?:\?xml|!--|!doctype|[A-Za-z_\u4e00-\u9fff][^\s<>,;|\t]*[\s/>])", re.I
)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*(?:[\[{\"\]]|-?\d[\d.eE+-]*\s*[,\]]))")
_MHTML = re.compile(r"\s*(?:MIME-Version|From|Content-Type):[^\n]*\n", re.I)
_UTF16_NAME = {
    name: name.encode("utf-16-le")
    for name in (
        "EncryptedPackage",
        "Workbook",
        "Book",
        "WordDocument",
        "PowerPoint Document",
        "__nameid_version",
    )
}
_OLE = {
    "WordDocument": "DOC",
    "PowerPoint Document": "PPT",
    "__nameid_version": "MSG",
}
_HEAD = 4096


def file_kind(path: Path) -> str:
    """``text``, ``json``, ``xml``, ``html``, ``xlsx``, ``xls``, ``ods``, ``docx``,
    ``pdf``, ``parquet``, ``zip`` or ``gzip``.

    Raises :class:`Unreadable` for every other kind, with the way out.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    blank = not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if blank and path.stat().st_size <= len(head):
        raise Unreadable("empty")
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zip_kind(path)
    if head.startswith(b"PK\x07\x08") or head.startswith(b"PK00PK"):
        raise Unreadable("unsupported", kind="multi-part ZIP")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(path)
    if head.startswith((b"\x09\x08", b"\x09\x04", b"\x09\x02")) and head[2] < 32:
        return "xls"
    # Readers of PDF allow for other bytes in front.
    if b"%PDF-" in head[:1024]:
        return _pdf_kind(path, head)
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    _refuse_binary(head)
    return _text_kind(head)


def _refuse_binary(head: bytes) -> None:
    for magic, name, code in _BINARY:
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head[:64]):
            raise Unreadable(code, kind=name)
    if head[4:8] == b"ftyp":
        heic = head[8:11] in (b"hei", b"mif", b"avi")
        raise Unreadable("picture" if heic else "media", kind="HEIC" if heic else "MP4")
    if head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        webp = head[8:12] == b"WEBP"
        raise Unreadable("picture" if webp else "media", kind=head[8:12].decode())
    if head[257:262] == b"ustar":
        raise Unreadable("unsupported", kind="TAR")
    if _is_dbf(head):
        raise Unreadable("unsupported", kind="DBF")


def _is_dbf(head: bytes) -> bool:
    """dBase and FoxPro: a version, a date, and field names up to a carriage return."""
    if len(head) < 65 or head[0] not in (0x02, 0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5):
        return False
    length = int.from_bytes(head[8:10], "little")
    fields = head[32:length].partition(b"\r")[0]
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and len(fields) % 32 == 0 < length


def _text_kind(head: bytes) -> str:
    text = _decoded(head)
    if _HTML.match(text):
        return "html"
    if _XML.match(text):
        return "xml"
    if _JSON.match(text):
        return "json"
    if _MHTML.match(text) and "multipart/related" in text.lower():
        raise Unreadable("unsupported", kind="MHTML")
    return "text"


def _decoded(head: bytes) -> str:
    """Enough of the text to see how it begins."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return head.decode("utf-32", "replace")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    head = head.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in head[:4]:
        head = head.replace(b"\0", b"")
    return head.decode("utf-8", "replace")


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
                raise Unreadable("unsupported", kind="OpenDocument, EPUB")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise Unreadable("broken") from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Unreadable("unsupported", kind="XLSB")
    if "word/document.xml" in names:
        return "docx"
    if "ppt/presentation.xml" in names:
        raise Unreadable("unsupported", kind="PPTX")
    if "[Content_Types].xml" in names:
        raise Unreadable("broken")
    return "zip"


def _ods_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    manifest = "META-INF/manifest.xml"
    small = manifest in names and archive.getinfo(manifest).file_size < 10_000_000
    if small and b"encryption-data" in archive.read(manifest):
        raise Unreadable("encrypted")
    return "ods"


def _pdf_kind(path: Path, head: bytes) -> str:
    """A file that is a second thing as well shows every reader something else."""
    if not head.lstrip().startswith(b"%PDF-") or zipfile.is_zipfile(path):
        raise Unreadable("polyglot")
    return "pdf"


def _ole_kind(path: Path) -> str:
    """Stream names stand in the directory sectors as UTF-16."""
    seen: set[str] = set()
    tail = b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            data = tail + block
            seen.update(name for name, raw in _UTF16_NAME.items() if raw in data)
            tail = block[-64:]
    if "EncryptedPackage" in seen:
        raise Unreadable("encrypted")
    for name, kind in _OLE.items():
        if name in seen:
            raise Unreadable("unsupported", kind=kind)
    if "Workbook" in seen or "Book" in seen:
        return "xls"
    raise Unreadable("broken")
