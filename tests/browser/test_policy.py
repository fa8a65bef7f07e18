"""No page of the portal needs what its policy refuses; seen in a real Chromium."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from ckan import model
from ckan.tests import factories

from ckanext.edudata.demo import cast
from tests.browser.policy import Source, Walk
from tests.demo.conftest import PASSWORD, load

__all__ = ["load"]

TEMPLATES = Path(__file__).parents[2] / "ckanext" / "edudata" / "templates"
INLINE = re.compile(
    r"""(?:\s|")(?:on[a-z]+|style|hx-on[\w:-]*)\s*=\s*["'{]|<style|javascript:
    |<script(?![^>]*(?:\ssrc=|application/ld\+json))|["'](?:style|on[a-z]+)["']\s*:""",
    re.X,
)
#: Addresses that no page links to for everybody.
START = ("/", "/desk", "/no-such-page")
EVERYTHING = os.environ.get("EDUDATA_CRAWL") == "everything"
"""Each person looks at each page that they reach; some ten minutes."""


def test_templates_hold_no_inline_scripts_or_styles():
    found = [
        f"{path.relative_to(TEMPLATES)}:{number}: {line.strip()[:80]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if INLINE.search(line)
    ]
    assert not found, "\n".join(found)


def test_what_would_not_run_is_seen():
    for bad in (
        "<p style='color:red'>",
        '<a href=" JavaScript:void(0)">',
        '<b ONCLICK="x()">',
        "<script>x()</script>",
        "<style>p{}</style>",
        '<form hx-on::after-request="x()">',
    ):
        assert Source(bad).found, bad
    assert not Source('<script src="/a.js"></script><a href="/on=1">').found
    assert not Source('<script type="application/ld+json">{}</script>').found
    for bad in ('<p style="a">', '<p onclick="a">', "<script>", '{"style": "a"}'):
        assert INLINE.search(bad), bad
    for good in ('<option value="a">', '{% set position = "a" %}', 'data-style="a"'):
        assert not INLINE.search(good), good


@pytest.fixture
def portal(load):
    """The demonstration stands in the portal's place: it has people of every kind."""
    load()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.clause("8.1.4.4 e")
def test_no_page_needs_more(portal, site, chromium, app):
    walk = Walk(app.flask_app.url_map, most=99 if EVERYTHING else 1)
    root = factories.Sysadmin(name="root-of-stock", password=PASSWORD)
    people = ["", root["name"], *(person.name for person in cast.PEOPLE)]
    model.Session.remove()
    looked = {}
    for name in people:
        context = chromium.new_context(base_url=site.url, locale="zh-CN")
        walk.listen(context, name or "public")
        page = context.new_page()
        if name:
            page.goto("/user/login")
            page.fill("#field-login", name)
            page.fill("#field-password", PASSWORD)
            page.locator("main form button[type=submit]").click()
            page.wait_for_load_state()
        start = [*START, *(["/ckan-admin/"] if name == root["name"] else [])]
        who = SimpleNamespace(page=page, base=site.url)
        looked[name] = walk.through(who, name or "public", start)
        context.close()
    print(looked, len(walk.seen))
    assert not walk.faults, "\n".join(sorted(set(walk.faults)))
    assert len(walk.seen) > 60, sorted(walk.seen)
