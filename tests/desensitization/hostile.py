"""Hostile files, made by script. Each function writes one and says what must come out:
the codes of ``reasons`` that are right, or ``None`` where any verdict will do."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
import xlwt

Maker = Callable[[], bytes]


def _xlsx(**parts: bytes) -> bytes:
    """A sound workbook, with parts replaced or added (``/`` written as ``__``)."""
    plain = io.BytesIO()
    book = xlsxwriter.Workbook(plain, {"in_memory": True})
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, ["学校名称", "学校代码"])
    sheet.write_row(1, 0, ["示例小学", "2131000001"])
    book.close()
    wanted = {
        name.replace("__", "/").replace("_DOT_", "."): d for name, d in parts.items()
    }
    out = io.BytesIO()
    with (
        zipfile.ZipFile(plain) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, wanted.pop(info.filename, old.read(info)))
        for name, data in wanted.items():
            new.writestr(name, data)
    return out.getvalue()


def _sheet(body: str, dimension: str = "A1:B2") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.'
        'openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{body}</sheetData></worksheet>'
    ).encode()


def _cell(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def far_cell() -> bytes:
    rows = f'<row r="1">{_cell("A1", "a")}</row>'
    rows += f'<row r="1048576">{_cell("XFD1048576", "b")}</row>'
    return _xlsx(xl__worksheets__sheet1_DOT_xml=_sheet(rows))


def unique_count() -> bytes:
    data = (
        '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main" count="4294967295" uniqueCount="4294967295">'
        "<si><t>a</t></si></sst>"
    )
    return _xlsx(xl__sharedStrings_DOT_xml=data.encode())


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    data = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>'
    data += "<sst><si><t>&l9;</t></si></sst>"
    return _xlsx(xl__sharedStrings_DOT_xml=data.encode())


def external_entity() -> bytes:
    data = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    return _xlsx(docProps__core_DOT_xml=data)


def string_index() -> bytes:
    rows = '<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>'
    return _xlsx(xl__worksheets__sheet1_DOT_xml=_sheet(rows))


def no_workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


def zip_bomb() -> bytes:
    return _xlsx(xl__media_bomb_DOT_xml=b"\0" * (200 << 20))


def long_string() -> bytes:
    rows = f'<row r="1">{_cell("A1", "x" * (30 << 20))}</row>'
    return _xlsx(xl__worksheets__sheet1_DOT_xml=_sheet(rows))


def path_member() -> bytes:
    return _xlsx(**{"..__..__evil_DOT_xml": b"<x/>"})


def picture() -> bytes:
    return _xlsx(xl__media__image1_DOT_png=b"\x89PNG....")


def wild_dates() -> bytes:
    rows = (
        '<row r="1"><c r="A1" s="1"><v>1e9</v></c><c r="B1" s="1"><v>-1e9</v></c></row>'
    )
    return _xlsx(xl__worksheets__sheet1_DOT_xml=_sheet(rows))


def cut_xlsx() -> bytes:
    whole = _xlsx()
    return whole[: len(whole) // 2]


def encrypted_xlsx() -> bytes:
    """An OLE file with the stream that protected workbooks keep their package in."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return head + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1024


def _xls() -> bytes:
    out = io.BytesIO()
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for row in range(50):
        sheet.write(row, 0, f"cell {row}")
    book.save(out)
    return out.getvalue()


def cut_xls() -> bytes:
    return _xls()[:1700]


def xls_sectors() -> bytes:
    """Maxima where the number of FAT and DIFAT sectors stands."""
    data = bytearray(_xls())
    data[44:48] = struct.pack("<I", 0xFFFFFFFF)
    data[68:76] = struct.pack("<II", 1, 0xFFFFFFF0)
    return bytes(data)


def xls_sector_cycle() -> bytes:
    data = bytearray(_xls())
    fat = 512 * (1 + struct.unpack("<I", data[76:80])[0])
    data[fat : fat + 512] = struct.pack("<128I", *([0] * 128))
    return bytes(data)


