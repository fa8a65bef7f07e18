"""What is put around CKAN's application, in the order in which it is asked."""

from __future__ import annotations

from typing import Any

from ckanext.edudata.guard import addresses, failing, forgery, headers, privately


def install(app: Any) -> None:
    """Add each guard to the application once; called when it is made."""
    addresses.install(app)
    forgery.install(app)
    failing.install(app)
    privately.install(app)
    headers.install(app)
