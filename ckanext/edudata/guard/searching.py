"""One connection to Solr for each thread, kept between searches.

CKAN 2.12 opens a new one for every search and reads the environment anew for each.
Only what asks goes by a kept connection: writing into the index keeps CKAN's own way.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from typing import Any

import requests
from ckan.lib.search import query
from requests.adapters import HTTPAdapter
from requests.utils import get_netrc_auth

IDLE = 30.0
"""Seconds after which a connection is not used again: Solr itself ends them later."""

_own = threading.local()


def install(app: Any) -> None:
    """Let CKAN's searches go by kept connections."""
    made: Any = query.make_connection
    if not hasattr(made, "edudata_kept"):
        query.make_connection = _keeping(made)


def _keeping(made: Any) -> Any:
    @functools.wraps(made)
    def connection(*args: Any, **kwargs: Any) -> Any:
        solr = made(*args, **kwargs)
        # Where pysolr (or a newer CKAN) brings a session, that one stays.
        if getattr(solr, "session", solr) is None:
            solr.session = _session(solr)
        return solr

    connection.edudata_kept = True  # type: ignore[attr-defined]
    return connection


def _session(solr: Any) -> requests.Session:
    """This thread's session for that address, in this process, used a moment ago."""
    whose = (os.getpid(), solr.url, solr.verify)
    now = time.monotonic()
    found, known, used = getattr(_own, "kept", (None, None, 0.0))
    if found is None or known != whose or now - used > IDLE:
        if found is not None and known is not None and known[0] == whose[0]:
            found.close()
        found = _made(solr)
    _own.kept = found, whose, now
    return found


class _Again(HTTPAdapter):
    """Solr may end a connection just when it is used again: asked once more, anew.

    All that goes by these connections are searches, which change nothing.
    """

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            return super().send(request, *args, **kwargs)
        except requests.ConnectTimeout:
            raise
        except requests.ConnectionError:
            return super().send(request, *args, **kwargs)


def _made(solr: Any) -> requests.Session:
    session = requests.Session()
    for kind in ("http://", "https://"):
        session.mount(kind, _Again(pool_connections=1, pool_maxsize=1))
    # What the environment says of proxies, certificates and passwords, read once.
    said = session.merge_environment_settings(solr.url, {}, None, solr.verify, None)
    session.proxies, session.verify = said["proxies"], said["verify"]
    session.auth = get_netrc_auth(solr.url)
    session.trust_env = False
    return session
