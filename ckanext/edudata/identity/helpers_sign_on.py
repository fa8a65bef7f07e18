"""What pages ask for of the institution's single sign-on."""

from __future__ import annotations


def edudata_sign_on_title(user_id: str | None = None) -> str:
    """Name of the single sign-on as people know it; empty if there is none.

    :param user_id: empty too if this person's account is linked to none (optional)
    """
    return ""
