"""What the account's pages ask for."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ckanext.edudata.identity import menu


def edudata_account_menu() -> list[dict[str, str | bool]]:
    """Pages of one's own account: `[{url, label, here}]`."""
    me = tk.current_user
    if not me.is_authenticated:
        return []
    path = tk.request.path.rstrip("/")
    found = []
    for address, label in menu.ENTRIES:
        url = address.format(name=me.name)
        if _is_page(url):
            here = url in (path, f"{path}/{me.name}") or path == url.replace(
                me.name, me.id
            )
            found.append({"url": tk.h.url_for(url), "label": tk._(label), "here": here})
    return found


def edudata_registers() -> bool:
    """Whether the public opens accounts here itself."""
    asked = tk.config["ckanext.edudata.identity.registration"]
    return bool(asked and tk.config.get("smtp.server"))


def edudata_password_length() -> int:
    """Characters that a new password has at least."""
    return max(int(tk.config["ckanext.edudata.identity.password_length"]), 8)


def edudata_epoch(seconds: int) -> str:
    """A moment that is kept as epoch seconds, in the words of the page."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return tk.h.edudata_moment(moment.isoformat())


def _is_page(path: str) -> bool:
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint = adapter.match(path, method="GET")[0]
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return endpoint != "static"
