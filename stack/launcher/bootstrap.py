"""Makes the portal's environment: pinned packages and Solr's jars.

Standard library only. Everything is installed again only when a lock changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .home import Home
from .pipconfig import uv_environment
from .programs import end, explain, full_disk, run
from .say import Step, Trouble

COLD_BYTES = 2_500_000_000
BOOT = "requirements-boot.txt"
MAGIC = "import pylibmagic"  # before any `import magic`: brings the library along


def digest(*parts: Path | str) -> str:
    """A digest of files and words: what was installed, in short."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return sha.hexdigest()


def lock_file(home: Home, test: bool) -> Path:
    """The lock to install: the portal's, or that of the tests, which includes it."""
    name = "requirements-test.txt" if test else "requirements.txt"
    return home.root / "stack" / name


def packages_digest(home: Home, test: bool) -> str:
    """Changes when the environment has to be installed again."""
    setup = home.root / "setup.py"
    return digest(lock_file(home, test), setup, Path(__file__), str(home.root))


def packages_ready(home: Home, test: bool = False) -> bool:
    """Whether the environment holds what the lock says."""
    stamps = home.read("installed.json")
    enough = stamps.get("test") == packages_digest(home, test=True)
    if not test and stamps.get("portal") == packages_digest(home, test=False):
        enough = True
    return enough and interpreter_works(home)


def jars_ready(home: Home) -> bool:
    """Whether Solr's jars are those of the list."""
    wanted = digest(home.root / "stack/solr/jars.txt")
    return home.read("installed.json").get("jars") == wanted and home.jars.is_dir()


def ensure(home: Home, step: Step, test: bool = False, jars: bool = True) -> None:
    """Bring environment and jars up to their locks, side by side."""
    need_jars = jars and not jars_ready(home)
    need_packages = not packages_ready(home, test)
    if not need_jars and not need_packages:
        return
    needed = 300_000_000 if home.python.exists() else COLD_BYTES
    if shutil.disk_usage(home.path).free < needed:
        raise full_disk(home.path, needed)
    log = home.logs / "install.log"
    boot(home, log)
    fetch = start_jars(home) if need_jars else None
    try:
        if need_packages:
            step.note = "packages"
            install(home, log, test)
        if fetch:
            step.note = "Solr"
            finish_jars(home, fetch)
    except BaseException:
        if fetch and fetch.poll() is None:
            end(fetch)
        raise


def boot(home: Home, log: Path) -> None:
    """The small environment that holds the installer."""
    pins = home.root / "stack" / BOOT
    wanted = digest(pins)
    stamps = home.read("installed.json")
    python = home.boot / "bin" / "python"
    if stamps.get("boot") == wanted and (home.boot / "bin/uv").exists():
        return
    shutil.rmtree(home.boot, ignore_errors=True)
    uv = shutil.which("uv")
    install = [python, "-m", "pip", "install", "-q"]
    if uv:
        run([uv, "venv", "-q", "--python", sys.executable, home.boot], log)
        install = [uv, "pip", "install", "-q", "--python", python]
    elif has_module("ensurepip") or debian_venv(log):
        run([sys.executable, "-m", "venv", home.boot], log)
    elif has_module("pip"):
        run([sys.executable, "-m", "venv", "--without-pip", home.boot], log)
        install = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    else:
        raise Trouble(
            "这个 Python 缺少 venv（ensurepip）。请先安装，例如："
            "sudo apt install python3-venv，然后重新运行。",
            "This Python has no venv (ensurepip). Install it first, for example: "
            "sudo apt install python3-venv, and run again.",
        )
    run([*install, "-r", pins], log, uv_environment(os.environ) if uv else None)
    stamp(home, boot=wanted)


def has_module(name: str) -> bool:
    """Whether a new interpreter of this Python can import the module."""
    command = [sys.executable, "-c", f"import {name}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def debian_venv(log: Path) -> bool:
    """As root on Debian, install the missing venv module with apt."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    version = f"python3.{sys.version_info[1]}-venv"
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    for package in (version, "python3-venv"):
        try:
            run(["apt-get", "update", "-q"], log, quiet)
            run(["apt-get", "install", "-q", "-y", package], log, quiet)
        except Trouble:
            continue
        if has_module("ensurepip"):
            return True
    return False


def install(home: Home, log: Path, test: bool) -> None:
    """Install the lock and, editable, the project itself."""
    uv = home.boot / "bin" / "uv"
    environ = uv_environment(os.environ)
    if not interpreter_works(home):
        shutil.rmtree(home.venv, ignore_errors=True)
        run([uv, "venv", "-q", "--python", sys.executable, home.venv], log, environ)
    stamp(home, portal=None, test=None)  # half done is not done
    pip = [uv, "pip"]
    here = ["-q", "--python", home.python]
    run([*pip, "sync", *here, lock_file(home, test)], log, environ)
    project = ["--no-deps", "--no-build-isolation", "-e", home.root]
    run([*pip, "install", *here, *project], log, environ)
    for site in home.venv.glob("lib/python3*/site-packages"):
        (site / "portal_magic.pth").write_text(MAGIC + "\n")
    key = "test" if test else "portal"
    other = "portal" if test else "test"
    stamp(home, **{key: packages_digest(home, test), other: None})


def interpreter_works(home: Home) -> bool:
    """Whether the environment's interpreter is still there, whichever made it."""
    python = home.python
    return python.exists() and os.access(python.resolve(), os.X_OK)


def start_jars(home: Home) -> subprocess.Popen[str]:
    """Begin to fetch Solr's jars."""
    script = Path(__file__).with_name("jars.py")
    listing = home.root / "stack/solr/jars.txt"
    with open(home.logs / "jars.log", "w", encoding="utf-8") as log:
        return subprocess.Popen(
            [home.boot / "bin" / "python", script, listing, home.jars],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )


def finish_jars(home: Home, fetch: subprocess.Popen[str]) -> None:
    """Wait for the jars."""
    if fetch.wait():
        log = home.logs / "jars.log"
        raise explain(log.read_text(encoding="utf-8"), log, "Solr")
    stamp(home, jars=digest(home.root / "stack/solr/jars.txt"))


def stamp(home: Home, **values: str | None) -> None:
    """Remember what was installed."""
    home.write("installed.json", home.read("installed.json") | values)
