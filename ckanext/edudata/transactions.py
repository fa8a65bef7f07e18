"""One transaction of CKAN's database, kept whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ckan import model


@contextmanager
def whole() -> Iterator[None]:
    """Committed at the end; of what fails on the way nothing stays, no lock either."""
    try:
        yield
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
