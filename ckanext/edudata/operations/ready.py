"""What needs several services begins only while all of them answer."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ckanext.edudata.operations import services

RELEASE = ("datastore", "solr", "redis", "storage")


def for_release() -> None:
    """Refuse a release that would be left half done; stopping never asks this.

    Without Redis, pages kept in caches could not be taken back, and nobody could be
    told; without the others the table, the file or the index would be missing.

    :raises ValidationError: one of the services is away
    """
    state = services.state()
    if all(state[name] == services.UP for name in RELEASE):
        return
    raise tk.ValidationError(
        {
            "release": [
                tk._(
                    "A service that a release needs is away for the moment. Nothing "
                    "was released; everything else stays. Try again later."
                )
            ]
        }
    )
