"""Applications as their applicant sees them: all parts on one page."""

from __future__ import annotations

from typing import Any

from ckanext.edudata.requests import drafts_apply, forms, showing
from ckanext.edudata.requests.model import Application, Request


def _head(application: Application, parts: list[Request]) -> dict[str, Any]:
    return {
        "id": application.id,
        "number": application.number,
        "version": application.version,
        "created_at": application.created_at.isoformat(),
        "draft": bool(parts) and all(part.state == "draft" for part in parts),
    }


def brief(application: Application) -> dict[str, Any]:
    """A line of one's list."""
    parts = drafts_apply.parts(application.id)
    found = [showing.brief(part) for part in parts]
    return {**_head(application, parts), "parts": found}


def whole(application: Application, user_id: str) -> dict[str, Any]:
    """All of it, to its applicant."""
    parts = drafts_apply.parts(application.id)
    found = [showing.whole(part, user_id) for part in parts]
    first = found[0] if found else {"form": {}, "agreement": None}
    return {
        **_head(application, parts),
        **{name: first["form"].get(name, "") for name in forms.COMMON},
        "agreement": first["agreement"],
        "parts": found,
    }
