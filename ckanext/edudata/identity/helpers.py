"""What the account's pages ask for."""

from __future__ import annotations

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
            here = path == url or path == url.replace(me.name, me.id)
            found.append({"url": tk.h.url_for(url), "label": tk._(label), "here": here})
    return found


def edudata_registers() -> bool:
    """Whether the public opens accounts here itself."""
    asked = tk.config["ckanext.edudata.identity.registration"]
    return bool(asked and tk.config.get("smtp.server"))


def _is_page(path: str) -> bool:
    adapter = current_app.url_map.bind("localhost")
    try:
        endpoint = adapter.match(path, method="GET")[0]
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return endpoint != "static"
