"""`ckan edudata units`: the tree of units from a spreadsheet, and reminders."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

import ckan.plugins.toolkit as tk
import click
from ckan import model
from werkzeug.datastructures import FileStorage

from ckanext.edudata import web
from ckanext.edudata.desensitization import aftermath
from ckanext.edudata.units import people

DONE, FAULTY, REFUSED = 0, 1, 2
MOST_LINES = 50


@click.group()
def units() -> None:
    """Units and their people."""


@units.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@click.option("--kind", default="", help="Kind of new units, such as university.")
@click.option("--superior", default="", help="Unit above new units: name or code.")
@click.option("--only", default="", help="COLUMN=VALUE: leave out other rows.")
@click.option("--by", help="Account of the importer; its roles say what is allowed.")
@click.option("--no-invitations", is_flag=True, help="Do not mail new accounts.")
def import_(
    file: BinaryIO,
    dry_run: bool,
    kind: str,
    superior: str,
    only: str,
    by: str | None,
    no_invitations: bool,
) -> None:
    """Import units and people from an XLSX, XLS or CSV file, all or nothing.

    Without --by the operator imports; whatever is asked, the three administrators stay
    three people.

    Exit code 0: imported, or a dry run without errors; 1: errors, nothing changed;
    2: the file or the importer was refused.
    """
    column, _, value = only.partition("=")
    context: Any = _context(by)
    data: dict[str, Any] = {
        "upload": FileStorage(file, getattr(file, "name", "units")),
        "kind": kind,
        "superior": superior,
        "only_column": column.strip(),
        "only_value": value.strip(),
    }
    with aftermath.site_language():
        try:
            found = tk.get_action("edudata_unit_import_check")(context.copy(), data)
            _tell(found)
            if found["counts"]["errors"]:
                sys.exit(FAULTY)
            if dry_run:
                return
            tk.get_action("edudata_unit_import_apply")(
                context.copy(), {"id": found["id"], "invite": not no_invitations}
            )
        except tk.ValidationError as error:
            for each in web.summary(error, {}):
                click.echo(each["message"], err=True)
            sys.exit(REFUSED)
        except tk.NotAuthorized as error:
            click.echo(str(error), err=True)
            sys.exit(REFUSED)
        click.echo(tk._("Imported."))


@units.command()
def remind() -> None:
    """Tell people of undertakings and training that end soon; the sweep does too."""
    with aftermath.site_language():
        told = tk.get_action("edudata_post_remind")({"ignore_auth": True}, {})
        click.echo(tk._("Reminders: {count}").format(count=told))


def _context(by: str | None) -> Any:
    if not by:
        return people.system_context()
    user = model.User.get(by)
    if user is None or not user.is_active:
        click.echo(tk._("There is no such account"), err=True)
        sys.exit(REFUSED)
    return {"user": user.name, "auth_user_obj": user}


def _tell(found: dict[str, Any]) -> None:
    for table in found["tables"]:
        words = [
            f"{table['sheet']}: {table['rows']}",
            tk._("not used: {columns}").format(columns=", ".join(table["unused"]))
            if table["unused"]
            else "",
        ]
        click.echo("; ".join(filter(None, words)))
    for name, number in found["counts"].items():
        click.echo(f"{tk._(COUNTS[name])}: {number}")
    for error in found["errors"][:MOST_LINES]:
        click.echo(
            f"{error['sheet']} {error['row']} {error['column']}: {error['message']}",
            err=True,
        )
    if len(found["errors"]) > MOST_LINES or found["more_errors"]:
        click.echo("…", err=True)


COUNTS = {
    "units_new": "New units",
    "units_changed": "Changed units",
    "units_moved": "Moved units",
    "units_same": "Unchanged units",
    "people_new": "New accounts",
    "roles_new": "Roles given",
    "roles_same": "Roles held already",
    "errors": "Errors",
}
