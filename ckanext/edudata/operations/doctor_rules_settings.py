"""Rules of the doctor about CKAN's settings and plugins, its mail and its services."""

from __future__ import annotations

import logging
from importlib import metadata
from urllib.parse import parse_qs, urlsplit

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations.doctor import Config, Rule
from ckanext.edudata.operations.doctor_rules import loopback

PLUGINS = {
    "resource_proxy": "unsafe",
    "webpage_view": "unsafe",
    "datapusher": "unsafe",
    "xloader": "unsafe",
}
"""They fetch addresses that people type, or load files past the check."""

LONGEST_SESSION = 4 * 3600
MOST_ROWS = 5000

LIBRARIES = {"lxml": (6, 1), "pyarrow": (23, 0, 1), "pypdf": (6, 16, 1)}
"""Oldest versions that stand the hostile files of the tests."""


def _sessions(config: Config) -> str | None:
    kind = config.get("SESSION_TYPE")
    if kind == "redis":
        return None
    return tk._("Sessions are kept in {kind}: they can be replayed.").format(kind=kind)


def _session_time(config: Config) -> str | None:
    for name in ("PERMANENT_SESSION_LIFETIME", "WTF_CSRF_TIME_LIMIT"):
        seconds = int(config.get(name) or 0)
        if not 0 < seconds <= LONGEST_SESSION:
            said = tk._("{name} is {seconds} seconds.")
            return said.format(name=name, seconds=seconds)
    return None


def _cookies(config: Config) -> str | None:
    if not str(config.get("ckan.site_url") or "").startswith("https://"):
        return None
    for name in ("SESSION_COOKIE_SECURE", "REMEMBER_COOKIE_SECURE"):
        if not tk.asbool(config.get(name) or False):
            return tk._("The setting {name} is off.").format(name=name)
    return None


def _forgery(config: Config) -> str | None:
    if tk.asbool(config.get("WTF_CSRF_ENABLED", True)):
        return None
    return tk._("The setting {name} is off.").format(name="WTF_CSRF_ENABLED")


def _plugins(config: Config) -> str | None:
    named = [n for n in tk.aslist(config.get("ckan.plugins") or []) if n in PLUGINS]
    if not named:
        return None
    return tk._("Plugins that go past the check: {names}.").format(
        names=", ".join(named)
    )


def _rows(config: Config) -> str | None:
    rows = int(config.get("ckan.datastore.search.rows_max") or 0)
    if rows <= MOST_ROWS:
        return None
    return tk._("One call may read {rows} rows.").format(rows=rows)


def _mail(config: Config) -> str | None:
    server = str(config.get("smtp.server") or "")
    if (
        not server
        or loopback(server)
        or tk.asbool(config.get("smtp.starttls") or False)
    ):
        return None
    return tk._("Mail with links that set passwords goes out without TLS.")


def _error_mails(config: Config) -> str | None:
    if not config.get("email_to"):
        return None
    return tk._("Errors are mailed with the cookies and tokens of whoever met them.")


def _redis(config: Config) -> str | None:
    address = str(config.get("ckan.redis.url") or "")
    parts = urlsplit(address)
    if parts.scheme == "unix" or loopback(address) or parts.password:
        return None
    return tk._("Redis, which keeps the sessions, is reached without a password.")


def _solr(config: Config) -> str | None:
    address = str(config.get("solr_url") or "")
    if loopback(address) or config.get("solr_user") or urlsplit(address).password:
        return None
    return tk._("Solr is reached without a password.")


def _reader(config: Config) -> str | None:
    write, read = (
        _who(str(config.get(f"ckan.datastore.{name}_url") or ""))
        for name in ("write", "read")
    )
    if write != read or not write:
        return None
    return tk._("The DataStore is read by the account that writes it.")


def _who(address: str) -> str:
    parts = urlsplit(address)
    return parts.username or "".join(parse_qs(parts.query).get("user", []))


def _loud(config: Config) -> str | None:
    if not logging.getLogger("ckan").isEnabledFor(logging.DEBUG):
        return None
    return tk._("The log of CKAN is at DEBUG: it holds beginnings of tokens.")


def _libraries(config: Config) -> str | None:
    old = []
    for name, least in LIBRARIES.items():
        try:
            words = metadata.version(name).split(".")[:3]
        except metadata.PackageNotFoundError:
            continue
        if tuple(int(word) for word in words if word.isdecimal()) < least:
            old.append(name)
    if not old:
        return None
    return tk._("Readers of files that are too old: {names}.").format(
        names=", ".join(old)
    )


RULES = [
    Rule("sessions", "unsafe", _sessions, "Set SESSION_TYPE to redis."),
    Rule(
        "session-time",
        "weak",
        _session_time,
        "Set it to 1800, and to no more than four hours.",
    ),
    Rule("cookies", "unsafe", _cookies, "Set it to true: the site is behind TLS."),
    Rule("csrf", "unsafe", _forgery, "Set it to true, or take it out."),
    Rule("plugins", "unsafe", _plugins, "Take them out of ckan.plugins."),
    Rule("rows", "weak", _rows, "Set ckan.datastore.search.rows_max to 5000 or less."),
    Rule("mail", "unsafe", _mail, "Set smtp.starttls to true."),
    Rule(
        "error-mails",
        "unsafe",
        _error_mails,
        "Take email_to out of the ini; route the portal's events instead.",
    ),
    Rule("redis", "unsafe", _redis, "Give Redis a password and put it in its address."),
    Rule("solr", "weak", _solr, "Give Solr a user, and set solr_user, solr_password."),
    Rule(
        "datastore-reader",
        "unsafe",
        _reader,
        "Give ckan.datastore.read_url an account that only reads.",
    ),
    Rule("log-level", "weak", _loud, "Set the level of the logger ckan to INFO."),
    Rule("libraries", "unsafe", _libraries, "Install what the portal's lock names."),
]
