"""`ckan edudata clocks` and `ckan edudata workdays`."""

from __future__ import annotations

from typing import IO, Any

import ckan.plugins.toolkit as tk
import click

from ckanext.edudata.units import people


@click.command()
def clocks() -> None:
    """Remind, escalate, lapse and expire applications; safe to run at any time."""
    done = tk.get_action("edudata_request_clocks")({"ignore_auth": True}, {})
    for name, number in sorted(done.items()):
        click.echo(f"{name}: {number}")
    if not done:
        click.echo(tk._("Nothing was to be done."))


@click.group()
def workdays() -> None:
    """Holidays and made-up working days, year by year."""


def _nested(command: Any) -> Any:
    command.edudata_nested = True
    return command


@_nested
@workdays.command("list")
def listing() -> None:
    """Years known, and those not yet announced."""
    found = tk.get_action("edudata_workdays_list")({"ignore_auth": True}, {})
    for line in found["results"]:
        off, work = len(line["off"]), len(line["work"])
        click.echo(f"{line['year']}  {off:3} / {work:2}  {line['source']}")
    for year in found["missing"]:
        click.echo(tk._("{year}: not announced yet").format(year=year))


@_nested
@workdays.command()
@click.argument("year", type=int)
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--source", required=True, help="Title of the announcement.")
def announce(year: int, file: IO[str], source: str) -> None:
    """Enter the holidays of YEAR from FILE.

    Lines like "2027-02-05 2027-02-11 休" and "2027-02-20 班"; "#" begins a remark.
    """
    try:
        line = tk.get_action("edudata_workdays_announce")(
            people.system_context(),
            {"year": year, "days": file.read(), "source": source},
        )
    except tk.ValidationError as error:
        said: dict[str, Any] = error.error_dict
        messages = [text for texts in said.values() for text in texts]
        raise click.ClickException("\n".join(messages)) from None
    except UnicodeDecodeError:
        raise click.ClickException(tk._("The file is not UTF-8 text.")) from None
    click.echo(f"{line['year']}  {len(line['off'])} / {len(line['work'])}")
