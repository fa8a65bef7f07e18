"""Writing an import: units, accounts, roles and their records, in one transaction.

The caller holds the locks of the tree and of the roles, and commits.
"""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins as p
import sqlalchemy as sa
from ckan import model
from ckan.lib import signals
from ckan.model.types import make_uuid

from ckanext.edudata.audit import content
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.identity import sessions
from ckanext.edudata.units import membership, moving, people, plan_units
from ckanext.edudata.units.importing import Plan
from ckanext.edudata.units.model import RoleAssignment
from ckanext.edudata.units.who_may import ROLES

_OF_GROUP = ("title", "name", "description")


class Writer:
    """One import: ids of what it makes, and the records of the trail."""

    def __init__(self, made: Plan, actor_id: str | None, import_id: str) -> None:
        self.made, self.actor_id, self.import_id = made, actor_id, import_id
        self.ids: dict[str, str] = {
            item.key: make_uuid() for item in made.units.items if item.is_new
        }
        self.records: list[dict[str, Any]] = []
        self.moves: list[str] = []
        self.accounts: list[str] = []

    def write(self) -> None:
        """All of it; flushed, not committed."""
        self._units()
        self._people()
        if self.records:
            model.Session.execute(sa.insert(AuditRecord.__table__), self.records)

    def _id(self, key: str) -> str:
        return self.ids.get(key, key)

    def _record(
        self, action: str, kind: str, object_id: str, unit_id: str | None, **detail: Any
    ) -> None:
        self.records.append(
            {
                "action": action,
                "actor_id": self.actor_id,
                "object_type": kind,
                "object_id": object_id,
                "unit_id": unit_id,
                "outcome": "done",
                "detail": content.checked({**detail, "import": self.import_id}),
            }
        )

    def _units(self) -> None:
        items = self.made.units.items
        founded = [self._found(item) for item in items if item.is_new]
        edited = []
        model.Session.add_all(founded)
        changed = {i.key: i for i in items if i.changes and not i.is_new}
        for unit in model.Session.scalars(
            sa.select(model.Group).where(model.Group.id.in_(list(changed)))
        ):
            self._change(unit, changed[unit.id])
            edited.append(unit)
        model.Session.flush()
        for plugin in p.PluginImplementations(p.IOrganizationController):
            for unit in founded:
                plugin.create(unit)
            for unit in edited:
                plugin.edit(unit)

    def _found(self, item: plan_units.Item) -> Any:
        unit_id = self.ids[item.key]
        self._record("unit_create", "unit", unit_id, unit_id, row=item.row)
        unit: Any = model.Group(is_organization=True, type="organization")
        unit.id = unit_id
        for key in _OF_GROUP:
            setattr(unit, key, item.after.get(key, ""))
        unit.extras = {
            key: self._value(key, item.after.get(key, ""))
            for key in plan_units.LABELS
            if key not in _OF_GROUP
        }
        return unit

    def _value(self, key: str, value: str) -> str:
        return self._id(value) if key in plan_units.PLACES else value

    def _change(self, unit: Any, item: plan_units.Item) -> None:
        changes = dict(item.changes)
        moved = changes.pop("superior", None)
        for key, (_, new) in changes.items():
            if key in _OF_GROUP:
                setattr(unit, key, new)
            else:
                unit.extras[key] = self._value(key, new)
        if changes:
            self._record(
                "unit_update", "unit", unit.id, unit.id, fields=sorted(changes)
            )
        if moved is not None:
            model.Session.flush()
            change = moving.move(
                unit, self._id(moved[1]), actor_id=self.actor_id, reason=""
            )
            change.detail = {**change.detail, "import": self.import_id}
            self.moves.append(change.id)
        elif "acting_office" in changes:
            # Who may see its entries follows from the office that acts for it.
            self.moves.append(
                moving.designated(unit, actor_id=self.actor_id).id,
            )

    def _people(self) -> None:
        folk = self.made.people.people
        new = [person for person in folk if person.is_new]
        users = []
        for person in new:
            user = model.User(
                name=person.name,
                fullname=person.fullname,
                email=person.email,
                state=model.State.PENDING,
            )
            user.id = self.ids[person.key] = make_uuid()
            users.append(user)
            self._record("account_create", "user", user.id, None)
        model.Session.add_all(users)
        model.Session.flush()
        model.Session.add_all(model.Dashboard(user.id) for user in users)
        for user in users:
            signals.user_created.send(user.name, user=user)
        self.accounts = [user.id for user in users]
        self._roles()

    def _roles(self) -> None:
        now = datetime.datetime.now(datetime.timezone.utc)
        rows, pairs = [], {}
        for person in self.made.people.people:
            user_id = self._id(person.key)
            for gift in person.gifts:
                if gift.same:
                    continue
                unit_id = self._id(gift.unit)
                row = self._held(user_id, unit_id, gift.role, person.is_new)
                if row is None:
                    row = RoleAssignment(
                        id=make_uuid(),
                        user_id=user_id,
                        unit_id=unit_id,
                        role=gift.role,
                        given_by=self.actor_id,
                        given_at=now,
                    )
                    rows.append(row)
                row.until = _end_of(gift.until)
                if not person.is_new:
                    sessions.end_all(user_id)
                pairs.setdefault((user_id, unit_id, person.is_new), set()).add(
                    gift.role
                )
                self._record(
                    "role_give",
                    "user",
                    user_id,
                    unit_id,
                    role=gift.role,
                    assignment=row.id,
                )
        model.Session.add_all(rows)
        model.Session.flush()
        self._members(pairs)

    def _held(
        self, user_id: str, unit_id: str, role: str, is_new: bool
    ) -> RoleAssignment | None:
        if is_new:
            return None
        return model.Session.scalar(
            sa.select(RoleAssignment).where(
                RoleAssignment.user_id == user_id,
                RoleAssignment.unit_id == unit_id,
                RoleAssignment.role == role,
                RoleAssignment.in_force(),
            )
        )

    def _members(self, pairs: dict[tuple[str, str, bool], set[str]]) -> None:
        """CKAN's memberships follow; of new accounts all at once."""
        made = []
        for (user_id, unit_id, is_new), roles in pairs.items():
            if not is_new:
                membership.follow(user_id, unit_id)
                continue
            capacities = {ROLES[role].capacity for role in roles}
            made.append(
                {
                    "id": make_uuid(),
                    "table_name": "user",
                    "table_id": user_id,
                    "group_id": unit_id,
                    "capacity": "editor" if "editor" in capacities else "member",
                    "state": "active",
                }
            )
        if made:
            model.Session.execute(sa.insert(model.Member), made)


def _end_of(day: str) -> datetime.datetime | None:
    """The last moment of a day in Shanghai."""
    if not day:
        return None
    date = datetime.date.fromisoformat(day)
    last = datetime.time(23, 59, 59)
    return datetime.datetime.combine(date, last, tzinfo=people.SHANGHAI)
