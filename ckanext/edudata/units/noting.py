"""Who founds or changes a unit is noted, in the transaction of CKAN's own action.

CKAN tells its plugins of a unit that is written, but not who writes it: the actor is
kept beside the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ckan.types import Context

from ckanext.edudata.audit import trail
from ckanext.edudata.units import people

_actor: ContextVar[tuple[str | None] | None] = ContextVar(
    "edudata_unit_actor", default=None
)


@contextmanager
def by(context: Context) -> Iterator[None]:
    """While CKAN writes a unit for the actor of *context*."""
    actor = None if people.is_system(context) else people.actor_id(context)
    token = _actor.set((actor,))
    try:
        yield
    finally:
        _actor.reset(token)


def written(action: str, unit: Any) -> None:
    """CKAN is about to commit a unit; what our own actions write they note."""
    actor = _actor.get()
    # CKAN tells of packages by hooks of the same names.
    if actor is None or not getattr(unit, "is_organization", False):
        return
    trail.record(
        action,
        actor_id=actor[0],
        object_type="unit",
        object_id=unit.id,
        unit_id=unit.id,
    )
