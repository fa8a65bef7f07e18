"""Asking as somebody who is not logged in."""

from __future__ import annotations

from typing import Any


def anonymous() -> Any:
    """Context of somebody who is not logged in."""
    return {"user": "", "auth_user_obj": None}
