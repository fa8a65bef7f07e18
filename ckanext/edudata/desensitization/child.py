"""The process that reads strangers' files; :mod:`.sandbox` starts it.

It loads the recognizers once, then forks for each request, so that a file can cost no
more than its own fork: limits on address space, processor time, output, open files and
new processes hold there. Requests come as JSON lines on standard input, answers go as
JSON lines to the first standard output; whatever a library prints is thrown away,
because it might quote a cell.
"""

from __future__ import annotations

import ctypes
import dataclasses
import gc
import json
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, BinaryIO

_PR_SET_PDEATHSIG = 1
_REPORT_EVERY = 0.25
_MOST_PARTS = 4


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    _die_with_parent()
    from .scanner import scanner

    scanner()
    if "--warm" in sys.argv:
        _warm_up()
    # What is loaded stays: no fork need look through it again.
    gc.collect()
    gc.freeze()
    _send(answers, {"ready": os.getpid()})
    for line in sys.stdin.buffer:
        child = os.fork()
        if child == 0:
            _serve(json.loads(line), answers)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        _send(answers, {"exit": os.waitstatus_to_exitcode(status)})


def _warm_up() -> None:
    """What the first table would load and compile, before any fork needs it."""
    from . import headers
    from .checker import check
    from .report import CheckOptions
    from .tally import announced_shape

    for rule in headers.RULES:
        announced_shape(rule)
    people = [f"陈{a}{b}" for a in "思文家子" for b in "怡轩涵"]
    rows = ["姓名,出生日期,备注,学校名称,学生数,name"]
    rows += [
        f"{name},2012-03-{day:02d},家里有{name}三个人,示例第{day}小学,{day},Li {day}"
        for day, name in enumerate(people, 1)
    ]
    with tempfile.TemporaryDirectory(prefix="edudata-check-") as folder:
        path = Path(folder) / "warm.csv"
        path.write_text("\n".join(rows), "utf-8")
        check(path, path.name, CheckOptions(key=b"warm"), path.parent, lambda _: None)


def _serve(request: dict[str, Any], answers: BinaryIO) -> None:
    from .checker import Part, check, check_texts
    from .reasons import Unreadable, reason
    from .report import CheckOptions, Progress

    _die_with_parent()
    # One file, then the process ends: it makes no cycles worth collecting.
    gc.disable()
    settings = request["options"]
    settings["key"] = bytes.fromhex(settings["key"])
    options = CheckOptions(**settings)
    last = 0.0

    def watch(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _REPORT_EVERY:
            last = time.monotonic()
            _send(answers, {"progress": dataclasses.asdict(progress)})

    try:
        path, folder = Path(request["path"]), Path(request["folder"])
        if "desensitize" in request:
            _limit(options)
            made = _desensitized(path, folder, request["desensitize"], options, watch)
            _send(answers, {"made": made})
            return
        parts = _parts(path, options)
        pipes = [_fork_part(path, options, Part(i, parts)) for i in range(1, parts)]
        _limit(options)
        if options.metadata:
            report = check_texts(path, options)
        else:
            report = check(
                path,
                request["filename"],
                options,
                folder,
                watch,
                parts,
                lambda: map(_profile, pipes),
            )
        _send(answers, {"report": report.to_dict()})
    except Unreadable as unreadable:
        _send(answers, {"reason": dataclasses.asdict(unreadable.reason)})
    except MemoryError:
        _send(answers, {"reason": dataclasses.asdict(reason("memory"))})
    except BaseException as error:  # noqa: BLE001
        # Only where it went wrong: the message might quote a cell.
        _send(answers, {"failed": _place(error)})


def _desensitized(
    path: Path, folder: Path, how: dict[str, Any], options: Any, watch: Any
) -> dict[str, Any]:
    """Carry a plan out; its errors might quote a cell and stay here."""
    from .checker import check
    from .desensitize import NoRowsError, Plan, apply

    how = dict(how)
    and_check = how.pop("check", False)
    examples: dict[str, Any] = {}
    how["key"] = bytes.fromhex(how.get("key", ""))
    target = folder / "made.csv"
    try:
        plan = Plan.from_dict(how.pop("plan"))
        result = apply(
            plan,
            path,
            target,
            examples=examples if and_check else None,
            on_progress=watch,
            **how,
        )
    except NoRowsError:
        return {"refused": "rows"}
    except ValueError:
        return {"refused": "plan"}
    report = None
    if and_check:
        report = check(target, target.name, options, folder, watch).to_dict()
    return {"result": result.to_dict(), "report": report, "examples": examples}


def _parts(path: Path, options: Any) -> int:
    """How many read this file: one, unless it is large."""
    if options.metadata or path.stat().st_size < options.parts_from:
        return 1
    return max(1, min(options.processes, _MOST_PARTS))


def _fork_part(path: Path, options: Any, part: Any) -> BinaryIO:
    """Another process for one stretch of the file; what it answers comes by a pipe."""
    from .checker import check_part
    from .reasons import Unreadable

    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return os.fdopen(reader, "rb")
    answer: dict[str, Any] = {}
    try:
        _die_with_parent()
        os.close(reader)
        _limit(options)
        profile = check_part(path, options, Path(os.devnull), part)
        answer = {"profile": profile.to_dict()}
    except Unreadable as unreadable:
        answer = {"reason": dataclasses.asdict(unreadable.reason)}
    except MemoryError:
        answer = {"memory": True}
    except BaseException as error:  # noqa: BLE001
        answer = {"failed": _place(error)}
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(json.dumps(answer).encode())
    os._exit(0)


def _profile(pipe: BinaryIO) -> Any:
    from .profile import Profile
    from .reasons import Unreadable

    with pipe:
        answer = json.loads(pipe.read() or b"{}")
    if "reason" in answer:
        raise Unreadable(answer["reason"]["code"], **answer["reason"]["values"])
    if "memory" in answer:
        raise MemoryError
    # A part that failed or was killed: nothing is said of the whole without it.
    return Profile.from_dict(answer["profile"])


def _limit(options: Any) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, options.memory),
        (resource.RLIMIT_CPU, options.cpu_seconds),
        (resource.RLIMIT_FSIZE, options.max_output),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (limit, limit))
    # A full disk or file limit shows as an error, not as a signal.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    line = trace.tb_lineno if trace else 0
    name = Path(trace.tb_frame.f_code.co_filename).name if trace else "?"
    return f"{type(error).__name__} at {name}:{line}"


def _send(answers: BinaryIO, message: dict[str, Any]) -> None:
    data = json.dumps(message, ensure_ascii=True).encode() + b"\n"
    while data:
        data = data[os.write(answers.fileno(), data) :]


if __name__ == "__main__":
    main()
