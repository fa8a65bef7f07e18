"""The configuration, apart from its keys.

A backup holds how the portal was set up, never what opens what it holds: passwords,
keys and secrets are taken out into a file of their own, to be kept elsewhere.
"""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.cli import CKANConfigLoader
from ckan.config.environment import CONFIG_FROM_ENV_VARS

_SECRET = re.compile(
    r"secret|passw|passphrase|credential|salt|dsn|private_key|"
    r"(?:^|[._])(?:[a-z]+_)?(?:keys?|token)$|access_key",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?P<scheme>[a-z0-9+]+://[^/@:\s]*):[^@\s]*@", re.IGNORECASE)
SEALING = ("ckanext.edudata.applicants.keys", "ckanext.edudata.identity.keys")


def divided(values: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Settings without secrets, and the secrets. Pure.

    Of an address with a password the address stays, and the whole is a secret too.
    """
    plain, secret = {}, {}
    for key, value in sorted(values.items()):
        if _SECRET.search(key):
            secret[key] = value
            continue
        plain[key] = _ADDRESS.sub(r"\g<scheme>@", value)
        if plain[key] != value:
            secret[key] = value
    return plain, secret


def as_lines(values: dict[str, str]) -> bytes:
    """Settings as they stand in the configuration file. Pure."""
    lines = [
        f"{key} = {value}".replace("%", "%%").replace("\n", "\n  ")
        for key, value in values.items()
    ]
    return ("[app:main]\n" + "\n".join(lines) + "\n").encode()


def given() -> dict[str, str]:
    """What the operator has set, in the file and by variables."""
    path = str(tk.config.get("__file__") or "")
    found: dict[str, Any] = {}
    if os.path.exists(path):
        found = dict(CKANConfigLoader(path).get_config())
    for key, variable in CONFIG_FROM_ENV_VARS.items():
        if os.environ.get(variable):
            found[key] = os.environ[variable]
    return {
        key: str(value)
        for key, value in found.items()
        if key not in ("here", "__file__") and not key.startswith("CKAN_")
    }


def key_names() -> dict[str, list[str]]:
    """Names of the keys that sealed fields need: a restored portal has to have them.

    A name is no key, and tells nothing of it.
    """
    return {
        setting: [
            blake2b(
                b"edudata backup", digest_size=6, key=word.encode()[:64]
            ).hexdigest()
            for word in str(tk.config.get(setting) or "").split()
        ]
        for setting in SEALING
    }


def _name(key: str) -> str:
    return blake2b(b"edudata backup", digest_size=6, key=key.encode()[:64]).hexdigest()


def object_key() -> bytes:
    """Under which names of files' contents are made: who has a file at hand cannot
    find out from a backup whether the portal has it too."""
    secret = str(tk.config.get("SECRET_KEY") or "").encode()
    return blake2b(b"edudata backup objects", key=secret[:64]).digest()
