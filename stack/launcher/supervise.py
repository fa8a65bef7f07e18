"""supervisord of one portal: start, ask, stop, and clean up after a crash."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from .home import Home, write_private
from .programs import disk_full, full_disk, tail
from .say import Trouble

MARK = "EDUDATA_PORTAL_MARK"
RUNNING, STARTING, BACKOFF = "RUNNING", "STARTING", "BACKOFF"


@dataclass
class Program:
    """One supervised process."""

    name: str
    command: list[str | Path]
    priority: int
    environ: dict[str, str] = field(default_factory=dict)
    user: str | None = None
    signal: str = "TERM"
    wait: int = 15  # seconds until it is killed
    folder: Path | None = None


def section(program: Program, home: Home) -> str:
    """The program's section of supervisord.conf."""
    environ = ",".join(f'{k}="{_plain(v)}"' for k, v in program.environ.items())
    command = shlex.join(str(word) for word in program.command)
    lines = {
        "command": _plain(command),
        "directory": _plain(str(program.folder or home.path)),
        "environment": environ,
        "priority": program.priority,
        "autostart": "false",
        "autorestart": "true",
        "startsecs": 1,
        "startretries": 3,
        "stopsignal": program.signal,
        "stopwaitsecs": program.wait,
        "stopasgroup": "true",
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": _plain(str(home.logs / f"{program.name}.log")),
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 2,
    }
    if program.user:
        lines["user"] = program.user
    body = "\n".join(f"{key}={value}" for key, value in lines.items())
    return f"[program:{program.name}]\n{body}\n"


def _plain(text: str) -> str:
    return text.replace("%", "%%")


