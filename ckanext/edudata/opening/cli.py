"""`ckan edudata sweep`: after a crash, and every few minutes."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import click

from ckanext.edudata.opening import sweep as sweeping


@click.command()
def sweep() -> None:
    """Finish or remove what a crash left half done; safe to run at any time."""
    settled = sweeping.settle()
    removed = sweeping.unstage()
    queued = tk.get_action("edudata_check_requeue")({"ignore_auth": True}, {})
    click.echo(
        tk._(
            "Releases finished: {settled}; tables removed: {removed}; "
            "checks queued again: {queued}"
        ).format(settled=settled, removed=removed, queued=len(queued))
    )
