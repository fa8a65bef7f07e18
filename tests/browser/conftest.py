"""A site that a browser can visit: web server, worker, Chromium; nothing is mocked."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ckan.lib import jobs

from tests.browser.person import Person

ROOT = Path(__file__).parents[2]
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
QUEUES = ("edudata", "default")


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    wanted = os.environ.get("CHROMIUM_PATH")
    return wanted or next((path for path in map(shutil.which, names) if path), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = chromium_path()
    if not path:
        pytest.skip("NO CHROMIUM: this test of the pages did not run")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


class Program:
    """A process of the site, ended with all its children."""

    def __init__(self, log: Path, env: dict[str, str]) -> None:
        self.log, self.env = log, env
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str) -> None:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Site:
    """The address, and a worker that is started when its turn comes."""

    def __init__(self, url: str, worker: Program, ini: str) -> None:
        self.url, self._worker, self._ini = url, worker, ini

    def start_worker(self) -> None:
        command = Path(sys.executable).with_name("ckan")
        self._worker.start(str(command), "-c", self._ini, "jobs", "worker", *QUEUES)


@pytest.fixture
def site(portal: Any, tmp_path: Path, pytestconfig: Any) -> Iterator[Site]:
    """The portal of the `portal` fixture, served on a free port of loopback."""
    for name in QUEUES:
        jobs.get_queue(name).empty()
    ini = str(Path(pytestconfig.getoption("ckan_ini")).resolve())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = {**os.environ, "CKAN_SITE_URL": url, "CKAN_INI": ini}
    web = Program(tmp_path / "web.log", env)
    worker = Program(tmp_path / "worker.log", env)
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "4", "--timeout", "120"]
    web.start(sys.executable, "-m", "gunicorn", *options, "stack.wsgi:application")
    try:
        _answers(url, web)
        yield Site(url, worker, ini)
    finally:
        worker.stop()
        web.stop()


def _answers(url: str, web: Program) -> None:
    until = time.monotonic() + 90
    while not _up(f"{url}/api/3/action/status_show"):
        assert web.alive(), web.log.read_text()[-3000:]
        assert time.monotonic() < until, "the web server did not answer in 90 s"
        time.sleep(0.5)


def _up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Any]:
    """`visit(user)`: a person with a browser of their own; None for the public."""
    contexts = []

    def enter(user: dict[str, Any] | None = None) -> Person:
        context = chromium.new_context(
            base_url=site.url,
            locale="zh-CN",
            viewport={"width": 1280, "height": 900},
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        return Person(context, user)

    yield enter
    for context in contexts:
        context.close()
