"""Holes of CKAN 2.12.0 as published, without us: what `guard/` shuts.

Each passes on stock 2.12.0. A newer CKAN that shuts one itself fails here: then ours
has stepped aside already, and may go.
"""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.cookies import SimpleCookie
from pathlib import Path

import ckan.plugins.toolkit as tk
import jwt
import pytest
from ckan import model
from ckan.config.middleware.flask_app import csrf
from ckan.lib import mailer
from ckan.model import user as user_model
from ckan.tests import factories
from flask import g

from tests.guard.smtp_server import server
from tests.stock.test_stock_ckan import stock, unheard  # noqa: F401  # pyright: ignore
from tests.visitors import PASSWORD, Visitor

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


def _log_in(app, login, password, **more):
    visitor = Visitor(app)
    data = {"login": login, "password": password, **more}
    return visitor, visitor.post("/user/login", data, page="/user/login")


def test_nobody_counts_wrong_passwords(app):
    """tests/identity/test_log_in.py::test_tries_end_whether_there_is_an_account_or_not
    and ::test_one_address_has_an_end_too"""
    user = factories.User(password=PASSWORD)
    codes = {_log_in(app, user["name"], f"Wrong-{n}")[1].status_code for n in range(31)}
    assert codes == {200}
    assert _log_in(app, user["name"], PASSWORD)[1].status_code == 302


def test_who_logs_in_says_for_how_long(app):
    """tests/identity/test_log_in.py::test_remember_is_not_asked"""
    user = factories.User(password=PASSWORD)
    hundred_years = str(36_525 * 86_400_000)
    answer = _log_in(app, user["name"], PASSWORD, remember=hundred_years)[1]
    cookies = [SimpleCookie(each) for each in answer.headers.getlist("Set-Cookie")]
    kept = next(each["remember_token"] for each in cookies if "remember_token" in each)
    years = parsedate_to_datetime(kept["expires"]).year - datetime.now().year
    assert 99 <= years <= 101
    # What is no number is a fault of the portal's: answered with 500.
    with pytest.raises(ValueError, match="abc"):
        _log_in(app, user["name"], PASSWORD, remember="abc")


def test_only_an_account_costs_a_hash(app, monkeypatch):
    """tests/identity/test_log_in.py::test_an_unknown_account_costs_as_much"""
    user = factories.User(password=PASSWORD)
    hashed = []
    verify = user_model.pbkdf2_sha512.verify

    def counted(secret, kept):
        hashed.append(kept)
        return verify(secret, kept)

    monkeypatch.setattr(user_model.pbkdf2_sha512, "verify", counted)
    spent = {}
    for name in (user["name"], user["email"], "nobody-at-all"):
        hashed.clear()
        assert _log_in(app, name, "Wrong-Horse-9")[1].status_code == 200
        spent[name] = len(hashed)
    assert list(spent.values()) == [1, 1, 0]


def test_a_session_outlives_its_password(app):
    """tests/identity/test_log_in.py::test_a_new_password_and_a_role_end_sessions"""
    user = factories.User(password=PASSWORD)
    thief, answer = _log_in(app, user["name"], PASSWORD)
    assert answer.status_code == 302
    known = model.User.get(user["id"])
    known.password = "Another-Horse-8"
    model.Session.commit()
    assert _log_in(app, user["name"], PASSWORD)[1].status_code == 200
    assert thief.get("/user/edit").status_code == 200


def test_a_cookie_outlives_its_log_out(app):
    """tests/identity/test_log_in.py::test_a_session_ends_where_its_owner_says"""
    user = factories.User(password=PASSWORD)
    visitor, answer = _log_in(app, user["name"], PASSWORD)
    cookie = SimpleCookie(answer.headers["Set-Cookie"])
    visitor.post("/user/_logout", page="/user/edit")
    assert visitor.get("/user/edit").status_code != 200
    thief = Visitor(app)
    for name, kept in cookie.items():
        thief.client.set_cookie(name, kept.value)
    assert thief.get("/user/edit").status_code == 200
