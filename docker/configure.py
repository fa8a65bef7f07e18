"""Write CKAN's configuration from the one that ./portal uses and the environment.

`python3 configure.py TEMPLATE TARGET`. Connections (CKAN_SQLALCHEMY_URL and the like)
are read by CKAN itself.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

SECRETS = {
    "secret_key": "EDUDATA_SECRET_KEY",
    "csrf_key": "EDUDATA_CSRF_KEY",
    "token_key": "EDUDATA_TOKEN_KEY",
}
SHORTEST = 32
SEALING = {
    "applicants_key": "EDUDATA_APPLICANTS_KEYS",
    "identity_key": "EDUDATA_IDENTITY_KEYS",
}
"""Several for a time, while one takes the place of another: the first one seals."""

OPTIONAL = {
    "backup_folder": "EDUDATA_BACKUP_DIR",
    "backup_key": "EDUDATA_BACKUP_KEY",
    "postgres_programs": "EDUDATA_POSTGRES_PROGRAMS",
}

DEMONSTRATION = "ckanext.edudata.environment = demonstration"
PRODUCTION = "ckanext.edudata.environment = production\nckanext.edudata.proxy_hops = "
"""A production site starts only where the doctor finds nothing unsafe."""


def configuration(template: str, environ: Mapping[str, str]) -> str:
    """The template with its places filled in.

    :raises ValueError: a variable is missing, or no secret
    """
    values = {"connections": ""}
    for place, variable in SECRETS.items():
        values[place] = environ.get(variable, "")
        if not re.fullmatch(f"[A-Za-z0-9_-]{{{SHORTEST},}}", values[place]):
            raise ValueError(
                f"{variable}: give {SHORTEST} or more letters and digits, "
                "as `openssl rand -hex 32` makes them"
            )
    one = "(?:[0-9a-f]{64}|[A-Za-z0-9_-]{43})"
    for place, variable in SEALING.items():
        values[place] = environ.get(variable, "").strip()
        if not re.fullmatch(f"{one}(?: {one})*", values[place]):
            raise ValueError(
                f"{variable}: give 64 hexadecimal digits, as `openssl rand -hex 32` "
                "makes them, or several such keys with blanks between them"
            )
    values["site_url"] = environ.get("CKAN_SITE_URL", "")
    values["storage"] = environ.get("CKAN_STORAGE_PATH", "")
    for place, variable in (
        ("site_url", "CKAN_SITE_URL"),
        ("storage", "CKAN_STORAGE_PATH"),
    ):
        if not values[place]:
            raise ValueError(f"{variable} is not set")
    for place, variable in OPTIONAL.items():
        values[place] = environ.get(variable, "").strip()
        if not values[place].isprintable():
            raise ValueError(f"{variable}: give one line")
    text = template
    for place, value in values.items():
        text = text.replace(f"@{place}@", value)
    left = re.search(r"^[^;#\n]*@(\w+)@", text, re.MULTILINE)
    if left:
        raise ValueError(f"nothing is known for @{left[1]}@ of the template")
    if values["site_url"].startswith("https:"):
        text = re.sub(r"^(\w+_COOKIE_SECURE) = false$", r"\1 = true", text, flags=re.M)
    return for_production(text, environ)


def for_production(text: str, environ: Mapping[str, str]) -> str:
    """The configuration of a site with real data behind proxies.

    :raises ValueError: the number of proxies is none
    """
    hops = environ.get("EDUDATA_PROXY_HOPS") or "1"
    if not hops.isdecimal():
        raise ValueError("EDUDATA_PROXY_HOPS: give the number of your proxies")
    if DEMONSTRATION not in text:
        raise ValueError(f"the template has no line “{DEMONSTRATION}”")
    return text.replace(DEMONSTRATION, PRODUCTION + hops)


def main(template: str, target: str) -> None:
    """Write *target*, readable by its owner alone."""
    try:
        text = configuration(Path(template).read_text("utf-8"), os.environ)
    except ValueError as error:
        sys.exit(str(error))
    path = Path(target)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
