"""Processes: ours are ended, wherever they come from, and nobody else's."""

from __future__ import annotations

import configparser
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.launcher.home import Home
from stack.launcher.say import Trouble
from stack.launcher.supervise import (
    MARK,
    Program,
    Supervisor,
    is_ours,
    ours,
    section,
    sweep,
)

SLEEP = [sys.executable, "-c", "import time; time.sleep(120)"]
STUBBORN = (
    "import os, signal, subprocess, sys, time;"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(120)']);"
    "time.sleep(120)"
)


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else's that looks much like ours."""
    with subprocess.Popen(SLEEP, env={MARK: "another-portal"}) as process:
        yield process
        process.kill()


@pytest.fixture
def supervisor(home: Home) -> Iterator[Supervisor]:
    """A real supervisord with a program that ignores TERM and has a child."""
    made = Supervisor(home)
    command: list[str | Path] = [sys.executable, "-c", STUBBORN]
    made.configure([Program("stubborn", command, 1, wait=2), failing()])
    home.venv.symlink_to(sys.prefix)
    made.start(os.environ)
    yield made
    sweep(home, patience=0.5)


def failing() -> Program:
    words: list[str | Path] = [sys.executable, "-c"]
    return Program("failing", [*words, "print('the reason'); raise SystemExit(1)"], 2)


def wait_until(condition: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_program_is_known_by_its_mark_alone(home: Home) -> None:
    assert is_ours(home, ["python"], {MARK: home.mark})
    assert not is_ours(home, ["python"], {MARK: home.mark + "x"})
    assert not is_ours(home, ["python", str(home.path)], {})


def test_postgresql_is_known_by_its_folder(home: Home) -> None:
    home.note(postgres="/var/lib/mine")
    assert is_ours(home, ["/x/bin/postgres", "-D", "/var/lib/mine/data"], {})
    assert not is_ours(home, ["/x/bin/postgres", "-D", "/var/lib/theirs/data"], {})
    assert not is_ours(home, ["vi", "/var/lib/mine/data"], {})
    assert not is_ours(home, [], {})


def test_orphans_are_ended_and_strangers_live(
    home: Home, stranger: subprocess.Popen[bytes]
) -> None:
    with subprocess.Popen(SLEEP, env={MARK: home.mark}) as orphan:
        wait_until(lambda: [process.pid for process in ours(home)] == [orphan.pid])
        assert sweep(home) == 1
        assert orphan.poll() is not None
    assert stranger.poll() is None
    assert sweep(home) == 0


def test_a_launcher_inside_its_own_tree_does_not_end_itself(home: Home) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from stack.launcher.home import Home;"
        "from stack.launcher.supervise import ours;"
        f"print(len(ours(Home(Path({str(home.root)!r}), Path({str(home.path)!r})))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, MARK: home.mark},
        capture_output=True,
        text=True,
        check=True,
        cwd=home.root,
    )
    assert done.stdout.strip() == "0"


def test_stopping_ends_what_ignores_term_and_its_children(
    supervisor: Supervisor, stranger: subprocess.Popen[bytes]
) -> None:
    supervisor.launch("stubborn")
    wait_until(lambda: supervisor.states()["stubborn"]["statename"] == "RUNNING")
    main = psutil.Process(supervisor.states()["stubborn"]["pid"])
    wait_until(lambda: main.children())
    tree = [main, *main.children()]
    supervisor.shutdown()
    assert not supervisor.alive()
    assert not [p for p in tree if p.is_running() and p.status() != "zombie"]
    assert stranger.poll() is None


def test_after_kill_9_of_the_supervisor_the_next_start_cleans_up(
    supervisor: Supervisor, home: Home, stranger: subprocess.Popen[bytes]
) -> None:
    supervisor.launch("stubborn")
    wait_until(lambda: supervisor.states()["stubborn"]["statename"] == "RUNNING")
    main = psutil.Process(supervisor.states()["stubborn"]["pid"])
    wait_until(lambda: main.children())
    tree = [main, *main.children()]
    os.kill(supervisor.rpc.getPID(), signal.SIGKILL)
    wait_until(lambda: not supervisor.alive())
    assert main.is_running()
    assert sweep(home, patience=1) >= 2
    assert not [p for p in tree if p.is_running() and p.status() != "zombie"]
    assert stranger.poll() is None


def test_a_killed_service_is_started_again(supervisor: Supervisor) -> None:
    supervisor.launch("stubborn")
    wait_until(lambda: supervisor.states()["stubborn"]["statename"] == "RUNNING")
    first = supervisor.states()["stubborn"]["pid"]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: supervisor.states()["stubborn"]["pid"] not in (0, first))


def test_a_service_that_cannot_start_gives_its_reason(supervisor: Supervisor) -> None:
    supervisor.launch("failing")
    wait_until(lambda: supervisor.states()["failing"]["statename"] == "FATAL", 40)
    with pytest.raises(Trouble) as caught:
        supervisor.check("failing")
    for sentence in (caught.value.zh, caught.value.en):
        assert "failing" in sentence
        assert "the reason" in sentence


def test_the_configuration_is_private_and_launching_twice_doubles_nothing(
    supervisor: Supervisor,
) -> None:
    assert not supervisor.conf.stat().st_mode & 0o077
    assert not supervisor.socket.stat().st_mode & 0o077
    supervisor.launch("stubborn")
    wait_until(lambda: supervisor.states()["stubborn"]["statename"] == "RUNNING")
    first = supervisor.states()["stubborn"]["pid"]
    supervisor.launch("stubborn")
    supervisor.reload()
    assert supervisor.states()["stubborn"]["pid"] == first


def test_paths_with_blanks_and_percents_survive_the_configuration(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path, tmp_path / "50% of 目录")
    program = Program("p", ["/a b/c", "--d=e f"], 1, {"X": str(home.path)})
    parser = configparser.ConfigParser()  # interpolates, as supervisord does
    parser.read_string(section(program, home))
    assert shlex.split(parser["program:p"]["command"]) == ["/a b/c", "--d=e f"]
    assert parser["program:p"]["directory"] == str(home.path)
