"""What every reader gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..reasons import Unreadable
from ..report import CheckOptions

Row = list[str | None]
Batch = list[Row]
BATCH_ROWS = 2048


@dataclass
class Sheet:
    """Rows of text from the first row of the sheet on, blank ones included.

    ``done`` tells how many bytes of the file were read, where that is known.
    ``header``: the format itself names the columns, so the first row is the header,
    every other row is data, and nothing needs guessing.
    """

    name: str
    batches: Iterator[Batch]
    hidden: bool = False
    done: Callable[[], int] = lambda: 0
    header: bool = False


@dataclass(frozen=True)
class Extra:
    """A text of the file that stands in no cell; ``row`` is 1-based or 0."""

    where: str
    text: str
    sheet: str = ""
    row: int = 0


@dataclass
class Source:
    kind: str
    size: int
    sheets: Iterator[Sheet]
    extras: Iterator[Extra]


class Meter:
    """Counts cells against the limits, so that a hostile file ends early."""

    #: A sheet this large and this empty has a cell far outside its table.
    FAR_CELLS, FAR_SHARE = 20_000_000, 0.02
    #: No table goes on after so many blank rows.
    FAR_ROWS = 20_000

    def __init__(self, options: CheckOptions) -> None:
        self._options = options
        self._slots = 0
        self._filled = 0
        self._last = 0

    def check(self, row: int, width: int, filled: int, last: int = 0) -> None:
        """Raise for a row of ``width`` cells of which ``filled`` hold something.

        ``last``: it stands for the first filled row of many, up to that one.
        """
        if filled:
            if row - self._last > self.FAR_ROWS:
                raise Unreadable("far_cell", row=row)
            self._last = max(row, last)
        self._slots += width
        self._filled += filled
        if self._filled > self._options.max_cells:
            raise Unreadable("too_many_cells", limit=self._options.max_cells)
        if self._slots > self.FAR_CELLS and self._filled < self._slots * self.FAR_SHARE:
            raise Unreadable("far_cell", row=row)