class Supervisor:
    """The supervisord of a state folder, spoken to over its own socket."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.socket = home.run / "supervisor.sock"
        self.conf = home.conf / "supervisord.conf"

    @property
    def rpc(self) -> Any:
        """The remote interface."""
        password = self.home.secrets()["supervisor"]
        transport = SupervisorTransport("portal", password, f"unix://{self.socket}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def alive(self) -> bool:
        """Whether it answers."""
        try:
            return self.rpc.getState()["statename"] == RUNNING
        except (OSError, Fault):
            return False

    def configure(self, programs: Iterable[Program]) -> None:
        """Write supervisord.conf."""
        home, run = self.home, self.home.make_run()
        text = (home.root / "stack/supervisord.conf.in").read_text(encoding="utf-8")
        values = {
            "socket": self.socket,
            "password": home.secrets()["supervisor"],
            "log": home.logs / "supervisord.log",
            "pid": run / "supervisord.pid",
            "user": "user=root" if os.geteuid() == 0 else "",
        }
        for name, value in values.items():
            text = text.replace(f"@{name}@", _plain(str(value)))
        parts = [section(program, home) for program in programs]
        write_private(self.conf, "\n".join([text, *parts]))

    def start(self, environ: Mapping[str, str]) -> None:
        """Start supervisord in a session of its own, after ``configure``."""
        self.home.make_run()
        self.socket.unlink(missing_ok=True)
        command = [self.home.python, "-m", "supervisor.supervisord", "-c", self.conf]
        done = subprocess.run(
            command,
            env=dict(environ) | {MARK: self.home.mark},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home.path,
        )
        deadline = time.monotonic() + 10
        while not self.alive():
            if done.returncode or time.monotonic() > deadline:
                raise self.trouble("supervisord", done.stderr)
            time.sleep(0.05)

    def reload(self) -> None:
        """Take over a changed configuration; unchanged programs go on running."""
        _added, _changed, removed = self.rpc.reloadConfig()[0]
        for name in [*removed, *_changed]:
            with contextlib.suppress(Fault):
                self.rpc.stopProcessGroup(name)
                self.rpc.removeProcessGroup(name)
        for name in [*_added, *_changed]:
            with contextlib.suppress(Fault):
                self.rpc.addProcessGroup(name)

    def states(self) -> dict[str, dict[str, Any]]:
        """What supervisord knows of each program, by name."""
        try:
            return {info["name"]: info for info in self.rpc.getAllProcessInfo()}
        except (OSError, Fault):
            return {}

    def launch(self, *names: str) -> None:
        """Start programs that are not running; does not wait for them."""
        states = self.states()
        for name in names:
            state = states.get(name, {}).get("statename", RUNNING)  # unknown: not here
            if state not in (RUNNING, STARTING, BACKOFF):
                with contextlib.suppress(Fault):
                    self.rpc.startProcess(name, False)

    def halt(self, *names: str) -> None:
        """Stop programs and wait for their end."""
        for name in names:
            with contextlib.suppress(Fault):
                self.rpc.stopProcess(name, True)

    def check(self, name: str) -> None:
        """Raise Trouble if a program gave up."""
        info = self.states().get(name)
        if info is None or info["statename"] in ("FATAL", "EXITED", "STOPPED"):
            raise self.trouble(name)

    def trouble(self, name: str, output: str = "") -> Trouble:
        """Why a program does not run, from the end of its log."""
        log = self.home.logs / f"{name}.log"
        if disk_full(self.home.path):
            return full_disk(self.home.path)
        last = "\n  ".join(output.strip().splitlines()[-5:] or tail(log))
        return Trouble(
            f"服务 {name} 启动不了。日志 {log} 的最后几行：\n  {last}\n"
            "处理后重新运行；数据不要紧时可运行 ./portal reset 重来。",
            f"The service {name} does not start. The end of its log {log}:\n  {last}\n"
            "Mend that and run again; if the data do not matter, ./portal reset.",
        )

    def shutdown(self) -> None:
        """Stop every program and supervisord itself, then any orphan."""
        try:
            pid = self.rpc.getPID()
            for name in (
                "web",
                "worker",
                "worker2",
                "solr",
            ):  # at once; the stores follow
                with contextlib.suppress(Fault):
                    self.rpc.stopProcess(name, False)
            self.rpc.shutdown()
        except (OSError, Fault):
            pid = None
        if pid:
            with contextlib.suppress(psutil.Error):
                wait_gone([psutil.Process(pid)], 60)
        sweep(self.home)


def ours(home: Home) -> list[psutil.Process]:
    """The processes that carry this state folder's mark, whoever their parent is.

    PostgreSQL overwrites its environment, so its server is known by its folder.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            words = process.cmdline()
            if is_ours(home, words, process.environ()):
                found.append(process)
    me = psutil.Process()
    near = {me.pid, *(parent.pid for parent in me.parents())}
    return [process for process in found if process.pid not in near]


def is_ours(home: Home, command: list[str], environ: Mapping[str, str]) -> bool:
    """Whether a process with this command and environment belongs to the folder."""
    if environ.get(MARK) == home.mark:
        return True
    folder = home.read("state.json").get("postgres")
    postgres = bool(command) and Path(command[0]).name == "postgres"
    return postgres and folder is not None and f"{folder}/data" in command


def sweep(home: Home, patience: float = 10) -> int:
    """End the orphans of an earlier run, and nobody else; how many there were."""
    orphans = ours(home)
    for process in orphans:
        with contextlib.suppress(psutil.Error):
            postgres = process.name() == "postgres"
            process.send_signal(2 if postgres else 15)
    for process in wait_gone(orphans, patience):
        with contextlib.suppress(psutil.Error):
            process.kill()
    wait_gone(orphans, 5)
    return len(orphans)


def wait_gone(processes: Iterable[psutil.Process], seconds: float) -> list[Any]:
    """Wait for the end of processes; those left. A zombie has ended."""
    deadline = time.monotonic() + seconds
    while alive := [process for process in processes if lives(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return alive


def lives(process: psutil.Process) -> bool:
    """Whether a process still runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
