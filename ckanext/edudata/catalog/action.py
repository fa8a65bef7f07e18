"""An entry's way to its release: submitted, returned or approved (Art. 16, 27)."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import validate
from ckan.types import Action, Context, DataDict

from ckanext.edudata.audit import trail
from ckanext.edudata.catalog import content, schema, states, veil, visibility
from ckanext.edudata.catalog.model import Entry, EntryVersion
from ckanext.edudata.units import people


def _internal() -> Context:
    return {"ignore_auth": True}


@tk.side_effect_free
@veil.veiled
@validate(schema.by_id)
def edudata_entry_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """State of an entry, and what can be done with it now.

    :param id: id or name of the entry
    :returns: `{id, unit_id, state, version, digest, content, compilers, reason,
        decided_at, commands: [...], changes: [...], released, checks: [...]}`;
        `commands` are those that the caller may give now, `released` the content last
        released
    """
    package = _entry(data_dict["id"])
    tk.check_access("edudata_entry_show", context, {"id": package.id})
    now = _now(package)
    return {
        **now.as_dict(),
        "commands": [
            command
            for command in states.TRANSITIONS
            if now.refusal(command, people.actor_id(context), "-") is None
            and people.may(
                context,
                states.TRANSITIONS[command].permission,
                package.owner_org,
            )["success"]
        ],
        "checks": now.checks,
    }


@tk.side_effect_free
@validate(schema.entry_list)
def edudata_entry_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Entries of the units one works for, newest change first.

    :param state: only in this state (optional)
    :param limit: at most so many (default: 50)
    :returns: `[{id, title, unit_id, state, modified}]`
    """
    tk.check_access("edudata_entry_list", context, data_dict)
    units = people.all_units_where(people.actor_id(context), ["compiler", "reviewer"])
    packages = model.Session.scalars(
        sa.select(model.Package)
        .where(
            model.Package.type == "entry",
            model.Package.state == "active",
            model.Package.owner_org.in_(units),
        )
        .order_by(model.Package.metadata_modified.desc())
        .limit(1000)
    )
    found: list[dict[str, Any]] = []
    for package in packages:
        if len(found) >= data_dict["limit"]:
            break
        state = _state(package)
        if data_dict.get("state") in (None, "", state):
            found.append(
                {
                    "id": package.id,
                    "title": package.title,
                    "unit_id": package.owner_org,
                    "state": state,
                    "modified": package.metadata_modified.isoformat(),
                }
            )
    return found


