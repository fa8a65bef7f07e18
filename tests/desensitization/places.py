"""One number of a person, hidden in one place of an otherwise clean file.

Each entry names the file, what it is made of and the ``where`` of the finding. The
numbers are made up; only their check digits are right.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import xlsxwriter
import xlwt

MOBILE = "13817654329"
IDENTITY = "310101201203041230"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY = (
    IDENTITY[:17]
    + "10X98765432"[
        sum(int(d) * w for d, w in zip(IDENTITY, _WEIGHTS, strict=False)) % 11
    ]
)
ROWS = [["学校名称", "学校代码", "班级数"]] + [
    [f"示例第{n}小学", f"21310000{n:02d}", str(20 + n)] for n in range(1, 9)
]
Made = tuple[Callable[[], bytes], str]

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_DRAW = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def package(base: bytes, parts: dict[str, str | bytes | Callable[[str], str]]) -> bytes:
    """A package with parts added, replaced, or changed by a function."""
    wanted = dict(parts)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            data: object = old.read(info)
            change = wanted.pop(info.filename, data)
            if callable(change):
                change = change(old.read(info).decode())
            new.writestr(info.filename, change)  # type: ignore[arg-type]
        for name, data in wanted.items():
            assert not callable(data), name
            new.writestr(name, data)
    return out.getvalue()


def xlsx(build: Callable[[xlsxwriter.Workbook], object] | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名单")
    for number, row in enumerate(ROWS):
        sheet.write_row(number, 0, row)
    if build:
        build(book)
    book.close()
    return out.getvalue()


def _in_sheet(after: str, text: str) -> Callable[[], bytes]:
    """XML put behind the rows of the sheet."""
    part = "xl/worksheets/sheet1.xml"
    return lambda: package(xlsx(), {part: lambda s: s.replace(after, after + text, 1)})


def _cell(xml: str) -> Callable[[], bytes]:
    row = f'<row r="10">{xml}</row></sheetData>'
    part = "xl/worksheets/sheet1.xml"
    return lambda: package(xlsx(), {part: lambda s: s.replace("</sheetData>", row, 1)})


def _part(name: str, xml: str) -> Callable[[], bytes]:
    return lambda: package(xlsx(), {name: f'<?xml version="1.0"?>{xml}'})


def _built(build: Callable[[xlsxwriter.Workbook], object]) -> Callable[[], bytes]:
    return lambda: xlsx(build)


def _hidden(very: bool) -> Callable[[xlsxwriter.Workbook], None]:
    def build(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("备用")
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.write(5, 1, MOBILE)
        sheet.very_hidden() if very else sheet.hide()

    return build


def _chart(book: xlsxwriter.Workbook) -> None:
    chart: Any = book.add_chart({"type": "column"})
    chart.set_title({"name": f"联系 {MOBILE}"})
    chart.add_series({"values": "=名单!$C$2:$C$9"})
    book.worksheets()[0].insert_chart("F2", chart)


def compressed(source: bytes) -> bytes:
    """A container of [MS-OVBA] 2.4.1 that spells every byte out."""
    body = b"".join(b"\0" + source[n : n + 8] for n in range(0, len(source), 8))
    return b"\x01" + struct.pack("<H", 0xB000 | (len(body) - 1)) + body


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE file of streams below its root, each of full sectors."""
    names, starts, data = list(streams), [], b""
    fat: list[int] = []
    for name in names:
        content = streams[name] + b"\0" * (-len(streams[name]) % 512)
        content = content.ljust(4096, b"\0")
        starts.append(len(fat))
        count = len(content) // 512
        fat += [*range(len(fat) + 1, len(fat) + count), 0xFFFFFFFE]
        data += content
    entries = b""
    table = [("Root Entry", 5, 0xFFFFFFFE, 0, 1 if names else -1, -1)]
    for number, name in enumerate(names):
        size = max(4096, len(streams[name]))
        right = number + 2 if number + 1 < len(names) else -1
        table.append((name, 2, starts[number], size, -1, right))
    for name, kind, start, size, child, right in table:
        raw = name.encode("utf-16-le")
        entries += raw.ljust(64, b"\0") + struct.pack(
            "<HBBiii16sIQQIQ", len(raw) + 2, kind, 1, -1, right, child, b"", 0, 0, 0,
            start, size,
        )  # fmt: skip
    while len(entries) % 512:
        entries += b"\0" * 64 + struct.pack(
            "<HBBiii16sIQQIQ", 0, 0, 0, -1, -1, -1, b"", 0, 0, 0, 0, 0
        )
    first = len(fat)
    count = len(entries) // 512
    fat += [*range(first + 1, first + count), 0xFFFFFFFE]
    fat_count = 1
    while fat_count * 128 < len(fat) + fat_count:
        fat_count += 1
    fat_start = len(fat)
    fat += [0xFFFFFFFD] * fat_count
    fat += [0xFFFFFFFF] * (fat_count * 128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6sIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, fat_count,
                        first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    places = [fat_start + n for n in range(fat_count)]
    head += struct.pack("<109I", *places, *[0xFFFFFFFF] * (109 - fat_count))
    return head + data + entries + struct.pack(f"<{len(fat)}I", *fat)


_VBA = compressed(b'Attribute VB_Name = "M"\r\nSub A()\r\nCall B("%s")\r\nEnd Sub\r\n'
                  % MOBILE.encode())  # fmt: skip
_COMMENTS = (
    f"<comments {_MAIN}><authors><author>{MOBILE}</author></authors><commentList>"
    '<comment ref="B3" authorId="0"><text><r><t>请核对</t></r></text></comment>'
    "</commentList></comments>"
)
_THREADED = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
    'threadedcomments"><threadedComment ref="B3" dT="2026-01-01T00:00:00" '
    'personId="{00000000-0000-0000-0000-000000000000}" id="{0}"><text>电话'
    f"{MOBILE}</text></threadedComment></ThreadedComments>"
)
_PIVOT = (
    f'<pivotCacheRecords {_MAIN} count="1"><r><s v="示例"/><s v="{MOBILE}"/></r>'
    "</pivotCacheRecords>"
)
_LINKED = (
    f'<externalLink {_MAIN}><externalBook><sheetDataSet><sheetData sheetId="0"><row '
    f'r="1"><cell r="A1" t="str"><v>{MOBILE}</v></cell></row></sheetData>'
    "</sheetDataSet></externalBook></externalLink>"
)
_PROPERTY = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/'
    '2006/docPropsVTypes"><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" '
    f'pid="2" name="经办"><vt:lpwstr>{MOBILE}</vt:lpwstr></property></Properties>'
)
_TEXTBOX = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/'
    f'spreadsheetDrawing" {_DRAW}><xdr:sp><xdr:txBody><a:p><a:r><a:t>138176</a:t>'
    "</a:r><a:r><a:t>54329</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
)
_ALT = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/'
    f'spreadsheetDrawing"><xdr:cNvPr id="2" name="框" descr="{MOBILE}"/></xdr:wsDr>'
)
_TARGET = (
    f'<Relationships {_RELS}><Relationship Id="rId1" Type="{_KIND}hyperlink" '
    f'Target="tel:{MOBILE}" TargetMode="External"/></Relationships>'
)
_ORPHAN = f"<si><t>电话{MOBILE}</t></si></sst>"
_GUIDE = f'<si><t>示例</t><rPh sb="0" eb="2"><t>{MOBILE}</t></rPh></si></sst>'


