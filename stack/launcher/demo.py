"""``./portal demo``: from nothing to an address to open."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from .bootstrap import digest
from .home import Home, write_private
from .programs import end, explain
from .say import Step, Steps, Trouble, phrase, say
from .stack import Stack

VARIABLE = "EDUDATA_DEMO_PASSWORD"  # the variable `ckan edudata demo load` reads
ACCOUNTS = "accounts.txt"


def demo(home: Home, steps: Steps, port: int, data: Path | None, detach: bool) -> int:
    """Start everything, load the demonstration, and stay until Ctrl-C."""
    stack = Stack(home)
    stack.claim_port(port)
    home.note(stopped=False)
    already, ready = stack.running("web"), False
    try:
        start(stack, steps, data)
        ready = True
        announce(stack, steps)
        if already or detach:
            if already:
                say("本来就在运行。", "It was running already.")
            say("停止：./portal stop", "To stop it: ./portal stop")
            return 0
        say("按 Ctrl-C 停止。", "Press Ctrl-C to stop.")
        watch(stack)
    except KeyboardInterrupt:
        print()
        if not already:
            say("正在停止……", "Stopping …")
            quietly_down(stack)
        say("已停止。", "Stopped.")
        return 0 if ready else 130
    except BaseException:
        if not already and not (ready and detach):  # `demo --detach | head -1` stays
            quietly_down(stack)
        raise
    return 0


def start(stack: Stack, steps: Steps, data: Path | None) -> None:
    """The steps after the environment."""
    with steps.step(
        "启动 PostgreSQL、Valkey、Solr", "start PostgreSQL, Valkey and Solr"
    ):
        stack.up()
    with steps.step("建立并升级数据库", "create and upgrade the databases"):
        stack.databases()
    with steps.step("启动网站和后台任务", "start web server and worker"):
        stack.serve()
    with steps.step("载入演示数据并检测个人信息", "load and check the data") as step:
        load(stack, step, data)
    with steps.step("等待网站就绪", "wait for the web server"):
        stack.wait_web()


def load(stack: Stack, step: Step, data: Path | None) -> None:
    """Load the demonstration (and the user's own tables) unless it is there."""
    home = stack.home
    wanted = demo_digest(stack)
    known = home.read("state.json").get("demo") == wanted
    if known and not data:
        return
    stack.all_workers()
    command = [home.venv / "bin" / "ckan", "-c", home.ini, "edudata", "demo", "load"]
    options = ["--data", str(data)] if data else []
    environ = dict(os.environ) | dict.fromkeys(stack.services.given, "")
    environ[VARIABLE] = home.secrets()["demo_password"]
    log = home.logs / "demo.log"
    with open(log, "w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
            env=environ,
        )
        try:
            accounts = follow(process, step)
        except BaseException:
            end(process)
            raise
    if process.wait():
        raise explain(log.read_text(encoding="utf-8", errors="replace"), log, "demo")
    write_private(home.path / ACCOUNTS, "".join(accounts))
    home.note(demo=wanted)


def follow(process: subprocess.Popen[str], step: Step) -> list[str]:
    """Show the lines of the load; those that list the accounts are returned."""
    accounts: list[str] | None = None
    for line in process.stdout or ():
        if accounts is not None:
            accounts.append(line)
        elif VARIABLE in line:
            accounts = []
        elif line.strip():
            step.line(line.rstrip())
    return accounts or []


def demo_digest(stack: Stack) -> str:
    """Changes when the demonstration would load something else."""
    root = stack.home.root
    files = [
        path
        for folder in ("ckanext/edudata/demo", "schemas")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return digest(*files, stack.connections()["CKAN_SQLALCHEMY_URL"])


def announce(stack: Stack, steps: Steps) -> None:
    """Print the address and the accounts."""
    home = stack.home
    url = f"http://127.0.0.1:{stack.port}"
    password = home.secrets()["demo_password"]
    print()
    ready = phrase("上海教育数据开放平台已就绪", "The open data portal is ready")
    print(f"  {ready}: {url}   ({steps.seconds:.0f} s)")
    print(
        f"  {phrase('演示账号，密码均为', 'Accounts, each with the password')}:", end=""
    )
    print(f" {password}")
    with contextlib.suppress(FileNotFoundError):
        print((home.path / ACCOUNTS).read_text(encoding="utf-8"), flush=True)


def quietly_down(stack: Stack) -> None:
    """Take down what was started, undisturbed by a second Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stack.down()


def watch(stack: Stack) -> None:
    """Stay until Ctrl-C, telling of services that were started again."""
    known: dict[str, tuple[str, int]] = {}
    while states := stack.supervisor.states():
        for name, info in states.items():
            now = (info["statename"], info["pid"])
            tell(stack, name, known.get(name, now), now)
            if info["pid"] or now[0] == "FATAL":
                known[name] = now
        time.sleep(1)
    if stack.home.read("state.json").get("stopped"):
        say("已由 ./portal stop 停止。", "Stopped by ./portal stop.")
        return
    raise Trouble(
        "管理进程意外结束。重新运行 ./portal demo 即可：它会先清理遗留进程，"
        "数据不受影响。",
        "The process manager ended unexpectedly. Run ./portal demo again: it cleans up "
        "first, and no data are lost.",
    )


def tell(
    stack: Stack, name: str, before: tuple[str, int], now: tuple[str, int]
) -> None:
    """Say what became of a service: given up, or started again."""
    if now[0] == "FATAL" != before[0]:
        trouble = stack.supervisor.trouble(name)
        say(trouble.zh, trouble.en)
    elif now[1] and before[1] != now[1]:
        say(f"服务 {name} 已重新启动。", f"The service {name} was started again.")