@veil.veiled
@validate(schema.by_id)
def edudata_entry_submit(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Submit an entry for review, as it is now.

    :param id: id of the entry
    :raises ValidationError: a file or the metadata have not been checked to the end
    """
    package = _entry(data_dict["id"])
    tk.check_access("edudata_entry_submit", context, {"id": package.id})
    now = _locked(package)
    actor = people.actor_id(context)
    _refuse(now, "submit", actor, "")
    _all_checked(now)
    number = (now.last.number if now.last else 0) + 1
    row = EntryVersion(
        entry_id=package.id,
        number=number,
        state="submitted",
        digest=now.digest,
        content=now.content,
        compilers=now.compilers,
        submitted_by=actor,
    )
    model.Session.add(row)
    _record("entry_submit", actor, package, row)
    return edudata_entry_show(context, {"id": package.id})


@veil.veiled
@validate(schema.decision)
def edudata_entry_return(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return a submitted entry for correction, with a reason.

    :param id: id of the entry
    :param reason: what is to be corrected
    """
    return _decide("return", context, data_dict)


@veil.veiled
@validate(schema.decision)
def edudata_entry_approve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Approve exactly the content that was submitted.

    :param id: id of the entry
    :param digest: of the content the reviewer looked at (optional); another one now
        means that somebody changed it meanwhile
    """
    return _decide("approve", context, data_dict)


@validate(schema.by_id)
def edudata_entry_lock(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Lock an approved entry for its release, in the caller's transaction (internal).

    :returns: `{version_id, content, digest, metadata_clearance}`
    :raises ValidationError: it is not approved, or was changed since
    """
    tk.check_access("edudata_entry_lock", context, data_dict)
    package = _entry(data_dict["id"])
    now = _locked(package)
    _refuse(now, "release", None, "")
    if now.last is None:
        raise tk.ValidationError({"state": [tk._("This entry is not approved")]})
    return {
        "version_id": now.last.id,
        "content": now.last.content,
        "digest": now.digest,
        "metadata_clearance": tk.get_action("edudata_metadata_clearance_show")(
            _internal(), {"content": now.last.content}
        ),
    }


@validate(schema.by_id)
def edudata_entry_compiler_list(context: Context, data_dict: DataDict) -> list[str]:
    """Everybody who ever wrote into an entry (internal).

    :param id: id of the entry
    :returns: ids of people
    """
    tk.check_access("edudata_entry_compiler_list", context, data_dict)
    package = _entry(data_dict["id"])
    entry = model.Session.get(Entry, package.id)
    versions = model.Session.scalars(
        sa.select(EntryVersion.compilers).where(EntryVersion.entry_id == package.id)
    )
    found = {package.creator_user_id, *(entry.compilers if entry else [])}
    found.update(person for compilers in versions for person in compilers)
    return sorted(person for person in found if person)


@validate(schema.version)
def edudata_entry_mark_released(context: Context, data_dict: DataDict) -> None:
    """Note that an approved version was released (internal, no commit)."""
    tk.check_access("edudata_entry_mark_released", context, data_dict)
    row = model.Session.get(EntryVersion, data_dict["version_id"])
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such version"))
    row.state = "released"
    entry = model.Session.get(Entry, row.entry_id)
    if entry is not None:
        entry.compilers = []


@validate(schema.forget)
def edudata_entry_forget(context: Context, data_dict: DataDict) -> None:
    """Forget what submitted versions said of classified data (internal, no commit).

    :param id: id of the entry
    :param resources: ids of files; without any, all that was said
    """
    tk.check_access("edudata_entry_forget", context, data_dict)
    gone = data_dict.get("resources")
    rows = model.Session.scalars(
        sa.select(EntryVersion).where(EntryVersion.entry_id == data_dict["id"])
    )
    for row in rows:
        row.content = content.without(row.content, gone)


@tk.chained_action
@tk.side_effect_free
def member_list(
    next_action: Action, context: Context, data_dict: DataDict
) -> list[tuple[Any, ...]]:
    """CKAN's, without the packages and people that the caller may not know of."""
    found = next_action(context, data_dict)
    if context.get("ignore_auth"):
        return found
    colleague = people.may(context, "role_read", None)["success"]
    return [
        member
        for member in found
        if (member[1] != "package" or _shows(context, member[0]))
        and (member[1] != "user" or colleague)
    ]


@tk.chained_action
@tk.side_effect_free
def format_autocomplete(
    next_action: Action, context: Context, data_dict: DataDict
) -> list[str]:
    """CKAN's looks into every resource; this one into open datasets only."""
    tk.check_access("format_autocomplete", context, data_dict)
    words = str(tk.get_or_bust(data_dict, "q")).lower()
    rows = model.Session.scalars(
        sa.select(model.Resource.format)
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .where(
            model.Package.type == "dataset",
            model.Package.private.is_(False),
            model.Resource.state == "active",
            sa.func.lower(model.Resource.format).contains(words, autoescape=True),
        )
        .distinct()
        .limit(20)
    )
    return sorted({row.lower() for row in rows})


def _veiled(name: str) -> Any:
    @tk.chained_action
    def behind(next_action: Action, context: Context, data_dict: DataDict) -> Any:
        return veil.call(lambda data: next_action(context, data), context, data_dict)

    behind.__name__ = behind.__qualname__ = name
    behind.__doc__ = f"CKAN's `{name}`, behind the veil."
    return behind


for _name in (*veil.READS, *veil.WRITES):
    globals()[_name] = _veiled(_name)
    if _name in veil.READS:
        tk.side_effect_free(globals()[_name])


def _shows(context: Context, package_id: str) -> bool:
    package = model.Package.get(package_id)
    return package is not None and visibility.visible(context, package)


class _Now:
    """An entry as it stands now, beside the version last submitted."""

    def __init__(self, package: model.Package) -> None:
        shown = tk.get_action("package_show")(
            {"ignore_auth": True, "use_cache": False}, {"id": package.id}
        )
        self.package = package
        self.checks = tk.get_action("edudata_check_list")(
            _internal(), {"id": package.id}
        )
        digests = {
            check["resource_id"]: check["sha256"]
            for check in self.checks
            if check["state"] == "done"
        }
        self.content = content.of_entry(shown, digests)
        self.digest = content.digest(self.content)
        entry = model.Session.get(Entry, package.id)
        self.compilers = list(entry.compilers) if entry else []
        self.last = model.Session.scalar(
            sa.select(EntryVersion)
            .where(EntryVersion.entry_id == package.id)
            .order_by(EntryVersion.number.desc())
            .limit(1)
        )
        same = self.last is not None and self.last.digest == self.digest
        self.state = states.state_of(self.last.state if self.last else None, same)

    def refusal(self, command: str, actor: str | None, reason: str) -> str | None:
        compilers = set(self.compilers)
        if self.last is not None and self.state != "draft":
            compilers.update(self.last.compilers)
        message = states.refusal(
            command,
            self.state,
            actor=actor,
            compilers=sorted(compilers),
            reason=reason,
        )
        if message is None:
            return None
        return tk._(message).format(state=tk._(states.LABELS[self.state]))

    def as_dict(self) -> dict[str, Any]:
        released = model.Session.scalar(
            sa.select(EntryVersion)
            .where(
                EntryVersion.entry_id == self.package.id,
                EntryVersion.state == "released",
            )
            .order_by(EntryVersion.number.desc())
            .limit(1)
        )
        return {
            "id": self.package.id,
            "unit_id": self.package.owner_org,
            "state": self.state,
            "version": self.last.number if self.last else 0,
            "digest": self.digest,
            "content": self.content,
            "compilers": self.compilers,
            "reason": self.last.reason if self.last else None,
            "decided_at": self.last.decided_at.isoformat()
            if self.last and self.last.decided_at
            else None,
            "changes": content.changes(
                released.content if released else None, self.content
            ),
            "released": released.content if released else None,
        }


def _now(package: model.Package) -> _Now:
    return _Now(package)


def _state(package: model.Package) -> str:
    """State of an entry for lists; its content is read only where it may differ."""
    last = model.Session.scalar(
        sa.select(EntryVersion)
        .where(EntryVersion.entry_id == package.id)
        .order_by(EntryVersion.number.desc())
        .limit(1)
    )
    if last is None:
        return states.state_of(None, same_content=False)
    written = package.metadata_modified.replace(tzinfo=datetime.timezone.utc)
    if written <= last.submitted_at:
        return last.state
    return _now(package).state


def _locked(package: model.Package) -> _Now:
    """The entry as it stands, held against everybody else until the commit."""
    model.Session.execute(
        sa.select(Entry.id).where(Entry.id == package.id).with_for_update()
    )
    return _Now(package)


def _entry(reference: str) -> model.Package:
    package = model.Package.get(reference)
    if package is None or package.type != "entry" or package.state == "deleted":
        raise tk.ObjectNotFound(tk._("There is no such entry"))
    return package


def _refuse(now: _Now, command: str, actor: str | None, reason: str) -> None:
    message = now.refusal(command, actor, reason)
    if message:
        model.Session.rollback()
        raise tk.ValidationError({"state": [message]})


def _all_checked(now: _Now) -> None:
    """Every file and the metadata were checked to the end; the verdict is another's."""
    errors: dict[str, Any] = {}
    done = {c["resource_id"] for c in now.checks if c["state"] == "done"}
    kept = [r for r in now.content["resources"] if not r.get("not_released")]
    for resource in kept:
        if resource["id"] not in done:
            errors[resource.get("name") or resource["id"]] = [
                tk._("The personal-data check of this file has not finished")
            ]
    if not kept:
        errors["resources"] = [tk._("Upload a file first")]
    if now.package.id not in done:
        errors["metadata"] = [
            tk._("The personal-data check of the description has not finished")
        ]
    if errors:
        model.Session.rollback()
        raise tk.ValidationError(errors)


def _decide(command: str, context: Context, data_dict: DataDict) -> dict[str, Any]:
    package = _entry(data_dict["id"])
    tk.check_access(f"edudata_entry_{command}", context, {"id": package.id})
    now = _locked(package)
    actor = people.actor_id(context)
    reason = data_dict.get("reason") or ""
    _refuse(now, command, actor, reason)
    seen = data_dict.get("digest")
    if now.last is None or (seen and seen != now.digest):
        model.Session.rollback()
        raise tk.ValidationError(
            {"digest": [tk._("The entry was changed meanwhile; look at it again")]}
        )
    now.last.state = states.TRANSITIONS[command].target
    now.last.decided_by = actor
    now.last.decided_at = datetime.datetime.now(datetime.timezone.utc)
    now.last.reason = reason or None
    _record(f"entry_{command}", actor, package, now.last)
    return edudata_entry_show(context, {"id": package.id})


def _record(
    action: str, actor: str | None, package: model.Package, row: EntryVersion
) -> None:
    trail.record(
        action,
        actor_id=actor,
        object_type="entry",
        object_id=package.id,
        unit_id=package.owner_org,
        detail={"version": row.number, "digest": row.digest},
    )
    model.Session.commit()
