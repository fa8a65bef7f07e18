"""What may be kept, of which question, and under which name. Pure: no Redis, no CKAN.

Kept are answers to whom nothing is known of: no cookie, no token, no body, no header
that a view here could answer to. A new view is not kept before it stands here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

VIEWS = frozenset(
    {
        "edudata_portal.index",
        "edudata_portal.dataset",
        "edudata_portal.resource",
        "edudata_portal.version",
        "edudata_portal.unit",
        "edudata_portal.unit_tree",
        "edudata_portal.script_words",
        "api.i18n_js_translations",
        "dataset.search",
        "edudata_open_list.index",
        "edudata_open_list.unit",
        "edudata_open_list.version",
        "edudata_open_list.gathered",
        "edudata_open_list.compare",
        "edudata_demands.index",
        "edudata_dcat.catalog",
        "edudata_dcat.dataset",
        "home.about",
        "home.robots_txt",
        "feeds.general",
        "feeds.organization",
    }
)
"""Public pages, as Flask names them."""

READS = frozenset(
    {
        "datastore_info",
        "datastore_search",
        "organization_list",
        "organization_show",
        "package_list",
        "package_search",
        "package_show",
        "resource_show",
        "edudata_open_list_list",
        "edudata_open_list_show",
        "edudata_release_list",
        "edudata_release_show",
        "edudata_unit_tree",
    }
)
"""Public reads of the API."""

HEADERS = ("Content-Type", "Content-Disposition", "Link", "X-Robots-Tag")
"""Of an answer only these are kept: they say what it is, nothing of who asked."""

_PERSONAL = ("cookie", "authorization", "proxy-authorization", "range", "if-range")
_PARTIAL = ("hx-", "x-requested-with", "x-http-method", "transfer-encoding")

LONGEST = 2000
"""Longest query of which something is kept, in characters."""

LARGEST = 1 << 20
"""Largest answer that is kept, in bytes."""


def asks_for_itself(
    method: str,
    endpoint: str | None,
    action: str | None,
    query: str,
    headers: Iterable[tuple[str, str]],
    token_header: str,
) -> bool:
    """Whether the answer to a request could be the same for everybody.

    :param endpoint: Flask's name of the view
    :param action: name of the action, where the view is the API's
    :param query: the query as it came, without the question mark
    :param token_header: header in which tokens of the API come
    """
    if method not in ("GET", "HEAD") or len(query) > LONGEST:
        return False
    public = action in READS if endpoint == "api.action" else endpoint in VIEWS
    if not public:
        return False
    for name, value in headers:
        low = name.lower()
        if low in _PERSONAL or low == token_header.lower() or low.startswith(_PARTIAL):
            return False
        if low == "content-length" and value.strip() not in ("", "0"):
            return False
    return True


def may_be_kept(
    status: int, headers: Mapping[str, str], size: int | None, *, session: bool
) -> bool:
    """Whether an answer to such a request is one for everybody.

    :param size: bytes of the body, None where it comes piece by piece
    :param session: whether the request began or changed a session
    """
    if status != 200 or session or size is None or size > LARGEST:
        return False
    if "Set-Cookie" in headers or "Location" in headers or "Content-Range" in headers:
        return False
    said = headers.get("Cache-Control", "").lower()
    return not any(word in said for word in ("no-store", "private"))


def name(mark: str, build: str, *parts: str) -> str:
    """Name under which an answer is kept.

    :param mark: state of the public content
    :param build: what the running code is
    :param parts: scheme and host, language, path and query as they came
    """
    whole = hashlib.sha256()
    for part in (mark, build, *parts):
        data = part.encode("utf-8", "surrogateescape")
        # The length goes first: no two lists of parts read the same.
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()
