"""What all pages share: facets, and views of CKAN that lead elsewhere here."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from werkzeug.exceptions import NotFound

from ckanext.edudata.delivery import dump
from ckanext.edudata.guard import installing


def facets(facets_dict: dict[str, Any]) -> dict[str, Any]:
    """Ways into the list of datasets, in the words of the Measures."""
    facets_dict.clear()
    facets_dict.update(
        {
            "opening_class": tk._("Opening class"),
            "subject_database": tk._("Subject database"),
            "school_stage": tk._("School stage"),
            "district": tk._("District"),
            "organization": tk._("Unit"),
            "update_cycle": tk._("Update cycle"),
        }
    )
    return facets_dict


def middleware(app: Any) -> Any:
    """Put our views in the place of CKAN's that would go past the grants."""
    dump.install(app)
    installing.install(app)
    # Auth functions answer "not there" for what one may not see; some of CKAN's views
    # only expect a refusal.
    app.register_error_handler(
        tk.ObjectNotFound, lambda error: app.handle_http_exception(NotFound())
    )
    return app
