"""Hostile files, made by script. Each function writes one and says what must come out:
the codes of ``reasons`` that are right, or ``None`` where any verdict will do."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
import xlwt

from tests.desensitization import papers, places

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


def shown_picture() -> bytes:
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d494844520000000100000001080600000"
        "01f15c4890000000d49444154789c636060606000000005000157a4e1f60000000049454e44ae4260"
        "82"
    )

    def build(book: xlsxwriter.Workbook) -> None:
        sheet = book.worksheets()[0]
        sheet.insert_image("B3", "a.png", {"image_data": io.BytesIO(pixel)})

    return places.xlsx(build)


def xls_drawing(count: int) -> bytes:
    """The store of pictures of a workbook with so many entries."""
    store = struct.pack("<HHI", count << 4 | 15, 0xF001, 0)
    drawing = struct.pack("<HHI", 15, 0xF000, len(store)) + store
    return places.xls(globals_=[(0xEB, drawing)])


def xls_password() -> bytes:
    return places.xls(globals_=[(0x2F, struct.pack("<HHH", 0, 1, 2))])


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


def duplicate_member() -> bytes:
    data = _xlsx()
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet/>")
    return out.getvalue()


def overlapping() -> bytes:
    """The directory names the same bytes twice."""
    data = _xlsx()
    directory = data.rindex(b"PK\x05\x06")
    head, tail = bytearray(data[:directory]), bytearray(data[directory:])
    count, size, start = struct.unpack_from("<HII", tail, 10)
    first = bytes(head[start:])
    length = 46 + struct.unpack_from("<H", first, 28)[0]
    copy = bytearray(first[:length])
    copy[46] ^= 1
    head += copy
    struct.pack_into("<HHII", tail, 8, count + 1, count + 1, size + length, start)
    return bytes(head + tail)


def many_merges() -> bytes:
    merges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 1_000_000))
    body = _sheet(f'<row r="1">{_cell("A1", "a")}</row>').decode()
    body = body.replace(
        "</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>"
    )
    return _xlsx(xl__worksheets__sheet1_DOT_xml=body.encode())


def many_styles() -> bytes:
    styles = '<xf numFmtId="0" fontId="0"/>' * 1_000_000
    data = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<cellXfs>{styles}</cellXfs></styleSheet>"
    )
    return _xlsx(xl__styles_DOT_xml=data.encode())


def relation_loop() -> bytes:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relation'
        'ships"><Relationship Id="rId1" Type="x/workbook" Target="../workbook.xml"/>'
        '<Relationship Id="rId2" Type="x/worksheet" Target="sheet1.xml"/>'
        "</Relationships>"
    )
    return _xlsx(xl__worksheets___rels__sheet1_DOT_xml_DOT_rels=relations.encode())


def outside_link(address: str = "http://127.0.0.1:9/x") -> bytes:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relation'
        f'ships"><Relationship Id="rId1" Type="x/externalLinkPath" Target="{address}" '
        'TargetMode="External"/></Relationships>'
    )
    return _xlsx(xl__externalLinks___rels__e1_DOT_xml_DOT_rels=relations.encode())


def quadratic() -> bytes:
    entity = "x" * 50_000
    data = f'<!DOCTYPE a [<!ENTITY e "{entity}">]><a>{"&e;" * 50_000}</a>'
    return _xlsx(xl__drawings__drawing1_DOT_xml=data.encode())


def deep_part() -> bytes:
    return _xlsx(xl__drawings__drawing1_DOT_xml=b"<a>" * 500_000 + b"</a>" * 500_000)


def bad_macro() -> bytes:
    return _xlsx(xl__vbaProject_DOT_bin=_xls()[:900])


def loop_macro() -> bytes:
    """A container whose copies point at themselves, chunk after chunk."""
    chunk = b"\x00Attribut" + b"\xff" + struct.pack("<H", 0x0FFF) * 8
    data = b"\x01" + (struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk) * 60_000
    return _xlsx(xl__vbaProject_DOT_bin=places.ole({"Module1": data}))


def ods_dtd() -> bytes:
    return places.ods(parts={"styles.xml": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/">'
                             "<a/>"})  # fmt: skip


def ods_columns() -> bytes:
    return places.ods(
        places.ods_text("x").replace(
            "<table:table-cell",
            '<table:table-cell table:number-columns-repeated="999999999"',
            1,
        )
    )


def ods_spaces() -> bytes:
    return places.ods(places.ods_text('<text:s text:c="9999"/>' * 50_000 + "x"))


def ods_mime() -> bytes:
    return places.ods().replace(
        b"opendocument.spreadsheet", b"opendocument.xxxxxxxxxxx"
    )


def docx_entity() -> bytes:
    external = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    return papers.docx(parts={"word/header1.xml": external})


def docx_laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE a [<!ENTITY l0 "l">{entities}]><a>&l9;</a>'
    return papers.docx(parts={"word/footnotes.xml": laughs})


def docx_nested() -> bytes:
    inner = papers.paragraph("甲")
    return papers.docx("<w:tbl><w:tr><w:tc>" * 20_000 + inner
                       + "</w:tc></w:tr></w:tbl>" * 20_000)  # fmt: skip


def docx_template() -> bytes:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relation'
        'ships"><Relationship Id="rId1" Type="x/attachedTemplate" Target="http://127.0.'
        '0.1:9/t.dotm" TargetMode="External"/></Relationships>'
    )
    return papers.docx(parts={"word/_rels/settings.xml.rels": relations})


def docx_spans() -> bytes:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr></w:tc>' * 100
    return papers.docx(f"<w:tbl>{f'<w:tr>{cell}</w:tr>' * 200}</w:tbl>")


def pdf_nested_flate() -> bytes:
    data = b"\0" * (60 << 20)
    for _ in range(2):
        data = zlib.compress(data)
    filters = b"/Filter[/FlateDecode/FlateDecode]"
    return _pdf_content(papers.stream(data, filters))


def pdf_many_filters() -> bytes:
    data, depth = b"x" * 1000, 40
    for _ in range(depth):
        data = zlib.compress(data)
    return _pdf_content(papers.stream(data, b"/Filter[%s]" % (b"/FlateDecode" * depth)))


def _pdf_content(content: bytes) -> bytes:
    return papers.pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
            4: content,
        }
    )


def pdf_prev_loop() -> bytes:
    data = papers.page()
    start = data[data.rindex(b"startxref") + 10 :].split()[0]
    return data.replace(b"/Root", b"/Prev %s/Root" % start)


def pdf_page_cycle() -> bytes:
    return papers.pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 1>>",
        }
    )


def pdf_huge_size() -> bytes:
    return papers.page().replace(b"/Size 6", b"/Size 2147483647")


def pdf_huge_table() -> bytes:
    return papers.page().replace(b"xref\n0 1\n", b"xref\n0 999999999\n", 1)


def pdf_own_form() -> bytes:
    form = papers.stream(
        b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
        b"/Resources<</XObject<</X 7 0 R>>>>",
    )  # fmt: skip
    content = papers.lines(places.ROWS) + b"/X Do"
    own = b"/XObject<</X 7 0 R>>"
    return papers.page(resources=own, more={7: form}, content=content)


def pdf_forms_bomb() -> bytes:
    """Ten forms, each of which shows the next one ten times."""
    forms = {}
    for number in range(10, 20):
        forms[number] = papers.stream(
            b"/X Do " * 10,
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
            b"/Resources<</XObject<</X %d 0 R>>>>" % (number + 1),
        )
    forms[20] = papers.stream(b"", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    content = papers.lines(places.ROWS) + b"/X Do"
    return papers.page(resources=b"/XObject<</X 10 0 R>>", more=forms, content=content)


def pdf_outline_loop() -> bytes:
    return papers.page(
        catalog=b"/Outlines 6 0 R",
        more={
            6: b"<</First 7 0 R/Last 8 0 R/Count 2>>",
            7: b"<</Title(a)/Next 8 0 R/Parent 6 0 R>>",
            8: b"<</Title(b)/Next 7 0 R/First 7 0 R/Parent 7 0 R>>",
        },
    )


def pdf_attachment() -> bytes:
    return papers.page(
        catalog=b"/Names<</EmbeddedFiles<</Names[(a.txt) 6 0 R]>>>>",
        more={
            6: b"<</Type/Filespec/F(a.txt)/EF<</F 7 0 R>>>>",
            7: papers.stream(b"a", b"/Type/EmbeddedFile"),
        },
    )


def pdf_image(with_text: bool) -> bytes:
    image = papers.stream(
        b"\0" * 10_000,
        b"/Type/XObject/Subtype/Image/Width 100/Height 100/BitsPerComponent 8"
        b"/ColorSpace/DeviceGray",
    )
    content = (
        papers.lines(places.ROWS) if with_text else b""
    ) + b"q 9 0 0 9 0 0 cm /I Do Q"
    return papers.page(
        resources=b"/XObject<</I 6 0 R>>", more={6: image}, content=content
    )


def pdf_inline_image() -> bytes:
    body = b"BI /W 200 /H 60 /BPC 8 /CS /G ID " + b"\0" * 12_000 + b" EI"
    return papers.page(content=papers.lines(places.ROWS) + body)


def pdf_curves() -> bytes:
    return papers.page(content=b"0 0 m\n" + b"1 2 3 4 5 6 c\n" * 5000 + b"f\n")


def pdf_codes() -> bytes:
    """Letters that are shown by numbers of glyphs alone."""
    return papers.page().replace(b"UniGB-UCS2-H", b"Identity-H  ")


def pdf_encrypted() -> bytes:
    import pypdf

    writer = pypdf.PdfWriter(io.BytesIO(papers.page()))
    writer.encrypt("user", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_protected() -> bytes:
    """Protected against changes only: it opens without a password."""
    import pypdf

    writer = pypdf.PdfWriter(io.BytesIO(papers.page()))
    writer.encrypt("", "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_no_end() -> bytes:
    data = papers.page()
    return data[: data.rindex(b"startxref")]


def pdf_and_zip() -> bytes:
    return papers.page() + _xlsx()


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
    "html.xls": (
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        {None, "no_table"},
    ),
    "xml.csv": (lambda: b'<?xml version="1.0"?><a/>', {None, "no_table"}),
    "data.json": (lambda: b'{"a": 1}', {None}),
    "page.csv": (lambda: b"%PDF-1.7\n", {"broken"}),
    "polyglot.csv": (lambda: b"GIF89a<html>" + b"\0" * 50, {"picture"}),
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
    "shown.xlsx": (shown_picture, {"embedded_in"}),
    "drawing.xls": (lambda: xls_drawing(1), {"embedded"}),
    "password.xls": (xls_password, {"encrypted"}),
    "object.xls": (
        lambda: places.xls(streams={"MBD00A1B2C3": b"x" * 99}),
        {"embedded"},
    ),
    "dates.xlsx": (wild_dates, {None, "broken"}),
    "cut.xlsx": (cut_xlsx, {"broken"}),
    "locked.xlsx": (encrypted_xlsx, {"encrypted"}),
    "cut.xls": (cut_xls, {None, "broken", "crashed"}),
    "sectors.xls": (xls_sectors, {None, "broken", "crashed", "memory"}),
    "cycle.xls": (xls_sector_cycle, {None, "broken", "crashed", "memory"}),
    "sector size.xls": (xls_sector_size, {None, "broken", "crashed", "memory"}),
    "lengths.xls": (xls_wrong_lengths, {None, "broken", "crashed", "memory"}),
    "repeat.ods": (ods_repeat, {"bomb"}),
    "locked.ods": (encrypted_ods, {"encrypted"}),
    "twice.xlsx": (duplicate_member, {"broken"}),
    "overlap.xlsx": (overlapping, {"broken", "bomb"}),
    "merges.xlsx": (many_merges, {None}),
    "styles.xlsx": (many_styles, {None, "memory", "crashed"}),
    "relations.xlsx": (relation_loop, {None}),
    "link.xlsx": (outside_link, {None}),
    "quadratic.xlsx": (quadratic, {"broken"}),
    "deep.xlsx": (deep_part, {"bomb"}),
    "bad macro.xlsx": (bad_macro, {"broken"}),
    "loop macro.xlsx": (loop_macro, {None, "bomb"}),
    "dtd.ods": (ods_dtd, {"broken"}),
    "columns.ods": (ods_columns, {"bomb"}),
    "spaces.ods": (ods_spaces, {"long_cell"}),
    "mime.ods": (ods_mime, {None, "unsupported", "broken"}),
    "entity.docx": (docx_entity, {"broken"}),
    "laughs.docx": (docx_laughs, {"broken"}),
    "nested.docx": (docx_nested, {"bomb"}),
    "template.docx": (docx_template, {None}),
    "spans.docx": (docx_spans, {"too_many_columns"}),
    "picture.docx": (
        lambda: papers.docx(parts={"word/media/image1.png": "x" * 99}),
        {"embedded"},
    ),
    "object.docx": (
        lambda: papers.docx(parts={"word/embeddings/a.docx": "x" * 99}),
        {"embedded"},
    ),
    "flate.pdf": (pdf_nested_flate, {None, "bomb", "broken", "no_table"}),
    "filters.pdf": (pdf_many_filters, {"bomb", "broken"}),
    "prev.pdf": (pdf_prev_loop, {None, "broken"}),
    "cycle.pdf": (pdf_page_cycle, {"broken", "bomb"}),
    "size.pdf": (pdf_huge_size, {None, "broken", "bomb"}),
    "places.pdf": (pdf_huge_table, {None, "broken", "bomb"}),
    "own form.pdf": (pdf_own_form, {None, "broken", "bomb"}),
    "forms.pdf": (pdf_forms_bomb, {None, "bomb"}),
    "outline.pdf": (pdf_outline_loop, {None}),
    "attachment.pdf": (pdf_attachment, {"embedded"}),
    "scan.pdf": (lambda: pdf_image(False), {"scan"}),
    "picture.pdf": (lambda: pdf_image(True), {"embedded"}),
    "inline.pdf": (pdf_inline_image, {"embedded"}),
    "curves.pdf": (pdf_curves, {"scan"}),
    "codes.pdf": (pdf_codes, {"scan"}),
    "locked.pdf": (pdf_encrypted, {"encrypted"}),
    "protected.pdf": (pdf_protected, {None}),
    "no end.pdf": (pdf_no_end, {None, "broken"}),
    "cut.pdf": (lambda: papers.page()[:200], {"broken"}),
    "and zip.pdf": (pdf_and_zip, {"polyglot", "broken"}),
}


def write(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(FILES[name][0]())
    return path
