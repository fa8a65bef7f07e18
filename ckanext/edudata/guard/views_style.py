"""The site's own style sheet in a file: in the page it would need `unsafe-inline`."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

edudata_style = Blueprint("edudata_style", __name__)


@edudata_style.route("/site.css")
def sheet() -> Response:
    """`ckan.site_custom_css`, as CKAN's page of settings keeps it."""
    answer = Response(tk.config.get("ckan.site_custom_css") or "", mimetype="text/css")
    answer.add_etag()
    answer.make_conditional(tk.request.environ)
    return answer
