"""The language of workbooks and of what is said of them: the site's.

A workbook goes from hand to hand and comes back through another page, a job or the
command line; its headings are the same everywhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import click
from flask import current_app, has_app_context, has_request_context
from flask_babel import force_locale


@contextlib.contextmanager
def site_language() -> Iterator[None]:
    """Messages and labels in the site's language, on a page and where there is none."""
    with contextlib.ExitStack() as stack:
        if not has_request_context():
            app = current_app._get_current_object() if has_app_context() else None  # type: ignore[attr-defined]
            if app is None:
                command = click.get_current_context(silent=True)
                app = command.meta.get("flask_app") if command else None
            if app is None:
                yield
                return
            stack.enter_context(app.test_request_context())
        stack.enter_context(force_locale(_locale()))
        yield


def label(text: Any) -> str:
    """A label of a schema, `{language: words}` or a message id, in that language."""
    if not isinstance(text, dict):
        return tk._(text) if text else ""
    return str(text.get(_locale()) or next(iter(text.values()), ""))


def _locale() -> str:
    return tk.config.get("ckan.locale_default") or "zh_Hans_CN"
