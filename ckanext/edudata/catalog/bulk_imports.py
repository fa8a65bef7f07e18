"""Writing many entries at once: the rows that `package_create` writes, in fewer steps.

Each description goes through the same validators; the rows of the tables are written
and the index is fed many at a time. That both
ways leave the same is what `tests/catalog/test_imports_bulk.py` compares.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.logic import package_show_default_and_custom_schemas
from ckan.model.types import make_uuid

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.catalog import content, imports_plan, resource_codes
from ckanext.edudata.catalog.model import Entry
from ckanext.edudata.units import tree


def create(descriptions: Sequence[Mapping[str, Any]], user: str) -> list[str]:
    """Write new entries in the caller's transaction; no commit, no index, no check.

    :param descriptions: `{fields, resources: [{name, items}]}` of each; with `said`,
        what the validators made of it a short while ago, they are not asked again
    :param user: name of the person who acts
    :returns: their ids, in the same order
    :raises ValidationError: one of them is refused; nothing of this call is to be kept
    :raises NotAuthorized: the person compiles for none of the units, or not for one
    """
    person = model.User.get(user)
    actor = person.id if person else None
    said: list[dict[str, Any]] = []
    for unit_id in {str(d["fields"].get("owner_org") or "") for d in descriptions}:
        tk.check_access("package_create", {"user": user}, {"owner_org": unit_id})
    for description in descriptions:
        data = description.get("said")
        if data is None:
            data, errors = imports_plan.validated(
                imports_plan.new_entry(description["fields"], description["resources"]),
                user,
                person=person,
            )
            if errors:
                raise tk.ValidationError(errors)
        data["creator_user_id"] = actor
        said.append(data)
    _give_codes([d for d, of in zip(said, descriptions, strict=True) if of.get("said")])
    made = [_package(data) for data in said]
    model.Session.add_all(made)
    model.Session.flush()
    _belong(made)
    model.Session.execute(
        sa.insert(Entry),
        [{"id": package.id, "compilers": [actor] if actor else []} for package in made],
    )
    model.Session.execute(
        sa.insert(AuditRecord),
        [
            {
                "action": "entry_create",
                "actor_id": actor,
                "object_type": "entry",
                "object_id": package.id,
                "unit_id": package.owner_org,
                "outcome": "done",
                "detail": {},
            }
            for package in made
        ],
    )
    _tell_others(made, said, user)
    model.Session.flush()
    return [package.id for package in made]


def _give_codes(said: Sequence[dict[str, Any]]) -> None:
    """Codes in place of those that a dry run took and gave back."""
    by_unit: dict[str, list[dict[str, Any]]] = {}
    for data in said:
        by_unit.setdefault(data["owner_org"], []).append(data)
    # Sorted, so that two imports ask for the units' sequences in one order.
    for unit_id, group in sorted(by_unit.items()):
        extras = [{e["key"]: e for e in data["extras"]} for data in group]
        kinds = [
            tuple(
                (e[name]["value"] or None) if name in e else None
                for name in ("subject_database", "category")
            )
            for e in extras
        ]
        codes = resource_codes.assign_many(unit_id, kinds)  # type: ignore[arg-type]
        for e, code in zip(extras, codes, strict=True):
            e["resource_code"]["value"] = code


def _package(data: dict[str, Any]) -> model.Package:
    package = model.Package()
    package.id = make_uuid()
    extras = {extra["key"]: extra["value"] for extra in data.get("extras", [])}
    package.from_dict({**data, "extras": extras, "id": package.id})
    package.metadata_modified = datetime.datetime.utcnow()
    data["id"] = package.id
    resources = []
    for given in data.get("resources") or []:
        resource = model.Resource()
        _, skipped = resource.from_dict({**given, "package_id": package.id})
        resource.metadata_modified = datetime.datetime.utcnow()
        resource.state = "active"
        resource.extras = skipped
        given["id"] = resource.id
        resources.append(resource)
    if resources:
        package.resources_all[:] = resources
    return package


def _belong(made: Iterable[model.Package]) -> None:
    """CKAN's own note of the organization a package belongs to."""
    model.Session.execute(
        sa.insert(model.Member),
        [
            {
                "id": make_uuid(),
                "table_name": "package",
                "table_id": package.id,
                "group_id": package.owner_org,
                "capacity": "organization",
                "state": "active",
            }
            for package in made
        ],
    )


def _tell_others(
    made: Sequence[model.Package], said: Sequence[dict[str, Any]], user: str
) -> None:
    """Other plugins hear of each new package; what this one notes is noted above."""
    others = [
        plugin
        for plugin in p.PluginImplementations(p.IPackageController)
        if plugin.name != "edudata"
    ]
    context: dict[str, Any] = {"user": user, "model": model, "session": model.Session}
    for plugin in others:
        for package, data in zip(made, said, strict=True):
            plugin.create(package)
            said_to: Any = {**context, "package": package}
            plugin.after_dataset_create(said_to, data)


def change(entry_id: str, data: Mapping[str, Any], user: str) -> None:
    """Write changes of one entry in the caller's transaction, by CKAN's own action.

    :raises ValidationError: they are refused
    """
    context: Any = {
        "user": user,
        "auth_user_obj": model.User.get(user),
        "defer_commit": True,
        "return_id_only": True,
    }
    whole = tk.get_action("package_show")(
        {"ignore_auth": True, "use_cache": False}, {"id": entry_id}
    )
    tk.get_action("package_update")(context, imports_plan.patched(whole, data))
    # CKAN leaves its savepoint open where the commit is the caller's.
    nested = model.Session().get_nested_transaction()
    if nested is not None:
        nested.commit()


def index(ids: Sequence[str], beat: Any = None) -> dict[str, dict[str, Any]]:
    """Feed the index; the commit of it is the caller's.

    :returns: content of each entry, as the check of its description reads it
    """
    packages = search.index_for("Package")
    found = {}
    with tree.remembered():
        for entry_id in ids:
            # Nobody in particular: CKAN would ask each time who the site's user is.
            context: Any = {"ignore_auth": True, "user": "", "use_cache": False}
            both = package_show_default_and_custom_schemas(context, entry_id)
            packages.update_dict(dict(both[0], with_custom_schema=both[1]), True)
            found[entry_id] = content.of_entry(both[1], {})
            if beat:
                beat(1)
    return found


def parts(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    """Ids in parts of this size."""
    rest = iter(ids)
    while part := list(itertools.islice(rest, size)):
        yield part
