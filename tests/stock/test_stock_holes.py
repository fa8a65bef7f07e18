"""Holes of CKAN 2.12.0 as published, without us: what `guard/` shuts.

Each passes on stock 2.12.0. A newer CKAN that shuts one itself fails here: then ours
has stepped aside already, and may go.
"""

from __future__ import annotations

import smtplib
from pathlib import Path

import ckan.plugins.toolkit as tk
import jwt
import pytest
from ckan import model
from ckan.config.middleware.flask_app import csrf
from ckan.lib import mailer
from ckan.tests import factories
from flask import g

from tests.guard.smtp_server import server
from tests.stock.test_stock_ckan import stock, unheard  # noqa: F401  # pyright: ignore
from tests.visitors import Visitor

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "datastore activity"),
    pytest.mark.ckan_config("ckan.site_url", "http://test.ckan.net"),
    pytest.mark.usefixtures("stock"),
]


@pytest.fixture(autouse=True)
def as_published(monkeypatch):
    """Guards that stand in CKAN's modules are taken off."""
    published = mailer._mail_recipient.__globals__
    monkeypatch.setitem(published, "smtplib", smtplib)
    monkeypatch.setattr(csrf, "_exempt_views", set())
    for name, function in STOCK_MAILER.items():
        monkeypatch.setattr(mailer, name, function)


def _published():
    """The mailer's own functions, also where a test before this put ours there."""
    source = Path(mailer.__file__).read_text(encoding="utf-8")
    found = dict(vars(mailer))
    exec(compile(source, mailer.__file__, "exec"), found)
    names = ("create_reset_key", "verify_reset_link", "make_key")
    return {name: found[name] for name in names}


STOCK_MAILER = _published()


def test_one_visit_with_a_token_opens_a_form_to_forgery(app):
    """CVE-2026-41255: tests/guard/test_forgery.py"""
    visitor = Visitor(app, factories.User())
    data = {"save": "1", "fullname": "x", "email": "x@example.org", "old_password": ""}
    assert visitor.client.post("/user/edit", data=data).status_code == 400
    app.post("/user/edit", headers={"Authorization": "worthless"})
    assert visitor.client.post("/user/edit", data=data).status_code == 200


def test_the_mail_accounts_password_goes_to_whoever_answers(
    app, tmp_path, ckan_config, monkeypatch
):
    """CVE-2026-41132: tests/guard/test_mailing.py"""
    with server(tmp_path, "somebody.else") as heard:
        for name, value in heard.settings().items():
            monkeypatch.setitem(ckan_config, name, value)
        mailer.mail_recipient("Reader", "reader@example.org", "subject", "link")
    assert heard.passwords
    assert len(heard.mails) == 1


def test_any_host_is_answered(app):
    """tests/guard/test_hosts.py"""
    answer = app.get("/about", headers={"Host": "evil.example"})
    assert answer.status_code == 200


def test_the_caller_says_where_they_are(app):
    """tests/guard/test_addresses.py"""
    seen = []
    site = app.flask_app
    site.before_request_funcs.setdefault(None, []).append(
        lambda: seen.append(g.remote_addr)
    )
    told = {"X-Forwarded-For": "203.0.113.9"}
    app.get("/about", headers=told, environ_overrides={"REMOTE_ADDR": "10.0.0.7"})
    assert seen == ["203.0.113.9"]


def test_a_key_that_sets_a_password_has_no_end(app, freezer):
    """tests/guard/test_resetting.py: by the page and by the API"""
    user = factories.User()
    known = model.User.get(user["id"])
    mailer.create_reset_key(known)
    known = model.User.get(user["id"])
    freezer.tick(3650 * 86400)
    assert mailer.verify_reset_link(known, known.reset_key)
    change = {"id": user["id"], "name": user["name"], "email": "new@example.org"}
    change |= {"password": "Another-Horse-10", "reset_key": known.reset_key}
    answer = app.post("/api/3/action/user_update", json=change)
    assert answer.status_code == 200
    changed = model.User.get(user["id"])
    assert changed.validate_password("Another-Horse-10")
    # Used, and good for another time.
    assert mailer.verify_reset_link(changed, change["reset_key"])


def test_a_token_has_no_end(app):
    """tests/guard/test_token_ends.py"""
    user = factories.User()
    made = tk.get_action("api_token_create")(
        {"user": user["name"], "ignore_auth": True}, {"user": user["name"], "name": "x"}
    )
    said = jwt.decode(made["token"], options={"verify_signature": False})
    assert "exp" not in said


def test_a_page_that_somebody_sent_is_shown_as_the_sites(app, ckan_config):
    """tests/guard/test_uploads.py"""
    folder = Path(ckan_config["ckan.storage_path"]) / "storage/uploads/group"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "stock.html"
    path.write_text("<script>alert(1)</script>")
    try:
        answer = app.get("/uploads/group/stock.html")
    finally:
        path.unlink()
    assert answer.mimetype == "text/html"
    assert not answer.headers["Content-Disposition"].startswith("attachment")
    for name in ("Content-Security-Policy", "X-Content-Type-Options"):
        assert name not in answer.headers


def test_storages_show_what_they_say_they_attach(app, ckan_config):
    """`ckan.files.inline_content_types` is empty; tests/guard/test_uploads.py"""
    assert ckan_config["ckan.files.inline_content_types"] == []
    user = factories.User()
    org = factories.Organization(users=[{"name": user["name"], "capacity": "admin"}])
    dataset = factories.Dataset(user=user, owner_org=org["id"])
    from io import BytesIO

    from werkzeug.datastructures import FileStorage

    made = tk.get_action("resource_create")(
        {"user": user["name"], "ignore_auth": True},
        {
            "package_id": dataset["id"],
            "upload": FileStorage(BytesIO(b"<script>1</script>"), "a.html", "upload"),
            "mimetype": "text/html",
        },
    )
    where = f"/dataset/{dataset['id']}/resource/{made['id']}/download/a.html"
    answer = app.get(where)
    assert answer.mimetype == "text/html"
    assert answer.headers["Content-Disposition"].startswith("inline")
