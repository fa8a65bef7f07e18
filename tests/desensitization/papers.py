"""Documents with one number of a person in one place; see :mod:`.places`."""

from __future__ import annotations

import io
import zipfile
import zlib

from tests.desensitization.places import MOBILE, ROWS, Made

_WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessing'
    'Drawing" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def table(rows: list[list[str]]) -> str:
    cells = [
        "".join(f"<w:tc><w:tcPr/>{paragraph(text)}</w:tc>" for text in row)
        for row in rows
    ]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def docx(
    body: str = "", rows: list[list[str]] = ROWS, parts: dict[str, str] | None = None
) -> bytes:
    """A document of a paragraph, a table and what is given."""
    document = (
        f'<?xml version="1.0"?><w:document {_WORD}><w:body>'
        f"{paragraph('全区小学一览表')}{table(rows)}{body}</w:body></w:document>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="rId1" Type="{_KIND}officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", relations)
        archive.writestr("word/document.xml", document)
        for name, text in (parts or {}).items():
            archive.writestr(name, text)
    return out.getvalue()


def _run(inner: str) -> str:
    return f"<w:p><w:r>{inner}</w:r></w:p>"


def _story(name: str, root: str, inner: str) -> dict[str, str]:
    return {f"word/{name}.xml": f"<w:{root} {_WORD}>{inner}</w:{root}>"}


_TARGET = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relation'
    f'ships"><Relationship Id="r" Type="{_KIND}hyperlink" Target="mailto:{MOBILE}'
    '@139.com" TargetMode="External"/></Relationships>'
)
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/'
    'metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:'
    f"description>电话{MOBILE}</dc:description></cp:coreProperties>"
)
_BOX = f"<w:txbxContent>{paragraph(MOBILE)}</w:txbxContent>"
_TEXT = paragraph(f"电话{MOBILE}")
_LAST = [*ROWS, ["甲", MOBILE, "1"]]
_SPLIT = "</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>"
_NESTED = [*ROWS, ["甲", f"</w:t></w:r></w:p>{table(_LAST)}<w:p><w:r><w:t>", "1"]]
DOCX: dict[str, Made] = {
    "paragraph": (lambda: docx(_TEXT), "cell"),
    "runs": (lambda: docx(paragraph(MOBILE[:5] + _SPLIT + MOBILE[5:])), "cell"),
    "table": (lambda: docx(rows=_LAST), "cell"),
    "nested table": (lambda: docx(rows=_NESTED), "cell"),
    "hidden": (lambda: docx(_run(f"<w:rPr><w:vanish/></w:rPr><w:t>{MOBILE}</w:t>")),
               "cell"),
    "inserted": (lambda: docx(f'<w:p><w:ins w:author="a"><w:r><w:t>{MOBILE}</w:t>'
                              "</w:r></w:ins></w:p>"), "cell"),
    "deleted": (lambda: docx(f'<w:p><w:r><w:t>甲</w:t></w:r><w:del w:author="a"><w:r>'
                f"<w:delText>{MOBILE}</w:delText></w:r></w:del></w:p>"), "part"),
    "changed in part": (
        lambda: docx(f"<w:p><w:r><w:t>{MOBILE[:-1]}</w:t></w:r><w:del><w:r><w:delText>"
                     f"{MOBILE[-1]}</w:delText></w:r></w:del><w:ins><w:r><w:t>号</w:t>"
                     "</w:r></w:ins></w:p>"), "part"),
    "author": (lambda: docx(f'<w:p><w:ins w:author="{MOBILE}"><w:r><w:t>甲</w:t></w:r>'
                            "</w:ins></w:p>"), "comment"),
    "field": (lambda: docx(
        f'<w:p><w:r><w:instrText>HYPERLINK "tel:{MOBILE[:4]}</w:instrText></w:r><w:r>'
        f'<w:instrText>{MOBILE[4:]}"</w:instrText></w:r></w:p>'), "part"),
    "simple field": (lambda: docx(f'<w:p><w:fldSimple w:instr="QUOTE {MOBILE}"/></w:p>'
                                  ), "part"),
    "list": (lambda: docx("<w:p><w:sdt><w:sdtPr><w:dropDownList><w:listItem w:value="
                          f'"{MOBILE}"/></w:dropDownList></w:sdtPr></w:sdt></w:p>'),
             "part"),
    "text box": (lambda: docx(_run(_BOX)), "part"),
    "fallback": (lambda: docx(_run(
        "<mc:AlternateContent><mc:Choice><w:t>甲</w:t></mc:Choice><mc:Fallback>"
        f"{_BOX}</mc:Fallback></mc:AlternateContent>")), "part"),
    "word art": (lambda: docx(_run(
        f'<w:pict><v:shape><v:textpath string="{MOBILE}"/></v:shape></w:pict>')),
        "part"),
    "alt text": (lambda: docx(_run(f'<w:drawing><wp:docPr id="1" name="图" descr="'
                                   f'{MOBILE}"/></w:drawing>')), "part"),
    "header": (lambda: docx(parts=_story("header1", "hdr", _TEXT)), "part"),
    "footer": (lambda: docx(parts=_story("footer2", "ftr", table(_LAST))), "part"),
    "footnote": (lambda: docx(parts=_story("footnotes", "footnotes", _TEXT)), "part"),
    "endnote": (lambda: docx(parts=_story("endnotes", "endnotes", _TEXT)), "part"),
    "comment": (lambda: docx(parts=_story(
        "comments", "comments", f'<w:comment w:author="审核">{_TEXT}</w:comment>')),
        "comment"),
    "property": (lambda: docx(parts={"docProps/core.xml": _CORE}), "property"),
    "link": (lambda: docx(parts={"word/_rels/document.xml.rels": _TARGET}), "part"),
    "variable": (lambda: docx(parts=_story(
        "settings", "settings", f'<w:docVars><w:docVar w:name="a" w:val="{MOBILE}"/>'
        "</w:docVars>")), "part"),
    "custom xml": (lambda: docx(parts={"customXml/item1.xml": f"<a>{MOBILE}</a>"}),
                   "part"),
}  # fmt: skip


