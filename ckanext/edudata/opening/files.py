"""Released files, as CKAN's download view asks for them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import files

from ckanext.edudata import settings, storage
from ckanext.edudata.opening.model import Release, ReleasedResource


def uploader(resource: dict[str, Any]) -> ReleasedFile | None:
    """The uploader of a resource of an open dataset; None for all others."""
    package_id = resource.get("package_id")
    package = model.Package.get(package_id) if package_id else None
    if package is None and resource.get("id"):
        found = model.Resource.get(resource["id"])
        package = model.Package.get(found.package_id) if found else None
    if package is None or package.type != "dataset":
        return None
    return ReleasedFile(resource)


class ReleasedFile:
    """Answers CKAN's download view; takes nothing in."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self.storage = files.get_storage(settings.RELEASED)
        # A release has no upload in it: what it serves was stored before.
        resource.pop("upload", None)
        resource.pop("clear_upload", None)

    def upload(self, id: str, max_size: int = 10) -> None:
        """Nothing to do: the release stored the file."""

    def get_path(self, id: str) -> files.Location:
        """Place of the file that stands behind a public resource id now.

        :raises ObjectNotFound: nothing is released under it, or it was stopped
        """
        digest = model.Session.scalar(
            sa.select(ReleasedResource.file_digest)
            .join(Release, Release.id == ReleasedResource.release_id)
            .where(
                ReleasedResource.resource_id == id,
                ReleasedResource.kind != "conditional",
                Release.state == "live",
            )
        )
        if not digest:
            raise tk.ObjectNotFound(tk._("There is no such file"))
        return storage.location(digest)
