"""Sensitive actions ask for the second factor again after a pause."""

from __future__ import annotations

import html
import re

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import rooms
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.identity import sensitive
from tests.conftest import give
from tests.identity.factors import Clock, code, set_up
from tests.visitors import Visitor, words

NEW = "/account/second-factor/new"


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def carried(page):
    found = re.findall(
        r'<textarea name="([^"]+)" hidden[^>]*>\n(.*?)</textarea>', page, re.DOTALL
    )
    return {name: html.unescape(value) for name, value in found}


def held(portal, user):
    roles = portal.act("edudata_role_list", user, user_id=user["id"])
    return {role["role"] for role in roles}


@pytest.mark.clause("8.1.4.1 d")
@pytest.mark.article(38)
def test_a_role_is_given_after_a_pause_with_the_factor_only(app, portal, clock):
    give(portal.second_reviewer, "leader", portal.bureau)
    leader = Visitor(app, portal.second_reviewer)
    secret, _ = set_up(leader, clock, NEW)
    url = f"/organization/{portal.bureau['name']}/people"
    sent = {"user_id": "stranger", "role": "supervisor", "until": "2099-12-31"}
    clock.on(14 * 60)
    assert leader.post(url, sent).status_code == 302, "no question within the pause"
    clock.on(120)
    sent = {**sent, "role": "compiler", "note": '多行\n"<b>'}
    asked = leader.post(url, sent)
    assert asked.status_code == 403
    assert held(portal, portal.stranger) == {"supervisor"}
    typed = carried(asked.get_data(as_text=True))
    assert typed == sent, "nothing typed is lost"
    assert "no-store" in asked.headers["Cache-Control"]

    again = leader.post(url, {**typed, "_second_factor": "123456"})
    assert again.status_code == 403
    assert carried(again.get_data(as_text=True)) == sent
    assert held(portal, portal.stranger) == {"supervisor"}
    empty = leader.post(url, {**typed, "_second_factor": " "})
    assert empty.status_code == 403, "no code is no code"

    right = code(secret, clock)
    assert leader.post(url, {**typed, "_second_factor": right}).status_code == 302
    assert held(portal, portal.stranger) == {"supervisor", "compiler"}
    shown = model.Session.execute(
        sa.select(AuditRecord.outcome, AuditRecord.detail["purpose"].as_string())
        .where(AuditRecord.action == "second_factor_use")
        .order_by(AuditRecord.id)
    )
    assert [tuple(row) for row in shown] == [("denied", "step_up"), ("done", "step_up")]


@pytest.mark.clause("8.1.4.1 d")
def test_the_api_of_a_session_is_asked_too_and_forged_forms_are_not(app, portal, clock):
    give(portal.second_reviewer, "leader", portal.bureau)
    leader = Visitor(app, portal.second_reviewer)
    secret, _ = set_up(leader, clock, NEW)
    clock.on(16 * 60)
    data = {"user_id": "stranger", "role": "compiler", "unit_id": portal.bureau["id"]}
    page = leader.text(NEW)
    token = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', page)[1]
    call = "/api/3/action/edudata_role_give"
    answer = leader.client.post(call, json=data, headers={"X-CSRFToken": token})
    assert answer.status_code == 403
    assert "/account/confirm" in answer.json["error"]["message"]
    # A code in a form without its CSRF token stamps nothing.
    forged = {"_second_factor": code(secret, clock)}
    leader.client.post("/account/confirm", data=forged)
    answer = leader.client.post(call, json=data, headers={"X-CSRFToken": token})
    assert answer.status_code == 403
    clock.on()
    confirmed = leader.post("/account/confirm", {"code": code(secret, clock)})
    assert confirmed.status_code == 302
    answer = leader.client.post(call, json=data, headers={"X-CSRFToken": token})
    assert answer.status_code == 200, answer.json


@pytest.mark.clause("8.1.4.1 d")
def test_tokens_are_made_by_people_not_by_tokens(app, portal, clock):
    reviewer = Visitor(app, portal.reviewer)
    secret, _ = set_up(reviewer, clock, NEW)
    clock.on(16 * 60)
    url = f"/user/{portal.reviewer['name']}/api-tokens"
    asked = reviewer.post(url, {"name": "脚本"})
    assert asked.status_code == 403
    assert carried(asked.get_data(as_text=True)) == {"name": "脚本"}
    made = reviewer.post(url, {"name": "脚本", "_second_factor": code(secret, clock)})
    assert made.status_code in (200, 302), words(made)
    user = model.User.get(portal.reviewer["id"])
    assert user is not None
    token = tk.get_action("api_token_create")(
        {"ignore_auth": True, "user": user.name}, {"user": user.name, "name": "x"}
    )["token"]
    for name, data in (
        ("api_token_create", {"user": user.name, "name": "y"}),
        ("edudata_recovery_codes_renew", {}),
        ("edudata_second_factor_remove", {}),
        ("edudata_second_factor_confirm", {"code": "123456"}),
    ):
        answer = app.flask_app.test_client().post(
            f"/api/3/action/{name}", json=data, headers={"Authorization": token}
        )
        assert answer.status_code == 403, name


def test_every_sensitive_action_exists_and_changes_something():
    ours = rooms.functions("action")
    assert set(ours) >= sensitive.ACTIONS - sensitive.OF_CKAN
    reads = [
        name
        for name in sensitive.ACTIONS
        if getattr(tk.get_action(name), "side_effect_free", False)
    ]
    assert reads == []
