"""`ckan edudata nightly`: what a site does every night."""

from __future__ import annotations

import sys
from pathlib import Path

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.edudata.audit import anchors, proving, sealing
from ckanext.edudata.desensitization.aftermath import site_language
from ckanext.edudata.operations import cli_backup, events

FOLDER = "ckanext.edudata.backup.folder"


@click.command()
def nightly() -> None:
    """Prove the audit trail, then back up into the folder of the settings.

    Exit code 0: all is well; 1: something is not, and those who must know were told.
    """
    with site_language():
        proven = prove()
        model.Session.remove()
        folder = str(tk.config.get(FOLDER) or "")
        if not folder:
            click.echo(
                tk._("No folder is set for backups ({setting}).").format(setting=FOLDER)
            )
        made = not folder or cli_backup.back_up(Path(folder)) == cli_backup.DONE
    sys.exit(0 if proven and made else 1)


def prove() -> bool:
    """Prove the trail against the anchors of the settings, on record."""
    path = sealing.anchors_file()
    try:
        heads = anchors.read(path) if path is not None and path.exists() else []
    except (OSError, anchors.UnreadableError):
        events.raise_("audit_broken", detail={"reason": "anchor_unreadable"})
        click.echo(tk._(sealing.OBSTACLES["anchor_unreadable"]), err=True)
        return False
    report = proving.verify(heads, actor_id=None)
    if not report.proven:
        events.raise_("audit_broken", detail={"broken": sum(report.counts.values())})
    click.echo(
        tk._("Audit trail: {records} records in {blocks} blocks. {word}").format(
            records=report.records,
            blocks=report.blocks,
            word=tk._("Proven.") if report.proven else tk._("NOT PROVEN."),
        )
    )
    return report.proven
