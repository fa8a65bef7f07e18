"""Waiting for the personal-data check, and lending the worker a hand."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from ckanext.edudata.demo.acting import act, tell

PATIENCE = 3.0
"""Seconds left to the worker, after which runs that still wait are taken here."""

TELL_EVERY = 5.0
"""Seconds between two lines on what is left."""


class Checks:
    """The checks of the demonstration's entries.

    A worker starts a process for each; this one keeps its reader warm, and so is
    quicker, and does all of them where no worker runs. A run is taken once only.
    """

    def __init__(self) -> None:
        self.helping = False

    def wait(self, entries: Iterable[tuple[str, str]]) -> None:
        """Return when all is checked under the rules in force.

        :param entries: ids of entries, each with somebody who may run its checks
        """
        from ckanext.edudata.desensitization import jobs

        wanted = list(entries)
        renewed: set[str] = set()
        began = told = time.monotonic()
        while True:
            left = [run for one in wanted for run in _left(*one, renewed)]
            if not left:
                return
            if not self.helping and time.monotonic() - began >= PATIENCE:
                self.helping = True
                tell("本进程一并检测", "checking in this process too")
            if time.monotonic() - told >= TELL_EVERY:
                told = time.monotonic()
                tell(f"还有 {len(left)} 项待检测", f"{len(left)} checks to go")
            queued = [run for run in left if run["state"] == "queued"]
            if self.helping:
                # The worker begins at the front. One that died in the middle of a
                # run is known by its silence: `run_check` judges that.
                jobs.run_check((queued or left)[-1]["id"])
            if not (self.helping and queued):
                time.sleep(0.2 + 0.01 * len(wanted))


def _left(entry_id: str, person: str, renewed: set[str]) -> list[dict[str, Any]]:
    """Runs that are not over; those under rules of yesterday are started anew, once."""
    from ckanext.edudata.desensitization.engine import RULESET

    left = []
    for run in act("edudata_check_list", person, id=entry_id):
        subject = run["resource_id"]
        if run["state"] != "done":
            left.append(run)
        elif run["ruleset"] != RULESET and subject not in renewed:
            renewed.add(subject)
            again = act("edudata_check_run", person, resource_id=subject)
            left.append({**run, **again, "progress": None})
    return left


def verdict(check: dict[str, Any]) -> tuple[str, str]:
    """The outcome of a finished check in a line, in Chinese and English.

    Names columns, never values.
    """
    if check["classified"]:
        return (
            "带有密级标志，已清除；请按本单位保密程序处理",
            "carries a classification mark and was purged; follow your unit's "
            "secrecy procedure",
        )
    columns = dict.fromkeys(
        found["column"]
        for found in check["findings"]
        if found["column"] and not found["passed"]
    )
    if check["verdict"] == "clear":
        return ("检测通过，可以无条件开放", "clear: may be opened unconditionally")
    if check["verdict"] == "restricted":
        return ("未识别到个人，但只能有条件开放", "restricted: conditional at most")
    if check["verdict"] == "blocked":
        zh = "、".join(columns) or "—，在文件名等其他位置"
        en = ", ".join(columns) or "none; in the file name or elsewhere"
        return (
            f"含疑似个人信息，不得开放（列：{zh}）",
            f"blocked: personal data found (columns: {en})",
        )
    return _unreadable(check)


def _unreadable(check: dict[str, Any]) -> tuple[str, str]:
    from ckan.plugins.toolkit import _

    reason = check.get("reason") or {}
    msgid = reason.get("msgid") or "The file could not be read."
    values = reason.get("values") or {}
    english, local = msgid.format(**values), _(msgid).format(**values)
    said = local if local != english else reason.get("code", "")
    return (f"无法读取，不得开放：{said}", f"unreadable: {english}")
