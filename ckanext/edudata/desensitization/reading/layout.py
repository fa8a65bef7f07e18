"""Where the header is, and which rows are not data: titles above it, group rows such as
北京市（92所） between, footnotes below, repeated headers and blank rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from statistics import median

from .sheets import Batch, Row

#: Rows that are looked at before the header is decided.
SAMPLE_ROWS = 200
_SEARCH = 40
_NUMBER = re.compile(r"[+\-]?[\d,]*\.?\d+(?:[Ee][+\-]?\d+)?%?")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_IDENTIFIER = re.compile(r"\d{15}|\d{17}[\dXx]|1[3-9]\d{9}|[\w.\-]+@[\w.\-]+")
_GROUP = re.compile(r".{1,30}[（(]\s*共?\s*\d+\s*[\u3400-\u9fff]{0,3}\s*[）)]")
_FOOT = re.compile(
    r"\s*(?:注|备注|附注|说明|数据来源|资料来源|来源|填表|制表|审核|复核|单位负责人|统计时间|"
    r"联系人|Notes?|Source)\s*(?:[:：]|[1-9①-⑨一二三][、.．:：])|^\s*[*※]",
    re.I,
)


@dataclass
class Layout:
    """``header_row`` is 1-based, 0 where there is none; ``start`` is the 0-based index
    of the first row that may be data; ``dense`` says that rows are usually full."""

    header_row: int
    labels: list[str]
    start: int
    dense: bool
    header: Row = field(default_factory=list)

    @property
    def width(self) -> int:
        return len(self.labels)

    def is_data(self, row: Row) -> bool:
        """False for blank rows and for notes, groups, footnotes, repeated headers."""
        texts = [cell for cell in row if cell is not None and not cell.isspace()]
        if len(texts) > 2:
            return not (self.header and row == self.header)
        if not texts:
            return False
        first = texts[0].strip()
        if self.header and row == self.header:
            return False
        if self.width >= 3 and (_GROUP.fullmatch(first) or _FOOT.match(first)):
            return False
        if self.width >= 3 and len(texts) == 1 and self.dense:
            return _is_value(first)
        return not (len(texts) == 1 and self.width == 2 and _FOOT.match(first))


def _filled(row: Row) -> int:
    return sum(cell is not None and not cell.isspace() for cell in row)


def _is_value(text: str) -> bool:
    text = text.strip()
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text))


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
    for index, row in enumerate(sample[:_SEARCH]):
        if counts[index] < need:
            continue
        if not _is_header(row, sample[index + 1 :]):
            return Layout(0, [""] * width, index, dense)
        labels = [(cell or "").strip() for cell in row]
        labels += [""] * (width - len(labels))
        start = index + 1
        if start < len(sample) and _is_second_header(row, sample[start:], width):
            labels = _joined(labels, sample[start])
            start += 1
        return Layout(index + 1, labels, start, dense, row)
    return Layout(0, [""] * width, 0, dense)


def _is_header(row: Row, below: Batch) -> bool:
    cells = [cell.strip() for cell in row if cell is not None and cell.strip()]
    values = [c for c in cells if _is_value(c) and not _YEAR.fullmatch(c)]
    if len(values) > len(cells) * 0.4 or any(len(c) > 120 for c in cells):
        return False
    if any(_IDENTIFIER.fullmatch(c) for c in cells):
        return False
    if len(cells) > 2 and len(set(cells)) < len(cells) * 0.5:
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


def _is_second_header(row: Row, below: Batch, width: int) -> bool:
    """A row that only fills the gaps that merged cells leave in the row above."""
    second = below[0]
    gaps = [i for i in range(width) if i >= len(row) or row[i] is None]
    filled = [i for i, cell in enumerate(second) if cell is not None]
    if not gaps or not filled or any(_is_value(second[i] or "") for i in filled):
        return False
    if not any(i in gaps for i in filled):
        return False
    merged_down = any(
        i < len(row) and row[i] is not None and (i >= len(second) or second[i] is None)
        for i in range(width)
    )
    third = below[1] if len(below) > 1 else []
    values_below = any(i < len(third) and _is_value(third[i] or "") for i in filled)
    return merged_down and values_below and _filled(third) > len(filled)


def _joined(labels: list[str], second: Row) -> list[str]:
    joined, top = [], ""
    for place, label in enumerate(labels):
        top = label or top
        below = (second[place] or "").strip() if place < len(second) else ""
        joined.append(f"{top}_{below}" if below and top else below or label)
    return joined
