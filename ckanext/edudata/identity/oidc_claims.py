"""What an identity token must say before it is believed (OpenID Connect Core 3.1.3.7).

Pure. The signature was checked before; here it is whose word it is, for whom, about
which log-in and when.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any

SKEW = 60
"""Seconds by which clocks may differ."""
LONGEST = 3600
"""Oldest token that is taken, in seconds, whatever it says of its end."""

_SUBJECT = re.compile(r"[\x20-\x7e]{1,255}")
_SYMMETRIC_OR_NONE = re.compile(r"(?i)none|hs\d+|")


class ClaimError(ValueError):
    """The token is not believed; `args[0]` is a code for the log."""


def algorithms(wanted: Iterable[str]) -> list[str]:
    """Signatures to take: never none, never one with a secret that both sides know."""
    return [name for name in wanted if not _SYMMETRIC_OR_NONE.fullmatch(name)]


def checked(
    claims: Mapping[str, Any],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    now: float,
    max_age: int | None = None,
) -> str:
    """The subject of a token that may be believed.

    :param max_age: the person must have been asked by the institution not longer than
        so many seconds ago (optional)
    :raises ClaimError: it may not be
    """
    if claims.get("iss") != issuer:
        raise ClaimError("issuer")
    audience = claims.get("aud")
    for_us = [audience] if isinstance(audience, str) else audience
    if not isinstance(for_us, list) or client_id not in for_us:
        raise ClaimError("audience")
    party = claims.get("azp")
    if (len(for_us) > 1 or party is not None) and party != client_id:
        raise ClaimError("party")
    said = claims.get("nonce")
    if not isinstance(said, str) or not nonce or not _same(said, nonce):
        raise ClaimError("nonce")
    ends, made = _moment(claims, "exp"), _moment(claims, "iat")
    if ends <= now - SKEW:
        raise ClaimError("expired")
    if made > now + SKEW or made < now - LONGEST:
        raise ClaimError("issued_at")
    if "nbf" in claims and _moment(claims, "nbf") > now + SKEW:
        raise ClaimError("not_yet")
    if max_age is not None:
        asked = _moment(claims, "auth_time")
        if asked < now - max_age - SKEW or asked > now + SKEW:
            raise ClaimError("auth_time")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise ClaimError("subject")
    return subject


def is_strong(claims: Mapping[str, Any], accepted: Iterable[str]) -> bool:
    """Whether the institution says that it asked for two factors, in accepted words."""
    words = {word for word in accepted if word}
    methods = claims.get("amr")
    said = set(methods) if isinstance(methods, list) and _texts(methods) else set()
    if isinstance(claims.get("acr"), str):
        said.add(claims["acr"])
    return bool(words & said)


def _texts(values: list[Any]) -> bool:
    return all(isinstance(each, str) for each in values)


def _same(said: str, expected: str) -> bool:
    return hmac.compare_digest(said.encode(), expected.encode())


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ClaimError(name)
    return float(value)
