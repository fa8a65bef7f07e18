"""Which rows of an import ask for what the importer may not do."""

from __future__ import annotations

from ckan.types import Context

from ckanext.edudata.units import people, plan_people, plan_units, who_may
from ckanext.edudata.units.plan_units import Problem


class _Mine:
    """Units for which the actor carries a permission, looked up once for each."""

    def __init__(self, context: Context) -> None:
        self._actor = people.actor_id(context)
        self._found: dict[str, set[str]] = {}

    def __call__(self, permission: str, unit_id: str) -> bool:
        if permission not in self._found:
            self._found[permission] = set(
                people.all_units_where(self._actor, who_may.roles_for(permission))
            )
        return unit_id in self._found[permission]


def refused(
    context: Context, units: plan_units.UnitPlan, folk: plan_people.PeoplePlan
) -> list[Problem]:
    """Rows that ask for what the actor may not do; a new unit counts as what stands
    above it."""
    mine = _Mine(context)
    items = units.keys()
    found = []

    def real(key: str) -> str:
        seen = set()
        while key.startswith("+") and key not in seen:
            seen.add(key)
            key = items[key].after.get("superior", "")
        return "" if key.startswith("+") else key

    not_yours = "You may not do this for this unit: your role does not reach it"
    for item in units.items:
        changes = item.changes
        if item.is_new:
            if not mine("unit_edit", real(item.key)):
                found.append(Problem(item.sheet, item.row, "superior", not_yours))
        elif changes:
            places = [item.key]
            if "superior" in changes:
                places = [item.before.get("superior") or item.key]
                places.append(real(changes["superior"][1]))
            if not all(mine("unit_edit", place) for place in places):
                found.append(Problem(item.sheet, item.row, "title", not_yours))
        found += [
            Problem(item.sheet, item.row, key, not_yours)
            for key in plan_units.PLACES[1:]
            if key in changes and not mine("unit_designate", real(item.key))
        ]
    for person in folk.people:
        for gift in person.gifts:
            permission = who_may.assigns(gift.role)
            if not gift.same and not mine(permission, real(gift.unit)):
                found.append(Problem(person.sheet, gift.row, "roles", not_yours))
    return found