def xls_sector_size() -> bytes:
    data = bytearray(_xls())
    data[30:34] = struct.pack("<HH", 63, 63)
    return bytes(data)


def xls_wrong_lengths() -> bytes:
    data = bytearray(_xls())
    for place in range(512, len(data) - 4, 97):
        data[place : place + 2] = b"\xff\xff"
    return bytes(data)


def ods_repeat() -> bytes:
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:'
        'tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:'
        'opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:'
        'xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="a">'
        '<table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell table:number-columns-repeated="16000" '
        'office:value-type="string"><text:p>x</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def encrypted_ods() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"\x01\x02")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    return out.getvalue()


_TABLE = "学校名称,学校代码\r\n示例小学,2131000001\r\n"
FILES: dict[str, tuple[Maker, set[str | None]]] = {
    "empty.csv": (lambda: b"", {"empty"}),
    "bom only.csv": (lambda: b"\xef\xbb\xbf", {"empty"}),
    "blank.csv": (lambda: b" \r\n\r\n ", {"empty"}),
    "nul.csv": (lambda: b"a,b\r\n1,\x002\r\n" * 40, {"nul"}),
    "unclosed.csv": (lambda: b'a,b\r\n1,"2\r\n3,4\r\n' * 1, {"unclosed_quote"}),
    "cut.csv": (lambda: _TABLE.encode("utf-8")[:-20] + b"\xe5\xad", {None, "encoding"}),
    "latin bytes.csv": (lambda: b"a,b\r\n\xff\xfa\xff,1\r\n", {"encoding"}),
    "long line.csv": (lambda: b"a,b\r\n" + b"x" * (20 << 20), {"long_cell"}),
    "wide.csv": (lambda: b",".join([b"a"] * 50_000), {"too_many_columns"}),
    "html.xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", {"html"}),
    "xml.csv": (lambda: b'<?xml version="1.0"?><a/>', {"html"}),
    "data.json": (lambda: b'{"a": 1}', {"unsupported"}),
    "page.csv": (lambda: b"%PDF-1.7\n", {"unsupported"}),
    "polyglot.csv": (lambda: b"GIF89a<html>" + b"\0" * 50, {"unsupported"}),
    "archive.csv": (lambda: b"PK\x03\x04" + b"x" * 100, {"broken"}),
    "far.xlsx": (far_cell, {"far_cell"}),
    "unique.xlsx": (unique_count, {None, "crashed", "broken", "memory"}),
    "laughs.xlsx": (billion_laughs, {None, "broken"}),
    "entity.xlsx": (external_entity, {"broken"}),
    "index.xlsx": (string_index, {None, "broken", "no_table"}),
    "no workbook.xlsx": (no_workbook, {"broken"}),
    "bomb.xlsx": (zip_bomb, {"bomb"}),
    "long.xlsx": (long_string, {"long_cell"}),
    "path.xlsx": (path_member, {"broken"}),
    "picture.xlsx": (picture, {"embedded"}),
    "dates.xlsx": (wild_dates, {None, "broken"}),
    "cut.xlsx": (cut_xlsx, {"broken"}),
    "locked.xlsx": (encrypted_xlsx, {"encrypted"}),
    "cut.xls": (cut_xls, {None, "broken", "crashed"}),
    "sectors.xls": (xls_sectors, {None, "broken", "crashed", "memory"}),
    "cycle.xls": (xls_sector_cycle, {None, "broken", "crashed", "memory"}),
    "sector size.xls": (xls_sector_size, {None, "broken", "crashed", "memory"}),
    "lengths.xls": (xls_wrong_lengths, {None, "broken", "crashed", "memory"}),
    "repeat.ods": (ods_repeat, {"crashed", "memory", "broken", "too_many_cells"}),
    "locked.ods": (encrypted_ods, {"encrypted"}),
}


def write(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(FILES[name][0]())
    return path
