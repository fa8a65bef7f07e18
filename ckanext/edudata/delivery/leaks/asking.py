"""Questions over HTTP: places filled, asked, and read. Nothing is ever written."""

from __future__ import annotations

import io
import re
import secrets
import threading
import time
import uuid
import zipfile
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import requests

from ckanext.edudata.delivery.leaks import judging
from ckanext.edudata.delivery.leaks.things import Answer, Person, Probe

_TEXT = re.compile(r"text|json|xml|javascript|rdf|turtle|n3|^$")
LONGEST = 4_000_000
"""Characters of an answer that are read."""


class Asker:
    """Asks the portal at *url* as one person after another; safe for threads."""

    def __init__(self, url: str, timeout: float = 60) -> None:
        self.url, self.timeout = url.rstrip("/"), timeout
        self._own = threading.local()

    def ask(self, person: Person, probe: Probe, address: str) -> Answer:
        """Put one question; redirects are read, not followed."""
        headers = dict(probe.headers)
        if person.token:
            headers["Authorization"] = person.token
        try:
            answer = self._session.request(
                probe.method,
                self.url + address,
                headers=headers,
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return Answer(failed=type(error).__name__)
        return Answer(
            status=answer.status_code,
            text=judging.readable(_text(answer)),
            place=judging.readable(answer.headers.get("Location", "")),
            kind=answer.headers.get("Content-Type", ""),
            cache=answer.headers.get("Cache-Control", ""),
        )

    def seconds(self, person: Person, probe: Probe, address: str) -> float:
        """How long an answer takes."""
        began = time.perf_counter()
        self.ask(person, probe, address)
        return time.perf_counter() - began

    @property
    def _session(self) -> requests.Session:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            # The portal is asked itself, never by way of a proxy.
            self._own.session.trust_env = False
            self._own.session.cookies.set_policy(_NoCookies())
        return self._own.session


class _NoCookies(DefaultCookiePolicy):
    """Each question is asked by a stranger to the one before."""

    def set_ok(self, cookie: Any, request: Any) -> bool:
        return False


def _text(answer: requests.Response) -> str:
    kind = answer.headers.get("Content-Type", "")
    if answer.content[:2] == b"PK":
        return _unpacked(answer.content)
    if not _TEXT.search(kind) and kind != "application/octet-stream":
        return ""
    return answer.content[:LONGEST].decode("utf-8", errors="replace")


def _unpacked(content: bytes) -> str:
    """The text of all parts of a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            texts = [parts.read(name)[:LONGEST] for name in parts.namelist()]
    except zipfile.BadZipFile:
        return ""
    return "\n".join(text.decode("utf-8", errors="replace") for text in texts)


def filled(address: str, values: Mapping[str, str]) -> str:
    """An address with its places filled, percent-encoded."""
    known = {**values, **places(values)}
    return re.sub(r"{(\w+)}", lambda m: quote(known[m[1]], safe="/"), address)


def places(values: Mapping[str, str]) -> dict[str, str]:
    """Where CKAN keeps the upload of a resource, and we a file of a digest."""
    found = {}
    if "resource" in values:
        rid = values["resource"]
        found["place"] = f"{rid[:3]}/{rid[3:6]}/{rid[6:]}"
    if "digest" in values:
        found["digest_place"] = f"{values['digest'][:2]}/{values['digest']}"
    return found


def made_up(value: str) -> str:
    """Something of the same shape that nothing has."""
    try:
        uuid.UUID(value)
        return str(uuid.uuid4())
    except ValueError:
        pass
    return "".join(_other(char) for char in value)


def _other(char: str) -> str:
    if char in "0123456789":
        return str(secrets.randbelow(10))
    if char in "abcdef":
        return secrets.choice("abcdef")
    if "a" <= char <= "z" or "A" <= char <= "Z":
        return secrets.choice("qwxyz" if char.islower() else "QWXYZ")
    if "\u4e00" <= char <= "\u9fa5":
        return chr(0x4E00 + secrets.randbelow(0x5000))
    return char
