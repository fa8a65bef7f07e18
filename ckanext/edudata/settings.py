"""Settings that the portal gives to CKAN where the operator has given none."""

from __future__ import annotations

import os

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
}


def apply(config: CKANConfig) -> None:
    """Fix what the promises need, and fill in the places of our storages."""
    for key, value in FORCED.items():
        config[key] = value
    root = config.get("ckan.storage_path") or ""
    for name in (RELEASED, PRIVATE, ATTACHMENTS):
        prefix = f"ckan.files.storage.{name}."
        if root and prefix + "type" not in config:
            # file-keeper's own options: declared by the adapter, not by us.
            config[prefix + "type"] = "ckan:fs"
            config[prefix + "path"] = os.path.join(root, "edudata", name)
            config[prefix + "initialize"] = True
