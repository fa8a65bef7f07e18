"""What a guarded write may do to an entry. Asked by the chained actions."""

from __future__ import annotations

import os
import re
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import DataDict
from werkzeug.datastructures import FileStorage

from ckanext.edudata.opening import door


def new_package(data_dict: DataDict) -> None:
    """Make what is created an entry, private and under an opaque name.

    :raises ValidationError: the type is not one of the configured schemas
    :raises NotAuthorized: an open dataset, created past the door
    """
    kind = data_dict.setdefault("type", door.ENTRY) or door.ENTRY
    data_dict["type"] = kind
    if kind not in tk.h.scheming_dataset_schemas():
        raise tk.ValidationError(
            {"type": [tk._("There is no such type; data are entered as an entry")]}
        )
    if kind != door.ENTRY:
        if not door.is_open(data_dict.get("id")):
            raise tk.NotAuthorized(
                tk._(
                    "An open dataset is made by a release. Create an entry, have it "
                    "checked and approved, and release it."
                )
            )
        return
    data_dict["private"] = True
    data_dict["name"] = f"entry-{uuid.uuid4().hex}"
    _uploads(data_dict, None)


def changed_package(package: model.Package, data_dict: DataDict) -> None:
    """Keep an entry private and under its name, whatever the call says."""
    if package.type != door.ENTRY:
        return
    data_dict["private"] = True
    data_dict["name"] = package.name
    _uploads(data_dict, package.id)


def no_alias(data_dict: DataDict) -> None:
    """An alias could claim an id that a public address or a grant will point to."""
    if data_dict.get("aliases"):
        raise tk.ValidationError(
            {"aliases": [tk._("Aliases of tables are not offered; use the id")]}
        )


def _uploads(data_dict: DataDict, package_id: str | None) -> None:
    for resource in data_dict.get("resources") or []:
        if isinstance(resource, dict):
            _own_id(resource, package_id)
            uploaded(resource)


def _own_id(resource: dict[str, Any], package_id: str | None) -> None:
    """The portal gives files their ids: any other could be that of a public table.

    CKAN takes one that was deleted, or that is no resource but a frozen table's.

    :raises ValidationError: the id is not that of a file of this entry
    """
    wanted = resource.get("id")
    if not wanted:
        return
    found = None
    if isinstance(wanted, str):
        found = model.Session.get(model.Resource, wanted)
    if found is None or found.package_id != package_id:
        raise tk.ValidationError(
            {"id": [tk._("This entry has no such file; leave the id of a new one out")]}
        )


def group(data_dict: DataDict) -> None:
    """Groups take no packages in, and people of a unit are named by their roles.

    :raises NotAuthorized: packages are named
    """
    if data_dict.get("packages"):
        raise tk.NotAuthorized(
            tk._("An entry belongs to the unit that it names; groups take nothing in")
        )
    # `organization_patch` brings CKAN's own list along, so that it is passed by.
    data_dict.pop("users", None)


def named(data_dict: DataDict) -> None:
    """A patch that brings a file and no name leaves the resource its own."""
    reference = data_dict.get("id")
    known = None
    if isinstance(reference, str) and not data_dict.get("name"):
        known = model.Session.get(model.Resource, reference)
    if known is not None and known.name:
        data_dict["name"] = known.name


def uploaded(resource: dict[str, Any]) -> None:
    """Keep the file's own name; CKAN's would lose every Chinese character of it."""
    upload = resource.get("upload")
    if not isinstance(upload, FileStorage) or not upload.filename:
        return
    if getattr(upload, "edudata_renamed", False):
        # resource_create and its like call package_update: seen there already.
        return
    upload.edudata_renamed = True  # type: ignore[attr-defined]
    original = os.path.basename(upload.filename.replace("\\", "/"))
    original = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", original)[:200]
    stem, extension = os.path.splitext(original)
    extension = re.sub(r"[^A-Za-z0-9.]", "", extension)[:10].lower()
    resource["original_name"] = original
    resource["name"] = resource.get("name") or stem
    resource["format"] = extension.lstrip(".").upper()
    resource["url_type"] = "upload"
    upload.filename = f"data{extension}"
