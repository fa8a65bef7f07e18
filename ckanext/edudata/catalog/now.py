"""An entry as it stands now, beside the version last submitted."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.edudata.catalog import content, states
from ckanext.edudata.catalog.model import Entry, EntryVersion


def entry(reference: str) -> model.Package:
    """The package of an entry.

    :raises ObjectNotFound: there is none
    """
    package = model.Package.get(reference)
    if package is None or package.type != "entry" or package.state == "deleted":
        raise tk.ObjectNotFound(tk._("There is no such entry"))
    return package


def sensitive(found: dict[str, Any]) -> bool:
    """Whether content needs a security review, by its grade and the setting."""
    return states.needs_security(
        found.get("data_grade"), tk.config["ckanext.edudata.security_review.grade"]
    )


def last_version(entry_id: str, *decided: str) -> EntryVersion | None:
    """The last version of an entry, or the last in one of these states."""
    query = sa.select(EntryVersion).where(EntryVersion.entry_id == entry_id)
    if decided:
        query = query.where(EntryVersion.state.in_(decided))
    return model.Session.scalar(
        query.order_by(EntryVersion.number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


class Now:
    """What a command looks at before it is given."""

    def __init__(self, package: model.Package) -> None:
        shown = tk.get_action("package_show")(
            {"ignore_auth": True, "use_cache": False}, {"id": package.id}
        )
        self.package = package
        self.checks = tk.get_action("edudata_check_list")(
            {"ignore_auth": True}, {"id": package.id}
        )
        digests = {
            check["resource_id"]: check["sha256"]
            for check in self.checks
            if check["state"] == "done"
        }
        self.content = content.of_entry(shown, digests)
        self.digest = content.digest(self.content)
        row = model.Session.get(Entry, package.id)
        self.compilers = list(row.compilers) if row else []
        self.last = last_version(package.id)
        self.same = self.last is not None and self.last.digest == self.digest
        self.sensitive = sensitive(self.content)
        self.state = states.state_of(
            self.last.state if self.last else None,
            self.same,
            sensitive=self.sensitive,
            passed=bool(self.last and self.last.security_at),
        )

    def all_compilers(self) -> set[str]:
        """Everybody who wrote what a decision now would be about."""
        found = set(self.compilers)
        if self.last is not None and self.state != "draft":
            found.update(self.last.compilers)
        return found

    def refusal(self, command: str, actor: str | None, reason: str) -> str | None:
        message = states.refusal(
            command,
            self.state,
            actor=actor,
            compilers=self.all_compilers(),
            reviewer=self.last.decided_by if self.last else None,
            reason=reason,
            sensitive=self.sensitive,
        )
        if message is None:
            return None
        return tk._(message).format(state=tk._(states.LABELS[self.state]))

    def refuse(self, command: str, actor: str | None, reason: str = "") -> None:
        """:raises ValidationError: the command cannot be given now"""
        message = self.refusal(command, actor, reason)
        if message:
            model.Session.rollback()
            raise tk.ValidationError({"state": [message]})

    def as_dict(self) -> dict[str, Any]:
        released = last_version(self.package.id, "released")
        last = self.last
        return {
            "id": self.package.id,
            "unit_id": self.package.owner_org,
            "state": self.state,
            "version": last.number if last else 0,
            "digest": self.digest,
            "content": self.content,
            "compilers": self.compilers,
            "submitted_at": _moment(last.submitted_at if last else None),
            "reason": last.reason if last else None,
            "decided_at": _moment(last.decided_at if last else None),
            "needs_security": self.sensitive,
            "security_at": _moment(last.security_at if last else None),
            "security_words": last.security_words if last else None,
            "changes": content.changes(
                released.content if released else None, self.content
            ),
            "released": released.content if released else None,
        }


def locked(package: model.Package) -> Now:
    """The entry as it stands, held against everybody else until the commit."""
    # What was not written through CKAN has no row yet, and nothing to be held by.
    model.Session.execute(
        insert(Entry).values(id=package.id, compilers=[]).on_conflict_do_nothing()
    )
    model.Session.execute(
        sa.select(Entry.id).where(Entry.id == package.id).with_for_update()
    )
    return Now(package)


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None
