"""The command line of ./portal; needs the standard library only."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from . import bootstrap
from .home import Home, port_free
from .programs import disk_full, full_disk
from .say import Step, Steps, Trouble, complain, languages, phrase, say

ROOT = Path(__file__).resolve().parents[2]
FROM_SOURCE = ("ckan", "test")  # their arguments are handed on as they are
EVEN_WITHOUT = ("stop", "status", "logs", "reset")  # these install nothing

HELP = {
    "demo": ("启动并载入演示数据", "start everything and load the demonstration"),
    "stop": ("停止", "stop it"),
    "status": ("查看各服务的状态", "show each service"),
    "logs": ("查看日志", "show the logs"),
    "reset": ("删除全部数据，从头再来", "delete all data and begin anew"),
    "ckan": ("以正确的配置运行 ckan 命令", "run the ckan command"),
    "token": ("为用户生成 API 令牌", "make an API token for a user"),
    "test": ("运行测试（参数交给 pytest）", "run the tests (arguments of pytest)"),
    "lint": ("运行 ruff 和 pyright", "run ruff and pyright"),
    "lock": ("重新锁定依赖版本", "pin the dependencies anew"),
}


def parser() -> argparse.ArgumentParser:
    """The command line."""

    def words(zh: str, en: str) -> str:
        return " · ".join({"zh": zh, "en": en}[one] for one in languages())

    top = argparse.ArgumentParser(
        prog="./portal",
        description=words(
            "上海教育数据开放平台：一台机器上的全套服务",
            "The education open data portal: everything on one machine",
        ),
    )
    commands = top.add_subparsers(dest="command", required=True)
    sub = {name: commands.add_parser(name, help=words(*HELP[name])) for name in HELP}
    demo = sub["demo"]
    demo.add_argument(
        "--port",
        type=port,
        metavar="PORT",
        help=words(
            "网站端口，默认 5000 或上次的", "port; default 5000 or the last one"
        ),
    )
    demo.add_argument(
        "--data",
        type=folder,
        metavar="DIR",
        help=words("另外载入此目录中的表格", "load the tables in this folder too"),
    )
    demo.add_argument(
        "--detach",
        action="store_true",
        help=words("就绪后在后台继续运行", "return when ready, and let it run"),
    )
    reset = sub["reset"]
    reset.add_argument("--yes", action="store_true", help=words("不询问", "do not ask"))
    logs = sub["logs"]
    logs.add_argument("service", nargs="?", help=words("只看这个服务", "only this one"))
    logs.add_argument("-f", "--follow", action="store_true")
    logs.add_argument("-n", "--lines", type=int, default=20)
    token = sub["token"]
    token.add_argument("user", metavar="USER")
    token.add_argument("--name", default="portal")
    return top


def port(text: str) -> int:
    """A port that an ordinary user may listen on."""
    number = int(text) if text.isdigit() else 0
    if not 1 <= number <= 65535:
        why = "应是 1–65535 的整数 · a number from 1 to 65535 is needed"
        raise argparse.ArgumentTypeError(f"{text}: {why}")
    return number


def folder(text: str) -> Path:
    """A folder that can be read."""
    path = Path(text).expanduser().resolve()
    if not path.is_dir() or not os.access(path, os.R_OK):
        why = "不是可读的目录 · not a readable folder"
        raise argparse.ArgumentTypeError(f"{text}: {why}")
    return path


def main(arguments: list[str]) -> int:
    """Run one command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    for number in (signal.SIGINT, signal.SIGTERM):  # in the background, INT is ignored
        signal.signal(number, interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # else nohup asks to stay
        signal.signal(signal.SIGHUP, interrupt)
    rest: list[str] = []
    if arguments and arguments[0] in FROM_SOURCE:
        arguments, rest = arguments[:1], arguments[1:]
    options = parser().parse_args(arguments)
    home = Home(ROOT)
    try:
        return dispatch(home, options, rest, arguments)
    except Trouble as trouble:
        return complain(trouble)
    except KeyboardInterrupt:
        print()
        say("已中断。", "Interrupted.")
        return 130
    except BrokenPipeError:  # `./portal logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if home.path.exists() and disk_full(home.path):
            return complain(full_disk(home.path))
        raise error from None


def interrupt(number: int, frame: FrameType | None) -> None:
    """Treat a request to end like Ctrl-C."""
    raise KeyboardInterrupt


def dispatch(
    home: Home, options: argparse.Namespace, rest: list[str], arguments: list[str]
) -> int:
    """Provide the environment, change over to it, and run the command in it."""
    command = options.command
    if command in EVEN_WITHOUT and not home.python.exists():
        return nothing_here(command)
    os.umask(0o022)  # the database's own user has to read the programs
    home.make()
    steps = Steps(total=6 if command == "demo" else 1)
    if not inside(home):
        if command == "demo" and not home.python.exists():
            early_port_check(options.port or 5000)
        provide(home, command, steps)
        environ = dict(os.environ) | steps.export()
        program = str(home.python)
        os.execve(program, [program, str(ROOT / "portal"), *arguments, *rest], environ)  # noqa: S606
    os.umask(0o077)
    try:
        from . import commands
    except ModuleNotFoundError:  # the installation ended half way
        if command in EVEN_WITHOUT and not home.read("state.json"):
            return nothing_here(command)
        raise Trouble(
            "运行环境不完整。请运行 ./portal demo 补全它。",
            "The environment is incomplete. Run ./portal demo to complete it.",
        ) from None
    return commands.run(home, options, rest, steps)


def nothing_here(command: str) -> int:
    """Say that there is nothing to stop or show yet."""
    say("还没有安装，也没有运行。", "Nothing is installed or running.")
    return 3 if command == "status" else 0


def inside(home: Home) -> bool:
    """Whether this interpreter is the environment's own."""
    return Path(sys.prefix).resolve() == home.venv.resolve()


def provide(home: Home, command: str, steps: Steps) -> None:
    """Bring the environment up to date, saying so where it takes time."""
    test = command in ("test", "lint")
    jars = command in ("demo", "test", "ckan", "token")
    if command in EVEN_WITHOUT:
        return
    names = ("准备运行环境（Python 包、Solr）", "get Python packages and Solr")
    ready = bootstrap.packages_ready(home, test) and bootstrap.jars_ready(home)
    if command == "demo":
        with steps.step(*names) as step, home.lock("install"):
            bootstrap.ensure(home, step, test, jars)
    elif not ready:
        with Step(phrase(*names)) as step, home.lock("install"):
            bootstrap.ensure(home, step, test, jars)


def early_port_check(wanted: int) -> None:
    """Say at once, before the long first start, that a port is taken."""
    if not port_free(wanted):
        raise Trouble(
            f"端口 {wanted} 已被其他程序占用，请用 --port 换一个。",
            f"Port {wanted} is taken by another program; choose one with --port.",
        )
