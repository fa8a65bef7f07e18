"""The portal's whole life, with its own environment and a state folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.launcher.home import Home, free_port
from stack.launcher.settings import CONNECTIONS
from stack.launcher.supervise import Supervisor, ours, sweep

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = Path(sys.prefix).parent


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A new state folder that shares what was downloaded, at a path with a blank."""
    if not (INSTALLED / "installed.json").exists():
        pytest.skip("needs the environment of ./portal")
    folder = tmp_path_factory.mktemp("a portal") / "state"
    folder.mkdir()
    for name in ("boot", "venv", "jars"):
        (folder / name).symlink_to(INSTALLED / name)
    (folder / "installed.json").write_bytes((INSTALLED / "installed.json").read_bytes())
    home = Home(ROOT, folder)
    yield home
    sweep(home, patience=2)


def portal(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "portal", *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def environment(home: Home) -> dict[str, str]:
    plain = {k: v for k, v in os.environ.items() if k not in CONNECTIONS}
    gone = {"CKAN_INI", "CKAN_STORAGE_PATH"}
    plain = {k: v for k, v in plain.items() if k not in gone}
    return plain | {"EDUDATA_PORTAL_HOME": str(home.path), "LANG": "en_US.UTF-8"}


def count(port: int) -> int:
    url = f"http://127.0.0.1:{port}/api/3/action/package_search?rows=0"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=60) as answer:
        return json.load(answer)["result"]["count"]


def pids(home: Home) -> dict[str, int]:
    return {name: i["pid"] for name, i in Supervisor(home).states().items()}


@pytest.mark.slow
def test_the_whole_life(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = portal(home, "demo", "--detach", "--port", str(taken))
        assert refused.returncode == 1
        assert f"Port {taken} is taken" in refused.stderr
    assert portal(home, "status").returncode == 3

    port = free_port()
    first = portal(home, "demo", "--detach", "--port", str(port))
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"http://127.0.0.1:{port}" in first.stdout
    assert home.secrets()["demo_password"] in first.stdout
    assert "compiler" in first.stdout
    assert portal(home, "status").returncode == 0
    datasets, running = count(port), pids(home)
    assert datasets > 0

    again = portal(home, "demo", "--detach")
    assert again.returncode == 0
    assert f"http://127.0.0.1:{port}" in again.stdout
    assert pids(home) == running
    assert count(port) == datasets
    moved = portal(home, "demo", "--detach", "--port", str(free_port()))
    assert moved.returncode == 1
    assert "portal stop" in moved.stderr

    listening_on_loopback_only(home)
    killed_services_come_back(home, port, datasets)
    orphans_are_cleaned_up(home, port, datasets)

    assert portal(home, "stop").returncode == 0
    assert ours(home) == []
    control_c_ends_everything(home, port)
    assert portal(home, "reset").returncode == 1
    assert portal(home, "reset", "--yes").returncode == 0
    assert not (home.path / "secrets.json").exists()
    assert home.python.exists()


def listening_on_loopback_only(home: Home) -> None:
    found = 0
    for process in ours(home):
        try:
            connections = process.net_connections()
        except psutil.NoSuchProcess:
            # A database process may end between the list and the question.
            continue
        for connection in connections:
            if connection.status == psutil.CONN_LISTEN:
                found += 1
                assert connection.laddr.ip in ("127.0.0.1", "::ffff:127.0.0.1")
    assert found


def killed_services_come_back(home: Home, port: int, datasets: int) -> None:
    before = pids(home)
    for name in ("worker", "valkey", "postgres"):
        os.kill(before[name], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while portal(home, "status").returncode != 0:
        assert time.monotonic() < deadline
        time.sleep(1)
    after = pids(home)
    assert all(after[name] != before[name] for name in ("worker", "valkey", "postgres"))
    assert count(port) == datasets


def orphans_are_cleaned_up(home: Home, port: int, datasets: int) -> None:
    old = {process.pid for process in ours(home)}
    assert set(pids(home).values()) <= old  # each is known by its mark
    os.kill(Supervisor(home).rpc.getPID(), signal.SIGKILL)
    again = portal(home, "demo", "--detach")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Cleaned up" in again.stdout
    assert not old & {process.pid for process in ours(home)}
    assert count(port) == datasets


def control_c_ends_everything(home: Home, port: int) -> None:
    with subprocess.Popen(
        [sys.executable, ROOT / "portal", "demo"],
        env=environment(home),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if "Ctrl-C" in line:
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(90) == 0
    assert ours(home) == []
