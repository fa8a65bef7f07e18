"""Forged requests are refused for good, not until somebody anonymous passes by.

CKAN 2.12 exempts the view of every request that comes with an API token or without a
login from the CSRF check (`ckan_before_request`), and Flask-WTF keeps exemptions for
the life of the process: one anonymous request to a form disarms it for everybody. Here
an exemption ends with its request.
"""

from __future__ import annotations

from typing import Any

from ckan.config.middleware.flask_app import csrf
from flask import g, has_request_context


class _OfThisRequest(set[str]):
    """Exempt views: none is remembered; those who bring no cookie need no token."""

    def add(self, element: str) -> None:
        if not has_request_context():
            super().add(element)

    def __contains__(self, view: object) -> bool:
        if super().__contains__(view):
            return True
        return has_request_context() and bool(g.get("login_via_auth_header"))


def install(app: Any) -> None:
    """Put our exemptions in the place of Flask-WTF's."""
    csrf._exempt_views = _OfThisRequest()
