"""DOCX: each table a sheet, the paragraphs a sheet of one column, everything else as
texts outside: headers, footers, notes, comments, tracked changes, text boxes, fields,
alternative texts, properties. ECMA-376 part 1, section 17."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ..reasons import Unreadable
from ..report import CheckOptions
from . import ooxml, package
from .sheets import BATCH_ROWS, Batch, Extra, Meter, Row, Sheet, Source
from .xmltext import feed, telling

BODY = "正文"
_PART_BYTES = 512 << 20
_STORY = re.compile(
    r"word/(?:glossary/)?(?:document|header|footer|footnotes|endnotes|comments)[^/]*\.xml"
)
# Names of fonts and of built-in styles.
_SKIP = re.compile(
    r"word/(?:glossary/)?(?:fontTable|styles\w*|theme/.*|webSettings)\.xml"
)


def docx_source(path: Path, size: int, options: CheckOptions) -> Source:
    """Raises :class:`Unreadable` for bombs, damage, pictures and embedded files."""
    package.inspect(path, options)
    with zipfile.ZipFile(path) as archive:
        main = ooxml.main_part(archive, "word/document.xml")
        story = read_story(archive, main, "part")
    sheets = _sheets(story, options)
    return Source("docx", size, sheets, package.unique(_extras(path, main, story)))


def _sheets(story: Story, options: CheckOptions) -> Iterator[Sheet]:
    if story.body:
        rows: list[Row] = [[BODY], *([text] for text in story.body)]
        yield Sheet(BODY, checked(rows, options), header=True)
    for number, table in enumerate(story.tables, 1):
        yield Sheet(f"表{number}", checked(table, options))


def checked(rows: list[Row], options: CheckOptions) -> Iterator[Batch]:
    """Batches within the limits of the options."""
    meter = Meter(options)
    for start in range(0, len(rows), BATCH_ROWS):
        batch = rows[start : start + BATCH_ROWS]
        for number, row in enumerate(batch, start + 1):
            meter.check(number, len(row), len(row) - row.count(None))
            if len(row) > options.max_columns:
                raise Unreadable("too_many_columns", limit=options.max_columns)
            if any(text and len(text) > options.max_cell_chars for text in row):
                raise Unreadable("long_cell", row=number, limit=options.max_cell_chars)
        yield batch


def _extras(path: Path, main: str, story: Story) -> Iterator[Extra]:
    yield from story.extras
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename
            if name == main or _SKIP.fullmatch(name):
                continue
            if _STORY.fullmatch(name):
                where = "comment" if "comments" in name else "part"
                other = read_story(archive, name, where)
                yield from other.extras
                for text in other.body:
                    yield Extra(where, text)
                for row in (row for table in other.tables for row in table):
                    yield Extra(where, "\t".join(text for text in row if text))
            else:
                yield from ooxml.part_extras(archive, member)


def read_story(archive: zipfile.ZipFile, name: str, where: str) -> Story:
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise Unreadable("broken") from None
    if member.file_size > _PART_BYTES:
        raise Unreadable("bomb")
    story = Story(where)
    blocks = package.blocks(archive, member)
    for _ in feed(blocks, story.start, story.end, story.text):
        pass
    return story


class _Paragraph:
    """``now`` as it reads, ``before`` as it read before tracked changes."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.before: list[str] = []
        self.fields: list[str] = []


class _Table:
    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.cell: list[str] = []
        self.span = 1


class Story:
    """Paragraphs, tables and other texts of one part of a document."""

    def __init__(self, where: str) -> None:
        self.body: list[str] = []
        self.tables: list[list[Row]] = []
        self.extras: list[Extra] = []
        self._where = where
        self._names: list[str] = []
        self._scopes: list[str] = ["body"]
        self._paragraphs: list[_Paragraph] = []
        self._open: list[_Table] = []
        self._deleted = self._inserted = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._names[-1] if self._names else ""
        self._names.append(name)
        for key, value in attributes.items():
            if telling(key, value):
                author = key.endswith(("author", "initials"))
                self._extra(value, "comment" if author else "")
        if name in ("p", "Fallback", "rt", "instrText"):
            self._paragraphs.append(_Paragraph())
            if name in ("Fallback", "rt"):
                self._scopes.append("aside")
        elif name == "txbxContent":
            self._scopes.append("aside")
        elif name in ("del", "moveFrom"):
            self._deleted += 1
        elif name in ("ins", "moveTo"):
            self._inserted += 1
        elif parent == "r" and name in ("tab", "ptab", "br", "cr"):
            self.text("\t" if "tab" in name else "\n", everywhere=True)
        elif parent == "r" and name == "noBreakHyphen":
            self.text("-", everywhere=True)
        else:
            self._start_table(name, attributes)

    def _start_table(self, name: str, attributes: dict[str, str]) -> None:
        if name == "tbl":
            self.tables.append([])
            self._open.append(_Table(self.tables[-1]))
        elif not self._open:
            return
        elif name == "tr":
            self._open[-1].rows.append([])
        elif name == "tc":
            self._open[-1].cell, self._open[-1].span = [], 1
            self._scopes.append("cell")
        elif name == "gridSpan":
            self._open[-1].span = _number(attributes)
        elif name == "gridBefore" and self._open[-1].rows:
            self._open[-1].rows[-1].extend([None] * _number(attributes))

    def text(self, data: str, everywhere: bool = False) -> None:
        kind = self._names[-1] if self._names else ""
        if not everywhere and kind not in ("t", "delText", "instrText", "delInstrText"):
            if data.strip():
                self._extra(data.strip())
            return
        if not self._paragraphs:
            self._paragraphs.append(_Paragraph())
        paragraph = self._paragraphs[-1]
        if not self._deleted and kind != "delText":
            paragraph.now.append(data)
        if not self._inserted:
            paragraph.before.append(data)

    def end(self, name: str) -> None:
        self._names.pop()
        if name in ("p", "Fallback", "rt", "instrText") and self._paragraphs:
            self._end_paragraph(name)
            if name in ("Fallback", "rt"):
                self._scopes.pop()
        elif name == "txbxContent" and len(self._scopes) > 1:
            self._scopes.pop()
        elif name in ("del", "moveFrom"):
            self._deleted -= 1
        elif name in ("ins", "moveTo"):
            self._inserted -= 1
        elif name == "tc" and self._open and self._open[-1].rows:
            table = self._open[-1]
            text = "\n".join(table.cell).strip()
            table.rows[-1].append(text or None)
            table.rows[-1].extend([None] * (table.span - 1))
            self._scopes.pop()
        elif name == "tbl" and self._open:
            self._open.pop()

    def _end_paragraph(self, name: str) -> None:
        paragraph = self._paragraphs.pop()
        now, before = "".join(paragraph.now), "".join(paragraph.before)
        if name == "instrText":
            # A field's code comes in pieces, one for each run.
            if self._paragraphs:
                self._paragraphs[-1].fields.append(now or before)
            return
        if before != now:
            self._extra(before)
        if paragraph.fields:
            self._extra("".join(paragraph.fields))
        if not now.strip():
            return
        scope = self._scopes[-1]
        if scope == "cell" and self._open:
            self._open[-1].cell.append(now)
        elif scope == "body":
            self.body.append(now.strip())
        else:
            self._extra(now)

    def _extra(self, text: str, where: str = "") -> None:
        if text.strip():
            self.extras.append(Extra(where or self._where, text.strip()))


def _number(attributes: dict[str, str]) -> int:
    for key, value in attributes.items():
        if key.endswith("val") and value.isdigit():
            return min(int(value), 1000)
    return 1
