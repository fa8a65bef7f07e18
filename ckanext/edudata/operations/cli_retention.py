"""`ckan edudata retention`: purge what is past its time."""

from __future__ import annotations

import sys

import ckan.plugins.toolkit as tk
import click


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
def retention(dry_run: bool) -> None:
    """Purge what is past its time, by the settings ckanext.edudata.retention.*."""
    found = tk.get_action("edudata_retention_run")(
        {"ignore_auth": True}, {"dry": dry_run}
    )
    for name, told in found.items():
        after = f"after {told['days']} days" if told["days"] > 0 else "never"
        done = "" if dry_run else f", removed {told['removed']} ({told['rows']} rows)"
        bad = f", FAILED {told['failed']}" if told["failed"] else ""
        click.echo(f"{name:14} {after:18} due {told['found']}{done}{bad}")
    if any(told["failed"] for told in found.values()):
        sys.exit(1)
