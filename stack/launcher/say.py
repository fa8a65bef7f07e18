"""What the launcher tells the person at the terminal: Chinese, English, or both."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType


class Trouble(Exception):
    """A sentence in two languages that says what is wrong and what to do."""

    def __init__(self, zh: str, en: str, code: int = 1) -> None:
        super().__init__(en)
        self.zh, self.en, self.code = zh, en, code


def languages(environ: dict[str, str] | None = None) -> tuple[str, ...]:
    """The languages to speak: the locale's, or both where it names none."""
    env = os.environ if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = env.get(name, "").split(".")[0].lower()
        if value:
            break
    else:
        value = ""
    if value.startswith("zh"):
        return ("zh",)
    if value in ("", "c", "posix"):
        return ("zh", "en")
    return ("en",)


def phrase(zh: str, en: str) -> str:
    """The words in the languages spoken, on one line where both are."""
    return " · ".join({"zh": zh, "en": en}[one] for one in languages())


def say(zh: str, en: str) -> None:
    """A sentence on standard output, one line for each language spoken."""
    for one in languages():
        print({"zh": zh, "en": en}[one], flush=True)


def complain(trouble: Trouble) -> int:
    """Print a trouble on standard error; its exit code."""
    for one in languages():
        print({"zh": trouble.zh, "en": trouble.en}[one], file=sys.stderr, flush=True)
    return trouble.code


class Steps:
    """Counts and times the steps of a command; survives the change of Python."""

    VARIABLE = "EDUDATA_PORTAL_STEPS"

    def __init__(self, total: int) -> None:
        done, _, began = os.environ.pop(self.VARIABLE, "").partition("@")
        self.total = total
        self.done = int(done or 0)
        self.began = float(began or time.time())

    def export(self) -> dict[str, str]:
        """The variable that hands the count to the next interpreter."""
        return {self.VARIABLE: f"{self.done}@{self.began}"}

    def step(self, zh: str, en: str) -> Step:
        """The next step, to be used as a context."""
        self.done += 1
        return Step(f"[{self.done}/{self.total}] {phrase(zh, en)}")

    @property
    def seconds(self) -> float:
        """Seconds since the command began."""
        return time.time() - self.began


class Step:
    """One line: its name, what it is doing (on a terminal), and how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self._live = sys.stdout.isatty()
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Step:
        self._began = time.monotonic()
        if self._live:
            self._clock.start()
        else:
            print(f"{self.title} …", flush=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        seconds = time.monotonic() - self._began
        mark = "✓" if kind is None else "✗"
        if self._live:
            self._clock.join()
            print(f"\r\x1b[K{self.title} {mark} {seconds:.1f} s", flush=True)
        else:
            print(f"      {mark} {seconds:.1f} s", flush=True)

    def line(self, text: str) -> None:
        """A line of detail below the step's title."""
        clear = "\r\x1b[K" if self._live else ""
        print(f"{clear}      {text}", flush=True)

    def _tick(self) -> None:
        while not self._over.wait(0.2):
            seconds = time.monotonic() - self._began
            print(
                f"\r\x1b[K{self.title} … {seconds:.0f} s {self.note}"[:200],
                end="",
                flush=True,
            )
