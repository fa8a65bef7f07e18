"""What ``edudata-check`` shows while it works: one line, only on a terminal."""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
from typing import TextIO

from .renderings.words import Words, plain
from .report import Progress

_EVERY = 0.2
#: Before so much was read and so much time passed, a time left is a guess.
_SHARE, _SECONDS = 0.01, 1.5


class ProgressLine:
    """Rows, share and time left of the file that is read, on ``stream``."""

    def __init__(self, stream: TextIO, words: Words, files: int) -> None:
        self._stream, self._words, self._files = stream, words, files
        self._shown = stream.isatty()
        self._number, self._name = 0, ""
        self._begun = self._last = 0.0

    def begin(self, name: str) -> None:
        self._number += 1
        self._name = plain(name)
        self._begun = time.monotonic()
        self._write(self._words.gettext("is being read"))

    def update(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._shown and now - self._last >= _EVERY:
            self._last = now
            self._write(told(progress, now - self._begun, self._words))

    def end(self) -> None:
        if self._shown:
            self._stream.write("\r" + " " * (_columns() - 1) + "\r")
            self._stream.flush()

    def _write(self, text: str) -> None:
        if not self._shown:
            return
        head = f"[{self._number}/{self._files}] " if self._files > 1 else ""
        room = _columns() - 1 - _width(head) - _width(text) - 2
        line = f"{head}{_cut(self._name, room)}  {text}"
        line = _cut(line, _columns() - 1)
        self._stream.write("\r" + line + " " * (_columns() - 1 - _width(line)))
        self._stream.flush()


def told(progress: Progress, seconds: float, words: Words) -> str:
    """Such as ``43 %，已读 1,200,000 行，约剩 35 秒``."""
    parts = []
    share = progress.done / progress.total if progress.total else 0.0
    if share:
        parts.append(f"{min(99, int(share * 100))}%")
    if progress.rows:
        parts.append(words.ngettext("{n} row read", "{n} rows read", progress.rows))
    if share >= _SHARE and seconds >= _SECONDS:
        left = max(1, round(seconds * (1 - min(share, 0.99)) / share))
        parts.append(_time(left, words))
    if not parts:
        return words.gettext("is being read")
    return ("，" if words.lang == "zh" else ", ").join(parts)


def _time(left: int, words: Words) -> str:
    if left < 90:
        return words.ngettext("about {n} second left", "about {n} seconds left", left)
    left = round(left / 60)
    return words.ngettext("about {n} minute left", "about {n} minutes left", left)


def colours(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows them and nobody has asked for none."""
    dumb = os.environ.get("TERM", "dumb") == "dumb"
    return stream.isatty() and not dumb and "NO_COLOR" not in os.environ


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most so many columns: broken at blanks, and between wide letters."""
    lines, line = [], ""
    for part in re.findall(r"[^\s\u2e80-\uffef]+|\s+|[\u2e80-\uffef]", text):
        closing = part in "，。：；、）”》"
        if _width(line + part) > width and not part.isspace() and not closing:
            lines.append(line.rstrip())
            line = ""
        line += part if line else part.lstrip()
    return [*lines, line.rstrip()]


def _columns() -> int:
    return max(20, shutil.get_terminal_size().columns)


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide


def _cut(text: str, room: int) -> str:
    if _width(text) <= room:
        return text
    while text and _width(text) > room - 1:
        text = text[:-1]
    return text + "…"
