"""Arguments of ``edudata-check``: read, checked, explained."""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from .entities import ENTITIES
from .renderings import FORMATS, Words
from .renderings.words import language, plain
from .report import CheckOptions
from .terminal import wrapped

WRONG_USE = 64
PLATFORM = (
    "This system cannot confine a hostile file, so nothing is read here. Use Linux; on "
    "Windows install the Linux subsystem (wsl --install) and run edudata-check there, "
    "on macOS a Linux container or virtual machine."
)
USAGE = "edudata-check [-o FILE] [--format FORMAT] FILE…"
ABOUT = (
    "Checks files for personal data on this machine. Nothing is sent anywhere, and no "
    "value is shown in full."
)
EXITS = (
    "Exit codes: 0 nothing found, 1 personal data found or people could be singled "
    "out, 2 a file could not be read, 64 wrong use."
)
_MOST_CORES = 8
_SEPARATOR = "\x1f"


class Usage(Exception):  # noqa: N818
    """Wrong use; the message says what to do."""


@dataclass
class Call:
    """What was asked for: ``kind`` is ``check``, ``help`` or ``version``."""

    kind: str = "check"
    files: list[str] = field(default_factory=list)
    format: str = "text"
    output: str | None = None
    reveal: bool = False
    options: CheckOptions = field(default_factory=CheckOptions)
    text: str = ""


class _Formatter(argparse.HelpFormatter):
    """Lines by the width that they have on a terminal, where Chinese is wide."""

    words: Words

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=80)

    def add_usage(
        self, usage: Any, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, self.words.gettext("Usage: "))

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrapped(text, width))


class _Parser(argparse.ArgumentParser):
    words: Words

    def error(self, message: str) -> NoReturn:
        _ = self.words.gettext
        needs = re.fullmatch(r"argument (?:\S+/)?(\S+): expected one argument", message)
        wrong = re.fullmatch(r"argument (?:\S+/)?(\S+): ([^\x00]*)", message)
        unknown = re.fullmatch(r"unrecognized arguments: ([^\x00]*)", message)
        if needs:
            told = _("{option} needs a value.").format(option=needs[1])
        elif wrong:
            told = f"{wrong[1]}: {wrong[2]}"
        elif unknown:
            told = _("There is no option {option}.").format(option=plain(unknown[1]))
        else:
            told = plain(message)
        raise Usage(told + " " + _("See edudata-check --help."))


def chosen_language(given: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language of messages, known before anything else is."""
    for place, text in enumerate(given):
        value = text.partition("=")[2]
        if text == "--lang" and place + 1 < len(given):
            value = given[place + 1]
        if text.startswith("--lang") and value in ("zh", "en"):
            return value
    return language(environ)


def parse(given: Sequence[str], words: Words) -> Call:
    """What the arguments ask for. Raises :class:`Usage`."""
    parser = _parser(words)
    found = parser.parse_args(list(given))
    if found.help:
        return Call("help", text=parser.format_help())
    if found.version:
        return Call("version")
    if not found.files:
        told = words.gettext("Name at least one file. See edudata-check --help.")
        raise Usage(told)
    return Call(
        files=found.files,
        format=found.format or _format_of(found.output),
        output=found.output,
        reveal=found.reveal,
        options=_options(found),
    )


def _options(found: argparse.Namespace) -> CheckOptions:
    wanted: dict[str, Any] = {
        "institutions": found.institutions,
        "processes": min(_MOST_CORES, os.cpu_count() or 1),
        "exceptions": tuple(found.exceptions),
    }
    if found.k is not None:
        wanted["k"] = found.k
    if found.small_cell is not None:
        wanted["small_cell"] = found.small_cell
    return dataclasses.replace(CheckOptions(), **wanted)


def _format_of(output: str | None) -> str:
    """The end of the report's name says what it is to be."""
    end = Path(output or "").suffix.lower().lstrip(".")
    return {"htm": "html"}.get(end, end if end in FORMATS else "text")


def _parser(words: Words) -> _Parser:
    _ = words.gettext
    whole = _whole_number(words)
    parser = _Parser(
        prog="edudata-check",
        usage=USAGE,
        description=_(ABOUT),
        epilog=_(EXITS),
        add_help=False,
        formatter_class=type("_Worded", (_Formatter,), {"words": words}),
        allow_abbrev=False,
    )
    parser.words = words
    what = parser.add_argument_group(_("Files and report"))
    what.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help=_("a file to check; several may follow"),
    )
    what.add_argument(
        "--format",
        type=_one_of(FORMATS, words),
        metavar="FORMAT",
        help=_("text (default), json, html or xlsx; -o alone tells it too"),
    )
    what.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help=_("write the report into this file instead of the terminal"),
    )
    what.add_argument(
        "--reveal",
        action="store_true",
        help=_("show values in full, only on your own terminal"),
    )
    rules = parser.add_argument_group(_("Rules"))
    rules.add_argument(
        "--institutions",
        action="store_true",
        help=_("let office contacts pass in tables with one row for each institution"),
    )
    rules.add_argument(
        "--except",
        dest="exceptions",
        action="append",
        default=[],
        type=_exception(words),
        metavar="COLUMN:ENTITY",
        help=_("see what an approved exception would change; may be repeated"),
    )
    rules.add_argument(
        "--k",
        type=whole,
        metavar="N",
        help=_("smallest group of people that may share all attributes (default: 5)"),
    )
    rules.add_argument(
        "--small-cell",
        type=whole,
        metavar="N",
        help=_("numbers of people below this are small (default: 5)"),
    )
    other = parser.add_argument_group(_("Other"))
    other.add_argument(
        "--lang",
        type=_one_of(("zh", "en"), words),
        metavar="zh|en",
        help=_("language of the report (default: that of the system)"),
    )
    other.add_argument("--version", action="store_true", help=_("version and rule set"))
    other.add_argument("-h", "--help", action="store_true", help=_("this help"))
    return parser


def _one_of(allowed: Sequence[str], words: Words) -> Any:
    def read(text: str) -> str:
        if text not in allowed:
            told = words.gettext("“{text}” is none of {allowed}.")
            told = told.format(text=plain(text), allowed=", ".join(allowed))
            raise argparse.ArgumentTypeError(told)
        return text

    return read


def _whole_number(words: Words) -> Any:
    def read(text: str) -> int:
        number = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0
        if number < 1:
            told = words.gettext("“{text}” is no whole number from 1 to 999999.")
            raise argparse.ArgumentTypeError(told.format(text=plain(text)))
        return number

    return read


def _exception(words: Words) -> Any:
    def read(text: str) -> str:
        column, _colon, kind = text.replace("：", ":").rpartition(":")
        named = {words.gettext(entity.label): name for name, entity in ENTITIES.items()}
        entity = named.get(kind.strip(), kind.strip().upper())
        if not column.strip() or entity not in ENTITIES:
            told = words.gettext(
                "“{text}” is not COLUMN:ENTITY, such as 联系电话:MOBILE. Kinds: {kinds}"
            )
            kinds = ", ".join(ENTITIES)
            raise argparse.ArgumentTypeError(told.format(text=plain(text), kinds=kinds))
        return f"{column.strip()}{_SEPARATOR}{entity}"

    return read
