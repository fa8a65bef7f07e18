"""`ckan edudata audit`: seal the trail, prove it, keep its heads, take it out."""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.edudata import csv_files
from ckanext.edudata.audit import anchors as anchoring
from ckanext.edudata.audit import checking, exporting, proving, resuming, sealing, trail
from ckanext.edudata.desensitization.aftermath import site_language
from ckanext.edudata.units import people

log = logging.getLogger(__name__)

DONE, BROKEN, CANNOT = 0, 1, 2


@click.group()
def audit() -> None:
    """Seals of the audit trail."""


@click.command()
@click.option(
    "--every", type=click.IntRange(min=1), help="Stay; seal after so many seconds."
)
def seal(every: int | None) -> None:
    """Seal what is new. Exit code 1: nothing is sealed until somebody has looked."""
    with site_language():
        if every is None:
            done = proving.seal()
            click.echo(_sealed(done))
            sys.exit(BROKEN if done["stopped"] else DONE)
        with contextlib.suppress(OSError):
            os.nice(10)  # who writes goes first
        while True:
            try:
                proving.seal()
            except Exception as error:  # noqa: BLE001 - the database may be away
                model.Session.rollback()
                log.warning("The sealing failed: %s", type(error).__name__)
            finally:
                model.Session.remove()
            time.sleep(every)


def _sealed(done: dict[str, Any]) -> str:
    if done["stopped"]:
        return " ".join(
            [
                tk._("Nothing was sealed."),
                tk._(sealing.OBSTACLES[done["stopped"]]),
                tk._("Prove the trail against its anchors, then see “audit resume”."),
            ]
        )
    if done["busy"]:
        return tk._("Another sealer is at work.")
    return tk._("{records} records sealed in {blocks} blocks.").format(**done)


@click.command()
@click.option("--anchors", type=click.Path(path_type=Path), help="File of heads.")
@click.option("--by", help="Account of the person who asks, for the record.")
def verify(anchors: Path | None, by: str | None) -> None:
    """Prove the whole trail, and name the first that is broken.

    Without --anchors the file of the settings is taken, if there is one. Exit code 0:
    proven; 1: broken; 2: the anchors cannot be read.
    """
    with site_language():
        found = _anchors(anchors or _own_file())
        report = proving.verify(found, actor_id=_person(by))
        for finding in report.findings:
            click.echo(_named(finding), err=True)
        more = sum(report.counts.values()) - len(report.findings)
        if more:
            click.echo(tk._("… and {n} more").format(n=more), err=True)
        for loss in report.losses:
            click.echo(
                tk._(
                    "Blocks {first} to {last} with {records} records were lost in a "
                    "recovery, as was declared at {moment}."
                ).format(moment=str(loss["declared_at"])[:19], **loss)
            )
        if report.stopped:
            click.echo(tk._(sealing.OBSTACLES[report.stopped]), err=True)
        click.echo(
            tk._(
                "{records} records in {blocks} blocks, {unsealed} not sealed yet, "
                "{anchors} anchors compared, {seconds:.1f} s"
            ).format(**{**report.__dict__})
        )
        if not found:
            click.echo(
                tk._(
                    "Without anchors a whole new chain of blocks would not be noticed."
                )
            )
        click.echo(tk._("Proven.") if report.proven else tk._("NOT PROVEN."))
    sys.exit(DONE if report.proven else BROKEN)


def _named(finding: checking.Finding) -> str:
    words = [tk._(checking.KINDS[finding.kind])]
    if finding.block is not None:
        words.append(tk._("Block {n}").format(n=finding.block))
    if finding.position is not None:
        words.append(tk._("place {n}").format(n=finding.position))
    if finding.record_id is not None:
        words.append(tk._("record {n}").format(n=finding.record_id))
    return " · ".join(words)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--syslog", help="Send it to a system log too: host:port or a path.")
def anchor(file: Path | None, syslog: str | None) -> None:
    """Append the newest head to FILE, on a disk that the database does not reach."""
    with site_language():
        with model.ensure_engine().begin() as connection:
            last = sealing.last_block(connection)
        if last is None:
            click.echo(tk._("No block is sealed yet."))
            return
        newest = anchoring.of_block(last)
        try:
            added = file is not None and anchoring.append(file, newest)
            if syslog:
                anchoring.to_syslog(syslog, newest)
        except (OSError, anchoring.UnreadableError) as error:
            click.echo(
                tk._("The anchor cannot be kept: {why}").format(why=error), err=True
            )
            sys.exit(CANNOT)
        text = tk._("Block {n}: {head}").format(n=newest.number, head=newest.head)
        click.echo(
            text if added or syslog or not file else tk._("It is there already.")
        )


