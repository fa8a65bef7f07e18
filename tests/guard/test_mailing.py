"""CVE-2026-41132: mail is given to the server that was meant, or to none.

Stock 2.12.0 gives password and mail to whoever answers: tests/stock.
"""

from __future__ import annotations

import smtplib
import types

import pytest
from ckan.lib import mailer

from ckanext.edudata.guard import mailing
from tests.guard.smtp_server import server


def send():
    mailer.mail_recipient("收件人", "reader@example.org", "主题", "正文")


@pytest.fixture
def heard(app, tmp_path, ckan_config, monkeypatch):
    with server(tmp_path, "127.0.0.1") as found:
        for name, value in found.settings().items():
            monkeypatch.setitem(ckan_config, name, value)
        yield found


@pytest.mark.clause("8.1.4.8")
def test_a_certificate_that_nobody_vouches_for_gets_nothing(heard):
    with pytest.raises(mailer.MailerException, match="certificate"):
        send()
    assert (heard.passwords, heard.mails) == ([], [])


@pytest.mark.clause("8.1.4.8")
def test_the_server_that_was_meant_gets_the_mail(heard, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(heard.certificate))
    send()
    assert len(heard.passwords) == len(heard.mails) == 1


@pytest.mark.clause("8.1.4.8")
def test_a_good_certificate_of_another_name_gets_nothing(heard, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(heard.certificate))
    monkeypatch.setitem(mailer.config, "smtp.server", f"localhost:{heard.port}")
    with pytest.raises(mailer.MailerException):
        send()
    assert (heard.passwords, heard.mails) == ([], [])


def test_it_steps_aside_where_ckan_looks_itself(app, monkeypatch):
    assert mailing.needed()
    assert mailer.smtplib is not smtplib

    def _mail_recipient(connection, context):
        connection.starttls(context=context)

    monkeypatch.setattr(mailer, "_mail_recipient", _mail_recipient)
    monkeypatch.setattr(mailer, "smtplib", smtplib)
    assert not mailing.needed()
    mailing.install(types.SimpleNamespace())
    assert mailer.smtplib is smtplib


def test_a_server_that_is_silent_is_not_waited_for_for_ever(monkeypatch):
    asked = {}

    def connect(address, timeout, source):
        asked["timeout"] = timeout
        raise OSError("no server")

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(OSError, match="no server"):
        mailing.CheckedSMTP("mail.example.org", 587)
    assert asked["timeout"] == mailing.PATIENCE
