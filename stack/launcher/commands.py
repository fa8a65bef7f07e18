"""The commands of ./portal that need the environment."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from . import services
from .bootstrap import uv_environment
from .demo import demo
from .home import Home
from .postgres import Postgres
from .programs import run as run_program
from .programs import tail
from .say import Steps, Trouble, phrase, say
from .stack import Stack, borrowed
from .supervise import RUNNING, STARTING, Supervisor
from .testing import lint, test


def run(home: Home, options: argparse.Namespace, rest: list[str], steps: Steps) -> int:
    """Run the command that was asked for."""
    match options.command:
        case "demo":
            known = home.read("state.json").get("port", 5000)
            port = options.port or int(known)
            return demo(home, steps, port, options.data, options.detach)
        case "stop":
            return stop(home)
        case "status":
            return status(home)
        case "logs":
            return logs(home, options.service, options.lines, options.follow)
        case "reset":
            return reset(home, options.yes)
        case "ckan":
            return ckan(home, rest)
        case "token":
            arguments = ["user", "token", "add", "-q", options.user, options.name]
            return ckan(home, arguments)
        case "test":
            return test(home, rest)
        case "lint":
            return lint(home)
        case _:
            return lock(home)


def stop(home: Home) -> int:
    """Stop everything this state folder started."""
    supervisor = Supervisor(home)
    running = supervisor.alive()
    home.note(stopped=True)
    supervisor.shutdown()
    if running:
        say("已停止。", "Stopped.")
    else:
        say("没有在运行。", "It was not running.")
    return 0


def status(home: Home) -> int:
    """Print each service; 0 if all that should run do."""
    states = Supervisor(home).states()
    if not states:
        say("没有在运行。启动：./portal demo", "Not running. To start: ./portal demo")
        return 3
    for name, info in states.items():
        up = timedelta(seconds=max(0, info["now"] - info["start"]))
        since = f"pid {info['pid']}, {up}" if info["pid"] else info["spawnerr"]
        print(f"{name:10} {info['statename']:10} {since}")
    port = int(home.read("state.json").get("port", 5000))
    good = all(info["statename"] in (RUNNING, STARTING) for info in states.values())
    if good and services.web_ready(port):
        print(f"{phrase('地址', 'address')}: http://127.0.0.1:{port}")
        return 0
    say(
        "有服务没有运行。查看原因：./portal logs 服务名；重新启动：./portal demo",
        "Some service is not running. Why: ./portal logs NAME; again: ./portal demo",
    )
    return 1


def logs(home: Home, service: str | None, lines: int, follow: bool) -> int:
    """Print the ends of the logs, and go on with -f."""
    paths = sorted(home.logs.glob(f"{service or '*'}.log"))
    if not paths:
        known = ", ".join(path.stem for path in sorted(home.logs.glob("*.log")))
        raise Trouble(f"没有这个日志。有：{known}", f"No such log. There are: {known}")
    for path in paths:
        print(f"==> {path.stem} <==")
        print("\n".join(tail(path, lines)), flush=True)
    if follow:
        return subprocess.call(["tail", "-n", "0", "-F", *map(str, paths)])
    return 0


def reset(home: Home, sure: bool) -> int:
    """Delete databases, index, files and secrets; keep what was downloaded."""
    if not sure:
        if not sys.stdin.isatty():
            raise Trouble(
                "reset 会删除全部数据。确定的话：./portal reset --yes",
                "reset deletes all data. If you are sure: ./portal reset --yes",
            )
        question = phrase("将删除全部数据，继续吗", "This deletes all data. Go on")
        if input(f"{question}? [y/N] ").strip().lower() not in ("y", "yes", "是"):
            say("没有删除任何东西。", "Nothing was deleted.")
            return 1
    Supervisor(home).shutdown()
    Postgres(home).remove()
    for name in ("solr", "valkey", "storage", "conf", "logs", "run"):
        shutil.rmtree(home.path / name, ignore_errors=True)
    shutil.rmtree(home.run, ignore_errors=True)
    for name in ("state.json", "secrets.json", "accounts.txt"):
        (home.path / name).unlink(missing_ok=True)
    say("已删除全部数据。", "All data are deleted.")
    return 0


def ckan(home: Home, arguments: list[str]) -> int:
    """Run the ckan command on the portal's services, started if need be."""
    stack = Stack(home)
    with borrowed(stack):
        if stack.postgres and not stack.running("web"):
            stack.databases()
        elif not stack.running("web"):
            stack.configure()  # upgrading a given database is the command's business
        program = home.venv / "bin" / "ckan"
        environ = {k: v for k, v in os.environ.items() if k not in stack.services.given}
        command = [program, "-c", home.ini, *arguments]
        return subprocess.call([str(word) for word in command], env=environ)


def lock(home: Home) -> int:
    """Write both locks anew from setup.py and the lists in stack/."""
    stack, log = home.root / "stack", home.logs / "lock.log"
    began = time.monotonic()
    uv: list[str | Path] = [home.boot / "bin" / "uv", "pip", "compile", "-q"]
    uv += ["--universal", "--python-version", "3.10", "--generate-hashes"]
    uv += ["--no-annotate", "--no-header", "--upgrade"]
    uv += ["--override", stack / "overrides.txt"]
    sources = [home.root / "setup.py", stack / "requirements.in"]
    main, tests = stack / "requirements.txt", stack / "requirements-test.txt"
    environ = uv_environment(os.environ)
    run_program([*uv, *sources, "-o", main], log, environ)
    sources += [stack / "requirements-test.in"]
    run_program([*uv, *sources, "-c", main, "-o", tests], log, environ)
    seconds = f"{time.monotonic() - began:.0f} s"
    say(f"已锁定（{seconds}）。", f"Locked ({seconds}).")
    return 0
