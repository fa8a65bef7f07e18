"""`ckan edudata …`: one group, filled by the rooms."""

from __future__ import annotations

import click

from ckanext.edudata import rooms


class _Rooms(click.Group):
    """Commands of the rooms, found when first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(command.name or "" for command in rooms.commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = {command.name: command for command in rooms.commands()}
        return found.get(cmd_name)


@click.group(cls=_Rooms)
def edudata() -> None:
    """Open data portal of education authorities."""
