"""The buttons on an entry's page that let it release by itself, and no longer."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint

from ckanext.edudata import web

by_itself = web.answer_refusals(Blueprint("edudata_by_itself", __name__))

_DONE = {
    "start": "From now on, new rows that are clear are released by themselves.",
    "end": "New rows wait for a review again.",
}


@by_itself.route("/entry/<id>/by-itself/<any(start, end):command>", methods=["POST"])
def switch(id: str, command: str) -> Any:
    """Switch it on or off; why it cannot be is said on the entry's page."""
    pkg = web.call("package_show", id=id)
    try:
        web.call(f"edudata_by_itself_{command}", id=pkg["id"])
    except tk.ValidationError as error:
        for item in web.summary(error, {}):
            tk.h.flash_error(item["message"])
    else:
        tk.h.flash_success(tk._(_DONE[command]))
    return tk.redirect_to("entry.read", id=pkg["name"], _anchor="by-itself")
