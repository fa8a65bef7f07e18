"""One table in every format that is read, by writers of our own or of the format."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

from benchmarks.made import Table

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
)


def _delimited(sign: str, encoding: str) -> Callable[[Table], bytes]:
    def write(rows: Table) -> bytes:
        out = io.StringIO()
        csv.writer(out, delimiter=sign).writerows(rows)
        return out.getvalue().encode(encoding)

    return write


def _xlsx(rows: Table) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("表1")
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            sheet.write_string(number, place, text)
    book.close()
    return out.getvalue()


def _xls(rows: Table) -> bytes:
    out, book = io.BytesIO(), xlwt.Workbook()
    sheet = book.add_sheet("表1")
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            sheet.write(number, place, text)
    book.save(out)
    return out.getvalue()


def _zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, data, compress_type=stored)
    return out.getvalue()


def _ods(rows: Table) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string">'
            f"<text:p>{escape(text)}</text:p></table:table-cell>"
            for text in row
        )
        + "</table:table-row>"
        for row in rows
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{_OFFICE}:office:'
        f'1.0" xmlns:table="{_OFFICE}:table:1.0" xmlns:text="{_OFFICE}:text:1.0" '
        'office:version="1.2"><office:body><office:spreadsheet><table:table '
        f'table:name="表1">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        f'xmlns:manifest="{_OFFICE}:manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" '
        'manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return _zipped(
        {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    )


def _docx(rows: Table) -> bytes:
    cells = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
            "</w:p></w:tc>"
            for text in row
        )
        + "</w:tr>"
        for row in rows
    )
    body = (
        f'<w:document xmlns:w="{_WORD}"><w:body><w:tbl>{cells}</w:tbl></w:body>'
        "</w:document>"
    )
    relations = (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_DOCUMENT}" '
        'Target="word/document.xml"/></Relationships>'
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    )
    return _zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relations,
            "word/document.xml": '<?xml version="1.0"?>' + body,
        }
    )


def _page(rows: Table, widths: list[float]) -> bytes:
    out = b"BT /F1 7 Tf\n"
    for number, row in enumerate(rows):
        left = 20.0
        for text, width in zip(row, widths, strict=True):
            place = f"1 0 0 1 {left:.0f} {800 - 12 * number} Tm".encode()
            out += place + b" <" + text.encode("utf-16-be").hex().encode() + b"> Tj\n"
            left += width
    return out + b"ET\n"


def _pdf(rows: Table) -> bytes:
    """Pages of sixty lines, wide enough for the longest cells, with a font of the
    reader's own."""
    widths = [max(7.0 * len(row[n]) for row in rows) + 14 for n in range(len(rows[0]))]
    pages = [rows[n : n + 60] for n in range(0, len(rows), 60)]
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(pages)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        3: b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
        b"/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>>]>>",
    }
    box = b"[0 0 %d 842]" % max(595, int(sum(widths)) + 60)
    for number, part in enumerate(pages):
        data = zlib.compress(_page(part, widths))
        objects[4 + 2 * number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % (box, 5 + 2 * number)
        )
        objects[5 + 2 * number] = (
            b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream"
            % (len(data), data)
        )
    out, places = b"%PDF-1.7\n", []
    for number in sorted(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    return out + head + table + tail + b"startxref\n%d\n%%%%EOF\n" % len(out)


def _records(rows: Table) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _json(rows: Table) -> bytes:
    return json.dumps({"code": 0, "data": _records(rows)}, ensure_ascii=False).encode()


def _json_lines(rows: Table) -> bytes:
    return "\n".join(json.dumps(r, ensure_ascii=False) for r in _records(rows)).encode()


def _geojson(rows: Table) -> bytes:
    point = {"type": "Point", "coordinates": [121.47, 31.23]}
    features = [
        {"type": "Feature", "geometry": point, "properties": record}
        for record in _records(rows)
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False).encode()


def _xml(rows: Table) -> bytes:
    records = "".join(
        "<record>"
        + "".join(
            f"<field name={quoteattr(name)}>{escape(text)}</field>"
            for name, text in record.items()
        )
        + "</record>"
        for record in _records(rows)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><data>{records}</data>'.encode()


def _html(rows: Table) -> bytes:
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>"
        for row in rows
    )
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"></head>'
    return f"{head}<body><table>{lines}</table></body></html>".encode()


def _parquet(rows: Table) -> bytes:
    out = io.BytesIO()
    names, columns = rows[0], list(zip(*rows[1:], strict=True))
    arrays = [pa.array(column) for column in columns]
    pq.write_table(pa.table(arrays, names=names), out)
    return out.getvalue()


def _deep(rows: Table) -> bytes:
    inner = _zipped({"数据/表.csv": _delimited(",", "utf-8")(rows)})
    return _zipped({"第一批.zip": inner, "说明.txt": "见压缩包"})


#: Name of the format: (suffix, writer).
FORMATS: dict[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv utf-8": ("csv", _delimited(",", "utf-8")),
    "csv utf-8 bom": ("csv", _delimited(",", "utf-8-sig")),
    "csv utf-16": ("csv", _delimited(",", "utf-16")),
    "csv gb18030": ("csv", _delimited(",", "gb18030")),
    "csv big5": ("csv", _delimited(",", "big5")),
    "csv ;": ("csv", _delimited(";", "utf-8")),
    "txt |": ("txt", _delimited("|", "gb18030")),
    "tsv": ("tsv", _delimited("\t", "utf-8")),
    "xlsx": ("xlsx", _xlsx),
    "xls": ("xls", _xls),
    "ods": ("ods", _ods),
    "json": ("json", _json),
    "ndjson": ("ndjson", _json_lines),
    "geojson": ("geojson", _geojson),
    "xml": ("xml", _xml),
    "html": ("html", _html),
    "parquet": ("parquet", _parquet),
    "docx": ("docx", _docx),
    "pdf": ("pdf", _pdf),
    "zip in zip": ("zip", _deep),
}
#: In these the first row is the names of the fields: no title may stand above.
RECORDS = {"json", "ndjson", "geojson", "xml", "parquet"}


def written(rows: Table, kind: str) -> tuple[str, bytes]:
    """File name and bytes. Big5 has no simplified characters."""
    suffix, write = FORMATS[kind]
    return f"table.{suffix}", write(rows)
