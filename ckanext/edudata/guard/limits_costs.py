"""What a request costs, in points. Pure.

One point is about what an ordinary page takes to make. Who has many points left may
read on; whoever asks for what is dear runs out of them sooner.
"""

from __future__ import annotations

from collections.abc import Mapping

KEPT = 0.2
"""An answer that is kept already (`caching.py`)."""

FREE = frozenset({"static", "webassets.index", "edudata_style.sheet"})
"""Views of files that belong to every page."""

APART = ("/healthz", "/readyz", "/metrics")
"""Asked by machines that watch the site: no limit, an allow list of their own."""

ENTRANCE = (
    "/user/login",
    "/user/logged_in",
    "/user/logged_out",
    "/user/_logout",
    "/user/reset",
    "/user/register",
    "/account/second-factor",
    "/account/step-up",
    "/account/captcha",
    "/oidc",
)
"""Ways to log in: a budget of their own, so that a busy address shuts nobody out.
Wrong passwords are counted by the log-in itself."""

PAGES = {
    "dataset.search": 2.0,
    "edudata_portal.index": 2.0,
    "edudata_portal.unit_tree": 2.0,
    "edudata_portal.unit": 2.0,
    "feeds.custom": 3.0,
    "edudata_dcat.catalog": 4.0,
    "edudata_open_list.gathered": 4.0,
    "datastore.dump": 10.0,
    "resource.download": 5.0,
    "dataset_resource.download": 5.0,
    "edudata_extracts.download": 5.0,
}

ACTIONS = {
    "status_show": 0.5,
    "help_show": 0.5,
    "site_read": 0.5,
    "package_search": 2.0,
    "resource_search": 5.0,
    "current_package_list_with_resources": 10.0,
    "datastore_search": 2.0,
    "datastore_search_sql": 10.0,
    "datastore_create": 5.0,
    "datastore_upsert": 5.0,
    "edudata_release": 5.0,
    "edudata_check_run": 5.0,
    "edudata_desensitize": 5.0,
}

ROWS = 500.0
"""Rows of an answer that cost one point more."""

FACETS = 3
"""Filters of one search that cost nothing; each more is a point."""

WRITING = 2.0
"""Times that what changes something costs more than what reads."""


def apart(path: str) -> bool:
    """Whether a path, without its language, is watched by machines."""
    return path in APART


def entrance(path: str) -> bool:
    """Whether a path, without its language, is a way to log in."""
    return any(path == way or path.startswith(way + "/") for way in ENTRANCE)


def cost(
    endpoint: str | None,
    method: str,
    action: str | None,
    asked: Mapping[str, str],
    filters: int = 0,
) -> float:
    """Points of a request.

    :param endpoint: Flask's name of the view, None where there is none
    :param action: name of the action, where the view is the API's
    :param asked: parameters of the address
    :param filters: how many of them narrow a search
    """
    if endpoint in FREE:
        return 0.0
    if endpoint == "api.action":
        points = ACTIONS.get(action or "", 1.0)
    else:
        points = PAGES.get(endpoint or "", 1.0)
    points += max(0, filters - FACETS)
    points += min(20.0, max(number(asked, "limit"), number(asked, "rows")) / ROWS)
    points += min(10.0, (number(asked, "page") * 20 + number(asked, "start")) / 2000)
    points += min(10.0, number(asked, "offset") / 100_000)
    if method not in ("GET", "HEAD", "OPTIONS") and endpoint != "api.action":
        points *= WRITING
    return points


def number(asked: Mapping[str, str], name: str) -> float:
    """A number that was asked for; 0 for what is none."""
    text = asked.get(name) or ""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0.0
