"""A mail server that keeps what it gets, and an open dataset had on conditions."""

from __future__ import annotations

import socket

import pytest
from aiosmtpd.controller import Controller

from tests.delivery.conftest import data  # noqa: F401


class Sink:
    """A mail server that keeps what it gets, or refuses."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.refuse = False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse:
            return "451 try later"
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def sink(ckan_config, monkeypatch):
    handler = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setitem(ckan_config, "smtp.server", f"127.0.0.1:{port}")
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portal@example.org")
    yield handler
    controller.stop()
