"""`ckan edudata demo load`: the demonstration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import ckan.plugins.toolkit as tk
import click
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.demo import (
    applying,
    cast,
    founding,
    listing,
    living,
    own_data,
)
from ckanext.edudata.demo.acting import reasons, tell
from ckanext.edudata.demo.checking import Checks

VARIABLE = "EDUDATA_DEMO_PASSWORD"
LOCK = 0x65647564  # "edud": one load at a time


@click.group()
def demo() -> None:
    """A portal with made-up units, people and data in it."""


@demo.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, readable=True, path_type=Path),
    help="Make an entry of each table in this folder too, and check it.",
)
@click.pass_context
def load(ctx: click.Context, data: Path | None) -> None:
    """Load the demonstration; run again, it goes on where it was left.

    The password of all accounts is taken from EDUDATA_DEMO_PASSWORD.
    """
    password = os.environ.get(VARIABLE, "")
    if len(password) < 8:
        raise click.ClickException(
            f"请在环境变量 {VARIABLE} 中给出演示账号的密码（至少 8 个字符）。"
            f" · Give the password of the demonstration accounts in {VARIABLE} "
            "(8 characters or more)."
        )
    began = monotonic()
    with ctx.meta["flask_app"].test_request_context(), _only_one():
        try:
            checks = Checks()
            founding.found(password)
            living.live(checks)
            applying.apply()
            listing.listed()
            if data is not None:
                own_data.load(data, checks)
        except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
            raise click.ClickException(
                f"演示数据未能全部载入：{reasons(error)}。排除原因后再次运行即可继续。"
                f" · Not all was loaded: {reasons(error)}. Run it again to go on."
            ) from error
    seconds = monotonic() - began
    tell(f"演示数据已就绪（{seconds:.0f} 秒）", "the demonstration is ready")
    accounts()


def accounts() -> None:
    """Who one can log in as."""
    tell(
        f"演示账号，密码均为 {VARIABLE} 的值：",
        "accounts; the password of each is the value of that variable:",
    )
    width = max(len(person.name) for person in cast.PEOPLE)
    for person in cast.PEOPLE:
        zh, en = person.does
        click.echo(f"  {person.name:<{width}}  {zh} · {en}")


@contextmanager
def _only_one() -> Iterator[None]:
    """Keep a second load out while this one runs."""
    with model.ensure_engine().connect() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(LOCK))):
            raise click.ClickException(
                "另一个进程正在载入演示数据，请等它结束。"
                " · Another process is loading the demonstration; wait until it ends."
            )
        try:
            yield
        finally:
            connection.scalar(sa.select(sa.func.pg_advisory_unlock(LOCK)))
