"""The one door between the shelves.

An open dataset is written by a release and by nothing else. The door is a context
variable that names the one package being released; the chained actions in `action.py`
look at it. It is not looked at in auth functions, which system administrators and
`ignore_auth` pass by, and it is no key of a context, which `fresh_context` would drop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.types import DataDict

from ckanext.edudata import settings
from ckanext.edudata.opening.model import Release, ReleasedResource, StagedTable

ENTRY = "entry"
DATASET = "dataset"

_released: ContextVar[str | None] = ContextVar("edudata_door", default=None)
_founding: ContextVar[bool] = ContextVar("edudata_founding", default=False)


@contextmanager
def opened(package_id: str) -> Iterator[None]:
    """Let the release of this one package through, in this thread of execution."""
    token = _released.set(package_id)
    try:
        yield
    finally:
        _released.reset(token)


def is_open(package_id: str | None) -> bool:
    """Whether the door is open for this package now."""
    return package_id is not None and _released.get() == package_id


@contextmanager
def founding() -> Iterator[None]:
    """While CKAN creates a unit: its wish to make the creator a member is passed by."""
    token = _founding.set(True)
    try:
        yield
    finally:
        _founding.reset(token)


def is_founding() -> bool:
    return _founding.get()


def refuse_released(package: model.Package | None) -> None:
    """Refuse to write into an open dataset unless the door is open for it.

    :raises NotAuthorized: with a sentence that says how it is done
    """
    if package is not None and package.type != ENTRY and not is_open(package.id):
        raise tk.NotAuthorized(
            tk._(
                "An open dataset changes only by a release. Change the entry it was "
                "released from, have it checked and approved, and release it."
            )
        )


def _text(reference: Any) -> str:
    """A reference as it must be: SQLAlchemy finds a package by `[id]` and `{"id": id}`.

    :raises ValidationError: anything but text
    """
    if reference is not None and not isinstance(reference, str):
        raise tk.ValidationError({"id": [tk._("An id must be text")]})
    return reference or ""


def _package(reference: Any) -> list[model.Package]:
    name = _text(reference)
    package = model.Package.get(name) if name else None
    return [package] if package else []


def _of_resource(resource_id: Any) -> list[model.Package]:
    name = _text(resource_id)
    resource = model.Resource.get(name) if name else None
    return _package(resource.package_id) if resource else []


def _by_id(data_dict: DataDict) -> list[model.Package]:
    return _package(data_dict.get("id") or data_dict.get("name"))


def _by_revision(data_dict: DataDict) -> list[model.Package]:
    match = data_dict.get("match")
    if not isinstance(match, dict):
        # Flattened form: match__id, match__name.
        match = {
            key.split("__", 1)[1]: value
            for key, value in data_dict.items()
            if key.startswith("match__")
        }
    return _by_id(match)


def _by_ids(data_dict: DataDict) -> list[model.Package]:
    datasets = data_dict.get("datasets") or []
    if isinstance(datasets, str):
        datasets = [datasets]
    return [package for item in datasets for package in _package(item)]


def _by_package_id(data_dict: DataDict) -> list[model.Package]:
    return _package(data_dict.get("package_id"))


def _by_resource(data_dict: DataDict) -> list[model.Package]:
    return _of_resource(data_dict.get("id"))


def _by_resource_or_package(data_dict: DataDict) -> list[model.Package]:
    # A changed package_id would carry a resource from one package to another.
    return _by_resource(data_dict) + _by_package_id(data_dict)


def _by_table(data_dict: DataDict) -> list[model.Package]:
    resource = data_dict.get("resource")
    inner = _by_package_id(resource) if isinstance(resource, dict) else []
    # The DataStore's schemas let `id` win over `resource_id`: neither goes unseen.
    outer: list[model.Package] = []
    for key in ("id", "resource_id"):
        outer += _of_resource(data_dict.get(key)) + _frozen(_text(data_dict.get(key)))
    return outer + inner


def _frozen(table_id: str) -> list[model.Package]:
    """The open dataset that a frozen table is a version of; no resource leads to it.

    :raises NotAuthorized: a table that is being staged for a release
    """
    if model.Session.get(StagedTable, table_id) is not None:
        raise tk.NotAuthorized(tk._("This table is written by a release only."))
    dataset_id = model.Session.scalar(
        sa.select(Release.dataset_id)
        .join(ReleasedResource, ReleasedResource.release_id == Release.id)
        .where(ReleasedResource.table_id == table_id)
    )
    return _package(dataset_id)


def _by_tag(data_dict: DataDict) -> list[model.Package]:
    name = _text(data_dict.get("id"))
    tag = model.Tag.get(name, data_dict.get("vocabulary_id")) if name else None
    return list(tag.packages) if tag else []


def _by_view(data_dict: DataDict) -> list[model.Package]:
    view = model.ResourceView.get(_text(data_dict.get("id")))
    found = _of_resource(view.resource_id) if view else []
    return found + _of_resource(data_dict.get("resource_id"))


def _by_relationship(data_dict: DataDict) -> list[model.Package]:
    return _package(data_dict.get("subject")) + _package(data_dict.get("object"))


def _by_default_views(data_dict: DataDict) -> list[model.Package]:
    resource = data_dict.get("resource") or {}
    return _by_id(data_dict.get("package") or {}) + _by_resource(resource)


def _by_file(data_dict: DataDict) -> list[model.Package]:
    found: list[model.Package] = []
    file = model.Session.get(model.File, _text(data_dict.get("id")))
    owner = file.owner if file else None
    owners: list[tuple[Any, Any]] = []
    if owner:
        owners.append((owner.owner_type, owner.owner_id))
    owners.append((data_dict.get("owner_type"), data_dict.get("owner_id")))
    for kind, reference in owners:
        if kind == "package":
            found += _package(reference)
        elif kind == "resource":
            found += _of_resource(reference)
    storage = file.storage if file else data_dict.get("storage")
    if storage in (settings.RELEASED, settings.PRIVATE):
        raise tk.NotAuthorized(tk._("This storage is written by a release only."))
    return found


def _no_register(data_dict: DataDict) -> list[model.Package]:
    """CKAN serves what is registered to its owner: any upload of any unit would do."""
    raise tk.NotAuthorized(tk._("This storage is written by a release only."))


def _everything(data_dict: DataDict) -> list[model.Package]:
    query = model.Session.query(model.Package).filter(model.Package.type != ENTRY)
    return query.limit(1).all()


WRITES: dict[str, Callable[[DataDict], list[model.Package]]] = {
    "package_update": _by_id,
    "package_patch": _by_id,
    "package_revise": _by_revision,
    "package_delete": _by_id,
    "dataset_purge": _by_id,
    "package_owner_org_update": _by_id,
    "package_resource_reorder": _by_id,
    "bulk_update_private": _by_ids,
    "bulk_update_public": _by_ids,
    "bulk_update_delete": _by_ids,
    "resource_create": _by_package_id,
    "resource_update": _by_resource_or_package,
    "resource_patch": _by_resource_or_package,
    "resource_delete": _by_resource,
    "resource_view_create": _by_view,
    "resource_view_update": _by_view,
    "resource_view_delete": _by_view,
    "resource_view_reorder": _by_resource_or_package,
    "resource_view_clear": _everything,
    "resource_create_default_resource_views": _by_default_views,
    "package_create_default_resource_views": _by_default_views,
    "package_relationship_create": _by_relationship,
    "package_relationship_update": _by_relationship,
    "package_relationship_delete": _by_relationship,
    "package_collaborator_create": _by_id,
    "package_collaborator_delete": _by_id,
    "tag_delete": _by_tag,
    "datastore_create": _by_table,
    "datastore_upsert": _by_table,
    "datastore_delete": _by_table,
    "datastore_records_delete": _by_table,
    "datastore_run_triggers": _by_table,
    "file_create": _by_file,
    "file_register": _no_register,
    "file_delete": _by_file,
    "file_rename": _by_file,
    "file_pin": _by_file,
    "file_unpin": _by_file,
    "file_ownership_transfer": _by_file,
}
"""Actions that write into a package, and the packages that a call of each touches."""
