"""`ckan edudata leaks`: does the running portal tell what it must not?"""

from __future__ import annotations

import json
import secrets
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import logic

from ckanext.edudata.audit import trail
from ckanext.edudata.delivery.leaks import families, persons, telling, things
from ckanext.edudata.delivery.leaks.running import Result, Run

NAMED = sorted({probe.family for probe in families.known()} | {"counts", "timing"})
FAMILIES = [*NAMED, families.EVERY_ACTION, families.EVERY_PAGE]


@click.command()
@click.option("--url", help="Address of the portal; as configured where not given.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    help="Only so many closed things of each kind, drawn by chance.",
)
@click.option("--seed", type=int, help="Draw the same things and values again.")
@click.option(
    "--family", "only", multiple=True, type=click.Choice(FAMILIES), help="Only these."
)
@click.option("--person", "who", multiple=True, help="Only these persons.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(things.KINDS),
    help="Only these.",
)
@click.option("--workers", type=click.IntRange(1, 16), default=2, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def leaks(
    ctx: click.Context,
    url: str | None,
    sample: int | None,
    seed: int | None,
    only: tuple[str, ...],
    who: tuple[str, ...],
    kinds: tuple[str, ...],
    workers: int,
    as_json: bool,
) -> None:
    """Ask the running portal, as everybody, for what is closed.

    Reads only. Exit status: 0 no leak, 1 a leak, 2 not all could be probed.
    """
    seed = secrets.randbelow(10**6) if seed is None else seed
    run = Run(
        url or tk.config["ckan.site_url"],
        actions=reading_actions(),
        rules=rules(ctx.meta["flask_app"]),
        only=frozenset(only) or None,
        workers=workers,
        tell=lambda line: click.echo(line, err=True),
    )
    try:
        found = run(
            seed=seed,
            sample=sample,
            who=frozenset(who) or None,
            kinds=frozenset(kinds) or None,
        )
    except persons.BusyError:
        click.echo(tk._("Another run of the self-test is on."), err=True)
        ctx.exit(2)
    record(found)
    if as_json:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(telling.lines(found)))
    ctx.exit(found.status)


def reading_actions() -> list[str]:
    """Names of all actions that the API answers by GET."""
    tk.get_action("status_show")
    known = logic._actions
    return [name for name in known if getattr(known[name], "side_effect_free", False)]


def rules(app: Any) -> list[str]:
    """Addresses of all pages by GET, of all plugins."""
    return [r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or ())]


def record(found: Result) -> None:
    """Put the run on record: it explains the refusals that the trail holds of it."""
    trail.record_apart(
        "leaks_test",
        actor_id=None,
        object_type="portal",
        object_id=tk.config["ckan.site_id"],
        detail={
            "probes": sum(found.probes.values()),
            "leaks": len(found.leaks),
            "seed": found.seed,
            "status": found.status,
        },
        outcome="failed" if found.status else "done",
    )
