"""What pages ask for of the institution's single sign-on."""

from __future__ import annotations

from ckanext.edudata.identity import keeping_sign_on, oidc


def edudata_sign_on_title(user_id: str | None = None) -> str:
    """Name of the single sign-on as people know it; empty if there is none.

    :param user_id: empty too if this person's account is not linked (optional)
    """
    if not oidc.configured() or (user_id and not keeping_sign_on.of(user_id)):
        return ""
    return oidc.title()
