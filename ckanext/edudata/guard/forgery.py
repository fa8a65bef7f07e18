"""Forged requests are refused for good, not until somebody anonymous passes by.

CKAN 2.12 exempts the view of every request that comes with an API token or without a
login from the CSRF check (`ckan_before_request`), and Flask-WTF keeps exemptions for
the life of the process: one anonymous request to a form disarms it for everybody. Here
an exemption ends with its request, and no other site's form has one.
"""

from __future__ import annotations

import inspect
import re
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan.config.middleware import flask_app
from ckan.config.middleware.flask_app import csrf
from flask import g, has_request_context, request


class _OfThisRequest(set[str]):
    """Exempt views: none is remembered; those who bring no cookie need no token."""

    def add(self, element: str) -> None:
        if not has_request_context():
            super().add(element)

    def __contains__(self, view: object) -> bool:
        if super().__contains__(view):
            return True
        if not has_request_context() or not g.get("login_via_auth_header"):
            return False
        return not _form_of_another_site()


def _form_of_another_site() -> bool:
    """Nobody is logged in yet: another site's form could log them in as its owner.

    The API has no such form: who calls it without a token is nobody.
    """
    origin = request.headers.get("Origin")
    if not origin or request.headers.get(tk.config["apitoken_header_name"]):
        return False
    if (request.endpoint or "").startswith("api."):
        return False
    site = urlsplit(tk.config["ckan.site_url"])
    return urlsplit(origin).netloc not in (request.host, site.netloc)


def needed() -> bool:
    """Whether this CKAN exempts a view for good (CVE-2026-41255)."""
    asked = inspect.getsource(flask_app.ckan_before_request)
    return bool(re.search(r"\bcsrf\.exempt\(", asked))


def install(app: Any) -> None:
    """Put our exemptions in the place of Flask-WTF's."""
    if needed():
        csrf._exempt_views = _OfThisRequest()
