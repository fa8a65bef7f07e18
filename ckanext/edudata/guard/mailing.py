"""Mail goes to the server that was meant, and nobody on the way reads it.

CKAN 2.12.0 calls `starttls()` without a context (CVE-2026-41132): Python then takes any
certificate, and who stands between reads the password of the mail account and every
link that resets one. Here the certificate is checked against the system's authorities
(or those of `SSL_CERT_FILE`) and against the name in `smtp.server`; a server that does
not show the right one gets nothing. It also may not be silent for ever.
"""

from __future__ import annotations

import inspect
import re
import smtplib
import ssl
from typing import Any

from ckan.lib import mailer

PATIENCE = 20
"""Seconds that a mail server may keep silent."""

UNCHECKED = re.compile(r"\.starttls\(\s*\)")


class CheckedSMTP(smtplib.SMTP):
    """CKAN's connection, with a certificate that is looked at."""

    def __init__(self, host: str = "", port: int = 0, **options: Any) -> None:
        options.setdefault("timeout", PATIENCE)
        super().__init__(host, port, **options)

    def starttls(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """Start TLS with the server named.

        :raises smtplib.SMTPException: it is not the one named, as far as can be told
        """
        if not args and not options.get("keyfile"):
            options["context"] = options.get("context") or ssl.create_default_context()
        try:
            return super().starttls(*args, **options)
        except ssl.SSLError as error:
            # What CKAN expects of a failing server; without it, no mail and no reason.
            self.close()
            raise smtplib.SMTPException(
                f"The mail server's certificate was refused: {error.reason}"
            ) from None

    def quit(self) -> tuple[int, bytes]:
        """End the session; one that has broken off has ended."""
        if self.sock is None:
            return (221, b"closed")
        return super().quit()


class _Smtplib:
    """smtplib as the mailer sees it."""

    SMTP = CheckedSMTP

    def __getattr__(self, name: str) -> Any:
        return getattr(smtplib, name)


def needed() -> bool:
    """Whether this CKAN trusts any certificate."""
    return bool(UNCHECKED.search(inspect.getsource(mailer._mail_recipient)))


def install(app: Any) -> None:
    """Have CKAN's mailer look at certificates."""
    if needed():
        mailer.smtplib = _Smtplib()
