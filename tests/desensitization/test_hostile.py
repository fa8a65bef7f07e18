"""A hostile file costs a verdict and nothing else (promise 4: fail closed)."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ckanext.edudata.desensitization import engine
from ckanext.edudata.desensitization.reasons import REASONS
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport
from ckanext.edudata.desensitization.sandbox import Sandbox
from tests.desensitization import hostile


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_gets_a_verdict(
    name: str, tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = hostile.write(name, tmp_path)
    started = time.monotonic()
    report = check(path, memory=1 << 30, cpu_seconds=60, wall_seconds=60)
    code = report.reason.code if report.reason else None
    assert code in hostile.FILES[name][1]
    assert (report.verdict == "unreadable") == (report.reason is not None)
    assert time.monotonic() - started < 30
    assert json.dumps(report.to_dict())


def test_every_reason_is_a_sentence_with_a_way_out() -> None:
    for code, sentence in REASONS.items():
        assert sentence[0].isupper(), code
        assert sentence.endswith("."), code


def test_gb18030_that_says_utf8(
    tmp_path: Path, check: Callable[..., CheckReport]
) -> None:
    path = tmp_path / "utf8.csv"
    path.write_bytes("学校名称,备注\r\n示例小学,朝阳区㐀\r\n".encode("gb18030"))
    report = check(path)
    assert report.tables[0].columns[0].name == "学校名称"


def test_over_the_time_it_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "联系人王小明老师说的话,2\n" * 200_000)
    started = time.monotonic()
    report = engine.check_file(path, path.name, options=CheckOptions(wall_seconds=0.05))
    assert report.reason is not None
    assert report.reason.code == "timeout"
    assert time.monotonic() - started < 15


def test_a_killed_child_is_a_verdict_and_the_next_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("学校名称,代码\n" + "示例小学,1\n" * 300_000)
    with Sandbox(warm=True) as sandbox:

        def kill(_: object) -> None:
            child = sandbox._child
            assert child is not None
            os.killpg(child.pid, signal.SIGKILL)

        first = engine.check_file(path, "a.csv", sandbox=sandbox, on_progress=kill)
        assert first.reason is not None
        assert first.reason.code == "crashed"
        path.write_text("学校名称,代码\n示例小学,1\n")
        assert engine.check_file(path, "a.csv", sandbox=sandbox).verdict == "clear"


def test_an_error_of_the_listener_comes_out_and_ends_the_child(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("学校名称,代码\n" + "示例小学,1\n" * 300_000)
    sandbox = Sandbox(warm=True)

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.check_file(path, "a.csv", sandbox=sandbox, on_progress=stop)
    assert sandbox._child is None


def test_over_the_memory_it_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    lines = "".join(f"名称{n}," + f"{n}" * 40 + "\n" for n in range(200_000))
    path.write_text("a,b\n" + lines)
    # Enough for the libraries that the child already holds, too little for the file.
    report = engine.check_file(path, path.name, options=CheckOptions(memory=1 << 27))
    assert report.reason is not None
    assert report.reason.code in {"memory", "crashed"}


def test_a_missing_file_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        engine.check_file(tmp_path / "nowhere.csv", "nowhere.csv")
