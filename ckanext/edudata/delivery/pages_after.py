"""What the pages after a grant show: one grant with all that belongs to it."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.edudata import web
from ckanext.edudata.delivery import extract_files, extracts, holders, holding

GRANT_STATES = {
    "active": "In use",
    "frozen": "Frozen",
    "revoked": "Revoked",
    "ended": "Ended by the applicant",
    "expired": "Expired",
}


def my_grant(grant_id: str) -> Any:
    """A grant of one's own, or one that one may read by.

    :raises ObjectNotFound: there is none, or it is somebody else's
    """
    grant = holding.get(grant_id)
    if not holders.belongs(grant, tk.current_user.id):
        raise tk.ObjectNotFound(tk._("There is no such grant"))
    return grant


def grant_page(
    grant_id: str,
    error: tk.ValidationError | None = None,
    typed: dict[str, Any] | None = None,
) -> Any:
    """One's own grant: copies, report of use, handing on, recall."""
    row = my_grant(grant_id)
    grant = holding.shown(row)
    package = model.Package.get(row.dataset_id)
    mine = row.user_id == tk.current_user.id
    shown = tk.render(
        "edudata/delivery/grant.html",
        {
            "grant": grant,
            "dataset": package,
            "mine": mine,
            "reads": holders.holds(row, tk.current_user.id),
            "states": GRANT_STATES,
            "extracts": web.call("edudata_extract_list", grant_id=grant_id),
            "formats": extract_files.FORMATS,
            "extract_states": extracts.STATES,
            "failures": extracts.FAILURES,
            "hours": tk.config["ckanext.edudata.extracts.hours"],
            "typed": typed or {},
            "summary": web.summary(error, {"format": tk._("Form of the copy")})
            if error
            else [],
        },
    )
    return (shown, 422) if error else shown
