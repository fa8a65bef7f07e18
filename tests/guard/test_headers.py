"""Every answer tells browsers what may run, frame and follow; stock CKAN tells nothing.

The pages in a real browser are in tests/browser/test_policy.py.
"""

from __future__ import annotations

import flask
import pytest
import werkzeug.routing
from werkzeug.datastructures import Headers

from ckanext.edudata.guard import headers
from tests.visitors import Visitor

PAGES = ("/", "/dataset/", "/user/login", "/terms", "/open-list", "/nothing-here")
FILES = (
    "/api/3/action/status_show",
    "/api/3/action/nothing_here",
    "/open-list.csv",
    "/catalog.ttl",
    "/feeds/dataset.atom",
    "/edudata/mark.svg",
    "/robots.txt",
)


def rules(answer):
    told = answer.headers.getlist("Content-Security-Policy")
    assert len(told) == 1, answer.request.path
    return dict((rule.strip() + " ").split(" ", 1) for rule in told[0].split(";"))


@pytest.mark.clause("8.1.4.4 e")
def test_every_answer_carries_them(app, portal):
    everybody, worker = Visitor(app), Visitor(app, portal.reviewer)
    for visitor in (everybody, worker):
        for address in (*PAGES, *FILES, "/desk"):
            answer = visitor.get(address)
            found = rules(answer)
            assert found["default-src"].strip() == "'none'", address
            assert found["frame-ancestors"].strip() == "'none'", address
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            for name, value in headers.ALWAYS.items():
                assert answer.headers[name] == value, (address, name)
            assert "Strict-Transport-Security" not in answer.headers
    for address in PAGES:
        assert rules(everybody.get(address))["script-src"].strip() == "'self'"
    for address in FILES:
        if everybody.get(address).mimetype != "text/html":
            assert "sandbox" in rules(everybody.get(address)), address


def test_a_failure_carries_them_too(app, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("broken")

    monkeypatch.setitem(app.flask_app.view_functions, "home.about", broken)
    app.flask_app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = app.flask_app.test_client().get("/about")
    finally:
        app.flask_app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert rules(answer)["script-src"].strip() == "'self'"
    assert "RuntimeError" not in answer.get_data(as_text=True)


@pytest.mark.clause("8.1.4.8 a")
def test_hsts_behind_tls_only(app, ckan_config):
    client = app.flask_app.test_client()
    name = "Strict-Transport-Security"
    assert name not in client.get("/about").headers
    behind = client.get("/about", base_url="https://test.ckan.net")
    assert behind.headers[name] == "max-age=31536000"
    assert "upgrade-insecure-requests" in rules(behind)
    ckan_config["ckan.site_url"] = "https://test.ckan.net"
    assert client.get("/about").headers[name] == "max-age=31536000"
    ckan_config["ckanext.edudata.hsts"] = 0
    assert name not in client.get("/about").headers


def test_nothing_but_our_own_files_is_a_script(app):
    """JSONP would be a script for anybody who gets a tag into a page."""
    client = app.flask_app.test_client()
    called = client.get("/api/3/action/status_show?callback=steal")
    assert called.get_data(as_text=True).startswith("steal(")
    assert called.mimetype == "text/plain"
    assert client.get("/base/javascript/module.js").mimetype.endswith("javascript")


def made(kind, endpoint, status="200 OK", path="/x", **more):
    """The headers that an answer of this kind gets."""
    site = flask.Flask("made")

    def answer(environ, start):
        environ["werkzeug.request"] = flask.Request(environ)
        environ["werkzeug.request"].url_rule = werkzeug.routing.Rule(
            "/x", endpoint=endpoint
        )
        start(status, [("Content-Type", kind), *more.items()])
        return [b""]

    site.wsgi_app = answer
    headers.install(site)
    return site.test_client().get(path).headers


def test_somebodys_file_is_no_page(app):
    for endpoint in ("file.download", "file.public_download", "static"):
        policy = made("text/html; charset=utf-8", endpoint)["Content-Security-Policy"]
        assert "script-src" not in policy
        assert "sandbox" in policy
    upload = made("text/javascript", "static", path="/uploads/group/a.js")
    assert upload["Content-Type"].startswith("text/plain")
    assert made("text/javascript", "static")["Content-Type"] == "text/javascript"
    missing = made("text/html", "static", "404 NOT FOUND")
    assert "script-src" in missing["Content-Security-Policy"]


def test_a_stricter_policy_of_a_view_stays():
    told = Headers({"Content-Type": "text/html", "Content-Security-Policy": "x"})
    found = headers.marked(told, "some.view", secure=False)
    assert found.getlist("Content-Security-Policy")[0] == "x"
    assert len(found.getlist("Content-Security-Policy")) == 2


def test_the_sites_own_style_is_a_file(app, ckan_config):
    client = app.flask_app.test_client()
    ckan_config["ckan.site_custom_css"] = "body {color: #123}"
    page = client.get("/about").get_data(as_text=True)
    assert "<style" not in page
    sheet = client.get("/site.css")
    assert sheet.mimetype == "text/css"
    assert sheet.get_data(as_text=True) == "body {color: #123}"
    again = client.get("/site.css", headers={"If-None-Match": sheet.headers["ETag"]})
    assert again.status_code == 304


def test_a_page_that_is_still_good_keeps_its_own_policy(app, portal):
    """Headers of a 304 replace those a browser kept with the page."""
    visitor = Visitor(app)
    page = visitor.get("/open-list")
    again = visitor.get("/open-list", headers={"If-None-Match": page.headers["ETag"]})
    assert (page.status_code, again.status_code) == (200, 304)
    assert "Content-Security-Policy" not in again.headers
