"""The lines of a page from where its pieces of text stand, and those that fall into
columns. A guess is taken only where several lines agree; other lines stay whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .sheets import Row

#: Lines with as many cells before they are a table.
_LINES = 3
#: Lines at the foot and the head of a page over which a table goes on.
_GAP = 3
_NUMBER = re.compile(r"[\d.,%\-—/:()（）]+")
# A mobile, a landline, an ID or a card number as people space them.
_GROUPS = re.compile(
    r"(?<!\S)(?:\+?86 )?(?:1[3-9]\d \d{4} \d{4}|1[3-9]\d \d{8}|0\d{2,3} \d{3,4} ?\d{4}|"
    r"\d{6} \d{8} \d{3}[\dXx]|\d{4}(?: \d{4}){3,})(?!\S)"
)
_DIGITS = re.compile(r"\d{1,17}[\dXx]?")


@dataclass
class Cell:
    """A text and where it begins and ends on its line."""

    left: float
    right: float
    text: str


Line = list[Cell]


@dataclass
class _Piece:
    x: float
    y: float
    size: float
    text: str

    @property
    def right(self) -> float:
        return self.x + self.size * sum(1 if c > "\u2e80" else 0.56 for c in self.text)


def page_lines(page: Any) -> list[Line]:
    """Lines from top to bottom. Where pieces cannot be placed, as on turned pages, the
    lines that the library makes, each as one cell."""
    pieces: list[_Piece] = []
    sound = True

    def visit(text: str, cm: Any, tm: Any, _: Any, size: Any) -> None:
        nonlocal sound
        plain = text.strip()
        if not plain:
            return
        if "\n" in plain or tm[1] or tm[2] or cm[1] or cm[2]:
            sound = False
        high = abs((size or 10) * tm[3] * cm[3]) or 10.0
        place = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
        pieces.append(_Piece(*place, high, plain))

    whole = page.extract_text(visitor_text=visit)
    if sound:
        lines = _placed(pieces)
        shown = "".join(cell.text for line in lines for cell in line)
        if _letters(shown) == _letters(whole):
            return lines
    return [
        [Cell(0, len(text), text.strip())]
        for text in whole.splitlines()
        if text.strip()
    ]


def _letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def _placed(pieces: list[_Piece]) -> list[Line]:
    rows: list[list[_Piece]] = []
    for piece in sorted(pieces, key=lambda p: -p.y):
        if rows and abs(rows[-1][0].y - piece.y) < 0.45 * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    # Where pieces of several lines begin, a column may begin after a narrow gap too.
    edges = Counter(round(p.x) for row in rows for p in row)
    return [_cells(sorted(row, key=lambda p: p.x), edges) for row in rows]


def _cells(pieces: list[_Piece], edges: Counter[int]) -> Line:
    line: Line = []
    for piece in pieces:
        gap = piece.x - line[-1].right if line else 0.0
        # Between Chinese and Latin characters programs leave a gap of their own.
        mixed = line and (line[-1].text[-1] > "\u2e80") != (piece.text[0] > "\u2e80")
        narrow = 0.1 if edges[round(piece.x)] >= _LINES and not mixed else 0.33
        if not line or gap > narrow * piece.size:
            line.append(Cell(piece.x, piece.right, piece.text))
            continue
        last = line[-1]
        touching = (
            gap < 0.2 * piece.size or max(last.text[-1], piece.text[0]) > "\u2e80"
        )
        last.text += piece.text if touching else f" {piece.text}"
        last.right = max(last.right, piece.right)
    return line


def wrapped(lines: list[Line]) -> Iterator[str]:
    """ID numbers that a narrow column breaks into lines as long as it is wide."""
    chains: list[tuple[Cell, str]] = []
    for line in lines:
        going: list[tuple[Cell, str]] = []
        for cell in line:
            if not _DIGITS.fullmatch(cell.text):
                continue
            whole = cell.text
            for above, text in chains:
                beside = min(cell.right, above.right) < max(cell.left, above.left)
                if not beside and len(cell.text) <= len(above.text):
                    whole = text + cell.text
            if len(whole) == 18:
                yield whole
            elif len(whole) < 18:
                going.append((cell, whole))
        chains = going


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)


def segments(lines: Iterable[Line]) -> Iterator[str | Table]:
    """The lines again, with each run of columns as one table.

    No line is lost and none comes twice.
    """
    run: list[Line] = []
    table: Table | None = None
    gap: list[str] = []

    def close() -> Iterator[str | Table]:
        nonlocal run, table, gap
        found, run = run, []
        rows = _rows(found)
        if table and rows and len(rows[0]) == len(table.rows[0]):
            table.rows += [row for row in rows if row != table.rows[0]]
            yield from gap
            gap = []
        elif _is_table(rows):
            if table:
                yield table
            yield from gap
            gap, table = [], Table(rows)
        else:
            gap += [" ".join(cell.text for cell in line) for line in found]
            if table and len(gap) > _GAP:
                yield table
                table = None
            if not table:
                yield from gap
                gap = []

    for line in map(_words, lines):
        other = run and (line[0].left < 0) != (run[0][0].left < 0)
        uneven = run and line[0].left < 0 and len(line) != len(run[0])
        if other or uneven:
            yield from close()
        goes_on = len(line) > 1 or (run and line[0].left > run[0][0].right)
        if not goes_on:
            yield from close()
        run.append(line)
        if not goes_on:
            yield from close()
    yield from close()
    if table:
        yield table
    yield from gap


def _words(line: Line) -> Line:
    """Pieces that came as one line: its words, by their number instead of a place."""
    words = line[0].text.split() if len(line) == 1 else []
    if len(words) < 2:
        return line
    first = -100.0 * len(words)
    return [Cell(first + 100 * n, first + 100 * n + 90, w) for n, w in enumerate(words)]


def _rows(lines: list[Line]) -> list[Row]:
    """The lines in the columns that most of them have, [] where these overlap."""
    counts = Counter(len(line) for line in lines)
    width, often = max(counts.items(), key=lambda c: (c[1], c[0]), default=(0, 0))
    if width < 2 or often < min(_LINES, len(lines)):
        return []
    typical = [line for line in lines if len(line) == width]
    lefts = [min(cell.left for cell in c) for c in zip(*typical, strict=True)]
    rights = [max(cell.right for cell in c) for c in zip(*typical, strict=True)]
    if any(right > left + 6 for right, left in zip(rights, lefts[1:], strict=False)):
        return []
    rows: list[Row] = []
    for line in lines:
        row: Row = [None] * width
        for cell in line:
            place = max(
                range(width),
                key=lambda n: min(cell.right, rights[n]) - max(cell.left, lefts[n]),
            )
            row[place] = f"{row[place]} {cell.text}" if row[place] else cell.text
        filled = width - row.count(None)
        if rows and row[0] is None and filled <= max(1, width // 3):
            # The rest of a cell that was too long for its column.
            pairs = zip(rows[-1], row, strict=True)
            rows[-1] = [(a or "") + (b or "") or None for a, b in pairs]
        else:
            rows.append(row)
    return rows


def _is_table(rows: list[Row]) -> bool:
    """A header of words above lines of which a column is all numbers, or all short."""
    if len(rows) < _LINES:
        return False
    words = [[word or "" for word in row] for row in rows]
    head, body = words[0], words[1:]
    if any(not word or _NUMBER.fullmatch(word) or len(word) > 20 for word in head):
        return False
    # A number with spaces in it would be torn apart.
    if any(_GROUPS.search(" ".join(row)) for row in words):
        return False
    columns = [list(filter(None, column)) for column in zip(*body, strict=True)]
    numbers = any(c and all(_NUMBER.fullmatch(word) for word in c) for c in columns)
    short = all(len(word) <= 12 for row in body for word in row)
    return numbers or (short and len(head) > 2)
