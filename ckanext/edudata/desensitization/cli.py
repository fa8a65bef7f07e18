"""`ckan edudata recheck`: read everything again under new rules, then switch."""

from __future__ import annotations

import contextlib
import os
import sys
import time

import ckan.plugins.toolkit as tk
import click
from ckan import model

from ckanext.edudata.desensitization import aftermath, rules
from ckanext.edudata.desensitization import recheck as rechecking
from ckanext.edudata.desensitization.rereading import RulesChangedError
from ckanext.edudata.units import people, who_may

DONE, AFFECTED, NOT_SWITCHED, ANOTHER_RUNS = 0, 1, 2, 3


@click.command()
@click.option("--status", is_flag=True, help="Say where it stands, and do nothing.")
@click.option("--dry-run", is_flag=True, help="Read and report; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--all", "everything", is_flag=True, help="Also what is in force.")
@click.option("--by", help="Account of the person who decides it, for the record.")
@click.option("--pause", default=0.0, help="Seconds of rest after each reading.")
@click.option("--nice", default=10, help="How far other processes go first.")
def recheck(
    status: bool,
    dry_run: bool,
    yes: bool,
    everything: bool,
    by: str | None,
    pause: float,
    nice: int,
) -> None:
    """Read everything again under the rules of this version, then put them in force.

    Released data in which they find identity, bank, telephone or health data of
    persons are stopped at once, other findings go to their owners with a date. It may
    be ended and begun again at any time.

    Exit code 0: in force, released data are as they were; 1: in force, and released
    data were stopped or have a date (a dry run: would be; --status: not in force yet);
    2: not in force, say why above, run it again; 3: another one is running.
    """
    with aftermath.site_language():
        if status:
            sys.exit(_status())
        actor_id = _decider(by)
        if not (yes or dry_run) and not _agreed():
            sys.exit(NOT_SWITCHED)
        with contextlib.suppress(OSError):
            os.nice(nice)
        sys.exit(_run(dry_run, everything, pause, actor_id))


def _status() -> int:
    found = rechecking.status()
    click.echo(
        tk._("Rule set in force: {ruleset}, since {since}").format(
            ruleset=found["in_force"], since=found["since"] or "–"
        )
    )
    if not found["staged"]:
        return DONE
    click.echo(tk._("Staged: {ruleset}").format(ruleset=found["code"]))
    click.echo(_counted(found["read"], found["total"]))
    click.echo(_affected(found["stopped"], found["dated"]))
    if found["running"]:
        click.echo(tk._("A recheck is running."))
    return AFFECTED


def _decider(by: str | None) -> str | None:
    """Id of the person who decides; without one it is the portal itself."""
    if not by:
        return None
    user = model.User.get(by)
    roles = who_may.roles_for("ruleset_switch")
    if user is None or not people.holds(user.id, roles, None):
        click.echo(
            tk._("{name} has no role that decides this.").format(name=by), err=True
        )
        sys.exit(NOT_SWITCHED)
    return user.id


def _agreed() -> bool:
    found = rechecking.status()
    click.echo(
        tk._(
            "{n} files, released tables and descriptions are read under {ruleset}. "
            "Released data in which identity, bank, telephone or health data of "
            "persons are found are stopped at once."
        ).format(n=found["total"] - found["read"], ruleset=found["code"])
    )
    try:
        return click.confirm(tk._("Go on?"))
    except click.Abort:
        click.echo(tk._("Say --yes where nobody can answer."), err=True)
        return False


def _run(dry_run: bool, everything: bool, pause: float, actor_id: str | None) -> int:
    try:
        summary = rechecking.run(
            _Teller(),
            dry_run=dry_run,
            everything=everything,
            pause=pause,
            actor_id=actor_id,
        )
    except rechecking.AlreadyRunningError:
        click.echo(tk._("Another recheck is running."), err=True)
        return ANOTHER_RUNS
    except RulesChangedError:
        message = tk._("The rules on the disk were changed meanwhile. Start it again.")
        click.echo(message, err=True)
        return NOT_SWITCHED
    _report(summary)
    if summary.failed:
        return NOT_SWITCHED
    return AFFECTED if summary.affects else DONE


def _report(summary: rechecking.Summary) -> None:
    outcomes, verdicts = summary.outcomes, summary.verdicts
    click.echo(
        tk._("Released: {fine} in order, {gone} not open any more").format(
            fine=outcomes["fine"], gone=outcomes["gone"]
        )
    )
    click.echo(_affected(outcomes["stopped"], outcomes["dated"]))
    click.echo(
        tk._(
            "In entries: {clear} clear, {restricted} restricted, {blocked} blocked, "
            "{unreadable} unreadable"
        ).format(
            **{
                name: verdicts[name]
                for name in ("clear", "restricted", "blocked", "unreadable")
            }
        )
    )
    if summary.failed:
        click.echo(
            tk._(
                "{n} could not be got at, see the log; the rule set is not in force. "
                "Run it again."
            ).format(n=summary.failed),
            err=True,
        )
    elif summary.switched or not rules.staged():
        click.echo(tk._("In force: {ruleset}").format(ruleset=rules.in_force()))
    else:
        click.echo(
            tk._("Nothing was changed: {ruleset} is staged.").format(
                ruleset=rules.code()
            )
        )


def _affected(stopped: int, dated: int) -> str:
    return tk._("Released data stopped: {stopped}; with a date: {dated}").format(
        stopped=stopped, dated=dated
    )


def _counted(read: int, total: int) -> str:
    return tk._("{read} of {total} read").format(read=read, total=total)


class _Teller:
    """Says how far it is: on a terminal in place, in a log once a minute."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.last = 0.0

    def __call__(self, progress: rechecking.Progress) -> None:
        now, every = time.monotonic(), 0.2 if self.terminal else 60
        if now - self.last < every and progress.read < progress.total:
            return
        self.last = now
        line = _counted(progress.read, progress.total)
        if progress.seconds_left:
            left = time.strftime("%H:%M:%S", time.gmtime(progress.seconds_left))
            line += tk._("; about {time} left").format(time=left)
        if self.terminal:
            click.echo(f"\r\x1b[K{line}", err=True, nl=progress.read == progress.total)
        else:
            click.echo(line, err=True)
