"""Runs programs, and turns the ways they fail into sentences that help."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from .say import Trouble

_NETWORK = re.compile(
    r"dns error|failed to lookup|name resolution|Name or service not known|"
    r"Network is unreachable|Connection refused|No route to host|timed out|"
    r"error sending request|NewConnectionError|Max retries exceeded|ProxyError|"
    r"tunnel error|Failed to fetch|certificate|ConnectError|ConnectionError",
    re.IGNORECASE,
)
REGISTRY_LOGS = ("install", "jars", "lock")  # of what talks to a package registry
_DISK = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)


def run(
    command: Iterable[str | Path],
    log: Path,
    environ: Mapping[str, str] | None = None,
    stdin: str = "",
) -> str:
    """Run a program, its output added to ``log``; its standard output.

    Raises Trouble that names the cause where the output shows a known one.
    """
    words = [str(word) for word in command]
    with open(log, "a", encoding="utf-8") as file:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=dict(os.environ) | dict(environ or {}),
        )
        try:
            output, _ = process.communicate(stdin)
        except BaseException:
            end(process)
            raise
        file.write(output)
    if process.returncode:
        raise explain(output, log, Path(words[0]).name)
    return output


def end(process: subprocess.Popen[str]) -> None:
    """Stop a program of ours and wait for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def explain(output: str, log: Path, what: str) -> Trouble:
    """The trouble behind a failed program, from what it printed."""
    if _DISK.search(output) or disk_full(log.parent):
        return full_disk(log.parent)
    if log.stem in REGISTRY_LOGS and _NETWORK.search(output):
        return Trouble(
            "连不上软件包仓库。请检查网络；有代理时设置 https_proxy，"
            f"有镜像时设置 PIP_INDEX_URL，然后重新运行。详情见 {log}",
            "The package registry cannot be reached. Check the network; set "
            "https_proxy for a proxy or PIP_INDEX_URL for a mirror, and run again. "
            f"Details: {log}",
        )
    last = "\n  ".join(output.strip().splitlines()[-5:])
    return Trouble(
        f"{what} 没有成功，详情见 {log}\n  {last}",
        f"{what} failed. Details: {log}\n  {last}",
    )


def disk_full(folder: Path, needed: int = 20_000_000) -> bool:
    """Whether fewer than ``needed`` bytes are free where the folder is."""
    return shutil.disk_usage(folder).free < needed


def full_disk(folder: Path, needed: int = 0) -> Trouble:
    """The trouble of a full disk, with what is free and what is needed."""
    free = shutil.disk_usage(folder).free / 1e9
    want = f"{needed / 1e9:.1f} GB" if needed else ""
    return Trouble(
        f"磁盘空间不足：{folder} 所在磁盘剩余 {free:.1f} GB"
        + (f"，需要 {want}" if want else "")
        + "。请清理磁盘，或用 EDUDATA_PORTAL_HOME=目录 换到另一块磁盘，再重新运行。",
        f"The disk is full: {free:.1f} GB free where {folder} is"
        + (f", {want} needed" if want else "")
        + ". Free some space, or choose another disk with "
        "EDUDATA_PORTAL_HOME=FOLDER, and run again.",
    )


def tail(path: Path, lines: int = 5) -> list[str]:
    """The last lines of a log, or none where there is no log."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - 20_000))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return []
    return [line for line in text.splitlines() if line.strip()][-lines:]
