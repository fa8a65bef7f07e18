"""The door in line: releases, stops, and the guards around every other write."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import auth_audit_exempt, validate
from ckan.types import Action, ChainedAction, Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import veil, visibility
from ckanext.edudata.opening import (
    arrivals,
    door,
    guards,
    release,
    schema,
    versions,
)
from ckanext.edudata.opening.model import Release, ReleasedResource
from ckanext.edudata.units import noting, people, tree


@veil.veiled
@validate(schema.release)
def edudata_release(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Open an approved entry to society, in its class (Art. 27, 28).

    :param id: id of the entry
    :param name: name of the open dataset, for its first release (optional)
    :returns: `{dataset_id, dataset_name, version, opening_class, release_id}`
    :raises ValidationError: not approved, changed since, not cleared for the class
    """
    entry = model.Package.get(data_dict["id"])
    if entry is None or entry.type != door.ENTRY or entry.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such entry"))
    tk.check_access("edudata_release", context, {"id": entry.id})
    return release.release(
        entry.id, actor_id=people.actor_id(context), name=data_dict.get("name")
    )


@veil.veiled
@validate(schema.stop)
def edudata_stop(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Stop opening a dataset, at once; a page that says so stays (停止开放).

    :param id: id or name of the open dataset
    :param reason: shown to the public
    :param version: only this earlier version (optional); the dataset stays open
    :returns: `{dataset_id, state}`
    """
    dataset = model.Package.get(data_dict["id"])
    if dataset is None or dataset.type != door.DATASET:
        raise tk.ObjectNotFound(tk._("There is no such open dataset"))
    tk.check_access("edudata_stop", context, {"id": dataset.id})
    actor_id, reason = people.actor_id(context), _checked_reason(data_dict["reason"])
    if data_dict.get("version") is not None:
        return release.stop_version(dataset.id, data_dict["version"], actor_id=actor_id)
    return release.stop(dataset.id, actor_id=actor_id, reason=reason)


def _checked_reason(reason: str) -> str:
    """The reason as the public reads it; empty where the check itself failed.

    :raises ValidationError: personal data are in it
    """
    verdict = tk.get_action("edudata_words_check")(
        {"ignore_auth": True}, {"texts": {"reason": reason}}
    )["verdict"]
    if verdict == "blocked":
        raise tk.ValidationError(
            {
                "reason": [
                    tk._(
                        "Everybody reads the reason, and it holds personal data. "
                        "Write it without them."
                    )
                ]
            }
        )
    # Stopping waits for nothing; only words that nobody could check stay out.
    return reason if verdict == "clear" else ""


@tk.side_effect_free
@veil.veiled
@validate(schema.by_id)
def edudata_release_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Versions of an open dataset, newest first (public).

    :param id: id or name of the open dataset
    :returns: `[{version, opening_class, released_at, state, resources: [...]}]`
    """
    dataset = model.Package.get(data_dict["id"])
    tk.check_access("package_show", context, {"id": data_dict["id"]})
    if dataset is None or dataset.type != door.DATASET:
        raise tk.ObjectNotFound(tk._("There is no such open dataset"))
    rows = model.Session.scalars(
        sa.select(Release)
        .where(Release.dataset_id == dataset.id)
        .order_by(Release.version.desc())
    )
    return [versions.public_version(row) for row in rows]


@tk.side_effect_free
@veil.veiled
@validate(schema.release_show)
def edudata_release_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One version of an open dataset, with its metadata as released (public).

    :param id: id or name of the open dataset
    :param version: its number
    :returns: as in `edudata_release_list`, with `metadata`
    """
    dataset = model.Package.get(data_dict["id"])
    tk.check_access("package_show", context, {"id": data_dict["id"]})
    row = model.Session.scalar(
        sa.select(Release).where(
            Release.dataset_id == (dataset.id if dataset else ""),
            Release.version == data_dict["version"],
        )
    )
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such version"))
    return {**versions.public_version(row), "metadata": versions.metadata(row)}


@tk.side_effect_free
@validate(schema.by_id)
def edudata_opened_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """What was released from an entry, newest first, for people who see the entry.

    :param id: id of the entry
    :returns: `[{dataset_id, dataset_name, title, version, opening_class, state,
        released_at}]`
    """
    tk.check_access("edudata_entry_show", context, {"id": data_dict["id"]})
    rows = model.Session.scalars(
        sa.select(Release)
        .where(Release.entry_id == data_dict["id"])
        .order_by(Release.version.desc())
    )
    return [
        {
            "dataset_id": row.dataset_id,
            "dataset_name": row.dataset["name"],
            "title": row.dataset["title"],
            "version": row.version,
            "opening_class": row.opening_class,
            "state": row.state,
            "released_at": row.released_at.isoformat(),
        }
        for row in rows
    ]


@validate(schema.by_id)
def edudata_released_resource_show(
    context: Context, data_dict: DataDict
) -> dict[str, Any]:
    """What stands behind a public resource id now (for other rooms only).

    :param id: id of a resource of an open dataset
    :returns: `{resource_id, dataset_id, dataset_name, dataset_title, entry_id,
        unit_id, release_id, version, opening_class, kind, table_id, columns,
        row_count, content_digest, condition, stopped}`
    """
    tk.check_access("edudata_released_resource_show", context, data_dict)
    row = model.Session.execute(
        sa.select(Release, ReleasedResource)
        .join(ReleasedResource, ReleasedResource.release_id == Release.id)
        .where(ReleasedResource.resource_id == data_dict["id"])
        .order_by(Release.version.desc())
        .limit(1)
    ).first()
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such released resource"))
    return versions.behind(row[0], row[1])


@validate(schema.by_id)
def edudata_frozen_table_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Whether an id is that of a frozen table (for other rooms only).

    :param id: id of a table in the DataStore
    :returns: `{frozen: bool, public: bool, stopped: bool, resource_id, version}`:
        `public` where an earlier version of unconditional data stands under this id
    """
    tk.check_access("edudata_frozen_table_show", context, data_dict)
    row = model.Session.execute(
        sa.select(Release, ReleasedResource)
        .join(ReleasedResource, ReleasedResource.release_id == Release.id)
        .where(ReleasedResource.table_id == data_dict["id"])
    ).first()
    if row is None:
        return {
            **dict.fromkeys(("frozen", "public", "stopped"), False),
            **dict.fromkeys(("resource_id", "version")),
        }
    released, resource = row
    return {
        "frozen": True,
        "public": resource.kind != "conditional" and released.state != "stopped",
        "current": released.state == "live",
        "stopped": released.state == "stopped",
        "resource_id": resource.resource_id,
        "version": released.version,
    }


@validate(schema.by_clearance)
def edudata_release_by_clearance(
    context: Context, data_dict: DataDict
) -> list[dict[str, Any]]:
    """Live releases with a resource that was cleared by one of these (internal).

    :param clearance_ids: ids of clearances
    :returns: `[{dataset_id, dataset_name, title, version, entry_id, unit_id,
        clearance_ids}]`
    """
    tk.check_access("edudata_release_by_clearance", context, data_dict)
    rows = model.Session.execute(
        sa.select(Release, sa.func.array_agg(ReleasedResource.clearance_id))
        .join(ReleasedResource, ReleasedResource.release_id == Release.id)
        .where(
            Release.state == "live",
            ReleasedResource.clearance_id.in_(data_dict["clearance_ids"]),
        )
        .group_by(Release.id)
        .order_by(Release.released_at.desc())
    )
    return [
        {
            "dataset_id": row.dataset_id,
            "dataset_name": row.dataset["name"],
            "title": row.dataset["title"],
            "version": row.version,
            "entry_id": row.entry_id,
            "unit_id": row.unit_id,
            "clearance_ids": sorted(set(clearances)),
        }
        for row, clearances in rows
    ]


@tk.chained_action
def package_create(
    next_action: Action, context: Context, data_dict: DataDict
) -> ChainedAction:
    """CKAN's, behind the door: what is created is an entry."""
    guards.new_package(data_dict)
    result = next_action(context, data_dict)
    _check_what_came(context, result)
    return result


@tk.chained_action
def organization_create(
    next_action: Action, context: Context, data_dict: DataDict
) -> ChainedAction:
    """CKAN's, without making its creator a member: roles are given, on record."""
    guards.group(data_dict)
    with door.founding(), noting.by(context):
        return next_action(context, data_dict)


def _gathering(name: str) -> Any:
    @tk.chained_action
    def gathering(next_action: Action, context: Context, data_dict: DataDict) -> Any:
        guards.group(data_dict)
        return next_action(context, data_dict)

    gathering.__name__ = gathering.__qualname__ = name
    gathering.__doc__ = f"CKAN's `{name}`, for neither packages nor people."
    return gathering


for _name in ("group_create", "group_update"):
    globals()[_name] = _gathering(_name)


@tk.chained_action
def organization_update(
    next_action: Action, context: Context, data_dict: DataDict
) -> ChainedAction:
    """CKAN's, for neither packages nor people; a unit's entries move with it."""
    guards.group(data_dict)
    unit = model.Group.get(data_dict.get("id") or "")
    above = tree.reached_from(unit.id) if unit else []
    with noting.by(context):
        result = next_action(context, data_dict)
    if unit and tree.reached_from(unit.id) != above:
        visibility.index_anew(unit.id)
    return result


@tk.chained_action
@auth_audit_exempt
def member_create(
    next_action: Action, context: Context, data_dict: DataDict
) -> ChainedAction:
    """CKAN's, for neither units' people nor open datasets."""
    return _member(next_action, context, data_dict)


@tk.chained_action
def member_delete(
    next_action: Action, context: Context, data_dict: DataDict
) -> ChainedAction:
    """CKAN's, for neither units' people nor open datasets."""
    return _member(next_action, context, data_dict)


def _member(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    group = model.Group.get(data_dict.get("id") or "")
    if data_dict.get("object_type") == "package" and group is not None:
        raise tk.NotAuthorized(
            tk._("An entry belongs to the unit that it names; groups take nothing in")
        )
    if group is not None and group.is_organization:
        if door.is_founding():
            return {}
        raise tk.NotAuthorized(
            tk._("People of a unit are named by giving them a role (edudata_role_give)")
        )
    return next_action(context, data_dict)


def _guarded(name: str) -> Any:
    packages = door.WRITES[name]

    @tk.chained_action
    def guarded(next_action: Action, context: Context, data_dict: DataDict) -> Any:
        return veil.call(
            lambda data: guard(next_action, context, data), context, data_dict
        )

    def guard(next_action: Action, context: Context, data_dict: DataDict) -> Any:
        touched = packages(data_dict)
        for package in touched:
            try:
                door.refuse_released(package)
            except tk.NotAuthorized:  # noqa: PERF203 - one or two packages
                _denied(context, name, package)
                raise
        if name == "datastore_create":
            guards.no_alias(data_dict)
        if name in ("resource_create", "resource_update", "resource_patch"):
            if name == "resource_patch":
                guards.named(data_dict)
            guards.uploaded(data_dict)
        if name == "package_update" and touched:
            guards.changed_package(touched[0], data_dict)
        if name == "bulk_update_public":
            raise tk.NotAuthorized(
                tk._("Entries become public by a release, one by one")
            )
        if name in arrivals.WRITES and touched:
            return arrivals.write(
                lambda: next_action(context, data_dict),
                name,
                data_dict,
                people.actor_id(context),
            )
        result = next_action(context, data_dict)
        if name == "package_update" and touched:
            _check_what_came(context, {"id": touched[0].id, "type": touched[0].type})
        return result

    guarded.__name__ = guarded.__qualname__ = name
    guarded.__doc__ = f"CKAN's `{name}`, refused for open datasets."
    return guarded


for _name in door.WRITES:
    globals()[_name] = _guarded(_name)


def _denied(context: Context, name: str, package: model.Package) -> None:
    model.Session.rollback()
    trail.record_apart(
        name,
        actor_id=people.actor_id(context),
        object_type="dataset",
        object_id=package.id,
        unit_id=package.owner_org,
        outcome="denied",
    )


def _check_what_came(context: Context, package: Any) -> None:
    """Start the personal-data check of files that are new, after they are kept."""
    if context.get("defer_commit"):
        return
    package_id = package if isinstance(package, str) else package["id"]
    found = model.Package.get(package_id)
    if found is not None and found.type == door.ENTRY:
        tk.get_action("edudata_check_start")({"ignore_auth": True}, {"id": found.id})
