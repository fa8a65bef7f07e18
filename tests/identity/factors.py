"""A clock and a device for tests of second factors."""

from __future__ import annotations

import re
import time
from typing import Any

import pyotp

from ckanext.edudata.identity import second_factor
from tests.visitors import words

ENTER = "/account/second-factor"


class Clock:
    """Time as the factor sees it; goes on by steps of 30 seconds."""

    def __init__(self, monkeypatch: Any) -> None:
        self.at = time.time() + 60
        monkeypatch.setattr(second_factor, "now", lambda: self.at)

    def on(self, seconds: int = 30) -> None:
        self.at += seconds


def code(secret: str, clock: Clock) -> str:
    return pyotp.TOTP(secret).at(int(clock.at))


def set_up(visitor: Any, clock: Clock, url: str = ENTER) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    page = visitor.text(url)
    found = re.search(r'edw-secret"[^>]*>([^<]+)<', page)
    assert found, "no key on the page"
    secret = re.sub(r"\s", "", found[1])
    answer = visitor.post(url, {"code": code(secret, clock)})
    assert answer.status_code == 200, words(answer)
    return secret, re.findall(r"<code>([a-z0-9-]{14})</code>", words(answer))
