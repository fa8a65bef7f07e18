"""`ckan edudata accounts-asleep` and `account-wake`."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.edudata.desensitization.aftermath import site_language
from ckanext.edudata.identity import sleeping
from ckanext.edudata.units import people

REFUSED = 1


@click.command("accounts-asleep")
def accounts_asleep() -> None:
    """List accounts that fell asleep, the longest sleep first."""
    with site_language():
        found = sleeping.asleep()
        for each in found:
            role = tk._("holds a role") if each["role"] else tk._("holds no role")
            click.echo(f"{each['name']}  {each['since']:%Y-%m-%d}  {role}")
        click.echo(tk._("{number} accounts are asleep.").format(number=len(found)))


@click.command("account-wake")
@click.argument("name")
@click.option("--by", help="Account of who wakes; its roles say whether it may.")
def account_wake(name: str, by: str | None) -> None:
    """Wake an account that fell asleep, on record. Its password stays.

    Without --by the operator wakes it: for when nobody is left who may.

    Exit code 0: it is awake; 1: refused.
    """
    with site_language():
        user = _account(name)
        context: Any = people.system_context()
        if by:
            who = _account(by)
            context = {"user": who.name, "auth_user_obj": who}
        if not sleeping.is_asleep(user.id):
            click.echo(tk._("This account is awake."))
            return
        try:
            tk.get_action("edudata_account_wake")(context, {"id": user.id})
        except tk.NotAuthorized as error:
            _refuse(str(error))
        click.echo(tk._("Woken."))


def _account(name: str) -> Any:
    user = model.User.get(name)
    if user is None or not user.is_active:
        _refuse(tk._("There is no such account"))
    return user


def _refuse(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(REFUSED)
