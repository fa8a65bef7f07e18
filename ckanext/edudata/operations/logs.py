"""Logs as lines of JSON, each with the id of its request, without personal data.

What CKAN and libraries log was written for one's own machine: addresses of people, what
they typed, rows that a database quotes. Their templates are kept; of what is put into
them only codes and numbers. An error is its type and where it came from, never its
words. Our own lines hold ids and codes anyway.
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import traceback
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("edudata_request_id", default="")

_OURS = ("ckanext.edudata", "stack")
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_CODE = re.compile(r"[A-Za-z0-9_.:+/=<>-]{1,120}")
_SCRUBS = (
    # What a database says behind these are values of rows.
    (re.compile(r"(?s)(\[parameters:|\bDETAIL:|\[SQL:).*"), r"\1 …"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<mail>"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.?[\w-]*"), "<token>"),
    (re.compile(r"//[^/\s:@]*:[^/\s@]+@"), "//<secret>@"),
    (re.compile(r"(/user/(?:\w+/)?)[^/\s?]+"), r"\1<name>"),
    (re.compile(r"\?[^\s'\"]*=[^\s'\"]*"), "?…"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "<address>"),
    (re.compile(r"(?<![\w:])(?:[\da-fA-F]{0,4}:){3,7}[\da-fA-F]{1,4}\b"), "<address>"),
    (re.compile(rf"({_UUID})|(?<![0-9a-f])\d{{11,19}}[Xx]?(?![0-9a-f])"), None),
)


class Lines(logging.Formatter):
    """Formatter of a handler; named in the ini file as its `class`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
        values: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if request_id.get():
            values["request"] = request_id.get()
        more = getattr(record, "edudata", None)
        values["message"] = message(record)
        if isinstance(more, dict):
            values.update(more)
        if record.exc_info:
            values["error"] = _error(record.exc_info)
        # One record, one line, whatever was put into it.
        return json.dumps(values, ensure_ascii=False, default=str)


def message(record: logging.LogRecord) -> str:
    """The words of a record, without what belongs to people."""
    if isinstance(record.msg, BaseException):
        return type(record.msg).__name__
    if record.name.startswith(_OURS):
        return scrub(_filled(str(record.msg), record.args))
    return scrub(_filled(str(record.msg), _codes(record.args)))


def _codes(args: Any) -> Any:
    if isinstance(args, dict):
        return {key: _code(value) for key, value in args.items()}
    return tuple(_code(value) for value in args or ())


def _code(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, BaseException):
        return type(value).__name__
    return value if isinstance(value, str) and _CODE.fullmatch(value) else "…"


def _filled(template: str, args: Any) -> str:
    try:
        return template % args if args else template
    except (TypeError, ValueError, KeyError):
        return template


def scrub(text: str) -> str:
    """Words without addresses, numbers of people, tokens, and values of rows."""
    for pattern, put in _SCRUBS:
        if put is None:
            text = pattern.sub(lambda found: found[1] or "<number>", text)
        else:
            text = pattern.sub(put, text)
    return text


def _error(exc_info: Any) -> dict[str, Any]:
    # CKAN hands over the function `sys.exc_info` itself; logging then asks it.
    if not isinstance(exc_info, tuple) or exc_info[0] is None:
        return {}
    frames = traceback.extract_tb(exc_info[2])
    return {
        "type": exc_info[0].__name__,
        "at": [
            f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} "
            f"{frame.name}"
            for frame in frames[-12:]
        ],
    }


class NoPaths(logging.Filter):
    """CKAN's line of a request names its path, and so a person; ours stands for it."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "render time" not in str(record.msg)


def install() -> None:
    """Keep paths out of the log, whatever formatter a site has chosen."""
    theirs = logging.getLogger("ckan.config.middleware.flask_app")
    if not any(isinstance(known, NoPaths) for known in theirs.filters):
        theirs.addFilter(NoPaths())
