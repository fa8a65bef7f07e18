"""What a password has to be (GB/T 22239-2019 8.1.4.1 a). Pure; English message ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LEAST = 8
"""Characters that no setting goes below."""

MOST = 200
"""Characters; a hash of a megabyte would cost the portal more than its sender."""

#: Words that the lists of guessers begin with; a tail of digits and signs is no secret.
_COMMON = (
    "password passw0rd passwort qwerty qwertyuiop qwer asdf asdfgh asdfghjkl zxcv "
    "zxcvbn zxcvbnm qazwsx qazwsxedc admin administrator root welcome letmein "
    "iloveyou monkey dragon abc abcd abcde abcdef abcdefg abc123 test guest user "
    "login changeme secret shanghai jiaoyu jiaowei edu education ckan edudata "
    "woaini woaini1314 nihao mima huawei china zhongguo beijing school xuexiao "
    "teacher laoshi student xuesheng sunshine princess football baseball master "
    "p@ssw0rd p@ssword"
)
COMMON = frozenset(_COMMON.split())
_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
_EDGE = re.compile(r"^[^a-z@]+|[^a-z@]+$")

SHORT = "The password has fewer than {least} characters."
LONG = "The password is longer than {most} characters."
PLAIN = (
    "The password needs three of these four: small letters, capital letters, digits, "
    "other characters."
)
NAMED = "The password contains the username, the name or the mail address."
GUESSED = "The password is one that is guessed first, or a row of equal characters."


def problems(
    password: str, least: int, about: Iterable[str | None] = ()
) -> list[tuple[str, dict[str, int]]]:
    """What is to be mended: message ids, with the numbers that go into them.

    :param least: characters it must have; at least `LEAST`
    :param about: the account's names and its mail address
    """
    least = max(least, LEAST)
    if len(password) > MOST:
        return [(LONG, {"most": MOST})]
    found: list[tuple[str, dict[str, int]]] = []
    if len(password) < least:
        found.append((SHORT, {"least": least}))
    if sum(bool(re.search(each, password)) for each in _CLASSES) < 3:
        found.append((PLAIN, {}))
    plain = _folded(password)
    if any(part in plain for part in _parts(about)):
        found.append((NAMED, {}))
    if _EDGE.sub("", plain) in COMMON or len(set(plain)) < 5:
        found.append((GUESSED, {}))
    return found


def _parts(about: Iterable[str | None]) -> set[str]:
    parts: set[str] = set()
    for each in about:
        whole = _folded(each or "")
        local = whole.partition("@")[0]
        parts |= {local, *re.split(r"[^\w]+", local)}
    # Shorter ones stand in many a password by chance.
    return {part for part in parts if len(part) >= 4}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
