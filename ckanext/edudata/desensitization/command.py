"""``edudata-check``: the personal-data check on an owner's own machine.

It needs no portal, database, network or configuration. Exit codes: 0 all files are
clear, 1 something is blocked or restricted, 2 something could not be read (1 wins),
64 wrong use, 130 interrupted. See docs/edudata-check.md.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from . import arguments, reveal
from .arguments import WRONG_USE, Usage
from .engine import RULESET, check_file
from .renderings import Words, describe, render
from .renderings.as_text import render_one, summary
from .renderings.words import plain
from .report import CheckReport, Reason
from .sandbox import Sandbox
from .terminal import ProgressLine, colours

OK, FOUND, UNREADABLE, INTERRUPTED = 0, 1, 2, 130
_CLOSED = (
    "The file cannot be opened. Ask for the right to read it, or copy it to a folder "
    "of yours."
)

_INCOMPLETE = (
    "The check itself did not start, whatever the report says of the files. Install "
    "ckanext-edudata again with all that it needs."
)


class _Trouble(logging.Handler):
    """Notes that the check itself failed, which is no fault of a file."""

    told = False

    def emit(self, record: logging.LogRecord) -> None:
        self.told = True


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    words = Words.of_package(arguments.chosen_language(given, os.environ))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another encoding shows what it can.
            stream.reconfigure(errors="replace")
    if not sys.platform.startswith("linux"):
        _say(sys.stderr, "edudata-check: " + words.gettext(arguments.PLATFORM))
        return WRONG_USE
    try:
        with _signals(), _listening() as trouble:
            code = _run(arguments.parse(given, words), words)
        if trouble.told:
            _say(sys.stderr, "edudata-check: " + words.gettext(_INCOMPLETE))
        return code
    except Usage as usage:
        _say(sys.stderr, f"edudata-check: {usage}")
        return WRONG_USE
    except KeyboardInterrupt:
        _say(sys.stderr, "\n" + words.gettext("Stopped. Nothing was kept."))
        return INTERRUPTED
    except BrokenPipeError:
        # Who read our output has gone; the interpreter is not to complain at its end.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


@contextlib.contextmanager
def _listening() -> Iterator[_Trouble]:
    """What goes wrong in a child is a verdict here and no message of a library."""
    trouble = _Trouble(logging.ERROR)
    logger = logging.getLogger("ckanext.edudata")
    before, logger.propagate = logger.propagate, False
    logger.addHandler(trouble)
    try:
        yield trouble
    finally:
        logger.removeHandler(trouble)
        logger.propagate = before


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """An interrupt unwinds once, so that folders go and the child ends; a second one
    does not break that off."""

    def stop(number: int, frame: Any) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    before = {
        each: signal.signal(each, stop)
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _run(call: arguments.Call, words: Words) -> int:
    if call.kind == "help":
        _say(sys.stdout, call.text)
        return OK
    if call.kind == "version":
        ruleset = words.gettext("Rule set {ruleset}").format(ruleset=RULESET)
        _say(sys.stdout, f"edudata-check {_version()}  {ruleset}")
        return OK
    _check_use(call, words)
    items = []
    streamed = call.format == "text" and call.output is None
    progress = ProgressLine(sys.stderr, words, len(call.files))
    with Sandbox(warm=len(call.files) > 1) as sandbox:
        for number, name in enumerate(call.files):
            progress.begin(name)
            try:
                report = _check(name, call, sandbox, progress)
            finally:
                progress.end()
            items.append(describe(_shown(name), report.to_dict(), words))
            if streamed:
                raw = _raw(name, call, report, words) if call.reveal else None
                text = render_one(items[-1], words, colours(sys.stdout), raw)
                _say(sys.stdout, ("\n" if number else "") + text.rstrip("\n"))
    if streamed:
        _say(sys.stdout, "\n" + summary(items, words).rstrip("\n"))
    else:
        _deliver(render(call.format, items, words), call, words)
    return _code([item["verdict"] for item in items])


def _check(
    name: str, call: arguments.Call, sandbox: Sandbox, progress: ProgressLine
) -> CheckReport:
    path = Path(name)
    try:
        return check_file(
            path,
            path.name,
            options=call.options,
            on_progress=progress.update,
            sandbox=sandbox,
        )
    except BrokenPipeError:
        raise
    except OSError:
        # It is there, but it may not be read, or it has gone since.
        return CheckReport(
            "", "unreadable", RULESET, reason=Reason("no_access", _CLOSED)
        )


def _raw(
    name: str, call: arguments.Call, report: CheckReport, words: Words
) -> dict[int, list[str]]:
    path = Path(name)
    rows = reveal.read_rows(path, path.name, report, call.options)
    line = words.gettext("row {row}: {value}")
    nowhere = words.gettext(
        "Its value stands in no cell: look for it in the file itself."
    )
    return {
        number: [line.format(row=row, value=plain(value)) for row, value in values]
        or [nowhere]
        for number, values in reveal.found_values(report, rows).items()
    }


def _check_use(call: arguments.Call, words: Words) -> None:
    """Raise :class:`Usage` for what cannot be done, before anything is read."""
    _ = words.gettext
    for name in call.files:
        _check_name(name, words)
    if call.reveal and (call.format != "text" or call.output or not _own_terminal()):
        raise Usage(
            _(
                "--reveal shows values in full and works on your own terminal only: "
                "leave out --format and -o, and send the output nowhere else."
            )
        )
    if call.output is not None:
        _check_output(call, words)
    elif call.format == "xlsx" and sys.stdout.isatty():
        raise Usage(_("A spreadsheet needs a file: add -o report.xlsx."))


def _check_name(name: str, words: Words) -> None:
    _ = words.gettext
    shown = plain(_shown(name))
    if name == "-":
        raise Usage(_("Standard input cannot be checked: save it as a file first."))
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError):
        raise Usage(_("There is no file “{name}”.").format(name=shown)) from None
    if stat.S_ISDIR(mode):
        told = _("“{name}” is a folder. Name the files in it, such as {name}/*.xlsx")
        raise Usage(told.format(name=shown))
    if not stat.S_ISREG(mode):
        raise Usage(_("“{name}” is not an ordinary file.").format(name=shown))


def _check_output(call: arguments.Call, words: Words) -> None:
    _ = words.gettext
    target = Path(call.output or "")
    shown = plain(_shown(str(target)))
    for name in call.files:
        with contextlib.suppress(OSError):
            if target.exists() and target.samefile(name):
                told = _(
                    "-o names “{name}”, which is to be checked. Name another file."
                )
                raise Usage(told.format(name=shown))
    taken = target.exists() and not target.is_file()
    if taken or not os.access(target.parent, os.W_OK):
        told = _("“{name}” cannot be written. Name a file in a folder of yours.")
        raise Usage(told.format(name=shown))


def _own_terminal() -> bool:
    return sys.stdout.isatty()


def _deliver(data: bytes, call: arguments.Call, words: Words) -> None:
    if call.output is not None:
        _keep(data, Path(call.output), words)
        return
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    if sys.stdout.isatty() and encoding not in ("utf-8", "utf8"):
        sys.stdout.write(data.decode("utf-8"))
    else:
        sys.stdout.buffer.write(data)
    sys.stdout.flush()


def _keep(data: bytes, target: Path, words: Words) -> None:
    """Write the report whole or not at all, for nobody else to read."""
    _ = words.gettext
    shown = plain(_shown(str(target)))
    try:
        handle, scratch = tempfile.mkstemp(prefix=".edudata-check-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.replace(scratch, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(scratch)
            raise
    except OSError:
        told = _("“{name}” cannot be written. Name a file in a folder of yours.")
        raise Usage(told.format(name=shown)) from None
    _say(sys.stderr, _("The report is in {name}").format(name=shown))


def _say(stream: TextIO, text: str) -> None:
    stream.write(text + "\n")
    stream.flush()


def _shown(name: str) -> str:
    """A file name of the command line, whatever bytes it has."""
    return os.fsencode(name).decode("utf-8", "replace")


def _code(verdicts: list[str]) -> int:
    if any(verdict in ("blocked", "restricted") for verdict in verdicts):
        return FOUND
    return UNREADABLE if "unreadable" in verdicts else OK


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("ckanext-edudata")
    except metadata.PackageNotFoundError:
        return "?"


if __name__ == "__main__":
    sys.exit(main())
