"""`ckan edudata sweep`: after a crash, and every minute."""

from __future__ import annotations

import logging
import time

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.edudata.opening import sweep as sweeping

log = logging.getLogger(__name__)


@click.command()
@click.option(
    "--every",
    type=click.IntRange(min=5),
    help="Stay, and sweep again after so many seconds.",
)
def sweep(every: int | None) -> None:
    """Finish or remove what a crash left half done; safe to run at any time."""
    if every is None:
        click.echo(_sweep())
        return
    while True:
        time.sleep(every)
        try:
            _sweep()
        except Exception as error:  # noqa: BLE001 - a service may be away for a while
            model.Session.rollback()
            log.warning("The sweep failed: %s", type(error).__name__)
        finally:
            model.Session.remove()


def _sweep() -> str:
    settled = sweeping.settle()
    removed = sweeping.unstage()
    queued = tk.get_action("edudata_check_requeue")({"ignore_auth": True}, {})
    tk.get_action("edudata_by_itself_settle")({"ignore_auth": True}, {})
    tk.get_action("edudata_reread_due")({"ignore_auth": True}, {})
    tk.get_action("edudata_open_list_settle")({"ignore_auth": True}, {})
    tk.get_action("edudata_quality_settle")({"ignore_auth": True}, {})
    tk.get_action("edudata_import_requeue")({"ignore_auth": True}, {})
    tk.get_action("edudata_template_settle")({"ignore_auth": True}, {})
    tk.get_action("edudata_post_remind")({"ignore_auth": True}, {})
    tk.get_action("edudata_unit_settle")({"ignore_auth": True}, {})
    tk.get_action("edudata_notice_send")({"ignore_auth": True}, {})
    return tk._(
        "Releases finished: {settled}; tables removed: {removed}; "
        "checks queued again: {queued}"
    ).format(settled=settled, removed=removed, queued=len(queued))
