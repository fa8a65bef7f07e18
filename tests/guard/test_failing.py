"""A request that fails takes no other with it."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import flask
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.guard import failing
from tests.visitors import Visitor


def test_numbers_and_characters_the_database_does_not_know(app, portal):
    everybody, worker = Visitor(app), Visitor(app, portal.reviewer)
    huge = "9" * 30
    for visitor in (everybody, worker):
        assert visitor.get(f"/demands?page={huge}").status_code == 400
        assert visitor.get("/demands?q=%00").status_code == 400
        assert visitor.get("/organization/?at=%00").status_code == 400
        assert visitor.get("/organization/%00").status_code == 404
        assert visitor.get("/demands").status_code == 200
    assert worker.get(f"/audit?page={huge}").status_code in (400, 403)
    assert worker.get(f"/catalogs?page={huge}").status_code == 400
    assert worker.get("/desk").status_code == 200


def test_nul_in_json_is_a_bad_request_and_its_letters_are_not(app, portal):
    search = "/api/action/package_search"
    for body, status in (
        (b'{"q": "a\\u0000b"}', 400),
        (b'{"q": "a\x00b"}', 400),
        (b'{"q": "a\\\\u0000b"}', 200),
        (b'{"q": "\\\\\\u0000"}', 400),
    ):
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            answer = app.post(search, data=body, content_type=kind)
            assert answer.status_code == status, (body, kind)


def test_an_address_that_takes_a_form_leads_to_its_page(app, portal):
    visitor = Visitor(app, portal.reviewer)
    answer = app.get("/demands/1/answer", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.location == tk.config["ckan.site_url"] + "/demands/1"
    assert visitor.get("/organization/bureau/none/at/all").status_code == 404


@pytest.fixture
def broken(portal):
    """An application with CKAN's order of things: the page of an error asks too."""
    site = flask.Flask("broken")

    @site.errorhandler(Exception)
    def page(error):
        return f"asked: {model.Session.scalar(sa.text('SELECT 1'))}", 500

    failing.install(site)

    @site.route("/<words>")
    def view(words):
        return str(model.Session.scalar(sa.text(words)))

    return site.test_client()


def test_the_page_of_an_error_may_ask_the_database(broken):
    answer = broken.get("/SELECT no_such_column")
    assert (answer.status_code, answer.text) == (500, "asked: 1")
    assert broken.get("/SELECT 2").text == "2"


def test_a_field_of_no_form_is_refused(app, portal):
    """CKAN reads `a__1` as a place in a list, and fails where there is no number."""
    asker = Visitor(app, portal.compiler)
    answer = asker.post("/entry/new", {"a__b": "c", "title": "x"})
    assert answer.status_code == 400
