"""Where events go beside the table: a file of lines of JSON, and a system log."""

from __future__ import annotations

import datetime
import fcntl
import json
import logging
import logging.handlers
import os
from typing import Any

import ckan.plugins.toolkit as tk

log = logging.getLogger(__name__)

_LEVELS = {
    "notice": logging.INFO,
    "warning": logging.WARNING,
    "alarm": logging.CRITICAL,
}


def out(kind: str, severity: str, detail: dict[str, Any]) -> None:
    """Send an event on its ways; a way that is barred costs a line in the log."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(
        timespec="milliseconds"
    )
    values = {"at": now, "kind": kind, "severity": severity, "detail": detail}
    line = json.dumps(values, ensure_ascii=False)
    for name, way in (("file", _append), ("syslog", _send)):
        place = tk.config.get(f"ckanext.edudata.events.{name}")
        if not place:
            continue
        try:
            way(str(place), severity, line)
        except Exception as error:  # noqa: BLE001 - the other ways are still open
            log.warning("An event did not reach the %s: %s", name, type(error).__name__)


def _append(path: str, severity: str, line: str) -> None:
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    with os.fdopen(handle, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line.encode() + b"\n")


def _send(address: str, severity: str, line: str) -> None:
    """A line to a system log: `host:port` (UDP), or a path as `/dev/log`."""
    host, colon, port = address.rpartition(":")
    place = (host, int(port)) if colon and port.isdigit() else address
    handler = logging.handlers.SysLogHandler(
        place, facility=logging.handlers.SysLogHandler.LOG_AUTHPRIV
    )
    handler.ident = "edudata: "
    handler.handleError = _raise  # type: ignore[method-assign]
    level = _LEVELS[severity]
    try:
        handler.emit(logging.LogRecord("edudata", level, "", 0, line, (), None))
    finally:
        handler.close()


def _raise(record: logging.LogRecord) -> None:
    raise