def _strings(text: str) -> Callable[[], bytes]:
    part = "xl/sharedStrings.xml"
    return lambda: package(xlsx(), {part: lambda s: s.replace("</sst>", text)})


XLSX: dict[str, Made] = {
    "text": (_cell(f'<c r="A10" t="inlineStr"><is><t>{MOBILE}</t></is></c>'), "cell"),
    "rich": (
        _cell('<c r="A10" t="inlineStr"><is><r><t>138176</t></r><r><rPr><b/></rPr>'
              "<t>54329</t></r></is></c>"), "cell"),
    "number": (_cell(f'<c r="B10"><v>{IDENTITY}</v></c>'), "cell"),
    "cached": (_cell(f'<c r="A10" t="str"><f>A1</f><v>{MOBILE}</v></c>'), "cell"),
    "formula": (
        _cell(f'<c r="A10"><f>IF(1&gt;2,"{MOBILE}",1)</f><v>1</v></c>'), "part"),
    "hidden sheet": (_built(_hidden(False)), "cell"),
    "very hidden sheet": (_built(_hidden(True)), "cell"),
    "sheet name": (_built(lambda b: b.add_worksheet(MOBILE).write_column(
        0, 0, ["代码", "1", "2"])), "sheet_name"),
    "header": (_built(lambda b: b.worksheets()[0].set_header(
        f'&C&"宋体,常规"&12 {MOBILE}')), "part"),
    "comment": (_built(lambda b: b.worksheets()[0].write_comment(
        "B3", f"家长电话{MOBILE}")), "comment"),
    "comment's author": (_part("xl/comments1.xml", _COMMENTS), "comment"),
    "threaded": (
        _part("xl/threadedComments/threadedComment1.xml", _THREADED), "comment"),
    "property": (_built(lambda b: b.set_properties({"author": MOBILE})), "property"),
    "custom property": (_part("docProps/custom.xml", _PROPERTY), "property"),
    "defined name": (_built(lambda b: b.define_name("经办", f'="{MOBILE}"')),
                     "defined_name"),
    "validation": (_built(lambda b: b.worksheets()[0].data_validation(
        "D2", {"validate": "list", "source": ["无", MOBILE]})), "part"),
    "prompt": (_built(lambda b: b.worksheets()[0].data_validation(
        "D2", {"validate": "any", "input_title": "问", "input_message": MOBILE})),
        "part"),
    "conditional format": (_built(lambda b: b.worksheets()[0].conditional_format(
        "A2:A9", {"type": "cell", "criteria": "==", "value": f'"{MOBILE}"'})), "part"),
    "link": (_part("xl/worksheets/_rels/sheet1.xml.rels", _TARGET), "part"),
    "tooltip": (
        _in_sheet("</sheetData>", f'<hyperlinks><hyperlink ref="A1" location="A2" '
                  f'tooltip="{MOBILE}"/></hyperlinks>'), "part"),
    "number format": (_built(lambda b: b.add_format(
        {"num_format": f'0"{MOBILE}"'}) and b.worksheets()[0].write(
        20, 0, 1, b.add_format({"num_format": f'0"{MOBILE}"'}))), "part"),
    "pivot": (_part("xl/pivotCache/pivotCacheRecords1.xml", _PIVOT), "part"),
    "link cache": (_part("xl/externalLinks/externalLink1.xml", _LINKED), "part"),
    "text box": (_part("xl/drawings/drawing9.xml", _TEXTBOX), "part"),
    "alt text": (_part("xl/drawings/drawing9.xml", _ALT), "part"),
    "chart": (_built(_chart), "part"),
    "unused string": (_strings(_ORPHAN), "part"),
    "phonetic": (_strings(_GUIDE), "part"),
    "custom xml": (_part("customXml/item1.xml", f"<a><b>{MOBILE}</b></a>"), "part"),
    "printer": (lambda: package(xlsx(), {"xl/printerSettings/printerSettings1.bin":
                b"\1\2\0" + MOBILE.encode("utf-16-le") + b"\0\0"}), "part"),
    "macro": (lambda: package(xlsx(), {"xl/vbaProject.bin": ole({"Module1": _VBA})}),
              "part"),
    "loose markup": (lambda: package(xlsx(), {"xl/drawings/vmlDrawing1.vml":
                     f"<xml><div>经办<br>{MOBILE}</div></xml>"}), "part"),
}  # fmt: skip


