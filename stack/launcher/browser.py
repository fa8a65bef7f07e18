"""A Chromium for the browser tests: the system's, or installed where that can be."""

from __future__ import annotations

import os
import shutil
import subprocess

from .home import Home
from .programs import run
from .say import Trouble, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CJK_FONT = "fonts-wqy-zenhei"


def find() -> str | None:
    """The path of the system's Chromium, or the one named by CHROMIUM_PATH."""
    chosen = os.environ.get("CHROMIUM_PATH")
    if chosen and os.access(chosen, os.X_OK):
        return chosen
    return next((path for path in map(shutil.which, NAMES) if path), None)


def chinese_fonts() -> bool:
    """Whether some font of the system shows Chinese."""
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False
        )
    except FileNotFoundError:
        return False
    return bool(listed.stdout.strip())


def ensure(home: Home) -> str | None:
    """Chromium's path; installs it and a Chinese font as root on Debian."""
    path = find()
    missing = ([] if path else ["chromium"]) + (
        [] if chinese_fonts() else ["fontconfig", CJK_FONT]
    )
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        names = " ".join(missing)
        say(f"正在安装 {names} ……", f"Installing {names} …")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        log = home.logs / "install.log"
        try:
            run(["apt-get", "update", "-q"], log, quiet)
            options = ["-q", "-y", "--no-install-recommends"]
            run(["apt-get", "install", *options, *missing], log, quiet)
        except Trouble as trouble:
            say(trouble.zh, trouble.en)
        path = find()
    return path
