"""One's own account: its sessions, its password, its address."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic import validate
from ckan.types import Context, DataDict
from redis.exceptions import RedisError

from ckanext.edudata import transactions
from ckanext.edudata.audit import trail
from ckanext.edudata.identity import (
    changing,
    mails,
    passwords,
    schema,
    sessions,
    setting,
    signing_in,
    sleeping,
    throttle,
)
from ckanext.edudata.units import people


@tk.chained_action
def user_update(next_action: Any, context: Context, data_dict: DataDict) -> Any:
    """Passwords and addresses change on their pages, which ask for the password: a
    token, or a page that was left open, is not its owner."""
    user = model.User.get(data_dict.get("id") or "")
    if user is not None and not _trusted(context, user):
        where = tk._("This is changed on the pages of the account.")
        wrong: dict[str, Any] = {
            name: [where]
            for name in ("password", "password1", "password_hash", "state")
            if data_dict.get(name) and data_dict[name] != getattr(user, name, None)
        }
        if data_dict.get("email") and data_dict["email"] != user.email:
            wrong["email"] = [where]
        if wrong:
            raise tk.ValidationError(wrong)
    return next_action(context, data_dict)


def _trusted(context: Context, user: model.User) -> bool:
    own = changing.owner() == user.id
    return own or bool(context.get("ignore_auth")) or people.is_system(context)


@tk.side_effect_free
def edudata_session_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Where one is logged in.

    :returns: `[{ref, way, begun, seen, address, agent, here}]`, moments as epoch
        seconds, the newest first
    """
    tk.check_access("edudata_session_list", context, data_dict)
    return sessions.list_of(people.actor_id(context) or "")


@validate(schema.session_end)
def edudata_session_end(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """End one of one's sessions, or all but the one that asks.

    :param ref: of the list (optional)
    :param others: all but this one (optional)
    :returns: `{ended}`
    :raises ObjectNotFound: there is no such session of one's own
    """
    tk.check_access("edudata_session_end", context, data_dict)
    me = people.actor_id(context) or ""
    mine = sessions.list_of(me)
    ref = data_dict.get("ref")
    if not data_dict.get("others") and ref not in {one["ref"] for one in mine}:
        raise tk.ObjectNotFound(tk._("There is no such session"))
    with transactions.whole():
        if data_dict.get("others"):
            here = next((one["ref"] for one in mine if one["here"]), None)
            ended = sum(not one["here"] for one in mine)
            sessions.end_all(me, but=here)
        else:
            ended = 1
            try:
                sessions.end(ref or "")
            except RedisError:
                sessions.end_all(me)
        trail.record(
            "session_end",
            actor_id=me,
            object_type="user",
            object_id=me,
            detail={"number": ended},
        )
    return {"ended": ended}


@validate(schema.password_change)
def edudata_password_change(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Give one's account a new password; all other sessions end.

    :param old: the password in use
    :param new: the new one
    :param again: the new one once more
    :returns: `{changed: true}`
    :raises ValidationError: the old one is wrong, or the new one will not do
    """
    tk.check_access("edudata_password_change", context, data_dict)
    user = _self(context)
    wrong: dict[str, Any] = {}
    _shown(user, data_dict["old"], "old", wrong)
    if not wrong:
        words = passwords.problems(data_dict["new"], user)
        if words:
            wrong["new"] = words
        elif data_dict["new"] != data_dict["again"]:
            wrong["again"] = [tk._("The two new passwords are not the same.")]
    if wrong:
        raise tk.ValidationError(wrong)
    setting.set_password(user, data_dict["new"], "password_change")
    return {"changed": True}


@validate(schema.mail_change)
def edudata_mail_change(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change one's mail address: by a link sent to the new one, where mail is sent.

    :param email: the new address
    :param old: the password in use
    :returns: `{sent}`: whether the link has to be opened first
    :raises ValidationError: the password is wrong
    """
    tk.check_access("edudata_mail_change", context, data_dict)
    user = _self(context)
    wrong: dict[str, Any] = {}
    _shown(user, data_dict["old"], "old", wrong)
    if wrong:
        raise tk.ValidationError(wrong)
    if tk.config.get("smtp.server"):
        mails.ask("mail", data_dict["email"], user.id)
        return {"sent": True}
    if not mails.take_address(user.id, data_dict["email"]):
        raise tk.ValidationError({"email": [tk._("This address cannot be used.")]})
    return {"sent": False}


@validate(schema.account_wake)
def edudata_account_wake(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Wake an account that fell asleep.

    :param id: id or name of the person
    :returns: `{id}`
    """
    tk.check_access("edudata_account_wake", context, data_dict)
    user = model.User.get(data_dict["id"])
    if user is None:
        raise tk.ObjectNotFound(tk._("There is no such account"))
    with transactions.whole():
        sleeping.wake(user.id, people.actor_id(context))
    return {"id": user.id}


def edudata_account_sweep(context: Context, data_dict: DataDict) -> dict[str, int]:
    """Send mails that wait, forget keys that are over, put unused accounts to sleep.

    :returns: `{sent, asleep}`
    """
    tk.check_access("edudata_account_sweep", context, data_dict)
    mails.forget()
    return {"sent": mails.send_waiting(), "asleep": sleeping.put_to_sleep()}


def _self(context: Context) -> Any:
    user = model.User.get(people.actor_id(context) or "")
    if user is None:
        raise tk.NotAuthorized(tk._("Log in first."))
    return user


def _shown(user: Any, password: str, field: str, wrong: dict[str, Any]) -> None:
    """Whether the password in use was shown; tries count as those of the log-in."""
    try:
        throttle.attempt(user.name)
        if passwords.right(user.name, password) is None:
            wrong[field] = [tk._("This is not the password in use.")]
        else:
            throttle.succeeded(user.name)
    except throttle.Wait as wait:
        minutes = -(-wait.seconds // 60)
        words = tk._("Too many tries. Wait {minutes} minutes, then try again.")
        wrong[field] = [words.format(minutes=minutes)]
    except RedisError:
        wrong[field] = [tk._(signing_in.SORRY)]
