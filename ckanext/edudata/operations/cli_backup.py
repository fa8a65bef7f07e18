"""`ckan edudata backup`, `restore`, `drill`: nothing is lost with a machine."""

from __future__ import annotations

import datetime
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.edudata.audit import anchors as anchoring
from ckanext.edudata.desensitization.aftermath import site_language
from ckanext.edudata.operations import (
    backup_drilling,
    backup_making,
    backup_proof,
    backup_record,
    backup_restoring,
    backup_sealing,
    backup_settings,
    backup_store,
)
from ckanext.edudata.operations.backup_errors import BackupError

DONE, INCOMPLETE, CANNOT = 0, 1, 2
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PROOFS = {
    "tables": "Tables, rows and their digests",
    "files": "Files and their digests",
    "index": "Search index",
    "private": "What was private is private",
    "audit": "Audit trail and its anchors",
}


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--to", multiple=True, help="Public key; as configured where not given.")
@click.option("--keep", type=click.IntRange(min=0), help="How many backups to keep.")
def backup(folder: Path, to: tuple[str, ...], keep: int | None) -> None:
    """Back up both databases as of one moment, all files, and the configuration.

    Everything is encrypted to a public key and read again after writing; files that
    are in the folder already are not written again. Exit code 0: made; 1: made, but
    files that the database names are nowhere; 2: not made.
    """
    with site_language():
        sys.exit(back_up(folder, " ".join(to), keep))


def back_up(folder: Path, to: str = "", keep: int | None = None) -> int:
    """Make a backup, on record; an exit code."""
    began = datetime.datetime.now(datetime.timezone.utc)
    kept = tk.config["ckanext.edudata.backup.keep"] if keep is None else keep
    try:
        made = backup_making.make(
            folder,
            to or str(tk.config.get(backup_sealing.SETTING) or ""),
            keep=int(kept),
        )
    except (BackupError, OSError) as error:
        said = str(error) if isinstance(error, BackupError) else _disk(error)
        backup_record.keep(
            "backup", began, done=False, detail={"reason": type(error).__name__}
        )
        click.echo(said, err=True)
        return CANNOT
    numbers = {
        "tables": made.tables,
        "rows": made.rows,
        "files": made.files,
        "new_files": made.new_files,
        "bytes": made.size,
        "seconds": round(made.seconds, 1),
        "tries": made.tries,
        "missing": len(made.missing),
        "forgotten": len(made.forgotten),
    }
    backup_record.keep(
        "backup",
        made.began_at,
        done=True,
        detail=numbers,
        name=made.name,
        digest=made.digest,
        moment=made.moment,
    )
    click.echo(
        tk._(
            "Backup {name}: {tables} tables with {rows} rows as of {moment}, {files} "
            "files ({new_files} new), {size:.1f} MB, {seconds:.1f} s. Read again and "
            "found whole. SHA-256 {digest}"
        ).format(
            **{
                **made.__dict__,
                "size": made.size / 1e6,
                "moment": made.moment.isoformat(timespec="milliseconds"),
            }
        )
    )
    for where in made.missing[:20]:
        click.echo(tk._("Nowhere: {where}").format(where=where), err=True)
    return INCOMPLETE if made.missing else DONE


def _disk(error: OSError) -> str:
    return tk._("The backup could not be written: {said}. Nothing stays of it.").format(
        said=error.strerror or type(error).__name__
    )


@click.command(name="backup-list")
@click.argument("folder", type=_FOLDER)
@click.option("--check", is_flag=True, help="Read all of each and compare.")
def backup_list(folder: Path, check: bool) -> None:
    """List the backups of a folder; with --check, prove them undamaged."""
    store, code = backup_store.Store(folder), DONE
    with site_language():
        for name in store.names():
            said, good = _looked_at(store, name, check)
            click.echo(f"{name}  {said}", err=not good)
            code = code if good else INCOMPLETE
    sys.exit(code)


def _looked_at(store: backup_store.Store, name: str, check: bool) -> tuple[str, bool]:
    try:
        index, digest = store.index(name)
        if check:
            store.check(name)
    except backup_store.DamagedError as error:
        return backup_making.damaged(error), False
    return f"{index['moment'][:23]}  {digest}", True


