"""`ckan edudata sweep`: after a crash, and every minute."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.edudata.opening import sweep as sweeping

log = logging.getLogger(__name__)

STEPS = (
    "edudata_check_requeue",
    "edudata_by_itself_settle",
    "edudata_reread_due",
    "edudata_open_list_settle",
    "edudata_quality_settle",
    "edudata_import_requeue",
    "edudata_template_settle",
    "edudata_post_remind",
    "edudata_unit_settle",
    "edudata_request_clocks",
    "edudata_notice_send",
    "edudata_account_sweep",
    "edudata_audit_seal",
    "edudata_health_watch",
)
"""Internal actions of the rooms, one after the other: what is told is sent, what is on
record is sealed. Each may be called twice, late or after one that failed."""


@click.command()
@click.option(
    "--every",
    type=click.IntRange(min=5),
    help="Stay, and sweep again after so many seconds.",
)
def sweep(every: int | None) -> None:
    """Finish or remove what a crash left half done; safe to run at any time."""
    if every is None:
        failed = _sweep()
        if failed:
            raise click.ClickException(
                tk._("These steps failed; the log says how: {steps}").format(
                    steps=", ".join(failed)
                )
            )
        click.echo(tk._("Nothing half done is left."))
        return
    while True:
        time.sleep(every)
        _sweep()


def _sweep() -> list[str]:
    """Do all steps; one that fails keeps no other from being done.

    :returns: names of those that failed
    """
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("settle", sweeping.settle),
        ("unstage", sweeping.unstage),
    ]
    steps += [(name, partial(_internally, name)) for name in STEPS]
    failed = []
    for name, step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001, PERF203 - one service away is not all
            model.Session.rollback()
            log.warning("The sweep failed in %s: %s", name, type(error).__name__)
            failed.append(name)
        finally:
            model.Session.remove()
    return failed


def _internally(name: str) -> Any:
    return tk.get_action(name)({"ignore_auth": True}, {})
