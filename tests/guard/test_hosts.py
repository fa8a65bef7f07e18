"""The site answers to its own name only; stock 2.12.0 to any (tests/stock)."""

from __future__ import annotations

import pytest

from ckanext.edudata.guard import hosts
from ckanext.edudata.guard.hosts import Named

PAGES = ("/about", "/api/3/action/status_show", "/user/login", "/no/such/page")


@pytest.mark.clause("8.1.4.4")
def test_another_name_is_refused_before_anything_is_looked_at(app):
    for page in PAGES:
        answer = app.get(page, headers={"Host": "evil.example"}, status=400)
        assert "evil.example" not in answer.text
        assert answer.mimetype == "text/plain"
        assert "本站" in answer.text
    assert app.get("/about", headers={"Host": "test.ckan.net"}).status_code == 200
    forged = {"Host": "test.ckan.net", "X-Forwarded-Host": "evil.example"}
    assert "evil.example" not in app.get("/about", headers=forged).text


@pytest.mark.ckan_config("ckan.site_url", "https://数据.example.org:8443")
@pytest.mark.ckan_config(hosts.SETTING, ["old.example.org"])
def test_names_of_the_site(app):
    known = hosts.names()
    asked = []
    site = Named(lambda environ, start: asked.append(environ["HTTP_HOST"]) or [], known)
    good = (
        "xn--vxup8b.example.org",
        "XN--VXUP8B.example.org:8443",
        "old.example.org",
        "old.example.org.",
        "127.0.0.1:5000",
        "[::1]:5000",
        "localhost",
    )
    for host in good:
        site({"HTTP_HOST": host}, lambda *said: None)
    assert asked == list(good)
    for host in (
        "",
        "example.org",
        "evil.old.example.org",
        "old.example.org:80:80",
        "old.example.org:@evil",
        "old.example.org@evil.example",
        "old.example.org, evil.example",
        "[::1].evil.example",
        "test.ckan.net",
    ):
        assert site({"HTTP_HOST": host}, lambda *said: None) == [hosts.REFUSAL], host
    assert asked == list(good)
