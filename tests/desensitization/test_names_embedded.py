"""Pictures and files written into cells."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import time
import zipfile
import zlib

import pytest

from ckanext.edudata.desensitization.recognizers.embedded_file import (
    EmbeddedFileRecognizer,
)
from ckanext.edudata.desensitization.text import normalise

finder = EmbeddedFileRecognizer()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


def bmp() -> bytes:
    head = b"BM" + struct.pack("<IHHI", 58, 0, 0, 54)
    return (
        head
        + struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 0, 0, 0, 0)
        + b"\1" * 4
    )


def packed() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.txt", "a text in an archive, long enough")
    return stream.getvalue()


FILES = {
    "png": png(),
    "bmp": bmp(),
    "zip": packed(),
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + bytes(range(40)),
    "exif": b"\xff\xd8\xff\xe1\0\x10Exif\0\0MM" + bytes(range(40)),
    "gif": b"GIF89a" + bytes(range(40)),
    "webp": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(range(40)),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj trailer<<>>",
    "tiff": b"II*\0\x08\0\0\0" + bytes(range(40)),
    "word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(40)),
}


@pytest.mark.parametrize("kind", FILES)
class TestFound:
    def found(self, text: str) -> bool:
        return any(score >= 0.5 for _, _, score in finder.find(normalise(text)))

    def test_base64(self, kind: str) -> None:
        code = base64.b64encode(FILES[kind]).decode()
        for text in (code, f"照片：{code}", f'"{code}"', code.replace("/", "\\/")):
            assert self.found(text)

    def test_base64_for_addresses_and_in_lines(self, kind: str) -> None:
        assert self.found(base64.urlsafe_b64encode(FILES[kind]).decode())
        assert self.found(base64.encodebytes(FILES[kind] * 3).decode())

    def test_data_uri(self, kind: str) -> None:
        code = base64.b64encode(FILES[kind]).decode()
        assert self.found(f"data:image/{kind};base64,{code}")

    def test_hexadecimal(self, kind: str) -> None:
        digits = FILES[kind].hex()
        for text in (digits, digits.upper(), "0x" + digits, "\\x" + digits):
            assert self.found(text)


class TestLeftAlone:
    def test_hashes_and_tokens(self) -> None:
        for number in range(3000):
            seed = str(number).encode()
            for text in (
                hashlib.sha256(seed).hexdigest(),
                hashlib.sha512(seed).hexdigest(),
                base64.b64encode(hashlib.sha512(seed).digest()).decode(),
                base64.urlsafe_b64encode(hashlib.sha384(seed).digest()).decode(),
            ):
                assert not finder.find(text)

    @pytest.mark.parametrize(
        "text",
        [
            "/9j/ 是图片编码的开头",
            "QkM 型水泵 2 台",
            "https://example.org/a/9j/photo-of-the-school-building-2026-10-12.jpg",
            "iVBORw0KGgo",
            "data: image/png",
            "424d" + "0" * 60,
            "UEsDB" + "x" * 40,
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0",
        ],
    )
    def test_what_only_looks_like_it(self, text: str) -> None:
        assert not finder.find(normalise(text))

    def test_it_is_linear(self) -> None:
        for text in ("/9j/" * 200_000, "data:image/" + "a;" * 300_000, "ffd8ff" * 9000):
            start = time.process_time()
            finder.find(text)
            assert time.process_time() - start < 2
