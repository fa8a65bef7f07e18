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
SEALING = "EDUDATA_APPLICANTS_KEYS"
"""Several for a time, while one takes the place of another: the first one seals."""


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
    values["applicants_key"] = environ.get(SEALING, "").strip()
    one = "(?:[0-9a-f]{64}|[A-Za-z0-9_-]{43})"
    if not re.fullmatch(f"{one}(?: {one})*", values["applicants_key"]):
        raise ValueError(
            f"{SEALING}: give 64 hexadecimal digits, as `openssl rand -hex 32` makes "
            "them, or several such keys with blanks between them"
        )
    values["site_url"] = environ.get("CKAN_SITE_URL", "")
    values["storage"] = environ.get("CKAN_STORAGE_PATH", "")
    for place, variable in (
        ("site_url", "CKAN_SITE_URL"),
        ("storage", "CKAN_STORAGE_PATH"),
    ):
        if not values[place]:
            raise ValueError(f"{variable} is not set")
    text = template
    for place, value in values.items():
        text = text.replace(f"@{place}@", value)
    left = re.search(r"^[^;#\n]*@(\w+)@", text, re.MULTILINE)
    if left:
        raise ValueError(f"nothing is known for @{left[1]}@ of the template")
    if values["site_url"].startswith("https:"):
        text = re.sub(r"^(\w+_COOKIE_SECURE) = false$", r"\1 = true", text, flags=re.M)
    return text


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
