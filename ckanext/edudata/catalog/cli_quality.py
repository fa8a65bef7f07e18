"""`ckan edudata quality`: figures and reminders, from a timer or by hand."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import click


@click.group()
def quality() -> None:
    """Quality of data resources: measure them, remind their owners."""


def _measure() -> None:
    """Measure all that changed now, in this process."""
    count = tk.get_action("edudata_quality_measure")({"ignore_auth": True}, {})
    click.echo(tk._("Data resources measured: {n}").format(n=count))


def _remind() -> None:
    """Remind owners of what is due or late; may run at any time, also twice."""
    count = tk.get_action("edudata_quality_remind")({"ignore_auth": True}, {})
    click.echo(tk._("Notices made: {n}").format(n=count))


quality.add_command(click.Command("measure", callback=_measure, help=_measure.__doc__))
quality.add_command(click.Command("remind", callback=_remind, help=_remind.__doc__))
