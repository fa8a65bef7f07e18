"""CVE-2026-41255: who asks once with a token opens a form to other sites for good."""

from __future__ import annotations

import pytest
from ckan.config.middleware import flask_app
from ckan.config.middleware.flask_app import csrf

from ckanext.edudata.guard import forgery
from tests.visitors import Visitor


def forged(visitor):
    """What another site has the browser send: the session's cookie and no token."""
    data = {"save": "1", "fullname": "x", "email": "x@example.org", "old_password": ""}
    return visitor.client.post("/user/edit", data=data).status_code


@pytest.mark.clause("8.1.4.4")
def test_a_form_stays_closed_after_a_visit_with_a_token(app, portal):
    """The same visits end with 200 on stock: tests/stock/test_stock_holes.py."""
    visitor = Visitor(app, portal.stranger)
    assert forged(visitor) == 400
    token = {"Authorization": "worthless"}
    app.post("/user/edit", headers=token, data={"save": "1"})
    app.get("/user/edit", headers=token)
    app.post("/user/edit", data={"save": "1"})
    assert forged(visitor) == 400
    assert not csrf._exempt_views


def test_without_the_guard_it_opens(app, portal, monkeypatch):
    monkeypatch.setattr(csrf, "_exempt_views", set())
    visitor = Visitor(app, portal.stranger)
    assert forged(visitor) == 400
    app.post("/user/edit", headers={"Authorization": "worthless"})
    assert forged(visitor) != 400, "CKAN is fixed: forgery.py may go"


def test_another_site_logs_nobody_in(app, portal):
    visitor = Visitor(app)
    data = {"login": portal.stranger["name"], "password": "Correct-Horse-9"}
    for origin, refused in (
        ("https://evil.example", True),
        ("null", True),
        ("http://localhost", False),
        ("http://test.ckan.net", False),
    ):
        answer = visitor.client.post(
            "/user/login", data=data, headers={"Origin": origin}
        )
        assert (answer.status_code == 400) is refused, origin
    search = "/api/3/action/package_search"
    answer = app.post(search, json={}, headers={"Origin": "https://reader.example"})
    assert answer.status_code == 200


def test_it_steps_aside_where_ckan_exempts_the_request_only(app, monkeypatch):
    assert forgery.needed()

    def ckan_before_request(g):
        if g.get("login_via_auth_header"):
            g.csrf_exempt = True

    known = set()
    monkeypatch.setattr(flask_app, "ckan_before_request", ckan_before_request)
    monkeypatch.setattr(csrf, "_exempt_views", known)
    forgery.install(app)
    assert csrf._exempt_views is known
