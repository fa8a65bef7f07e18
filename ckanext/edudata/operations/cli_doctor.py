"""`ckan edudata doctor`."""

from __future__ import annotations

import dataclasses
import json
import sys

import ckan.plugins.toolkit as tk
import click

from ckanext.edudata.desensitization.aftermath import site_language
from ckanext.edudata.operations import doctor as looking


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(as_json: bool) -> None:
    """What is unsafe here, and how to mend it. Exit code 1: something unsafe."""
    with site_language():
        found = looking.look(tk.config)
        if as_json:
            rows = [dataclasses.asdict(each) for each in found]
            click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            _tell(found)
    left = [each for each in found if each.severity == "unsafe" and not each.accepted]
    sys.exit(1 if left else 0)


def _tell(found: list[looking.Finding]) -> None:
    marks = {"unsafe": tk._("Unsafe"), "weak": tk._("Weak")}
    for each in found:
        mark = tk._("Accepted by the site") if each.accepted else marks[each.severity]
        click.echo(f"{mark}  {each.name}\n    {each.what}\n    → {each.mend}")
    click.echo(
        tk._("{rules} rules, {found} findings.").format(
            rules=len(looking.rules()), found=len(found)
        )
    )
