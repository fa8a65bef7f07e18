"""Rules of the doctor about secrets, and about what a production site may not be."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations.doctor import Config, Rule

SECRETS = (
    "SECRET_KEY",
    "WTF_CSRF_SECRET_KEY",
    "api_token.jwt.encode.secret",
    "api_token.jwt.decode.secret",
    "ckanext.edudata.applicants.keys",
    "ckanext.edudata.identity.keys",
)
NEEDED = SECRETS[:4]
PAIR = set(SECRETS[2:4])
"""One secret signs tokens and reads them."""

SHORTEST = 32
FEWEST = 8
_KNOWN = re.compile(r"change|secret|password|example|demo|tests?[-_]|12345|admin", re.I)
_LOOPBACK = ("127.", "localhost", "[::1]")


def loopback(address: str) -> bool:
    """Whether an address leads to this machine."""
    host = urlsplit(address if "//" in address else f"//{address}").netloc
    return host.rpartition("@")[2].startswith(_LOOPBACK)


def _secret(config: Config, name: str) -> str:
    value = str(config.get(name) or "").strip()
    kind, _, rest = value.partition(":")
    if kind == "file" and rest:
        return Path(rest).read_text(encoding="utf-8").strip()
    return rest if kind == "string" else value


def _secrets(config: Config) -> str | None:
    weak = []
    for name in SECRETS:
        # Several keys may stand in one setting while they change.
        words = _secret(config, name).split() or ([""] if name in NEEDED else [])
        if any(not _good(word) for word in words):
            weak.append(name)
    if not weak:
        return None
    said = tk._("Short, guessable or missing secrets: {names}.")
    return said.format(names=", ".join(weak))


def _good(word: str) -> bool:
    enough = len(word) >= SHORTEST and len(set(word)) >= FEWEST
    return enough and not _KNOWN.search(word)


def _shared(config: Config) -> str | None:
    for one, other in combinations(SECRETS, 2):
        same = _secret(config, one) and _secret(config, one) == _secret(config, other)
        if same and {one, other} != PAIR:
            said = tk._("{one} and {other} are the same secret.")
            return said.format(one=one, other=other)
    return None


def _debug(config: Config) -> str | None:
    for name in ("debug", "testing", "DEBUG"):
        if tk.asbool(config.get(name) or False):
            return tk._("The setting {name} is on.").format(name=name)
    return None


def _plain_http(config: Config) -> str | None:
    site = str(config.get("ckan.site_url") or "")
    if site.startswith("https://"):
        return None
    return tk._("The site's address {url} is not https.").format(url=site)


def _proxies(config: Config) -> str | None:
    if config.get("ckanext.edudata.proxy_hops"):
        return None
    if not str(config.get("ckan.site_url") or "").startswith("https://"):
        return None
    return tk._("No proxy is counted, though TLS mostly ends at one.")


def _readable(config: Config) -> str | None:
    open_to_all = []
    for name, forbidden in (("__file__", 0o077), ("ckan.storage_path", 0o007)):
        path = Path(str(config.get(name) or "/no/such/file"))
        if path.exists() and path.stat().st_mode & forbidden:
            open_to_all.append(str(path))
    if not open_to_all:
        return None
    said = tk._("Other accounts of this machine can get at: {paths}.")
    return said.format(paths=", ".join(open_to_all))


def _environment(config: Config) -> str | None:
    known = ("production", "demonstration", "test")
    name = str(config.get("ckanext.edudata.environment"))
    if name == "production":
        return None
    if name in known:
        said = tk._("This is a {name} site: it starts with anything unsafe.")
    else:
        said = tk._("There is no environment {name}; it counts as production.")
    return said.format(name=name)


def _unknown_names(config: Config) -> str | None:
    from ckanext.edudata.operations import doctor

    names = {rule.name for rule in doctor.rules()}
    strange = [n for n in tk.aslist(config.get(doctor.ACCEPT) or []) if n not in names]
    if not strange:
        return None
    return tk._("Accepted, but no rule: {names}.").format(names=", ".join(strange))


RULES = [
    Rule(
        "secrets",
        "unsafe",
        _secrets,
        "Give each of them 32 or more random characters: openssl rand -hex 32.",
    ),
    Rule(
        "shared-secrets",
        "unsafe",
        _shared,
        "Give each a secret of its own: openssl rand -hex 32.",
    ),
    Rule("debug", "unsafe", _debug, "Set it to false: it shows code and settings."),
    Rule(
        "plain-http",
        "unsafe",
        _plain_http,
        "Have TLS in front of the portal, and set ckan.site_url to its https address.",
    ),
    Rule(
        "proxy-hops",
        "weak",
        _proxies,
        "Set ckanext.edudata.proxy_hops to the number of your proxies; else all "
        "visitors count as one address.",
    ),
    Rule(
        "readable-files",
        "unsafe",
        _readable,
        "Take the rights of others away: chmod 600 for the ini, chmod 750 for the "
        "storage.",
    ),
    Rule(
        "environment",
        "weak",
        _environment,
        "Set ckanext.edudata.environment to production where real data are.",
    ),
    Rule(
        "accepted-names",
        "weak",
        _unknown_names,
        "Take them out of ckanext.edudata.doctor.accept, or spell them right.",
    ),
]
