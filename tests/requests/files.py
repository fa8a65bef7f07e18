"""Files made by hand: sound ones of each kind, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def png(width: int = 2, height: int = 2, behind: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + b"\xff\0\0" * 2 + b"\0" + b"\0\xff\0" * 2)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b"")
        + behind
    )


def jpeg(width: int = 8, height: int = 8, behind: bytes = b"") -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\x01\x01\x00\x00\x3f\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
        + b"\xff\xc0"
        + struct.pack(">H", len(frame) + 2)
        + frame
        + b"\xff\xda"
        + struct.pack(">H", len(scan) + 2)
        + scan
        + b"\x12\x34\xff\x00\x56\xff\xd9"
        + behind
    )


def docx(
    members: dict[str, bytes] | None = None,
    *,
    body: str = "研究方案",
    relations: str = "",
    types: str = "",
) -> bytes:
    target = io.BytesIO()
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"><Override PartName="/word/document.xml" '
            f'ContentType="{types or main + ".main+xml"}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELS}"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
            "</Relationships>",
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{RELS}">{relations}</Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{body}</w:t></w:r>'
            "</w:p></w:body></w:document>",
        )
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return target.getvalue()


def relation(kind: str, target: str) -> str:
    return (
        f'<Relationship Id="x" Type="{OFFICE}/{kind}" Target="{target}" '
        'TargetMode="External"/>'
    )


def pdf(extra: bytes = b"", catalog: bytes = b"", behind: bytes = b"") -> bytes:
    """A page; *extra* holds further objects, *catalog* entries of the root."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *([extra] if extra else []),
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start) + behind


def pdf_packed(body: bytes) -> bytes:
    """A PDF whose only other object, number 4, lies in an object stream (5)."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Names 4 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    }
    inner = b"4 0 " + body
    content = zlib.compress(inner)
    objects[5] = (
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\n"
        b"stream\n%s\nendstream" % (len(content), content)
    )
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, each in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(
        struct.pack(">BIH", *entry)
        for entry in (
            (0, 0, 65535),
            (1, places[1], 0),
            (1, places[2], 0),
            (1, places[3], 0),
            (2, 5, 0),
            (1, places[5], 0),
            (1, len(out), 0),
        )
    )
    start = len(out)
    out += (
        b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length %d >>\n"
        b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (len(table), table, start)
    )
    return bytes(out)
