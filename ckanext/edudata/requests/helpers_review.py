"""What waits for a reviewer, for the desk."""

from __future__ import annotations

from typing import Any

from ckan.common import current_user

from ckanext.edudata import web

_SHOWN = 5


def edudata_requests_waiting() -> dict[str, Any] | None:
    """The head of the inbox, None for who decides nothing."""
    if current_user.is_anonymous or not web.may("edudata_request_inbox"):
        return None
    return web.call("edudata_request_inbox", limit=_SHOWN)
