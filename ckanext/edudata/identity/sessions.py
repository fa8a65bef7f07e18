"""Who is logged in where: each session on a list, and ended by taking it off.

The list is kept in Redis beside the sessions themselves, and a session that is not on
it is none, whatever its cookie says: it ends when its owner says so, after a pause,
after a working day, with a new password and with a change of roles. Ending all of a
person's is also a number in the database (`generation`), so that it holds where Redis
did not hear of it. Without Redis nobody is logged in.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from flask import current_app, has_request_context, session
from redis.exceptions import RedisError
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.guard import addresses
from ckanext.edudata.identity.model import Account

HOURS = "ckanext.edudata.identity.session_hours"
MOST = "ckanext.edudata.identity.sessions_max"

REF, GENERATION = "edudata_session", "edudata_generation"
MUST_CHANGE = "edudata_must_change"

_ENDED = sa.text(
    "INSERT INTO edudata_account (user_id, generation) VALUES (:user, 1) "
    "ON CONFLICT (user_id) DO UPDATE "
    "SET generation = edudata_account.generation + 1 RETURNING generation"
)


def register(user_id: str, way: str) -> str:
    """Put the session of this request on its owner's list; its reference.

    Of more than a person may have at a time the oldest end.

    :raises RedisError: it cannot be kept, and is no session
    """
    ref = secrets.token_urlsafe(18)
    redis, now = connect_to_redis(), int(time.time())
    row: dict[Any, Any] = {
        "user": user_id,
        "way": way,
        "begun": now,
        "seen": now,
        "address": addresses.client(),
        "agent": (tk.request.user_agent.string or "")[:300],
        "sid": getattr(session, "sid", ""),
    }
    with redis.pipeline() as pipe:
        pipe.hset(_key(ref), mapping=row)
        pipe.expire(_key(ref), idle_seconds())
        pipe.sadd(_of(user_id), ref)
        pipe.expire(_of(user_id), absolute_seconds())
        pipe.execute()
    session[REF] = ref
    session[GENERATION] = _generation(user_id)
    for old in list_of(user_id)[int(tk.config[MOST]) :]:
        end(old["ref"])
    return ref


def list_of(user_id: str) -> list[dict[str, Any]]:
    """Sessions of a person, the newest first:
    `[{ref, way, begun, seen, address, agent, here}]`, moments as epoch seconds."""
    try:
        redis = connect_to_redis()
        refs = sorted(_text(ref) for ref in redis.smembers(_of(user_id)))
        rows = [(ref, _read(redis.hgetall(_key(ref)))) for ref in refs]
        for ref, row in rows:
            if not row:
                redis.srem(_of(user_id), ref)
    except RedisError:
        return []
    mine = session.get(REF) if has_request_context() else None
    found = [
        {
            "ref": ref,
            "way": row.get("way", ""),
            "begun": int(row["begun"]),
            "seen": int(row["seen"]),
            "address": row.get("address", ""),
            "agent": row.get("agent", ""),
            "here": ref == mine,
        }
        for ref, row in rows
        if row.get("user") == user_id
    ]
    return sorted(found, key=lambda one: (-one["begun"], one["ref"]))


def owner(ref: str) -> str | None:
    """Id of the person whose session it is."""
    try:
        return _read(connect_to_redis().hgetall(_key(ref))).get("user")
    except RedisError:
        return None


def end(session_ref: str) -> None:
    """End one session now.

    :raises RedisError: the store is away; `end_all` ends it all the same
    """
    redis = connect_to_redis()
    row = _read(redis.hgetall(_key(session_ref)))
    with redis.pipeline() as pipe:
        pipe.delete(_key(session_ref))
        if row:
            pipe.srem(_of(row["user"]), session_ref)
        if row.get("sid"):
            prefix = str(tk.config.get("SESSION_KEY_PREFIX") or "session:")
            pipe.delete(prefix + row["sid"])
        pipe.execute()


def end_all(user_id: str, but: str | None = None) -> None:
    """End all sessions of a person in the caller's transaction.

    :param but: the session of this request, which stays (optional)
    """
    generation = model.Session.execute(_ENDED, {"user": user_id}).scalar_one()
    if but and has_request_context() and session.get(REF) == but:
        session[GENERATION] = generation
    try:
        for ref in connect_to_redis().smembers(_of(user_id)):
            if _text(ref) != but:
                end(_text(ref))
    except RedisError:
        # The database knows that they are over.
        return


def holds() -> bool:
    """Whether the session of this request still is one; it counts as used."""
    ref, user_id = session.get(REF), session.get("_user_id")
    if not ref or not user_id:
        return False
    try:
        redis, now = connect_to_redis(), int(time.time())
        row = _read(redis.hgetall(_key(ref)))
        if row.get("user") != user_id:
            return False
        if now - int(row["begun"]) > absolute_seconds():
            end(ref)
            return False
        with redis.pipeline() as pipe:
            if now - int(row["seen"]) >= 60:
                pipe.hset(_key(ref), "seen", str(now))
            pipe.expire(_key(ref), idle_seconds())
            pipe.execute()
    except RedisError:
        return False
    return session.get(GENERATION) == _generation(user_id)


def idle_seconds() -> int:
    """Pause after which a session is over."""
    return int(current_app.permanent_session_lifetime.total_seconds())


def absolute_seconds() -> int:
    """Age at which a session is over, however busy."""
    return int(tk.config[HOURS]) * 3600


def _generation(user_id: str) -> int:
    asked = sa.select(Account.generation).where(Account.user_id == user_id)
    return model.Session.scalar(asked) or 0


def noted(user_id: str, **values: Any) -> None:
    """Write into the account's row in the caller's transaction, making it if needed."""
    row = insert(Account.__table__).values(user_id=user_id, **values)
    model.Session.execute(
        row.on_conflict_do_update(index_elements=["user_id"], set_=values)
    )


def _key(ref: str) -> str:
    return f"edudata:{tk.config['ckan.site_id']}:session:{ref}"


def _of(user_id: str) -> str:
    return f"edudata:{tk.config['ckan.site_id']}:sessions:{user_id}"


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _read(row: Any) -> dict[str, str]:
    return {_text(key): _text(value) for key, value in row.items()}
