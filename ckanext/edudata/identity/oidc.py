"""Asking an institution's single sign-on who somebody is (OpenID Connect, code flow).

Authlib talks to it, joserfc proves signatures. Everything it says of itself is held
against the configured issuer; answers are small, quick and led nowhere else.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ckanext.edudata.identity import oidc_claims, second_factor

PREFIX = "ckanext.edudata.identity.oidc."
TIMEOUT = 5
LARGEST = 256 * 1024
KEEP = 600
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SignOnError(Exception):
    """The institution could not say who it is; `args[0]` is a code for the log."""


@dataclass(frozen=True)
class Answer:
    """Who somebody is at the institution."""

    issuer: str
    subject: str
    strong: bool


_kept: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = threading.Lock()


def configured() -> bool:
    """Whether the site has a single sign-on."""
    return bool(_setting("issuer") and _setting("client_id"))


def title() -> str:
    """Its name as people know it."""
    return _setting("title") or tk._("Single sign-on")


def begin(*, fresh: bool = False) -> tuple[str, dict[str, str]]:
    """An address to lead to, and what is to be kept in the session until the answer.

    :param fresh: the institution is to ask the person again now
    :raises SignOnError: it does not answer, or says that it is somebody else
    """
    known = _metadata()
    kept = {
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": secrets.token_urlsafe(48),
    }
    more = {"prompt": "login", "max_age": "0"} if fresh else {}
    with _client() as client:
        url, _ = client.create_authorization_url(
            _safe(known, "authorization_endpoint"),
            state=kept["state"],
            nonce=kept["nonce"],
            code_verifier=kept["verifier"],
            **more,
        )
    return url, kept


def finish(asked: Any, kept: dict[str, Any], *, max_age: int | None = None) -> Answer:
    """Who it is, from the answer that the browser brought.

    :param asked: arguments of the request
    :param kept: what `begin` gave, used once
    :raises SignOnError: it is not believed
    """
    if not secrets.compare_digest(
        str(asked.get("state") or "").encode(), str(kept.get("state") or "-").encode()
    ):
        raise SignOnError("state")
    known = _metadata()
    # RFC 9207: the answer of another provider is not taken to this one.
    said = asked.get("iss")
    required = known.get("authorization_response_iss_parameter_supported") is True
    if (said or required) and said != known["issuer"]:
        raise SignOnError("mixed_up")
    if asked.get("error") or not asked.get("code"):
        raise SignOnError("refused")
    try:
        with _client() as client:
            token = client.fetch_token(
                _safe(known, "token_endpoint"),
                code=asked["code"],
                code_verifier=kept["verifier"],
                timeout=TIMEOUT,
                allow_redirects=False,
            )
    except (AuthlibBaseError, requests.RequestException, ValueError):
        raise SignOnError("token") from None
    claims = _claims(known, token.get("id_token"))
    try:
        subject = oidc_claims.checked(
            claims,
            issuer=known["issuer"],
            client_id=_setting("client_id"),
            nonce=kept.get("nonce") or "",
            now=second_factor.now(),
            max_age=max_age,
        )
    except oidc_claims.ClaimError as error:
        raise SignOnError(str(error)) from None
    strong = oidc_claims.is_strong(claims, tk.config.get(PREFIX + "strong") or [])
    return Answer(known["issuer"], subject, strong)


def _claims(known: dict[str, Any], id_token: Any) -> dict[str, Any]:
    wanted = oidc_claims.algorithms(tk.config.get(PREFIX + "algorithms") or [])
    if not isinstance(id_token, str):
        raise SignOnError("no_identity")
    url = _safe(known, "jwks_uri")
    found = _proven(url, id_token, wanted)
    if found is None:
        # A key that is not known yet: they are changed from time to time.
        found = _proven(url, id_token, wanted, again=True)
    if found is None:
        raise SignOnError("signature")
    return found


def _proven(
    url: str, id_token: str, wanted: list[str], *, again: bool = False
) -> dict[str, Any] | None:
    try:
        found: Any = _get(url, again=again)
        keys = KeySet.import_key_set(found)
        return dict(jwt.decode(id_token, keys, algorithms=wanted).claims)
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _metadata() -> dict[str, Any]:
    issuer = _setting("issuer")
    if not configured():
        raise SignOnError("none")
    known = _get(issuer.rstrip("/") + "/.well-known/openid-configuration")
    if known.get("issuer") != issuer:
        raise SignOnError("issuer")
    return known


def _get(url: str, *, again: bool = False) -> dict[str, Any]:
    _check(url)
    with _lock:
        at, found = _kept.get(url, (0.0, {}))
    if found and time.monotonic() - at < (5 if again else KEEP):
        return found
    try:
        with requests.get(
            url, timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200:
                raise SignOnError("unreachable")
            body = answer.raw.read(LARGEST + 1, decode_content=True)
        found = json.loads(body) if len(body) <= LARGEST else None
    except (requests.RequestException, ValueError, OSError):
        raise SignOnError("unreachable") from None
    if not isinstance(found, dict):
        raise SignOnError("unreachable")
    with _lock:
        _kept[url] = (time.monotonic(), found)
    return found


def _client() -> Any:
    secret = _setting("client_secret")
    client: Any = OAuth2Session(
        _setting("client_id"),
        secret or None,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        scope="openid",
        redirect_uri=callback(),
        code_challenge_method="S256",
    )
    # No proxy and no password from the machine's own settings.
    client.trust_env = False
    return client


def callback() -> str:
    """Address to which the institution sends people back; register this one."""
    return tk.config["ckan.site_url"].rstrip("/") + "/account/sign-on/back"


def _safe(known: dict[str, Any], name: str) -> str:
    url = known.get(name)
    if not isinstance(url, str):
        raise SignOnError("metadata")
    _check(url)
    return url


def _check(url: str) -> None:
    parts = urlsplit(url)
    near = parts.scheme == "http" and parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (near and not _production()):
        raise SignOnError("not_tls")


def _production() -> bool:
    return tk.config.get("ckanext.edudata.environment") == "production"


def _setting(name: str) -> str:
    return str(tk.config.get(PREFIX + name) or "").strip()
