"""Links that set a password end; stock 2.12.0 keeps them for ever (tests/stock)."""

from __future__ import annotations

import time

import pytest
from ckan import model
from ckan.lib import mailer
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.guard import resetting

NEW = "Another-Horse-10"


def asked_for(user, state="active"):
    known = model.User.get(user["id"])
    known.state = state
    mailer.create_reset_key(known)
    return model.User.get(user["id"])


def later(monkeypatch, seconds):
    now = time.time()
    monkeypatch.setattr(resetting.time, "time", lambda: now + seconds)


@pytest.mark.clause("8.1.4.1 a")
def test_a_link_is_good_for_an_hour(portal, monkeypatch):
    known = asked_for(portal.stranger)
    key = known.reset_key
    assert mailer.verify_reset_link(known, key)
    later(monkeypatch, 3590)
    assert mailer.verify_reset_link(known, key)
    later(monkeypatch, 3610)
    assert not mailer.verify_reset_link(known, key)


def test_an_invitation_is_good_for_two_weeks(portal, monkeypatch):
    known = asked_for(portal.stranger, model.State.PENDING)
    key = known.reset_key
    later(monkeypatch, 13 * 86400)
    assert mailer.verify_reset_link(known, key)
    later(monkeypatch, 15 * 86400)
    assert not mailer.verify_reset_link(known, key)


@pytest.mark.clause("8.1.4.1 a")
def test_the_api_takes_no_key_that_is_over(app, portal, monkeypatch):
    """CKAN's `user_update` compares the key by itself and knows no time."""
    key = asked_for(portal.stranger).reset_key
    change = {
        "id": portal.stranger["id"],
        "name": portal.stranger["name"],
        "email": portal.stranger["email"],
        "about": "taken",
        "reset_key": key,
    }
    update = "/api/3/action/user_update"
    later(monkeypatch, 3610)
    assert app.post(update, json=change).status_code == 403
    for wrong in ("", key + "x", [key], None, {"a": 1}, 7):
        answer = app.post(update, json={**change, "reset_key": wrong})
        assert answer.status_code == 403, wrong
    assert model.User.get(portal.stranger["id"]).about != "taken"


@pytest.mark.clause("8.1.4.1 a")
def test_a_new_password_ends_the_link(portal):
    """By whichever way: the API sets none at all (tests/identity)."""
    known = asked_for(portal.stranger)
    key = known.reset_key
    known.password = NEW
    model.Session.commit()
    known = model.User.get(portal.stranger["id"])
    assert known.validate_password(NEW)
    assert not mailer.verify_reset_link(known, key)


def test_keys_of_before_are_over(portal):
    known = model.User.get(portal.stranger["id"])
    known.reset_key = "0123456789abcdef0123456789abcdef"
    assert not mailer.verify_reset_link(known, known.reset_key)
    assert mailer.verify_reset_link is resetting.verify_reset_link


@given(st.text(max_size=90), st.text(max_size=90))
def test_nothing_but_the_key_is_the_key(kept, shown):
    key = resetting.make_key(60)
    assert resetting.good(key, f" {key}\n")
    assert not resetting.good(key, shown)
    assert not resetting.good(kept, kept) or kept.count(".") == 1
    assert not resetting.good(key, key[:-1])
    assert not resetting.good(resetting.make_key(-1), resetting.make_key(-1))
