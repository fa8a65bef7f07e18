"""Where the header is, and which rows are not data: titles above it, group rows such as
北京市（92所） between, footnotes below, repeated headers and blank rows.

What is no data is a note, and notes are read too: no row is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from .forms import is_form
from .sheets import Batch, Row

#: Rows that are looked at before the header is decided; it may be any of them.
SAMPLE_ROWS = 200
#: A header has at most so many rows, joined from the top down by ``_``.
MAX_HEADER_ROWS = 3
_NUMBER = re.compile(r"[+\-]?[\d,]*\.?\d+(?:[Ee][+\-]?\d+)?%?")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_IDENTIFIER = re.compile(r"\d{15}|\d{17}[\dXx]|1[3-9]\d{9}|[\w.\-]+@[\w.\-]+")
_GROUP = re.compile(r".{1,30}[（(]\s*共?\s*\d+\s*[\u3400-\u9fff]{0,3}\s*[）)]")
_FOOT = re.compile(
    r"\s*(?:注|备注|附注|说明|数据来源|资料来源|来源|(?:填表|制表|审核|复核|"
    r"填报)(?:人|单位|日期|时间)?|单位负责人|"
    r"统计时间|"
    r"联系人|Notes?|Source)\s*(?:[:：]|[1-9①-⑨一二三][、.．:：])|^\s*[*※]",
    re.I,
)
#: 甲 乙 1 2 3 under a header: the numbers of the columns, and no numbers of people.
_ORDINAL = re.compile(
    r"[甲乙丙丁戊己庚辛ABCDEFG]|[(（]?\d{1,3}[)）]?|[①-⑳]|[—\-]|栏次|列次"
)
#: Two to four characters alone may be somebody: they are read as a cell, unless they
#: end as names of groups do.
_WORD = re.compile(r"[\u3400-\u9fff·]{2,4}")
_GROUP_END = re.compile(
    r".*[市县区省州盟乡镇街村类部组级校园院系科室处局委办段年月日季期篇章节计表科学者"
    r"员型等其他]"
)
_SURE_CELLS = 5
_PLAIN_CELLS = {
    "性别": re.compile(r"[男女]性?|未知"),
    "民族": re.compile(r"[\u3400-\u9fff]{1,5}族"),
    "班级": re.compile(
        r"[\u3400-\u9fff\d]{0,6}[（(]?[一二三四五六七八九十\d]{1,3}[)）]?班"
    ),
}


@dataclass
class Layout:
    """``header_row`` is 1-based, 0 where there is none; ``start`` is the 0-based index
    of the first row that may be data; ``dense`` says that rows are usually full;
    ``header`` and ``headers`` are the rows that the labels were made of. ``form`` says
    that labels and values stand side by side (姓名 | 张三 | 性别 | 男): cells are then
    to be read together with the ones to their left, see :meth:`told`.
    """

    header_row: int
    labels: list[str]
    start: int
    dense: bool
    header: Row = field(default_factory=list)
    headers: list[Row] = field(default_factory=list)
    form: bool = False

    @property
    def width(self) -> int:
        return len(self.labels)

    def told(self, row: Row) -> str:
        """A row of a form as a text in which each value follows its label."""
        cells = [cell.strip() for cell in row if cell is not None and cell.strip()]
        return " ".join(c if c.endswith(("：", ":")) else f"{c} " for c in cells)

    def is_data(self, row: Row) -> bool:
        """False for blank rows and for notes, groups, footnotes, repeated headers."""
        texts = [cell for cell in row if cell is not None and not cell.isspace()]
        if row in self.headers:
            return False
        if len(texts) > 2 or self.form:
            return bool(texts)
        if not texts:
            return False
        first = texts[0].strip()
        if self.width >= 3 and (_GROUP.fullmatch(first) or _FOOT.match(first)):
            return False
        if self.width >= 3 and len(texts) == 1 and self.dense:
            return _is_value(first) or _may_be_somebody(first)
        return not (len(texts) == 1 and self.width == 2 and _FOOT.match(first))


def _filled(row: Row) -> int:
    return sum(cell is not None and not cell.isspace() for cell in row)


def _is_value(text: str) -> bool:
    text = text.strip()
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text))


def _may_be_somebody(text: str) -> bool:
    return bool(_WORD.fullmatch(text)) and not _GROUP_END.fullmatch(text)


def find_layout(sample: Batch) -> Layout:
    """The layout of a sheet from its first rows."""
    counts = [_filled(row) for row in sample]
    wide = [count for count in counts if count > 1]
    typical = median(wide) if wide else 1
    width = max((len(row) for row in sample), default=0)
    if typical == 1:
        # A table of one column: blanks apart, every row is full.
        counts = [min(count, 1) for count in counts]
    need = max(min(2, typical), typical * 0.5)
    alone = counts.count(1)
    dense = width >= 3 and typical >= width * 0.6 and len(wide) > alone
    if is_form(sample):
        return Layout(0, [""] * width, 0, dense, form=True)
    for index, row in enumerate(sample):
        if counts[index] < need:
            continue
        parts = index > 0 and _is_upper(sample[index - 1], row, width)
        if not _is_header(row, sample[index + 1 :], parts):
            return Layout(0, _told_by_cells(sample[index:], width), index, dense)
        return _with_header(sample, index, width, dense)
    return Layout(0, [""] * width, 0, dense)


def _told_by_cells(sample: Batch, width: int) -> list[str]:
    """Names for columns that have none, where their cells leave no doubt: what tells
    persons apart counts without a header too."""
    labels = [""] * width
    for place in range(width):
        cells = [text for row in sample if (text := _cell(row, place))]
        if len(cells) < _SURE_CELLS:
            continue
        for label, pattern in _PLAIN_CELLS.items():
            if all(pattern.fullmatch(cell) for cell in cells):
                labels[place] = label
    return labels


def _with_header(sample: Batch, index: int, width: int, dense: bool) -> Layout:
    top = index
    while top and index - top < MAX_HEADER_ROWS - 1:
        if not _is_upper(sample[top - 1], sample[top], width):
            break
        top -= 1
    headers = sample[top : index + 1]
    start = index + 1
    while start < len(sample) and len(headers) < MAX_HEADER_ROWS:
        if not _is_lower(headers, sample[start:], width):
            break
        headers.append(sample[start])
        start += 1
    labels = _padded(headers[0], width)
    for below in headers[1:]:
        labels = _joined(labels, below)
    if start < len(sample) and _is_numbering(sample[start]):
        start += 1
    return Layout(top + 1, labels, start, dense, headers[0], list(headers))


def _padded(row: Row, width: int) -> list[str]:
    labels = [(cell or "").strip() for cell in row]
    return labels + [""] * (width - len(labels))


def _is_header(row: Row, below: Batch, parts: bool = False) -> bool:
    """``parts``: the row names parts of what stands above, so words come again."""
    cells = [cell.strip() for cell in row if cell is not None and cell.strip()]
    values = [c for c in cells if _is_value(c) and not _YEAR.fullmatch(c)]
    if len(values) > len(cells) * 0.4 or any(len(c) > 120 for c in cells):
        return False
    if any(_IDENTIFIER.fullmatch(c) for c in cells):
        return False
    if not parts and len(cells) > 2 and len(set(cells)) < len(cells) * 0.5:
        return False
    # A header's word does not come again as a value of its own column.
    again = 0
    for place, cell in enumerate(row):
        if cell is not None and any(
            place < len(other) and other[place] == cell
            for other in below
            if other != row
        ):
            again += 1
    return again < max(1, len(cells) * 0.3)


def _is_words(row: Row) -> bool:
    """Nothing but short texts that could be parts of column names."""
    cells = [cell.strip() for cell in row if cell is not None and cell.strip()]
    return bool(cells) and not any(
        (_is_value(c) and not _YEAR.fullmatch(c))
        or len(c) > 40
        or _IDENTIFIER.search(c)
        for c in cells
    )


def _cell(row: Row, place: int) -> str:
    return (row[place] or "").strip() if place < len(row) else ""


def _is_upper(above: Row, row: Row, width: int) -> bool:
    """Whether a row holds what merged cells above the found header say."""
    if _filled(above) < 2 or not _is_words(above):
        return False
    if any(re.search("[:：]", cell or "") for cell in above):
        return False
    # Names over columns that the header leaves open, and gaps where it has parts.
    down = any(_cell(above, i) and not _cell(row, i) for i in range(width))
    across = any(not _cell(above, i) and _cell(row, i) for i in range(width))
    filled = [i for i in range(width) if _cell(above, i)]
    spans = all(i + 1 < width and not _cell(above, i + 1) for i in filled)
    return across and (down or (spans and filled[0] > 0))


def _is_lower(headers: Batch, below: Batch, width: int) -> bool:
    """Whether the next row only fills the gaps that merged cells leave above, and
    numbers follow under it, or a deeper row of names before them."""
    if len(headers) == MAX_HEADER_ROWS or len(below) < 2 or not _is_words(below[0]):
        return False
    second, data = below[0], [row for row in below[1:] if _filled(row) > 1][:20]
    filled = [i for i in range(width) if _cell(second, i)]
    gaps = [i for i in filled if not _cell(headers[-1], i)]
    if not data or not gaps or not all(_under_span(headers, i, width) for i in filled):
        return False
    again = sum(any(_cell(row, i) == _cell(second, i) for row in data) for i in filled)
    if again >= max(1, len(filled) * 0.3):
        return False
    if _is_lower([*headers, second], below[1:], width):
        return True
    values = any(_is_value(_cell(row, i)) for row in data for i in filled)
    fuller = sum(_filled(row) > len(filled) for row in data) >= 0.8 * len(data)
    return values and (fuller or len(filled) == width)


def _under_span(headers: Batch, place: int, width: int) -> bool:
    """Whether a merged cell, or a gap beside one, stands above a place."""
    last = headers[-1]
    if not _cell(last, place):
        return any(_cell(row, i) for row in headers for i in range(place + 1))
    return place + 1 < width and not _cell(last, place + 1)


def _joined(labels: list[str], second: Row) -> list[str]:
    joined, top = [], ""
    for place, label in enumerate(labels):
        top = label or top
        below = _cell(second, place)
        joined.append(f"{top}_{below}" if below and top else below or label)
    return joined


def _is_numbering(row: Row) -> bool:
    """甲 乙 1 2 3: ordinals all along, each one more than the one before."""
    cells = [cell.strip() for cell in row if cell is not None and cell.strip()]
    if len(cells) < 3 or not all(_ORDINAL.fullmatch(c) for c in cells):
        return False
    numbers = [int(n) for c in cells if (n := c.strip("()（）")).isdecimal()]
    rising = all(b == a + 1 for a, b in pairwise(numbers))
    letters = len(cells) - len(numbers)
    return rising and bool(numbers) and (letters > 0 or numbers[0] == 1)
