"""Who is told of what happens to an application."""

from __future__ import annotations

from ckanext.edudata.requests import states
from ckanext.edudata.requests.model import Request


def after(
    request: Request, transition: states.Transition, actor_id: str | None
) -> None:
    """Notices of a step, in its transaction."""
