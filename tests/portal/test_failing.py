"""A request that fails takes no other with it."""

from __future__ import annotations

import flask
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.portal import failing
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
