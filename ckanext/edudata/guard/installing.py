"""What is put around CKAN's application, in the order in which it is asked."""

from __future__ import annotations

from typing import Any

from ckanext.edudata.guard import (
    addresses,
    away,
    bounds,
    caching,
    failing,
    forgery,
    headers,
    hosts,
    limits,
    mailing,
    nonsense,
    privately,
    resetting,
    robots,
    searching,
    statements,
    uploads,
)
from ckanext.edudata.identity import changing, step_up, watching
from ckanext.edudata.operations import observing, starting


def install(app: Any) -> None:
    """Add each guard to the application once; called when it is made."""
    forgery.install(app)
    failing.install(app)
    nonsense.install(app)
    privately.install(app)
    caching.install(app)
    limits.install(app)
    # After the caches: what is said while something is away is not kept.
    away.install(app)
    bounds.install(app)
    statements.install(app)
    searching.install(app)
    robots.install(app)
    mailing.install(app)
    resetting.install(app)
    uploads.install(app)
    changing.install()
    watching.install(app)
    # Whose session it still is, is asked to show the second factor.
    step_up.install(app)
    starting.install(app)
    # What comes last is asked first: everything behind these knows who asks for what.
    hosts.install(app)
    # Health is asked by any name; who may ask goes by the address.
    observing.install(app)
    addresses.install(app)
    # Outermost: what any of these answers itself carries the headers too.
    headers.install(app)
