"""What the portal does to a site's settings, whatever stands in its ini."""

from __future__ import annotations

import pytest
from ckan.common import CKANConfig, config

from ckanext.edudata import settings
from tests.visitors import Visitor

LOOSE = {
    "ckan.site_url": "https://data.example.org",
    "ckanext.edudata.environment": "production",
    "ckan.auth.public_user_details": True,
    "ckan.auth.user_create_groups": True,
    "ckan.auth.create_dataset_if_not_in_organization": True,
    "ckan.cors.origin_allow_all": True,
    "ckan.datastore.sqlsearch.enabled": True,
    "ckan.hide_version": False,
    "ckan.upload.user.mimetypes": ["image/svg+xml"],
    "ckan.files.inline_content_types": ["text/html"],
    "ckan.recaptcha.publickey": "x",
    "SESSION_COOKIE_HTTPONLY": False,
    "SESSION_COOKIE_SAMESITE": "None",
    "REMEMBER_COOKIE_SAMESITE": None,
}


@pytest.mark.clause("8.1.4.2")
def test_a_loose_ini_is_drawn_tight():
    made = CKANConfig({**LOOSE, **{k: d for k, (d, _) in settings.INSTEAD.items()}})
    settings.apply(made)
    for key, value in settings.FORCED.items():
        assert made[key] == value, key
    for key, (_, ours) in settings.INSTEAD.items():
        assert made[key] == ours, key
    assert made["SESSION_COOKIE_SAMESITE"] == "lax"
    assert all(made[key] is True for key in settings.TLS_ONLY)


def test_what_a_site_says_itself_stays():
    said = {"PERMANENT_SESSION_LIFETIME": 3600, "SESSION_COOKIE_SAMESITE": "Strict"}
    plain = {**LOOSE, **said, "ckan.site_url": "http://127.0.0.1:5000"}
    made = CKANConfig(plain)
    settings.apply(made)
    assert made["PERMANENT_SESSION_LIFETIME"] == 3600
    assert made["SESSION_COOKIE_SAMESITE"] == "Strict"
    assert not any(made.get(key) for key in settings.TLS_ONLY)


@pytest.mark.clause("8.1.4.2")
def test_they_are_in_force_in_the_application(app, portal):
    flask = app.flask_app.config
    for key in ("SESSION_COOKIE_HTTPONLY", "REMEMBER_COOKIE_SAMESITE"):
        assert flask[key] == settings.FORCED[key]
    assert flask["WTF_CSRF_TIME_LIMIT"] == settings.HALF_AN_HOUR
    for key, value in settings.FORCED.items():
        assert config[key] == value, key
    foreign = {"Origin": "https://evil.example"}
    answer = app.get("/api/3/action/status_show", headers=foreign)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "ckan_version" not in answer.json["result"]
    sql = "/api/3/action/datastore_search_sql?sql=SELECT 1"
    assert Visitor(app, portal.reviewer).get(sql).status_code == 400
    page = Visitor(app).text("/about")
    assert "CKAN 2." not in page
    assert "gravatar" not in Visitor(app, portal.stranger).text("/desk")
