"""What people sent is handed out as a file, never as a page of this site.

CKAN 2.12 means to (`as_response` says that files are attachments by default), but the
storage on disk answers by `send_file`, which marks everything as `inline` first; and
the type of an uploaded resource is what its owner wrote. HTML, SVG or PDF with script
would run as the site. Here they are attachments, and a browser that opens one anyway
gives it no origin. Pictures of units and people are still shown within pages.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response

FILES = frozenset({"file.download", "file.trusted_download", "file.public_download"})
"""Views of CKAN that hand out files of any storage."""

DOWNLOAD = "resource.download"
"""End of the names of those for files of datasets: `entry_resource.download` too."""

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

UPLOADS = "/uploads/"

SANDBOX = "default-src 'none'; sandbox"


def install(app: Any) -> None:
    """Look at each answer that is somebody's file."""
    app.after_request(attach)


def attach(response: Response) -> Response:
    """Have a file downloaded, not shown."""
    if not _sent_by_people() or response.status_code not in (200, 206, 304):
        return response
    picture = response.mimetype in PICTURES and tk.request.endpoint == "static"
    if not picture:
        _, _, name = response.headers.get("Content-Disposition", "").partition(";")
        mark = f"attachment;{name}" if name else "attachment"
        response.headers["Content-Disposition"] = mark
        response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _sent_by_people() -> bool:
    endpoint = tk.request.endpoint or ""
    if endpoint == "static":
        return tk.request.path.startswith(UPLOADS)
    return endpoint in FILES or endpoint.endswith(DOWNLOAD)
