"""What search engines are asked to leave alone: all but the pages for everybody.

Every combination of filters is an address; machines that follow them all ask for more
pages than there are datasets by a thousand times.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from ckanext.edudata.guard.caching_rules import VIEWS


def install(app: Any) -> None:
    """Mark answers before they are kept."""
    app.after_request(mark)


def mark(response: Response) -> Response:
    """Say `noindex` of pages of one's own, of searches and of the API."""
    files = request.endpoint in ("static", "webassets.index", "edudata_style.sheet")
    if not files and (request.endpoint not in VIEWS or set(request.args) - {"page"}):
        response.headers["X-Robots-Tag"] = "noindex"
    return response
