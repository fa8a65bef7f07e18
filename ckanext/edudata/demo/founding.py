"""Units, accounts and roles of the demonstration: made once, and left as they are."""

from __future__ import annotations

import click
from ckan import model

from ckanext.edudata.demo import cast
from ckanext.edudata.demo.acting import act, set_up, tell, unit_id


def found(password: str) -> None:
    """Make what is missing of units, people and roles.

    :raises ClickException: a name is taken by something that is not of the
        demonstration
    """
    made = [unit.name for unit in cast.UNITS if _unit(unit)]
    total = len(cast.UNITS)
    tell(
        f"单位：共 {total} 个，新建 {len(made)} 个",
        f"units: {total}, {len(made)} of them new",
    )
    names = cast.display_names()
    new = [person for person in cast.PEOPLE if _account(person, names, password)]
    for person in cast.PEOPLE:
        _roles(person)
    tell(
        f"账号：共 {len(cast.PEOPLE)} 个，新建 {len(new)} 个",
        f"accounts: {len(cast.PEOPLE)}, {len(new)} of them new",
    )


def _unit(unit: cast.Unit) -> bool:
    known = model.Group.get(unit.name)
    if known is not None:
        if not known.is_organization or known.title != unit.title:
            raise click.ClickException(_taken(unit.name))
        return False
    values = {
        "name": unit.name,
        "title": unit.title,
        "kind": unit.kind,
        "district": unit.district,
        "superior": unit.superior,
        "code": unit.code,
    }
    set_up("organization_create", **{k: v for k, v in values.items() if v})
    return True


def _account(person: cast.Person, names: dict[str, str], password: str) -> bool:
    email = f"{person.name}@{cast.DOMAIN}"
    known = model.User.get(person.name)
    if known is not None:
        if known.email != email or known.sysadmin or not known.is_active:
            raise click.ClickException(_taken(person.name))
        if not known.validate_password(password):
            set_up("user_patch", id=known.id, password=password)
        return False
    set_up(
        "user_create",
        name=person.name,
        email=email,
        fullname=names[person.name],
        password=password,
    )
    return True


def _roles(person: cast.Person) -> None:
    if not person.roles:
        return
    given = {
        (row["role"], row["unit_id"])
        for row in act("edudata_role_list", person.name, ended=True)
    }
    for role, unit in person.roles:
        owner = unit_id(unit)
        # One that was ended by hand stays ended.
        if (role, owner) not in given:
            set_up("edudata_role_give", user_id=person.name, unit_id=owner, role=role)


def _taken(name: str) -> str:
    return (
        f"名称 {name} 已被占用。演示数据只能载入空的平台，或它自己载入过的平台。"
        f" · The name {name} is taken. Load the demonstration into an empty portal, "
        "or into one that it was loaded into before."
    )
