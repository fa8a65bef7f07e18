"""A small OpenID Connect provider on loopback, which can be made to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT = "portal"
SECRET = "not-a-secret-1"


class Provider:
    """`lies` changes claims of the next tokens, `header` and `key` their signature."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.other = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.lies: dict[str, Any] = {}
        self.trick = ""
        self.told_issuer = ""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, b"")

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                provider.answer(self, self.rfile.read(size))

            def log_message(self, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def log_in(self, address: str, subject: str) -> dict[str, str]:
        """The person was asked and is known: what the browser takes back."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "sub": subject}
        return {"code": code, "state": asked["state"]}

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        routes = {
            "/.well-known/openid-configuration": self._metadata,
            "/jwks": lambda: {"keys": [self.key.as_dict(private=False)]},
        }
        path = urlsplit(handler.path).path
        if path in routes:
            self._send(handler, 200, routes[path]())
        elif path == "/token":
            status, said = self._token(handler, body)
            self._send(handler, status, said)
        else:
            self._send(handler, 404, {})

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.told_issuer or self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/jwks",
        }

    def _token(
        self, handler: BaseHTTPRequestHandler, body: bytes
    ) -> tuple[int, dict[str, Any]]:
        sent = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            handler.headers.get("Authorization") != f"Basic {known}"
            or asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != sent.get("redirect_uri")
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": asked["sub"],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "email": "somebody@example.edu.cn",
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = {"access_token": "x", "token_type": "Bearer"}
        return 200, {**token, "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.trick == "none":
            head = {"alg": "none", "typ": "JWT"}
            parts = [json.dumps(part).encode() for part in (head, claims)]
            packed = [base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts]
            return ".".join([*packed, ""])
        if self.trick == "public_key_as_secret":
            secret = OctKey.import_key(self.key.as_pem(private=False).hex())
            return jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret)
        if self.trick == "client_secret":
            secret = OctKey.import_key(SECRET)
            return jwt.encode({"alg": "HS256"}, claims, secret)
        key = self.other if self.trick == "other_key" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
