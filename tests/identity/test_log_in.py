"""Logging in with a password: no oracle, no endless tries, no session that outlives."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ckan import model
from ckan.lib.redis import connect_to_redis

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.identity import passwords, sessions, throttle
from tests.conftest import give
from tests.visitors import PASSWORD, Visitor, words

pytestmark = [
    pytest.mark.usefixtures("with_plugins"),
    pytest.mark.clause("8.1.4.1 a"),
    pytest.mark.clause("8.1.4.1 b"),
]


@pytest.fixture(autouse=True)
def fresh() -> Any:
    forget()
    yield
    forget()


def forget() -> None:
    redis = connect_to_redis()
    for pattern in ("edudata:*:tries:*", "edudata:*:session*"):
        for key in redis.scan_iter(pattern):
            redis.delete(key)


def try_in(visitor: Visitor, login: str, password: str, **more: str) -> Any:
    data = {"login": login, "password": password, **more}
    return visitor.post("/user/login", data, page="/user/login")


def test_wrong_is_wrong_whoever_it_is(portal: Any, app: Any) -> None:
    Visitor(app, portal.researcher)
    asked = Visitor(app)
    answers = {
        name: words(try_in(asked, name, "Wrong-Horse-9"))
        for name in ("researcher", "nobody-at-all")
    }
    plain = {
        re.sub(r'value="[^"]*"|nonce="[^"]*"', "", text).replace(name, "")
        for name, text in answers.items()
    }
    assert len(plain) == 1
    assert 'id="error-login"' in answers["researcher"]
    denied = model.Session.query(AuditRecord).filter_by(
        action="login", outcome="denied"
    )
    assert denied.count() == 2
    assert all("Wrong" not in str(row.detail) for row in denied)


def test_an_unknown_account_costs_as_much(portal: Any, monkeypatch: Any) -> None:
    known = model.User.get(portal.researcher["id"])
    assert known is not None
    hashed: list[str] = []
    verify = passwords.pbkdf2_sha512.verify

    def counted(secret: str, kept: str) -> bool:
        hashed.append(kept.split("$")[2])
        return verify(secret, kept)

    monkeypatch.setattr(passwords.pbkdf2_sha512, "verify", counted)
    spent = {}
    for name in ("researcher", "nobody", known.email, "nobody@example.com"):
        hashed.clear()
        assert passwords.right(name, "Wrong-Horse-9") is None
        spent[name] = tuple(hashed)
    # As many hashes, of as many rounds.
    assert len(set(spent.values())) == 1
    assert len(spent["nobody"]) == 1


@pytest.mark.parametrize("name", ["researcher", "nobody-at-all"])
def test_tries_end_whether_there_is_an_account_or_not(
    portal: Any, app: Any, name: str
) -> None:
    Visitor(app, portal.researcher)
    asked = Visitor(app)
    answers = [try_in(asked, name, f"Wrong-Horse-{n}") for n in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    # The right one does not pass either, and does not tell that it is right.
    assert try_in(asked, name, PASSWORD).status_code == 429
    shut = model.Session.query(AuditRecord).filter_by(action="login_shut")
    assert shut.count() == 1
    # After the pause one try is let through; the next pause is twice as long.
    redis = connect_to_redis()
    for key in redis.scan_iter("edudata:*:shut"):
        redis.delete(key)
    assert try_in(asked, name, "Wrong-Horse-8").status_code == 200
    assert 60 < int(try_in(asked, name, "x").headers["Retry-After"]) <= 120


def test_one_address_has_an_end_too(portal: Any, app: Any, ckan_config: Any) -> None:
    ckan_config["ckanext.edudata.identity.tries_address"] = 3
    asked = Visitor(app)
    codes = [try_in(asked, f"name-{n}", "Wrong").status_code for n in range(5)]
    assert codes == [200, 200, 200, 429, 429]


def test_pauses_double_up_to_an_hour() -> None:
    pauses = [throttle.pause(over) for over in range(20)]
    assert pauses[:4] == [60, 120, 240, 480]
    assert max(pauses) == pauses[-1] == 3600


def test_remember_is_not_asked(portal: Any, app: Any) -> None:
    Visitor(app, portal.researcher)
    for wanted in ("abc", "63072000000000000"):
        me = Visitor(app)
        answer = try_in(me, "researcher", PASSWORD, remember=wanted)
        assert answer.status_code == 302
        assert "remember_token" not in str(answer.headers)


def test_the_way_back_stays_here(portal: Any, app: Any) -> None:
    Visitor(app, portal.researcher)
    for asked, there in (
        ("/applicant", "/applicant"),
        ("//evil.example", "/desk"),
        ("https://evil.example/", "/desk"),
        ("/\\evil.example", "/desk"),
    ):
        me = Visitor(app)
        data = {"login": "researcher", "password": PASSWORD}
        page = f"/user/login?came_from={asked}"
        answer = me.post(page, data, page="/user/login")
        assert answer.headers["Location"].rstrip("/").endswith(there), asked
        assert "evil" not in answer.headers["Location"]


def test_a_session_ends_where_its_owner_says(portal: Any, app: Any) -> None:
    first, second = Visitor(app, portal.researcher), Visitor(app)
    assert try_in(second, "researcher", PASSWORD).status_code == 302
    listed = sessions.list_of(portal.researcher["id"])
    assert len(listed) == 2
    # A cookie that was kept from before the log-out is worth nothing.
    kept = second.client.get_cookie("session") or second.client.get_cookie("edudata")
    second.post("/user/_logout", page="/desk")
    assert len(sessions.list_of(portal.researcher["id"])) == 1
    if kept is not None:
        second.client.set_cookie(kept.key, kept.value)
    assert second.get("/desk").status_code == 302
    assert first.get("/applicant").status_code == 200


def test_a_new_password_and_a_role_end_sessions(portal: Any, app: Any) -> None:
    me = Visitor(app, portal.researcher)
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    user.password = "Another-Horse-8"
    model.Session.commit()
    assert me.get("/applicant").status_code == 302
    other = Visitor(app, portal.stranger)
    give(portal.stranger, "compiler", portal.school)
    assert other.get("/applicant").status_code == 302


def test_redis_gone_lets_nobody_in(portal: Any, app: Any, monkeypatch: Any) -> None:
    from redis import Redis

    me = Visitor(app, portal.researcher)
    away = Redis(port=1)
    for module in (sessions, throttle):
        monkeypatch.setattr(module, "connect_to_redis", lambda: away)
    assert try_in(Visitor(app), "researcher", PASSWORD).status_code == 503
    assert me.get("/applicant").status_code == 302
    assert me.get("/dataset/").status_code == 200
