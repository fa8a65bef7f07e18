"""Releasing an entry, and stopping a dataset.

Files and tables are staged under new ids; one transaction writes metadata, release and
audit record; one transaction of the DataStore then puts the tables under their public
ids; the index follows. `settle` repeats the last two steps after a crash.
"""

from __future__ import annotations

import datetime
import tempfile
import uuid
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.types import Context

from ckanext.edudata import datastore
from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import states
from ckanext.edudata.opening import (
    classes,
    dataset,
    door,
    freezes,
    naming,
    related,
    staging,
    standing,
    tables,
)
from ckanext.edudata.opening.model import Release, ReleasedResource
from ckanext.edudata.opening.staging import Staged
from ckanext.edudata.operations import ready
from ckanext.edudata.units import people

_UTC = datetime.timezone.utc


def _internal() -> Context:
    return {"ignore_auth": True}


def _approved(entry_id: str) -> dict[str, Any]:
    return tk.get_action("edudata_entry_lock")(_internal(), {"id": entry_id})


def release(
    entry_id: str,
    *,
    actor_id: str | None,
    name: str | None,
    approved_by: Callable[[str], dict[str, Any]] = _approved,
    within: Callable[[Release], None] | None = None,
) -> dict[str, Any]:
    """Release the approved version of an entry. Access is the caller's to check.

    :param approved_by: locks the entry and gives the version, as `edudata_entry_lock`
    :param within: what else belongs to the transaction of the release
    :raises ValidationError: why it cannot be released; nothing was changed
    """
    ready.for_release()
    staged: list[Staged] = []
    try:
        approved = approved_by(entry_id)
        content = approved["content"]
        _reviewed(approved)
        cleared = staging.cleared(content, approved["metadata_clearance"])
        before = _live(entry_id)
        if name and before is None:
            _out_of_title(name, content)
        dataset_id = before.dataset_id if before else str(uuid.uuid4())
        conditional = content["opening_class"] == classes.CONDITIONAL
        ids = naming.carried_ids(
            _public_ids(dataset_id), [source for source, _ in cleared]
        )
        with tempfile.TemporaryDirectory(prefix="edudata-") as workdir:
            for source, table in cleared:
                resource_id = ids.get(source, str(uuid.uuid4()))
                staged.append(
                    staging.stage(
                        source, table, resource_id, workdir, conditional=conditional
                    )
                )
            if conditional:
                for source, table in cleared:
                    staged.append(staging.stage_sample(source, table, ids, workdir))
        row = _write(
            entry_id, approved, staged, dataset_id, before, actor_id=actor_id, name=name
        )
        if within:
            within(row)
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        datastore.drop(item.row.table_id for item in staged)
        raise
    settle(row.id)
    return {
        "dataset_id": row.dataset_id,
        "dataset_name": row.dataset["name"],
        "version": row.version,
        "opening_class": row.opening_class,
        "release_id": row.id,
    }


def _reviewed(approved: dict[str, Any]) -> None:
    """The door asks for the security review itself (Art. 33), whoever approved."""
    grade = approved["content"].get("data_grade")
    least = tk.config["ckanext.edudata.security_review.grade"]
    if states.needs_security(grade, least) and not approved.get("security_passed"):
        raise tk.ValidationError({"security": [tk._(states.NEEDS_SECURITY)]})


def _public_ids(dataset_id: str) -> dict[str, str]:
    """Public ids by source, from all versions so far."""
    rows = model.Session.execute(
        sa.select(ReleasedResource.source, ReleasedResource.resource_id)
        .join(Release, Release.id == ReleasedResource.release_id)
        .where(Release.dataset_id == dataset_id)
    )
    return {row.source: row.resource_id for row in rows}


