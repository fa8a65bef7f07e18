"""Answers to somebody are for them alone: no cache on the way may keep them.

CKAN marks as private what it renders from a template for people who are logged in, and
as `public` everything else: answers of the API to them, downloads, refusals. A shared
cache would hand these to the next who asks.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, request


def install(app: Any) -> None:
    """Mark all answers to people who are known."""
    app.after_request(mark)


def mark(response: Response) -> Response:
    """Make an answer private where the question named a person."""
    if known():
        # CKAN's own marking reads this where it comes later.
        request.environ["__no_cache__"] = "True"
        cache = response.cache_control
        cache.public, cache.private = False, True
    return response


def known() -> bool:
    """Whether the request comes with a token, or from somebody who is logged in."""
    if brings_token():
        return True
    return bool(tk.current_user and tk.current_user.is_authenticated)


def brings_token() -> bool:
    """Whether the request comes with a token, a true one or not."""
    names = {"Authorization", tk.config.get("apitoken_header_name") or "Authorization"}
    return any(request.headers.get(name) for name in names)
