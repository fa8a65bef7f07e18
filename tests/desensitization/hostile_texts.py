"""Hostile texts, archives and columns, made by script: each with the codes of
``reasons`` that are right, ``None`` where it is read."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Maker = Callable[[], bytes]
TABLE = "学校名称,学校代码\r\n示例小学,2131000001\r\n样板小学,2131000002\r\n"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], level: int = 6) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new:
        for name, data in members:
            new.writestr(name, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def zip_overlapping() -> bytes:
    """A second entry of the directory shows the same data under another name."""
    data = bytearray(
        zipped(("aaaa.csv", TABLE.encode()), ("bbbb.csv", b"x,y\r\n1,2\r\n"))
    )
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def zip_recursive(depth: int) -> bytes:
    data = zipped(("a.csv", TABLE.encode()))
    for _ in range(depth):
        data = zipped(("inner.zip", data))
    return data


def zip_mode(mode: int) -> bytes:
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = mode << 16
    return zipped((info, b"/etc/passwd"))


def zip_gbk_names() -> bytes:
    """Names as Chinese Windows packs them: GBK bytes, no mark of UTF-8."""
    name = "学校名单.csv".encode("gbk")
    plain = b"x" * len(name)
    return zipped((plain.decode(), TABLE.encode())).replace(plain, name)


def zip_wrong_size(place: int, size: int) -> bytes:
    """``size`` where the directory tells the packed (20) or unpacked (24) size."""
    data = bytearray(zipped(("a.csv", TABLE.encode())))
    entry = data.find(b"PK\x01\x02")
    data[entry + place : entry + place + 4] = struct.pack("<I", size)
    return bytes(data)


def zip_cut_short() -> bytes:
    """The directory tells a smaller size, and the checksum of just that much."""
    whole = TABLE.encode()
    data = bytearray(zipped(("a.csv", whole)))
    entry = data.find(b"PK\x01\x02")
    short = whole[:30]
    for start, crc in ((0, 14), (entry, 16)):
        data[start + crc : start + crc + 4] = struct.pack("<I", zlib.crc32(short))
    data[22:26] = data[entry + 24 : entry + 28] = struct.pack("<I", len(short))
    return bytes(data)


def zip_gap() -> bytes:
    """Bytes between the last member and the directory, which no entry tells of."""
    data = zipped(("a.csv", TABLE.encode()))
    entry, end = data.find(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    hidden = b"110101199003070000" * 3
    tail = bytearray(data[end:])
    tail[16:20] = struct.pack("<I", entry + len(hidden))
    return data[:entry] + hidden + data[entry:end] + bytes(tail)


def zip_many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return out.getvalue()


def zip_encrypted() -> bytes:
    data = bytearray(zipped(("a.csv", TABLE.encode())))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def parquet(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def parquet_plain() -> bytes:
    return parquet(pa.table({"学校名称": ["示例小学", "样板小学"], "数": [31, 42]}))


def parquet_footer_length(length: int) -> bytes:
    return parquet_plain()[:-8] + struct.pack("<I", length) + b"PAR1"


def parquet_rows() -> bytes:
    """A column of one value, a thousand million times."""
    run = pa.DictionaryArray.from_arrays(
        pa.array([0] * 1_000_000, pa.int8()), pa.array(["x"])
    )
    table = pa.table({"a": pa.chunked_array([run] * 250)})
    return parquet(table, row_group_size=1 << 26)


def parquet_page_bomb() -> bytes:
    text = "x" * (1 << 20)
    table = pa.table({"a": [text + str(n) for n in range(300)]})
    return parquet(table, compression="zstd", use_dictionary=False)


def parquet_deep() -> bytes:
    kind: pa.DataType = pa.int64()
    for _ in range(150):
        kind = pa.struct([("a", kind)])
    return parquet(pa.table({"a": pa.nulls(1, kind)}))


def parquet_bytes_changed() -> bytes:
    data = bytearray(parquet_plain())
    for place in range(8, len(data) - 12, 7):
        data[place] ^= 0xFF
    return bytes(data)


def xml_quadratic() -> bytes:
    declared = f'<!DOCTYPE a [<!ENTITY x "{"y" * 50_000}">]>'
    return f'<?xml version="1.0"?>{declared}<a>{"&x;" * 50_000}</a>'.encode()


def xml(body: str, encoding: str = "utf-8", says: str = "utf-8") -> bytes:
    return f'<?xml version="1.0" encoding="{says}"?>{body}'.encode(encoding)


_XML = "<r><s><n>示例小学</n><c>1</c></s><s><n>样板小学</n><c>2</c></s></r>"
_XINCLUDE = (
    '<r xmlns:xi="http://www.w3.org/2001/XInclude"><s><n>示例</n></s>'
    '<xi:include href="file:///etc/passwd" parse="text"/></r>'
)
_SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
_PDF_HEAD = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n"
_WIDE = " ".join(f'k{n}="v"' for n in range(1_000_000))
_TEXT = {None, "encoding", "nul"}

FILES: dict[str, tuple[Maker, set[str | None]]] = {
    # Delimited
    "utf-16 bom only.csv": (lambda: b"\xff\xfe", {"empty"}),
    "utf-16 no bom.csv": (lambda: TABLE.encode("utf-16-le"), {None}),
    "utf-16-be no bom.csv": (lambda: TABLE.encode("utf-16-be"), {None}),
    "utf-32.csv": (lambda: TABLE.encode("utf-32"), {None}),
    "utf-32 no bom.csv": (lambda: ("a,b\r\n1,2\r\n" * 50).encode("utf-32-le"), {None}),
    "nul late.csv": (lambda: b"a,b\r\n" * 20_000 + b"1,\x002\r\n", {"nul"}),
    "cut in a character.csv": (
        lambda: TABLE.encode() + "校".encode()[:2],
        {"encoding"},
    ),
    "100 MB line.csv": (lambda: b"a,b\r\n" + b"x" * (100 << 20), {"long_line"}),
    "100 MB quoted.csv": (
        lambda: b'a,b\r\n"' + b"xxxxxxxxx\n" * (10 << 20),
        {"unclosed_quote"},
    ),
    "50000 columns.csv": (lambda: b",".join([b"a"] * 50_000), {"too_many_columns"}),
    "ragged.csv": (lambda: b"a,b\r\n1\r\n1,2,3,4\r\n\r\n,,,,,\r\n5,6\r\n", {None}),
    "headers.csv": (lambda: b"a,a,,,\r\n1,2,3,4,5\r\n1,2,3,4,5\r\n", {None}),
    "formulas.csv": (
        lambda: b"name,a,b,c\r\n=1+1,+2,-3,@x\r\n=cmd|' /C x'!A0,\t4,-5,@y\r\n",
        {None},
    ),
    "mixed ends.csv": (lambda: b"a,b\r1,2\n3,4\r\n5,6\r7,8\n", {None}),
    "numbers.csv": (
        lambda: b"a,b\r\n" + b"9" * 10_000 + b",NaN\r\n1e999,-Infinity\r\n",
        {None},
    ),
    "bidi.csv": (
        lambda: "\u202e学校,\u200b代码\ufeff\r\n示例小学,1\r\n样板小学,2\r\n".encode(),
        {None},
    ),
    "blank lines.csv": (
        lambda: b"a,b\n1,2\n" + b"\n" * 600_000 + b"3,4\n",
        {"far_cell"},
    ),
    "long numbers.json": (
        lambda: b"[[[" + b"7" * 4000 + b',["x"]],[' + b"7" * 4000 + b"]]]",
        {None},
    ),
    "commas.csv": (lambda: b"," * (7 << 20) + b"\n", {"too_many_columns"}),
    # JSON
    "depth.json": (lambda: b"[" * 100_000, {"too_deep"}),
    "closed depth.json": (
        lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        {"too_deep"},
    ),
    "long depth.json": (lambda: b"[" * (20 << 20), {"too_deep"}),
    "huge integer.json": (lambda: b'[{"a":' + b"7" * 100_000 + b"}]", {None}),
    "long integer.json": (lambda: b'[{"a":' + b"7" * (2 << 20) + b"}]", {"long_cell"}),
    "long string.json": (lambda: b'["' + b"x" * (30 << 20) + b'"]', {"long_cell"}),
    "twice.json": (lambda: b'[{"a":1,"a":2},{"a":3}]', {None}),
    "surrogate.json": (lambda: b'[{"a":"\\ud800","\\udfff":"\\u0000"}]', {None}),
    "nan.json": (lambda: b'[{"a":NaN,"b":-Infinity,"c":1e9999}]', {None}),
    "proto.json": (lambda: b'[{"__proto__":{"a":1},"constructor":2}]', {None}),
    "keys.json": (
        lambda: b"{" + b",".join(b'"%d":1' % n for n in range(50_000)) + b"}",
        {"too_many_columns"},
    ),
    "cut.json": (lambda: b'[{"a":1},{"a":', {"bad_text"}),
    "trailing.json": (lambda: b'[{"a":1}], "x"', {"bad_text"}),
    "empty objects.json": (
        lambda: b"[" + b"{}," * 500_000 + b"{}]",
        {None, "no_table"},
    ),
    # XML and HTML
    "quadratic.xml": (xml_quadratic, {"entities"}),
    "dtd.xml": (
        lambda: xml('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a><b>1</b></a>'),
        {None},
    ),
    "external.xml": (
        lambda: xml('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'),
        {"entities"},
    ),
    "parameter.xml": (
        lambda: xml(
            '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]><a/>'
        ),
        {"entities"},
    ),
    "xinclude.xml": (lambda: xml(_XINCLUDE), {None}),
    "deep.xml": (
        lambda: b"<q>" * 100_000 + b"</q>" * 100_000,
        {"too_deep", "bad_text"},
    ),
    "attributes.xml": (lambda: f"<q {_WIDE}/>".encode(), {"too_many_columns"}),
    "says utf-8.xml": (lambda: xml(_XML, "gb18030"), {None}),
    "says gbk.xml": (lambda: xml(_XML, "utf-8", "gbk"), {None}),
    "says latin.xml": (lambda: xml(_XML, "utf-8", "iso-8859-1"), {None}),
    "says nonsense.xml": (lambda: xml(_XML, "utf-8", "x-nonsense"), {None}),
    "script.svg": (lambda: _SVG.encode(), {"picture"}),
    "cut.xml": (lambda: xml(_XML)[:-8], {"bad_text"}),
    "deep.html": (lambda: b"<div><table><tr><td>" * 50_000, {None, "no_table"}),
    "quotes.html": (lambda: b"<p>" + b"<a \"<b '" * 200_000, {None, "no_table"}),
    "comments.html": (lambda: b"<p>x</p>" + b"<!--" * 500_000, {None}),
    "reference.html": (lambda: b"<p>&#" + b"9" * 6000 + b";</p>", {None}),
    "many comments.html": (lambda: b"<!---->" * 100_000 + b"<q", {"bad_text"}),
    "spans.html": (
        lambda: (
            b"<table>"
            + b"<tr><td colspan=999999999 rowspan=999999999>x<td>y" * 2000
            + b"</table>"
        ),
        {"too_many_columns"},
    ),
    "attributes.html": (lambda: f"<p {_WIDE}>x</p>".encode(), {None}),
    "picture.html": (
        lambda: b"<table><tr><td><img src='data:image/png;base64,iVBO'></table>",
        {"embedded"},
    ),
    # Archives
    "overlapping.zip": (zip_overlapping, {"archive"}),
    "twice deep.zip": (lambda: zip_recursive(1), {None}),
    "recursive.zip": (lambda: zip_recursive(2), {"archive_deep"}),
    "link.zip": (lambda: zip_mode(0o120777), {"link"}),
    "device.zip": (lambda: zip_mode(0o060666), {"link"}),
    "absolute.zip": (lambda: zipped(("/etc/a.csv", TABLE.encode())), {"archive"}),
    "parent.zip": (lambda: zipped(("a/../../b.csv", TABLE.encode())), {"archive"}),
    "drive.zip": (lambda: zipped(("C:\\a.csv", TABLE.encode())), {"archive"}),
    "gbk.zip": (zip_gbk_names, {None}),
    "packed size.zip": (lambda: zip_wrong_size(20, 5), {"archive", "member"}),
    "size.zip": (lambda: zip_wrong_size(24, 5), {"archive", "member"}),
    "large size.zip": (lambda: zip_wrong_size(24, 1 << 30), {"bomb"}),
    "cut short.zip": (zip_cut_short, {"member"}),
    "gap.zip": (zip_gap, {"archive", "broken"}),
    "appended.zip": (
        lambda: zipped(("a.csv", TABLE.encode())) + b"110101199003070000",
        {"archive", "broken"},
    ),
    "100000.zip": (zip_many, {"too_many_files"}),
    "bomb.zip": (lambda: zipped(("a.csv", b"1,2\n" * (60 << 20))), {"bomb"}),
    "locked.zip": (zip_encrypted, {"encrypted"}),
    "program.zip": (lambda: zipped(("a.exe", b"MZ" + b"\0" * 100)), {"member"}),
    "picture.zip": (lambda: zipped(("a.png", b"\x89PNG\r\n")), {"member"}),
    "nothing.zip": (lambda: zipped(("a/", b"")), {"no_table"}),
    "bomb.gz": (lambda: gzip.compress(b"1,2\n" * (60 << 20)), {"bomb"}),
    "cut.gz": (lambda: gzip.compress(TABLE.encode())[:-9], {"broken"}),
    "appended.gz": (lambda: gzip.compress(TABLE.encode()) + b"x" * 40, {"broken"}),
    # Parquet
    "footer.parquet": (lambda: parquet_footer_length(0xFFFFFFFF), {"broken"}),
    "short footer.parquet": (lambda: parquet_footer_length(3), {"broken"}),
    "cut.parquet": (lambda: parquet_plain()[:-20], {"broken"}),
    "rows.parquet": (parquet_rows, {"too_many_cells", "bomb"}),
    "page bomb.parquet": (parquet_page_bomb, {"long_cell", "bomb"}),
    "deep.parquet": (parquet_deep, {"too_deep", "broken"}),
    "changed.parquet": (parquet_bytes_changed, {None, "broken", "memory", "crashed"}),
    "locked.parquet": (lambda: b"PARE" + b"\0" * 40 + b"PARE", {"encrypted"}),
    "picture.parquet": (
        lambda: parquet(pa.table({"a": [b"\xff\xd8\xff"]})),
        {"embedded"},
    ),
    # Two kinds in one, and kinds that cannot be read
    "gif.html": (lambda: b"GIF89a<html><table>" + b"\0" * 50, {"picture"}),
    "pdf.zip": (lambda: _PDF_HEAD + zipped(("a.csv", TABLE.encode())), {"polyglot"}),
    "html.pdf": (lambda: b"<html>110101</html>\n" + _PDF_HEAD, {"polyglot"}),
    "scan.csv": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 50, {"picture"}),
    "sound.csv": (lambda: b"RIFF\0\0\0\0WAVEfmt ", {"media"}),
    "film.csv": (lambda: b"\0\0\0\x18ftypmp42" + b"\0" * 50, {"media"}),
    "text.rtf": (lambda: b"{\\rtf1 x}", {"unsupported"}),
    "packed.7z": (lambda: b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, {"unsupported"}),
    "packed.rar": (lambda: b"Rar!\x1a\x07\x01\0", {"unsupported"}),
    "program.csv": (lambda: b"\x7fELF" + b"\0" * 60, {"unsupported"}),
}


def write(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(FILES[name][0]())
    return path