def xls(
    build: Callable[[xlwt.Workbook, Any], object] | None = None,
    records: list[tuple[int, bytes]] | None = None,
    streams: dict[str, bytes] | None = None,
    globals_: list[tuple[int, bytes]] | None = None,
) -> bytes:
    """A workbook with records put before the end of its sheet or behind its beginning,
    and other streams."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            sheet.write(number, column, text)
    if build:
        build(book, sheet)
    data = book.get_biff_data()
    for kind, body in records or []:
        data = data[:-4] + struct.pack("<HH", kind, len(body)) + body + data[-4:]
    begin = 4 + struct.unpack_from("<H", data, 2)[0]
    for kind, body in globals_ or []:
        record = struct.pack("<HH", kind, len(body)) + body
        data = data[:begin] + record + data[begin:]
    return ole({"Workbook": data, **(streams or {})})


def _summary(text: str) -> bytes:
    """A property set with a title ([MS-OLEPS] 2.21)."""
    value = text.encode("gbk") + b"\0"
    value += b"\0" * (-len(value) % 4)
    page = struct.pack("<II", 2, 936)
    title = struct.pack("<II", 30, len(value)) + value
    section = struct.pack("<II4I", 24 + len(page) + len(title), 2, 1, 24, 2, 32)
    fmtid = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")
    head = struct.pack("<HHI16sI", 0xFFFE, 0, 2, b"", 1) + fmtid
    return head + struct.pack("<I", 48) + section + page + title


_WIDE = MOBILE.encode("utf-16-le")
_NOTE_SHAPE = [
    (0x5D, struct.pack("<HHHH", 0x15, 0x12, 0x19, 1) + b"\0" * 18),
    (0x1B6, struct.pack("<HH6sHH4s", 0, 0, b"", len(MOBILE), 16, b"")),
    (0x3C, b"\1" + _WIDE),
    (0x3C, b"\0" * 16),
    (0x1C, struct.pack("<HHHHHB", 4, 1, 0, 1, 4, 0) + b"User"),
]
XLS: dict[str, Made] = {
    "cell": (lambda: xls(lambda _, s: s.write(10, 0, MOBILE)), "cell"),
    "number": (lambda: xls(lambda _, s: s.write(10, 1, int(MOBILE))), "cell"),
    "hidden": (lambda: xls(lambda b, _: _hide(b)), "cell"),
    "sheet name": (lambda: xls(lambda b, _: b.add_sheet(MOBILE).write(0, 0, "代码")
                               ), "sheet_name"),
    "header": (lambda: xls(lambda _, s: setattr(s, "header_str", MOBILE.encode())),
               "part"),
    "formula": (lambda: xls(lambda _, s: s.write(
        10, 0, xlwt.Formula(f'IF(1>2,"{MOBILE}",1)'))), "part"),
    "comment": (lambda: xls(records=_NOTE_SHAPE), "comment"),
    "tooltip": (lambda: xls(records=[(0x800, b"\0" * 10 + _WIDE + b"\0\0")]), "part"),
    "link": (lambda: xls(records=[(0x1B8, b"\0" * 28 + struct.pack("<I", 12) + _WIDE
                                   + b"\0\0")]), "part"),
    "title": (lambda: xls(streams={"\x05SummaryInformation": _summary(MOBILE)}),
              "property"),
    "other stream": (lambda: xls(streams={"Notes": _WIDE}), "part"),
}  # fmt: skip


def _hide(book: xlwt.Workbook) -> None:
    sheet = book.add_sheet("备用")
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            sheet.write(number, column, text)
    sheet.write(12, 1, MOBILE)
    sheet.visibility = 2


_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(
    f'xmlns:{short}="{_ODF}{name}:1.0"'
    for short, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"),
        ("draw", "drawing"), ("meta", "meta"), ("number", "datastyle"),
        ("svg", "svg-compatible"),
    )
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip  # noqa: E501


def ods(
    cells: str = "",
    before: str = "",
    after: str = "",
    automatic: str = "",
    parts: dict[str, str | bytes] | None = None,
) -> bytes:
    """A spreadsheet with cells in its last row, and XML before and after its sheet."""
    rows = "".join(
        "<table:table-row>" + "".join(map(ods_text, row)) + "</table:table-row>"
        for row in ROWS
    )
    rows += f"<table:table-row>{cells}</table:table-row>" if cells else ""
    rows += (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    content = (
        f"<office:document-content {_SPACES}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{before}"
        f'<table:table table:name="名单">{rows}</table:table>{after}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        for name, text in (parts or {}).items():
            archive.writestr(name, text)
    return out.getvalue()


def ods_text(text: str) -> str:
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def _ods_part(name: str, body: str) -> Callable[[], bytes]:
    root = f"<office:document {_SPACES}>{body}</office:document>"
    return lambda: ods(parts={name: root})


_HIDDEN_STYLE = (
    '<style:style style:name="ta2" style:family="table"><style:table-properties '
    'table:display="false"/></style:style>'
)
_HIDDEN_TABLE = (
    '<table:table table:name="备用" table:style-name="ta2">'
    + "".join(
        f"<table:table-row>{ods_text(a)}{ods_text(b)}</table:table-row>"
        for a, b in [("学校", "代码"), ("甲校", MOBILE), ("乙校", "2131000002")]
    )
    + "</table:table>"
)
ODS: dict[str, Made] = {
    "cell": (lambda: ods(ods_text(MOBILE)), "cell"),
    "spans": (lambda: ods(ods_text("138<text:span>1765</text:span>4329")), "cell"),
    "number": (lambda: ods('<table:table-cell office:value-type="float" office:value='
                           f'"{IDENTITY}"><text:p>3.1E+17</text:p></table:table-cell>'),
               "cell"),
    "covered": (lambda: ods(ods_text("合并").replace("<table:table-cell", '<table:'
                'table-cell table:number-columns-spanned="2"', 1) + ods_text(MOBILE)
                .replace("table-cell", "covered-table-cell")), "cell"),
    "hidden sheet": (lambda: ods(automatic=_HIDDEN_STYLE, after=_HIDDEN_TABLE), "cell"),
    "annotation": (lambda: ods('<table:table-cell office:value-type="string"><office:'
                   f"annotation><dc:creator>管理</dc:creator><text:p>电话{MOBILE}</text:p>"
                   "</office:annotation><text:p>甲</text:p></table:table-cell>"),
                   "comment"),
    "formula": (lambda: ods(f'<table:table-cell table:formula="of:=&quot;{MOBILE}&quot;'
                '&amp;1" office:value-type="float" office:value="1"/>'), "part"),
    "shape": (lambda: ods('<table:table-cell><draw:frame><draw:text-box><text:p>'
              f"{MOBILE}</text:p></draw:text-box></draw:frame></table:table-cell>"),
              "part"),
    "link": (lambda: ods(ods_text(f'<text:a xlink:href="mailto:{MOBILE}@139.com">邮'
                                  "</text:a>")), "part"),
    "name": (lambda: ods(after='<table:named-expressions><table:named-expression table:'
             f'name="经办" table:expression="&quot;{MOBILE}&quot;"/>'
             "</table:named-expressions>"), "defined_name"),
    "validation": (lambda: ods(before="<table:content-validations><table:content-"
                   'validation table:name="v" table:condition="of:cell-content-is-in-'
                   f'list(&quot;{MOBILE}&quot;)"/></table:content-validations>'),
                   "part"),
    "tracked": (lambda: ods(before="<table:tracked-changes><table:cell-content-change>"
                "<table:previous><table:change-track-table-cell office:value-type="
                f'"string"><text:p>{MOBILE}</text:p></table:change-track-table-cell>'
                "</table:previous></table:cell-content-change></table:tracked-changes>"),
                "part"),
    "header": (_ods_part("styles.xml", "<office:master-styles><style:master-page "
               f'style:name="d"><style:header><text:p>{MOBILE}</text:p></style:header>'
               "</style:master-page></office:master-styles>"), "part"),
    "chart": (_ods_part("Object 1/content.xml", "<office:body><text:p>经办"
              f"{MOBILE}</text:p></office:body>"), "part"),
    "meta": (_ods_part("meta.xml", "<office:meta><dc:title>经办 "
             f"{MOBILE}</dc:title></office:meta>"), "property"),
    "own meta": (_ods_part("meta.xml", '<office:meta><meta:user-defined meta:name="a">'
                 f"{MOBILE}</meta:user-defined></office:meta>"), "property"),
}  # fmt: skip
