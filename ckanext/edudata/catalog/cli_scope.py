"""`ckan edudata resource-catalog`: the lines of the catalog for units, anew."""

from __future__ import annotations

import click

from ckanext.edudata.catalog import scope_lines


@click.command("resource-catalog")
def resource_catalog() -> None:
    """Write the lines of the catalog for units anew.

    Needed only after versions were written past the portal: seeded or moved by SQL.
    """
    click.echo(f"{scope_lines.rebuild()} lines")
