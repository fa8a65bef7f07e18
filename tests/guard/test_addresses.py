"""The address of who calls is the one a trusted proxy saw."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.guard import addresses

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
}


def asked(hops: int, peer: str, **headers: str) -> dict[str, str]:
    """What the application sees of a request."""
    seen: dict[str, str] = {}
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name}": value for name, value in headers.items()}
    middleware = addresses.Addressed(lambda told, _start: seen.update(told), hops)
    middleware(environ, None)
    return seen


def test_ckan_itself_is_told_the_address_of_the_connection(app):
    """Stock 2.12 answers 203.0.113.9: tests/stock/test_stock_holes.py."""
    seen = []
    site = app.flask_app
    site.before_request_funcs.setdefault(None, []).append(
        lambda: seen.append((g.remote_addr, addresses.client()))
    )
    app.get("/about", headers=FORGED, environ_overrides={"REMOTE_ADDR": "10.0.0.7"})
    assert seen == [("10.0.0.7", "10.0.0.7")]


@pytest.mark.ckan_config(addresses.SETTING, 1)
def test_behind_one_proxy_the_last_value_counts(app):
    seen = []
    site = app.flask_app
    site.before_request_funcs.setdefault(None, []).append(
        lambda: seen.append((g.remote_addr, tk.request.scheme))
    )
    forged = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}
    app.get("/about", headers={**FORGED, **forged})
    assert seen == [("198.51.100.4", "https")]


@pytest.mark.parametrize(
    ("hops", "told", "real"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (3, "203.0.113.9", "10.0.0.1"),  # fewer than trusted: said by nobody
        (1, "unknown", "10.0.0.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:DB8::1]:4711", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "", "10.0.0.1"),
    ],
)
def test_hops(hops, told, real):
    seen = asked(hops, "10.0.0.1", X_FORWARDED_FOR=told, X_REAL_IP="6.6.6.6")
    assert seen["REMOTE_ADDR"] == real
    assert not [name for name in seen if name.startswith("HTTP_X_")]


@given(st.text(max_size=60), st.integers(0, 3))
def test_whatever_is_told_the_result_is_an_address(told, hops):
    seen = asked(hops, "10.0.0.1", X_FORWARDED_FOR=told, X_FORWARDED_PROTO=told)
    address = seen["REMOTE_ADDR"]
    assert addresses.plain(address) == address
    assert seen["wsgi.url_scheme"] in ("http", "https")
    if hops == 0:
        assert address == "10.0.0.1"


def test_a_caller_has_a_whole_block_of_the_new_addresses(app):
    for peer, block in (
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("10.0.0.7", "10.0.0.7"),
        ("", ""),
    ):
        context = app.flask_app.test_request_context(
            environ_overrides={"REMOTE_ADDR": peer}
        )
        with context:
            assert addresses.block() == block
    assert addresses.client() == ""
