"""Codes of second factors: time-based ones (RFC 6238) and recovery codes. Pure."""

from __future__ import annotations

import hmac
import secrets
import unicodedata

from pyotp import random_base32
from pyotp.totp import TOTP

INTERVAL = 30
DIGITS = 6
AROUND = 1
"""Steps before and after the clock's that are taken: clocks differ, people type."""

RECOVERY = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_LONG = 12

FREE = 5
"""Wrong codes in a row before the next one has to wait."""
_WAITS = (30, 60, 300, 900, 3600)


def new_secret() -> str:
    """A secret of 160 bits, in base32."""
    return random_base32(32)


def uri(secret: str, account: str, issuer: str) -> str:
    """Address that authenticator programs read from a QR code."""
    return TOTP(secret, digits=DIGITS, interval=INTERVAL).provisioning_uri(
        name=account, issuer_name=issuer
    )


def at(secret: str, step: int) -> str:
    """The code of a step."""
    return TOTP(secret, digits=DIGITS, interval=INTERVAL).generate_otp(step)


def matching(secret: str, typed: str, now: float, last: int) -> int | None:
    """The step that a code is of, if it is right and was not taken before.

    :param now: epoch, in seconds
    :param last: step of the last code that was taken
    """
    code = plain(typed)
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    here, found = int(now // INTERVAL), None
    for step in range(here - AROUND, here + AROUND + 1):
        # All are compared: how long it takes tells nothing.
        if hmac.compare_digest(at(secret, step), code) and step > last:
            found = found or step
    return found


def plain(typed: str) -> str:
    """What was typed without blanks and hyphens, full-width digits as plain ones."""
    words = unicodedata.normalize("NFKC", typed[:64]).lower()
    return "".join(sign for sign in words if sign.isalnum())


def new_recovery() -> list[str]:
    """Ten codes of 12 letters (59 bits), in groups of four."""
    found = []
    for _ in range(RECOVERY):
        word = "".join(secrets.choice(_LETTERS) for _ in range(_LONG))
        found.append("-".join(word[at : at + 4] for at in range(0, _LONG, 4)))
    return found


def is_recovery(typed: str) -> bool:
    """Whether it looks like a recovery code."""
    code = plain(typed)
    return len(code) == _LONG and all(sign in _LETTERS for sign in code)


def wait(failures: int) -> int:
    """Seconds until the next code is looked at, after so many wrong ones in a row."""
    if failures < FREE:
        return 0
    return _WAITS[min(failures - FREE, len(_WAITS) - 1)]
