"""`ckan edudata entries`: the catalog as a workbook, out and in."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import click
from werkzeug.datastructures import FileStorage

from ckanext.edudata.catalog import imports, sheets_words


@click.group()
def entries() -> None:
    """Data resources of units as a workbook: take them out, bring them in."""


@click.command("export")
@click.argument("unit")
@click.option("--user", required=True, help="Name of the compiler who acts.")
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True)
@click.option("--below/--only", default=True, help="With all units below, or without.")
@click.option("--empty", is_flag=True, help="Only the frame, for new resources.")
def export_(unit: str, user: str, output: Path, below: bool, empty: bool) -> None:
    """Write the catalog of UNIT into a workbook."""
    found = _act("edudata_catalog_sheet", user, unit_id=unit, below=below, empty=empty)
    output.write_bytes(base64.b64decode(found["content"]))
    click.echo(str(output))


@click.command("import")
@click.argument("workbook", type=click.Path(exists=True, path_type=Path))
@click.option("--user", required=True, help="Name of the compiler who acts.")
@click.option(
    "--no-state-secret",
    is_flag=True,
    help="The declaration that nothing in the workbook is a state secret.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def import_(workbook: Path, user: str, no_state_secret: bool, dry_run: bool) -> None:
    """Bring WORKBOOK in: all of it, or nothing if a row is wrong."""
    upload = FileStorage(io.BytesIO(workbook.read_bytes()), workbook.name, "upload")
    found = _act(
        "edudata_import_create",
        user,
        upload=upload,
        no_state_secret="true" if no_state_secret else "",
    )
    found = _waited(found["id"], user)
    _tell(found, user)
    counts = found["counts"] or {}
    if counts.get("wrong") or counts.get("stray") or found["state"] != "checked":
        raise click.exceptions.Exit(1)
    if dry_run or not (counts.get("new") or counts.get("changed")):
        return
    _act("edudata_import_run", user, id=found["id"], sha256=found["sha256"])
    found = _waited(found["id"], user)
    with sheets_words.site_language():
        click.echo(tk._(imports.STATES[found["state"]]))
    if found["state"] != "done":
        raise click.exceptions.Exit(1)


def _waited(import_id: str, user: str) -> dict[str, Any]:
    """What came of it: done here if no worker takes it, else waited for."""
    imports.run(import_id)
    while True:
        found = _act("edudata_import_show", user, id=import_id, limit=1)
        busy = found["state"] in ("checking", "writing")
        if not busy and (found["state"] != "done" or found["settled"]):
            return found
        time.sleep(1)
        imports.run(import_id)


def _tell(found: dict[str, Any], user: str) -> None:
    with sheets_words.site_language():
        counts = found["counts"] or {}
        words = tk._("New: %(new)s. Changed: %(changed)s. Unchanged: %(same)s.")
        same = counts.get("unchanged", 0)
        new, changed = counts.get("new", 0), counts.get("changed", 0)
        click.echo(words % {"new": new, "changed": changed, "same": same})
        wrong = _act(
            "edudata_import_show", user, id=found["id"], outcome="wrong", limit=1000
        )
        for row in [*wrong["rows"], {"errors": found["sheet"]["stray"]}]:
            for item in row["errors"]:
                place = tk._("Row {row}, {column}: {message}").format(
                    row=item["row"], column=item["label"], message=item["message"]
                )
                click.echo(f"{item['sheet']} {place}", err=True)


def _act(action: str, user: str, /, **data: Any) -> Any:
    try:
        return tk.get_action(action)({"user": user}, data)
    except tk.ValidationError as error:
        for messages in error.error_dict.values():
            for message in messages if isinstance(messages, list) else [messages]:
                click.echo(str(message), err=True)
        raise click.exceptions.Exit(1) from None
    except (tk.NotAuthorized, tk.ObjectNotFound) as error:
        refusal = tk._("Your role does not allow this for this unit.")
        click.echo(str(error) or refusal, err=True)
        raise click.exceptions.Exit(1) from None


entries.add_command(export_)
entries.add_command(import_)
export_.edudata_nested = import_.edudata_nested = True  # type: ignore[attr-defined]