def _write(
    entry_id: str,
    approved: dict[str, Any],
    staged: list[Staged],
    dataset_id: str,
    before: Release | None,
    *,
    actor_id: str | None,
    name: str | None,
) -> Release:
    """Write dataset, release and audit record into the open transaction."""
    freezes.refuse(dataset_id)
    content = approved["content"]
    last = model.Session.scalar(
        sa.select(sa.func.max(Release.version)).where(Release.dataset_id == dataset_id)
    )
    version = (last or 0) + 1
    today = datetime.datetime.now(_UTC).isoformat(timespec="seconds")
    package = model.Package.get(dataset_id)
    first = before.dataset["first_released"] if before else today
    open_too = related.opened(content.get("related_resources") or [])
    metadata = dataset.metadata(
        content,
        version=version,
        first_released=first,
        last_released=today,
        related=[item["code"] for item in open_too],
    )
    metadata["id"] = dataset_id
    metadata["name"] = package.name if package else _free_name(name, content)
    metadata["resources"] = [_resource(item, metadata["name"]) for item in staged]
    context = people.system_context(defer_commit=True, return_id_only=True)
    with door.opened(dataset_id):
        action = "package_update" if package else "package_create"
        tk.get_action(action)(context, dict(metadata))
    _replace(dataset_id, content["opening_class"])
    row = Release(
        id=str(uuid.uuid4()),
        entry_id=entry_id,
        entry_version_id=approved["version_id"],
        dataset_id=dataset_id,
        unit_id=content["owner_org"],
        version=version,
        opening_class=content["opening_class"],
        dataset=metadata,
        released_by=actor_id,
    )
    model.Session.add(row)
    for item in staged:
        item.row.release_id = row.id
        model.Session.add(item.row)
    tables.unstaged(item.row.table_id for item in staged)
    tk.get_action("edudata_entry_mark_released")(
        _internal(), {"version_id": approved["version_id"]}
    )
    trail.record(
        "release",
        actor_id=actor_id,
        object_type="dataset",
        object_id=dataset_id,
        unit_id=row.unit_id,
        detail={
            "entry": entry_id,
            "version": version,
            "class": row.opening_class,
            "digest": approved["digest"],
            "resources": [
                {
                    "id": item.row.resource_id,
                    "kind": item.row.kind,
                    "content": item.row.content_digest,
                    "clearance": item.row.clearance_id,
                }
                for item in staged
            ],
        },
    )
    return row


def _replace(dataset_id: str, new_class: str) -> None:
    """Earlier versions stay addressable, unless the data are less open from now on."""
    rows = model.Session.scalars(
        sa.select(Release).where(
            Release.dataset_id == dataset_id, Release.state != "stopped"
        )
    )
    for row in rows:
        open_no_more = classes.allowed(new_class, row.opening_class) and (
            new_class != row.opening_class
        )
        row.state = "stopped" if open_no_more else "replaced"


def _out_of_title(name: str, content: dict[str, Any]) -> None:
    code = content.get("resource_code")
    by_code = code is not None and name == naming.from_code(code)
    if not by_code and not naming.out_of(name, content["title"]):
        raise tk.ValidationError(
            {"name": [tk._("Make the name of words of the title, in pinyin")]}
        )


def _free_name(wanted: str | None, content: dict[str, Any]) -> str:
    """A name that no package has; the wanted one if it is free."""
    base = wanted or naming.of_dataset(content["title"], content.get("resource_code"))
    name, number = base, 1
    while model.Package.get(name) is not None:
        number += 1
        name = f"{base}-{number}"
    return name


def _resource(item: Staged, dataset_name: str) -> dict[str, Any]:
    """A resource of the open dataset, as CKAN stores it."""
    row, shown = item
    row.file_name = f"{dataset_name}.csv" if row.file_digest else None
    found: dict[str, Any] = {
        "id": row.resource_id,
        "name": shown["name"],
        "description": shown["description"],
        "kind": row.kind,
        "row_count": row.row_count,
        "information_items": shown["items"],
        "format": "CSV",
        "url": "",
    }
    if row.file_digest:
        found.update(
            url=row.file_name,
            url_type="upload",
            mimetype="text/csv",
            size=row.file_size,
            hash=f"sha256:{row.file_digest}",
            datastore_active=True,
        )
    return found


