"""What the desk shows of this room."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata import web


def edudata_notices() -> dict[str, Any]:
    """Unread notices of the person, `{unread, results}`; `about` names the data."""
    if tk.current_user.is_anonymous:
        return {"unread": 0, "results": []}
    found = web.call("edudata_notice_list", unread=True, limit=10)
    for notice in found["results"]:
        notice["about"] = edudata_notice_about(notice)
    return found


def edudata_notices_waiting() -> int:
    """How many notices wait for the person, for the navigation."""
    if tk.current_user.is_anonymous:
        return 0
    return web.call("edudata_notice_list", unread=True, limit=1)["unread"]


def edudata_notice_about(notice: dict[str, Any]) -> str:
    """Title of the data a notice is about, where the person may see them."""
    object_type, object_id = notice["object_type"], notice["object_id"]
    if notice.get("dataset_id"):
        object_type, object_id = "dataset", notice["dataset_id"]
    try:
        if object_type == "resource":
            resource = web.call("resource_show", id=object_id)
            package = web.call("package_show", id=resource["package_id"])
            name = resource.get("name") or resource.get("original_name") or ""
            return f"{package['title']} · {name}" if name else package["title"]
        if object_type in ("entry", "dataset"):
            return str(web.call("package_show", id=object_id)["title"])
    except (tk.ObjectNotFound, tk.NotAuthorized):
        pass
    return ""


def edudata_alarms() -> list[dict[str, Any]]:
    """Open reports about the data of the person's units."""
    if tk.current_user.is_anonymous:
        return []
    return web.call("edudata_alarm_list")
