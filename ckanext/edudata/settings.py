"""Settings that the portal gives to CKAN where the operator has given none."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from ckan.common import CKANConfig

RELEASED = "edudata_released"
"""Storage of released files, addressed by digest; any file-keeper adapter serves."""

PRIVATE = "edudata_private"
"""Storage of what nobody is served directly: clean tables of checked files."""

ATTACHMENTS = "edudata_attachments"
"""Storage of attachments of applications, encrypted; nobody is served directly."""

FORCED = {
    # A listing of every table in the DataStore, private ones with them.
    "ckan.datastore.public_table_search": [],
    # Reads tables past the door and past the grants.
    "ckan.datastore.sqlsearch.enabled": False,
    # People get access through roles and grants, on record; not through this.
    "ckan.auth.allow_dataset_collaborators": False,
    "ckan.auth.create_unowned_dataset": False,
    "ckan.auth.create_dataset_if_not_in_organization": False,
    "ckan.auth.user_create_groups": False,
    "ckan.auth.user_create_organizations": False,
    "ckan.auth.user_delete_groups": False,
    "ckan.auth.user_delete_organizations": False,
    "ckan.auth.public_user_details": False,
    # Accounts are opened by the operator; there is no page to register on.
    "ckan.auth.create_user_via_web": False,
    "ckan.auth.create_user_via_api": False,
    "ckan.views.default_views": [],
    "ckan.auth.anon_create_dataset": False,
    "ckan.auth.reveal_private_datasets": False,
    "ckan.auth.public_activity_stream_detail": False,
    "ckan.auth.create_default_api_keys": False,
    # Another site's script would read as whoever is logged in here.
    "ckan.cors.origin_allow_all": False,
    "ckan.hide_version": True,
    # Pages call nobody outside: no pictures of faces, no captcha of others.
    "ckan.gravatar_default": "disabled",
    "ckan.recaptcha.publickey": "",
    "ckan.recaptcha.privatekey": "",
    # What people send is downloaded (guard/uploads.py), pictures are no SVG, and files
    # belong to an entry or an application.
    "ckan.files.inline_content_types": [],
    "ckan.files.authenticated_uploads.allow": False,
    "ckan.upload.user.types": ["image"],
    "ckan.upload.group.types": ["image"],
    "ckan.upload.user.mimetypes": ["image/png", "image/gif", "image/jpeg"],
    "ckan.upload.group.mimetypes": ["image/png", "image/gif", "image/jpeg"],
    # No script reads these, no other site's form takes them along.
    "SESSION_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_SAMESITE": "lax",
}

HALF_AN_HOUR = 1800

INSTEAD = {
    "SESSION_TYPE": ("cookie", "redis"),
    "PERMANENT_SESSION_LIFETIME": (31_536_000, HALF_AN_HOUR),
    "REMEMBER_COOKIE_DURATION": (31_536_000, HALF_AN_HOUR),
    "WTF_CSRF_TIME_LIMIT": (31_536_000, HALF_AN_HOUR),
    "ckan.datastore.search.rows_max": (32_000, 5_000),
}
"""CKAN's defaults (sessions and forms for a year, sessions that are replayed after
their end, 32,000 rows at once), and ours in their place. A site may set others."""

TLS_ONLY = ("SESSION_COOKIE_SECURE", "REMEMBER_COOKIE_SECURE")

ENVIRONMENT = "ckanext.edudata.environment"


def apply(config: CKANConfig) -> None:
    """Fix what the promises need, and fill in the places of our storages."""
    for key, value in FORCED.items():
        config[key] = value
    for key, (default, ours) in INSTEAD.items():
        if config.get(key) == default and not _tests_keep(config, key):
            config[key] = ours
    if urlsplit(str(config.get("ckan.site_url") or "")).scheme == "https":
        for key in TLS_ONLY:
            config[key] = True
    if str(config.get("SESSION_COOKIE_SAMESITE")).lower() not in ("lax", "strict"):
        config["SESSION_COOKIE_SAMESITE"] = "lax"
    root = config.get("ckan.storage_path") or ""
    for name in (RELEASED, PRIVATE, ATTACHMENTS):
        prefix = f"ckan.files.storage.{name}."
        if root and prefix + "type" not in config:
            # file-keeper's own options: declared by the adapter, not by us.
            config[prefix + "type"] = "ckan:fs"
            config[prefix + "path"] = os.path.join(root, "edudata", name)
            config[prefix + "initialize"] = True


def _tests_keep(config: CKANConfig, key: str) -> bool:
    # CKAN's fixture copies the configuration, which a connection in it does not allow.
    return key == "SESSION_TYPE" and config.get(ENVIRONMENT) == "test"
