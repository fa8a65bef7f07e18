"""Carries a site's pip settings (mirror, certificate, proxy) over to uv.

uv reads neither pip.conf nor PIP_*; sites with a mirror have configured these.
Variables of uv's own, where set, win.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path

_OPTIONS = (
    "index-url extra-index-url find-links cert proxy trusted-host no-index timeout"
).split()


def pip_files(environ: Mapping[str, str]) -> list[Path]:
    """pip's configuration files, in the order in which pip reads them."""
    chosen = environ.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return []
    home = Path(environ.get("HOME", "/nonexistent"))
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), home / ".pip/pip.conf", config / "pip/pip.conf"]
    return files + ([Path(chosen)] if chosen else [])


def pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """pip's options as files and PIP_* variables set them."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(pip_files(environ), encoding="utf-8")
    except configparser.Error:
        parser = configparser.RawConfigParser()
    settings: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            items = {k.replace("_", "-"): v for k, v in parser.items(section)}
            settings |= {k: v for k, v in items.items() if k in _OPTIONS}
    for option in _OPTIONS:
        value = environ.get("PIP_" + option.upper().replace("-", "_"))
        if value:
            settings[option] = value
    return settings


def uv_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that make uv do what pip was told to."""
    pip = pip_settings(environ)
    found: dict[str, str] = {}
    if "index-url" in pip and not environ.get("UV_INDEX_URL"):
        found["UV_DEFAULT_INDEX"] = pip["index-url"]
    if "extra-index-url" in pip and not environ.get("UV_EXTRA_INDEX_URL"):
        found["UV_INDEX"] = " ".join(pip["extra-index-url"].split())
    links = [
        link
        for link in pip.get("find-links", "").split()
        if "://" in link or Path(link).expanduser().exists()
    ]
    if links:
        found["UV_FIND_LINKS"] = ",".join(links)
    if "cert" in pip:
        found["SSL_CERT_FILE"] = pip["cert"]
    if "trusted-host" in pip:
        found["UV_INSECURE_HOST"] = " ".join(pip["trusted-host"].split())
    if pip.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        found["UV_NO_INDEX"] = "1"
    if "proxy" in pip:
        found["HTTPS_PROXY"] = found["HTTP_PROXY"] = pip["proxy"]
    if pip.get("timeout", "").isdigit():
        found["UV_HTTP_TIMEOUT"] = pip["timeout"]
    return {k: v for k, v in found.items() if not environ.get(k)}
