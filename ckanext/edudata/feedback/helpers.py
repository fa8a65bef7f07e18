"""What the desk shows of this room."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web


def edudata_notices() -> dict[str, Any]:
    """Unread notices of the person, `{unread, results}`."""
    if tk.current_user.is_anonymous:
        return {"unread": 0, "results": []}
    return web.call("edudata_notice_list", unread=True, limit=10)


def edudata_alarms() -> list[dict[str, Any]]:
    """Open reports about the data of the person's units."""
    if tk.current_user.is_anonymous:
        return []
    return web.call("edudata_alarm_list")
