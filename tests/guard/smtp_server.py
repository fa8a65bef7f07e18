"""A mail server that speaks TLS with a certificate nobody knows."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "portal", "mail-account-9"


class Heard:
    """What reached the server."""

    def __init__(self, port: int, certificate: Path) -> None:
        self.port, self.certificate = port, certificate
        self.passwords: list[bytes] = []
        self.mails: list[bytes] = []

    async def handle_DATA(  # noqa: N802 - as aiosmtpd calls it
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        self.mails.append(envelope.content)
        return "250 OK"

    def settings(self, name: str = "127.0.0.1") -> dict[str, Any]:
        return {
            "smtp.server": f"{name}:{self.port}",
            "smtp.starttls": True,
            "smtp.user": USER,
            "smtp.password": PASSWORD,
            "smtp.mail_from": "portal@example.org",
        }


@contextmanager
def server(folder: Path, *names: str) -> Iterator[Heard]:
    """Run it; its certificate is good for *names* only."""
    certificate, key = _certificate(folder, names)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    heard = Heard(0, certificate)

    def enter(_server: Any, _session: Any, _envelope: Any, _how: str, pair: Any) -> Any:
        heard.passwords.append(pair.password)
        return AuthResult(success=True)

    controller = Controller(
        heard,
        hostname="127.0.0.1",
        port=_free(),
        tls_context=context,
        require_starttls=True,
        authenticator=enter,
        auth_required=True,
    )
    heard.port = controller.port
    controller.start()
    try:
        yield heard
    finally:
        controller.stop()


def _free() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _certificate(folder: Path, names: tuple[str, ...]) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([_name(name) for name in names]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "mail.crt", folder / "mail.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