@click.command(name="backup-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_key(file: Path) -> None:
    """Make a pair of keys: the private one into FILE, the public one is printed.

    Keep FILE away from this machine, and in two places: without it no backup opens.
    """
    with site_language():
        try:
            public = backup_sealing.new_identity(file)
        except FileExistsError:
            message = tk._("{file} exists; a key is never written over.")
            raise click.ClickException(message.format(file=file)) from None
        click.echo(public)


@click.command(name="backup-secrets")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", multiple=True, help="Public key; as configured where not given.")
def backup_secrets(file: Path, to: tuple[str, ...]) -> None:
    """Write passwords and keys of the configuration to FILE, encrypted.

    Once, and whenever they change; to be kept apart from the backups. `age -d -i KEY
    FILE | gunzip` prints them.
    """
    with site_language():
        try:
            words = " ".join(to) or str(tk.config.get(backup_sealing.SETTING) or "")
            keys = backup_sealing.recipients(words)
        except BackupError as error:
            raise click.ClickException(str(error)) from None
        _, secret = backup_settings.divided(backup_settings.given())
        source = backup_sealing.Packed(BytesIO(backup_settings.as_lines(secret)))
        backup_store.write(file, lambda out: backup_sealing.seal(source, out, keys))
        click.echo(tk._("{n} settings written.").format(n=len(secret)))


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--identity", type=_FILE, required=True, help="File with the key.")
@click.option("--name", help="Which backup; the newest where not given.")
@click.option("--anchors", type=_FILE, help="File of heads of the audit trail.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def restore(
    ctx: click.Context,
    folder: Path,
    identity: Path,
    name: str | None,
    anchors: Path | None,
    as_json: bool,
) -> None:
    """Restore a backup into empty databases, folders and index, and prove it.

    Exit code 0: restored and proven; 1: restored, but not all of it is as it was; 2:
    not restored.
    """
    from ckan.cli.db import upgrade as upgrade_tables  # here it would be ours too

    with site_language(), ctx.meta["flask_app"].test_request_context():
        try:
            heads = anchoring.read(anchors) if anchors else []
            done = backup_restoring.restore(
                folder,
                name,
                identity,
                lambda: ctx.invoke(upgrade_tables),
                lambda line: click.echo(line, err=True),
            )
        except (BackupError, anchoring.UnreadableError) as error:
            click.echo(str(error), err=True)
            sys.exit(CANNOT)
        proof = backup_proof.of(done, heads)
        good = backup_proof.good(proof)
        model.Session.remove()
        backup_record.keep(
            "restore",
            done.began_at,
            done=good,
            detail={"seconds": done.seconds, "failed": failed(proof)},
            name=done.name,
            digest=done.digest,
            moment=done.moment,
        )
        if as_json:
            found = {
                "name": done.name,
                "digest": done.digest,
                "moment": done.moment.isoformat(),
                "seconds": done.seconds,
                "proof": proof,
            }
            click.echo(json.dumps(found))
        else:
            tell_proof(proof)
            click.echo(
                tk._(
                    "Restored as of {moment}. Sealing of the audit trail stands still "
                    "until an audit administrator has looked: ckan edudata audit "
                    "resume."
                ).format(moment=done.moment.isoformat(timespec="seconds"))
            )
    sys.exit(DONE if good else INCOMPLETE)


def failed(proof: dict[str, Any]) -> list[str]:
    """Which parts of a proof failed."""
    return [part for part, found in proof.items() if not found["good"]]


def tell_proof(proof: dict[str, Any]) -> None:
    """Print a proof, part by part."""
    for part, found in proof.items():
        word = tk._("Proven.") if found["good"] else tk._("NOT PROVEN.")
        rest = ", ".join(f"{k} {v}" for k, v in found.items() if k != "good" and v)
        click.echo(f"{tk._(PROOFS[part])}: {word} {rest}")


@click.command()
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--identity", type=_FILE, help="File with the key.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def drill(folder: Path | None, identity: Path | None, as_json: bool) -> None:
    """Restore into an empty place and prove it; the portal goes on meanwhile.

    Of FOLDER the newest backup is taken; without one a backup is made for the drill.
    Prints time and loss. Exit code 0: proven; 1: not proven; 2: it broke off.
    """
    with site_language():
        if (folder is None) != (identity is None):
            raise click.UsageError(tk._("FOLDER and --identity belong together."))
        began = datetime.datetime.now(datetime.timezone.utc)
        try:
            found = backup_drilling.drill(
                folder, identity, lambda line: click.echo(line, err=True)
            )
        except BackupError as error:
            backup_record.keep(
                "drill", began, done=False, detail={"reason": "broke_off"}
            )
            click.echo(str(error), err=True)
            sys.exit(CANNOT)
        numbers = {
            "seconds": found["seconds"],
            "lost_records": found["lost_records"],
            "lost_seconds": found["lost_seconds"],
            "failed": failed(found["proof"]),
        }
        backup_record.keep(
            "drill",
            found.pop("began_at"),
            done=found["good"],
            detail=numbers,
            name=found["name"],
            digest=found["digest"],
            moment=datetime.datetime.fromisoformat(found["moment"]),
        )
        if as_json:
            click.echo(json.dumps(found))
        else:
            tell_proof(found["proof"])
            seconds = found["seconds"]
            click.echo(
                tk._(
                    "Time: {restore:.1f} s to restore and prove. Loss, if the machine "
                    "were gone now: {lost} records of the last {age:.0f} s."
                ).format(
                    restore=seconds["restore"],
                    lost=found["lost_records"],
                    age=found["lost_seconds"],
                )
            )
    sys.exit(DONE if found["good"] else INCOMPLETE)
