"""One transaction of CKAN's database, kept whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
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


def one_at_a_time(key: str, shared: bool = False) -> None:
    """Wait for one's turn with what *key* names, until this transaction ends.

    :param shared: those who ask so wait for who asks alone, not for one another
    """
    kind = "_shared" if shared else ""
    model.Session.execute(
        sa.text(f"SELECT pg_advisory_xact_lock{kind}(hashtext(:key))"), {"key": key}
    )
