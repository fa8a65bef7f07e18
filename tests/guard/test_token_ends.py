"""Tokens for programs end; on stock 2.12.0 they never do (tests/stock)."""

from __future__ import annotations

import datetime

import ckan.plugins.toolkit as tk
import jwt
import pytest
from ckan import model
from ckan.lib import api_token

from ckanext.edudata.guard import token_ends


def made(user, **asked):
    context = {"user": user["name"], "ignore_auth": True}
    asked = {"user": user["name"], "name": "程序", **asked}
    return tk.get_action("api_token_create")(context, asked)


def aged(token_id, days):
    token = model.ApiToken.get(token_id)
    token.created_at -= datetime.timedelta(days=days)
    model.Session.commit()


def whose(token):
    user = api_token.get_user_from_token(token)
    return user.name if user else None


@pytest.mark.clause("8.1.4.1 a")
def test_a_token_says_when_it_ends_and_ends(portal, freezer):
    name = portal.stranger["name"]
    longest, short = made(portal.stranger), made(portal.stranger, days=7)
    for token, days in ((longest, 90), (short, 7)):
        said = jwt.decode(token["token"], options={"verify_signature": False})
        assert said["exp"] - said["iat"] == days * 86400
    # The clock stands still since before they were made.
    freezer.tick(datetime.timedelta(minutes=5))
    assert whose(longest["token"]) == whose(short["token"]) == name
    freezer.tick(datetime.timedelta(days=8))
    assert (whose(longest["token"]), whose(short["token"])) == (name, None)
    freezer.tick(datetime.timedelta(days=83))
    assert whose(longest["token"]) is None


@pytest.mark.clause("8.1.4.1 a")
def test_nobody_asks_for_more_than_the_longest(portal):
    said = jwt.decode(
        made(portal.stranger, days=9999)["token"], options={"verify_signature": False}
    )
    assert said["exp"] - said["iat"] == 90 * 86400
    for wrong in ("ever", -1, "7 days"):
        with pytest.raises(tk.ValidationError) as refused:
            made(portal.stranger, days=wrong)
        assert list(refused.value.error_dict) == ["days"]


@pytest.mark.clause("8.1.4.1 a")
def test_tokens_without_an_end_end_too(app, portal):
    """Made before this, or under a longer setting."""
    token = model.ApiToken(portal.stranger["id"], "old")
    model.Session.add(token)
    model.Session.commit()
    text = api_token.encode({"jti": token.id, "iat": 0})
    show = f"/api/3/action/user_show?id={portal.stranger['id']}"
    headers = {"Authorization": text}
    assert app.get(show, headers=headers).status_code == 200
    aged(token.id, 91)
    assert app.get(show, headers=headers).status_code in (403, 404)


def test_a_shorter_setting_counts_at_once(portal, ckan_config, monkeypatch):
    token = made(portal.stranger)
    aged(token["id"], 31)
    assert whose(token["token"])
    monkeypatch.setitem(ckan_config, token_ends.SETTING, 30)
    assert whose(token["token"]) is None
