"""`ckan edudata applicants`: keys of contact data, and what is no longer needed."""

from __future__ import annotations

import sys

import click

from ckanext.edudata.requests import forgetting_applicants, sealed


@click.group()
def applicants() -> None:
    """Contact data of applicants: their keys, and when they are deleted."""


@applicants.command()
def key() -> None:
    """Print a new key for the setting ckanext.edudata.applicants.keys."""
    click.echo(sealed.new_key())


@applicants.command()
def status() -> None:
    """Say under which keys of the setting how much is sealed."""
    from ckanext.edudata.requests import rotating_applicants

    known = _keys()
    counted = rotating_applicants.standing()
    for place, name in enumerate(known):
        use = "seals and opens" if place == 0 else "opens only"
        click.echo(f"{name}  {use}  {counted.pop(name, 0)}")
    for name, number in counted.items():
        click.echo(f"{name}  NOT IN THE SETTING  {number}")
    sys.exit(1 if counted else 0)


@applicants.command()
def rotate() -> None:
    """Seal everything under the first key of the setting.

    Put the new key in front of the old one, restart the portal, run this, take the
    old key away, restart again. May be run at any time and again.

    Exit code 0: all is under the first key; 1: some rows no key opens.
    """
    from ckanext.edudata.requests import rotating_applicants

    _keys()
    counted = rotating_applicants.rotate()
    click.echo(f"Sealed anew: {counted['resealed']}. Not opened: {counted['lost']}.")
    sys.exit(1 if counted["lost"] else 0)


@applicants.command()
def forget() -> None:
    """Delete the data of applicants that nothing needs any more, and stray files."""
    from ckanext.edudata.requests import keeping_attachments

    click.echo(f"Deleted: {forgetting_applicants.forget_what_nothing_needs()}.")
    click.echo(f"Stray files: {keeping_attachments.sweep()}.")


def _keys() -> list[str]:
    try:
        return [found.name for found in sealed.ring()]
    except sealed.SealError as error:
        raise click.ClickException(str(error)) from None


for _nested in (key, status, rotate, forget):
    _nested.edudata_nested = True  # type: ignore[attr-defined]
