"""The same with sessions in Redis, as the portal keeps them outside the tests."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.config.middleware.common_middleware import CKANRedisSessionInterface
from ckan.config.middleware.flask_app import CKANJsonSessionSerializer
from ckan.lib.redis import connect_to_redis

from ckanext.edudata.identity import sessions
from tests.identity.test_log_in import forget, try_in
from tests.visitors import PASSWORD, Visitor

pytestmark = [pytest.mark.usefixtures("with_plugins"), pytest.mark.clause("8.1.4.1 b")]


@pytest.fixture
def kept(app: Any, monkeypatch: Any) -> Any:
    """An application whose sessions are in Redis."""
    forget()
    flask_app = app.flask_app
    interface: Any = CKANRedisSessionInterface(flask_app)
    flask_app.config.pop("SESSION_REDIS")
    interface.serializer = CKANJsonSessionSerializer()
    monkeypatch.setattr(flask_app, "session_interface", interface)
    yield app
    redis = connect_to_redis()
    for key in redis.scan_iter("session:*"):
        redis.delete(key)


def cookie(visitor: Visitor) -> Any:
    name = visitor.client.application.config["SESSION_COOKIE_NAME"]
    host = "localhost" if visitor.client.get_cookie(name) else "test.ckan.net"
    return visitor.client.get_cookie(name, domain=host)


def test_a_session_has_another_name_after_the_log_in(portal: Any, kept: Any) -> None:
    Visitor(kept, portal.researcher)
    me = Visitor(kept)
    me.get("/user/login")
    before = cookie(me).value
    assert try_in(me, "researcher", PASSWORD).status_code == 302
    assert cookie(me).value != before
    # Nobody who knew the name of before is in with it.
    other = Visitor(kept)
    other.client.set_cookie(cookie(me).key, before)
    assert other.get("/account/sessions").status_code == 302


def test_what_has_ended_does_not_come_back(portal: Any, kept: Any) -> None:
    me, thief = Visitor(kept, portal.researcher), Visitor(kept)
    stolen, kept_as = cookie(me), connect_to_redis()
    thief.client.set_cookie(stolen.key, stolen.value)
    assert thief.get("/account/sessions").status_code == 200
    content = kept_as.get(f"session:{stolen.value}")
    assert content
    me.post("/user/_logout", page="/account/sessions")
    assert thief.get("/account/sessions").status_code == 302
    # A request that was under way writes the session back: it is on no list.
    kept_as.set(f"session:{stolen.value}", content)
    thief.client.set_cookie(stolen.key, stolen.value)
    assert thief.get("/account/sessions").status_code == 302


def test_a_working_day_and_a_pause_end_it(
    portal: Any, kept: Any, monkeypatch: Any
) -> None:
    me = Visitor(kept, portal.researcher)
    one = sessions.list_of(portal.researcher["id"])[0]
    redis = connect_to_redis()
    assert 0 < redis.ttl(sessions._key(one["ref"])) <= 1800
    redis.hset(sessions._key(one["ref"]), "begun", one["begun"] - 8 * 3600 - 1)
    assert me.get("/account/sessions").status_code == 302
    again = Visitor(kept, portal.researcher)
    one = sessions.list_of(portal.researcher["id"])[0]
    redis.delete(sessions._key(one["ref"]))
    assert again.get("/account/sessions").status_code == 302


def test_more_than_five_are_too_many(portal: Any, kept: Any) -> None:
    first = Visitor(kept, portal.researcher)
    ref = sessions.list_of(portal.researcher["id"])[0]["ref"]
    connect_to_redis().hincrby(sessions._key(ref), "begun", -60)
    for _ in range(5):
        assert try_in(Visitor(kept), "researcher", PASSWORD).status_code == 302
    assert len(sessions.list_of(portal.researcher["id"])) == 5
    assert first.get("/account/sessions").status_code == 302