def pdf(objects: dict[int, bytes], root: int = 1, trailer: bytes = b"") -> bytes:
    """A file of numbered objects with a sound table of places."""
    out = b"%PDF-1.7\n"
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<</Size %d/Root %d 0 R%s>>\n" % (size, root, trailer)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def stream(data: bytes, entries: bytes = b"", packed: bool = False) -> bytes:
    if packed:
        data, entries = zlib.compress(data), entries + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def lines(texts: list[list[str]]) -> bytes:
    """Content of a page: words at fixed columns, line by line."""
    out = b"BT /F1 10 Tf\n"
    for number, words in enumerate(texts):
        for column, word in enumerate(words):
            hexed = word.encode("utf-16-be").hex().encode()
            place = b"%d %d" % (50 + 150 * column, 780 - 15 * number)
            out += b"1 0 0 1 %s Tm <%s> Tj\n" % (place, hexed)
    return out + b"ET\n"


_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
    b"/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000>>]>>"
)


def page(
    texts: list[list[str]] = ROWS,
    catalog: bytes = b"",
    own: bytes = b"",
    resources: bytes = b"",
    more: dict[int, bytes] | None = None,
    trailer: bytes = b"",
    content: bytes = b"",
) -> bytes:
    """A file of one page; objects 1 to 5 are its own."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>%s>>%s>>" % (resources, own),
            4: stream(content or lines(texts), packed=not content),
            5: _FONT,
            **(more or {}),
        },
        trailer=trailer,
    )


_M = MOBILE.encode()
_XMP = (
    b'<?xpacket?><x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator><rdf:li>'
    + _M
    + b"</rdf:li></dc:creator></x:xmpmeta>"
)
_SHOWN = stream(b"BT /F1 9 Tf <" + MOBILE.encode("utf-16-be").hex().encode()
                + b"> Tj ET", b"/Type/XObject/Subtype/Form/BBox[0 0 99 9]"
                b"/Resources<</Font<</F1 5 0 R>>>>")  # fmt: skip
PDF: dict[str, Made] = {
    "line": (lambda: page([["全区小学"], [f"电话{MOBILE}"]]), "cell"),
    "column": (lambda: page([*ROWS, ["甲", MOBILE, "3"]]), "cell"),
    "title": (lambda: page(more={6: b"<</Title(%s)>>" % _M}, trailer=b"/Info 6 0 R"),
              "property"),
    "metadata": (lambda: page(catalog=b"/Metadata 6 0 R", more={
        6: stream(_XMP, b"/Type/Metadata/Subtype/XML")}), "property"),
    "annotation": (lambda: page(own=b"/Annots[6 0 R]", more={
        6: b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(%s)>>" % _M}),
        "comment"),
    "link": (lambda: page(own=b"/Annots[6 0 R]", more={
        6: b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(tel:%s)>>>>" % _M}),
        "part"),
    "field": (lambda: page(catalog=b"/AcroForm<</Fields[6 0 R]>>", more={
        6: b"<</FT/Tx/T(a)/V(%s)>>" % _M}), "part"),
    "appearance": (lambda: page(own=b"/Annots[6 0 R]", more={
        6: b"<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/AP<</N 7 0 R>>>>", 7: _SHOWN}),
        "comment"),
    "form": (lambda: page(resources=b"/XObject<</X 7 0 R>>", more={7: _SHOWN}, content=(
        lines(ROWS) + b"q 1 0 0 1 50 50 cm /X Do Q")), "cell"),
    "outline": (lambda: page(catalog=b"/Outlines 6 0 R", more={
        6: b"<</First 7 0 R/Last 7 0 R/Count 1>>",
        7: b"<</Title(%s)/Parent 6 0 R>>" % _M}), "part"),
    "unused": (lambda: page(more={9: b"<</Old(%s)>>" % _M}), "part"),
}  # fmt: skip