@click.command()
@click.option("--anchors", type=click.Path(path_type=Path), help="File of heads.")
@click.option("--without-anchors", is_flag=True, help="There are none.")
@click.option("--accept-loss", is_flag=True, help="Declare lost blocks as lost.")
@click.option("--by", required=True, help="Account of the audit administrator.")
def resume(
    anchors: Path | None, without_anchors: bool, accept_loss: bool, by: str
) -> None:
    """Seal again after a recovery; nobody else may write meanwhile.

    The first block says which database it came from and which blocks are lost.
    """
    with site_language():
        actor_id = _person(by)
        if not people.holds(actor_id, ["audit_admin"], None):
            click.echo(
                tk._("{name} is no audit administrator.").format(name=by), err=True
            )
            sys.exit(CANNOT)
        path = anchors or _own_file()
        if path is None and not without_anchors:
            click.echo(
                tk._("Name the file of anchors, or say --without-anchors."), err=True
            )
            sys.exit(CANNOT)
        found = [] if path is None else _anchors(path)
        try:
            block = resuming.resume(found, actor_id=actor_id, accept_loss=accept_loss)
        except resuming.LossError as loss:
            click.echo(
                tk._(
                    "{records} records up to block {n} are lost. Look for them in "
                    "exports and backups; then say --accept-loss."
                ).format(records=loss.records, n=loss.lost.number),
                err=True,
            )
            sys.exit(BROKEN)
        except resuming.NothingToResumeError:
            click.echo(tk._("Nothing stands in the way of sealing."))
            return
        except resuming.BusyError:
            click.echo(tk._("Another sealer is at work."), err=True)
            sys.exit(CANNOT)
        except sealing.StoppedError as error:
            click.echo(tk._(sealing.OBSTACLES[error.code]), err=True)
            sys.exit(BROKEN)
        click.echo(tk._("Sealing goes on with block {n}.").format(n=block["number"]))


@click.command("export")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv"]), default="jsonl")
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True)
@click.option("--by", help="Account of the person who asks, for the record.")
def export_(
    first: datetime.datetime,
    last: datetime.datetime,
    kind: str,
    output: Path,
    by: str | None,
) -> None:
    """Write the records of a period, both days included, with their proofs.

    Whoever gets the lines (jsonl) proves them with check_export.py alone.
    """
    after = last + datetime.timedelta(days=1)
    period = exporting.Period(
        first.replace(tzinfo=people.SHANGHAI), after.replace(tzinfo=people.SHANGHAI)
    )
    engine = model.ensure_engine().execution_options(isolation_level="REPEATABLE READ")
    with site_language(), engine.begin() as connection, _opened(output) as file:
        lines = period.lines(connection)
        count = _csv(file, lines) if kind == "csv" else _jsonl(file, lines)
        trail.record_apart(
            "audit_export",
            actor_id=_person(by),
            object_type="audit",
            object_id="trail",
            detail={
                "from": str(first.date()),
                "to": str(last.date()),
                "records": count,
            },
        )
        click.echo(tk._("{n} records: {file}").format(n=count, file=output))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Whole under its name, or not there."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        yield file
    part.replace(path)


def _jsonl(file: TextIO, lines: Iterator[exporting.Line]) -> int:
    count = 0
    for line in lines:
        count += line["type"] == "record"
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return count


def _csv(file: TextIO, lines: Iterator[exporting.Line]) -> int:
    count = 0
    file.write("\ufeff")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(exporting.HEAD)
    for row in exporting.rows(lines):
        writer.writerow([csv_files.safe(cell) for cell in row])
        count += 1
    return count


def _own_file() -> Path | None:
    path = sealing.anchors_file()
    return path if path is not None and path.exists() else None


def _anchors(path: Path | None) -> list[anchoring.Anchor]:
    if path is None:
        return []
    try:
        return anchoring.read(path)
    except (OSError, anchoring.UnreadableError) as error:
        text = tk._("The anchors cannot be read: {why}").format(why=error)
        click.echo(text, err=True)
        sys.exit(CANNOT)


def _person(name: str | None) -> str | None:
    if not name:
        return None
    user = model.User.get(name)
    if user is None:
        click.echo(tk._("There is no account {name}.").format(name=name), err=True)
        sys.exit(CANNOT)
    return user.id


for _command in (seal, verify, anchor, resume, export_):
    audit.add_command(_command)
    _command.edudata_nested = True  # type: ignore[attr-defined]
del _command