def settle(release_id: str) -> None:
    """Put the tables of a release under their public ids, and index the dataset.

    May be repeated; does nothing to a release that was replaced meanwhile.
    """
    row = model.Session.scalar(
        sa.select(Release).where(Release.id == release_id).with_for_update()
    )
    if row is None or row.state != "live":
        model.Session.rollback()
        return
    if row.settled_at is None:
        new = _tables(row.id)
        older = model.Session.scalars(
            sa.select(Release.id).where(
                Release.dataset_id == row.dataset_id,
                Release.version < row.version,
                Release.settled_at.is_not(None),
            )
        )
        # The table under a public id is that of the last version that was settled.
        away: dict[str, str] = {}
        for old_id in older:
            for resource in _tables(old_id):
                if not datastore.exists(resource.table_id):
                    away[resource.resource_id] = resource.table_id
        pairs = list(away.items())
        pairs += [(item.table_id, item.resource_id) for item in new]
        datastore.rename(pairs)
        row.settled_at = datetime.datetime.now(_UTC)
    model.Session.commit()
    search.rebuild(row.dataset_id)


def _tables(release_id: str) -> list[ReleasedResource]:
    """Resources of a release whose table stands under a public id."""
    return list(
        model.Session.scalars(
            sa.select(ReleasedResource).where(
                ReleasedResource.release_id == release_id,
                ReleasedResource.kind != "conditional",
            )
        )
    )


def stop(dataset_id: str, *, actor_id: str | None, reason: str) -> dict[str, Any]:
    """Stop opening a dataset: files, tables and versions are no longer served."""
    freezes.one_at_a_time(dataset_id)
    live = model.Session.scalar(
        sa.select(Release)
        .where(Release.dataset_id == dataset_id, Release.state == "live")
        .with_for_update()
    )
    frozen = None if live else freezes.stopped_within(dataset_id)
    if frozen:
        live = frozen[1]
    if live is None:
        model.Session.rollback()
        raise tk.ValidationError({"id": [tk._("This dataset is already stopped")]})
    metadata = {
        **live.dataset,
        "resources": [],
        "opening_state": "stopped",
        "stop_reason": reason,
    }
    context = people.system_context(defer_commit=True, return_id_only=True)
    try:
        with door.opened(dataset_id):
            tk.get_action("package_update")(context, metadata)
        model.Session.execute(
            sa.update(Release)
            .where(Release.dataset_id == dataset_id)
            .values(state="stopped", stopped_at=sa.func.now())
        )
        standing.end(live.entry_id, "stopped", actor_id, live.unit_id)
        trail.record(
            "stop",
            actor_id=actor_id,
            object_type="dataset",
            object_id=dataset_id,
            unit_id=live.unit_id,
            detail={"version": live.version},
        )
        model.Session.commit()
    except Exception:
        model.Session.rollback()
        raise
    withdraw_tables(dataset_id)
    search.rebuild(dataset_id)
    return {"dataset_id": dataset_id, "state": "stopped"}


def stop_version(
    dataset_id: str, version: int, *, actor_id: str | None
) -> dict[str, Any]:
    """Stop serving an earlier version; the dataset stays as it is.

    :raises ValidationError: there is no such earlier version, or it was stopped
    """
    row = model.Session.scalar(
        sa.select(Release)
        .where(
            Release.dataset_id == dataset_id,
            Release.version == version,
            Release.state == "replaced",
        )
        .with_for_update()
    )
    if row is None:
        model.Session.rollback()
        raise tk.ValidationError(
            {"version": [tk._("There is no such earlier version that is still open")]}
        )
    row.state = "stopped"
    row.stopped_at = datetime.datetime.now(_UTC)
    trail.record(
        "version_stop",
        actor_id=actor_id,
        object_type="dataset",
        object_id=dataset_id,
        unit_id=row.unit_id,
        detail={"version": version},
    )
    model.Session.commit()
    return {"dataset_id": dataset_id, "state": "stopped"}


def withdraw_tables(dataset_id: str) -> None:
    """Take the tables of a stopped dataset from under their public ids.

    May be repeated; nothing happens where a later release is live.
    """
    releases = model.Session.scalars(
        sa.select(Release)
        .where(Release.dataset_id == dataset_id)
        .order_by(Release.version.desc())
    ).all()
    if not releases or releases[0].state != "stopped":
        return
    pairs = [
        (resource.resource_id, resource.table_id)
        for row in releases
        for resource in _tables(row.id)
        if not datastore.exists(resource.table_id)
    ]
    datastore.rename(pairs)


def _live(entry_id: str) -> Release | None:
    """The last release of an entry, stopped or not."""
    return model.Session.scalar(
        sa.select(Release)
        .where(Release.entry_id == entry_id)
        .order_by(Release.version.desc())
        .limit(1)
    )
