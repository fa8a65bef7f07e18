"""Mails of notices, each in its reader's language."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import ckan.plugins.toolkit as tk
import click
from flask import current_app, has_app_context
from flask_babel import force_locale

from ckanext.edudata.feedback import mailing

_IN_A_ROW = 3
"""Failures after which a run leaves the rest: the server is away, and each would have
to be waited for."""


def send_mails(notice_ids: list[str]) -> int:
    """Send what is due of these; how many were sent."""
    sent = failed = 0
    with on_a_page():
        for place, each in enumerate(notice_ids, 1):
            state = mailing.send(each)
            sent += state == "sent"
            failed = failed + 1 if state in ("waiting", "failed") else 0
            if failed == _IN_A_ROW:
                mailing.put_off(notice_ids[place:])
                break
    return sent


def send_digests() -> int:
    """Send the daily mails that are due; how many were sent."""
    with on_a_page():
        return mailing.digests()


@contextlib.contextmanager
def on_a_page() -> Iterator[None]:
    """A worker has no page whose language and address it could follow."""
    app = current_app._get_current_object() if has_app_context() else None  # type: ignore[attr-defined]
    if app is None:
        command = click.get_current_context(silent=True)
        app = command.meta.get("flask_app") if command else None
    if app is None:
        yield
        return
    with app.test_request_context():
        yield


@contextlib.contextmanager
def _site_language() -> Iterator[None]:
    """The same, in the site's language."""
    with on_a_page():
        if not has_app_context():
            yield
            return
        with force_locale(tk.config.get("ckan.locale_default") or "zh_Hans_CN"):
            yield
