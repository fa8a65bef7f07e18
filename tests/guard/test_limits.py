"""Who asks too much is told so, by address, account and token; nobody else is."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.guard import limits_buckets, limits_costs, memory
from ckanext.edudata.guard.limits_buckets import Bucket, take
from tests.visitors import Visitor

SETTING = "ckanext.edudata.limits."


@pytest.fixture
def budgets(monkeypatch: Any) -> Any:
    """`budgets(address=…)`: points a minute, counted under a fresh name."""
    monkeypatch.setitem(tk.config, "ckan.site_id", f"limits_{uuid.uuid4().hex}")

    def set_(**budgets: int) -> None:
        for name, points in budgets.items():
            monkeypatch.setitem(tk.config, SETTING + name, points)

    return set_


def ask(app: Any, url: str, address: str = "192.0.2.1", **options: Any) -> Any:
    client = app.flask_app.test_client(use_cookies=False)
    # With a cookie nothing is kept, so that a page costs its point.
    options.setdefault("headers", {"Cookie": "a=b"})
    environ = {"REMOTE_ADDR": address}
    base = tk.config["ckan.site_url"]
    return client.get(url, environ_base=environ, base_url=base, **options)


def until_refused(app: Any, url: str, most: int = 40, **options: Any) -> int:
    for number in range(most):
        if ask(app, url, **options).status_code == 429:
            return number
    return most


def test_an_address_that_asks_too_much(app, portal, budgets):
    budgets(address=12, entrance=3)
    assert until_refused(app, "/about") == 12
    page = ask(app, "/about")
    assert page.status_code == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert "请求过于频繁" in page.text
    assert "no-store" in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers
    api = ask(app, "/api/3/action/package_list")
    assert api.status_code == 429
    assert api.json["success"] is False
    assert api.json["error"]["__type"] == "Too Many Requests"
    # What is told of an address makes no other of it.
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
        assert ask(app, "/about", headers={header: "192.0.2.77"}).status_code == 429
    assert ask(app, "/about", address="192.0.2.2").status_code == 200
    # The log-in is apart, with an end of its own; so are files and health.
    assert ask(app, "/user/login").status_code == 200
    assert until_refused(app, "/user/login") == 2
    assert ask(app, "/edudata/mark.svg").status_code == 200
    assert ask(app, "/healthz").status_code != 429
    # Somebody else's 429 is nobody else's page.
    assert ask(app, "/about", address="192.0.2.3").status_code == 200


def test_one_network_of_version_six_is_one_caller(app, portal, budgets):
    budgets(address=4)
    for host in range(4):
        assert ask(app, "/about", address=f"2001:db8::{host + 1}").status_code == 200
    assert ask(app, "/about", address="2001:db8::ffff").status_code == 429
    assert ask(app, "/about", address="2001:db8:0:1::1").status_code == 200


def test_accounts_and_tokens_have_their_own(app, portal, budgets):
    worker = Visitor(app, portal.compiler)
    tokens = [
        factories.APIToken(user=portal.reviewer["id"], name=f"测试{n}")["token"]
        for n in range(2)
    ]
    budgets(address=2, all=30, account=9, token=4)
    statuses = [worker.get("/about").status_code for _ in range(10)]
    assert statuses == [200] * 9 + [429]
    url = "/api/3/action/package_list"
    for token in tokens:
        sent = {"Authorization": token}
        assert until_refused(app, url, headers=sent, address="192.0.2.9") == 4
    # The account's end, though each token has some left elsewhere.
    third = factories.APIToken(user=portal.reviewer["id"], name="测试三")["token"]
    sent = {"Authorization": third}
    assert until_refused(app, url, headers=sent, address="192.0.2.10") == 1
    # A token that is none counts as nobody, and many of them as one.
    for number in range(2):
        sent = {"Authorization": f"none{number}"}
        assert ask(app, url, address="192.0.2.11", headers=sent).status_code == 200
    sent = {"Authorization": "another"}
    assert ask(app, url, address="192.0.2.11", headers=sent).status_code == 429


def test_what_is_dear_costs_more(app, portal, budgets):
    budgets(address=12)
    search = "/api/3/action/package_search?rows=500&q="
    assert until_refused(app, search + "a") == 4
    many = "&".join(f"district=31010{n}" for n in range(8))
    budgets(address=14)
    options = {"address": "192.0.2.20"}
    assert until_refused(app, f"/dataset/?{many}", **options) == 2


def test_without_redis_each_process_counts(app, portal, budgets, monkeypatch):
    budgets(address=5)
    monkeypatch.setitem(tk.config, "ckan.redis.url", "redis://127.0.0.1:9/0")
    monkeypatch.setitem(memory._silent, "until", 0.0)
    monkeypatch.setattr(limits_buckets, "_own", limits_buckets.OrderedDict())
    assert until_refused(app, "/about", address="192.0.2.30") == 5
    monkeypatch.setitem(memory._silent, "until", 0.0)


def test_own_machines_are_not_counted(app, portal, budgets, monkeypatch):
    budgets(address=1)
    monkeypatch.setitem(tk.config, SETTING + "free", "192.0.2.0/25 2001:db8::/48")
    assert until_refused(app, "/about", 4, address="192.0.2.40") == 4
    assert until_refused(app, "/about", 4, address="2001:db8::5") == 4
    assert until_refused(app, "/about", 4, address="192.0.2.200") == 1


def test_nothing_is_taken_where_one_bucket_is_empty(app, budgets):
    small, large = Bucket("small", 1.0), Bucket("large", 10.0)
    assert take([small], 1) == 0
    for _ in range(20):
        assert take([large, small], 1) > 0
    for _ in range(10):
        assert take([large], 1) == 0
    wait = take([large], 1)
    assert 0 < wait <= 6.1
    # What costs more than a minute's worth is possible once.
    assert take([Bucket("other", 2.0)], 100) == 0
    assert take([Bucket("none", 0.0)], 5) == 0


@given(
    st.sampled_from([None, "api.action", "dataset.search", "datastore.dump", "static"]),
    st.sampled_from(["GET", "HEAD", "POST", "BREW"]),
    st.one_of(st.none(), st.sampled_from(sorted(limits_costs.ACTIONS)), st.text()),
    st.dictionaries(
        st.sampled_from(["limit", "rows", "page", "start", "offset"]), st.text()
    ),
    st.integers(0, 1000),
)
def test_every_request_has_a_price(endpoint, method, action, asked, filters):
    points = limits_costs.cost(endpoint, method, action, asked, filters)
    assert 0 <= points < 2500
    assert (points == 0) == (endpoint in limits_costs.FREE)
