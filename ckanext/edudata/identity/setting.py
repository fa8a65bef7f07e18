"""A new password, set by the owner of the account."""

from __future__ import annotations

from ckan import model

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import changing, second_factor, sessions, sleeping


def set_password(user: model.User, password: str, action: str) -> None:
    """Set it on record; other sessions end, and whatever link was mailed.

    :param action: password_change, or password_reset by a link, which also wakes an
        account that nobody gave a role
    """
    here = next((one["ref"] for one in sessions.list_of(user.id) if one["here"]), None)
    with changing.by_owner(user.id), transactions.whole():
        user.password = password
        user.reset_key = None  # type: ignore[assignment]
        if user.state == model.State.PENDING:
            user.activate()
        model.Session.flush()
        sessions.end_all(user.id, but=here)
        if action == "password_reset" and not second_factor.has_role(user.id):
            sleeping.wake(user.id, user.id)
        trail.record(action, actor_id=user.id, object_type="user", object_id=user.id)
