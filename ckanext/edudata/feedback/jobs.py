"""Mails of notices, in the site's language."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import ckan.plugins.toolkit as tk
import click
from flask import current_app, has_app_context
from flask_babel import force_locale

from ckanext.edudata.feedback import telling


def send_mails(notice_ids: list[str]) -> int:
    """Send what is due of these; how many were sent."""
    with _site_language():
        return sum(telling.send(each) == "sent" for each in notice_ids)


@contextlib.contextmanager
def _site_language() -> Iterator[None]:
    """A worker has no page whose language and address it could follow."""
    app = current_app._get_current_object() if has_app_context() else None  # type: ignore[attr-defined]
    if app is None:
        command = click.get_current_context(silent=True)
        app = command.meta.get("flask_app") if command else None
    if app is None:
        yield
        return
    with (
        app.test_request_context(),
        force_locale(tk.config.get("ckan.locale_default") or "zh_Hans_CN"),
    ):
        yield
