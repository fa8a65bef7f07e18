"""Restoring a backup into an empty place."""

from __future__ import annotations

import contextlib
import datetime
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
from ckan import model
from ckan.lib import search
from ckan.lib.search import common, query

from ckanext.edudata.operations import (
    backup_facts,
    backup_files,
    backup_moment,
    backup_places,
    backup_programs,
    backup_sealing,
    backup_settings,
    backup_store,
)
from ckanext.edudata.operations.backup_errors import BackupError
from ckanext.edudata.operations.backup_making import PARTS, damaged
from ckanext.edudata.operations.backup_store import Store

_PREPARED = {"_table_stats"}
"""What `ckan datastore set-permissions` makes in an empty DataStore."""


@dataclass
class Restored:
    """What was restored, and what of it is not as it was backed up."""

    name: str
    digest: str
    moment: datetime.datetime
    began_at: datetime.datetime
    facts: dict[str, Any]
    files: int = 0
    differing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def restore(
    root: Path,
    name: str | None,
    identity: Path,
    upgrade: Callable[[], Any],
    tell: Callable[[str], Any],
) -> Restored:
    """Restore a backup: the newest, or the one of this name.

    Everything is looked at before anything is written.

    :param identity: file with the private key
    :param upgrade: brings the tables to this version of the portal
    :raises BackupError: nothing was written, or what to do now
    """
    store, keys = Store(root), backup_sealing.identities(identity)
    names = store.names()
    if not names or (name is not None and name not in names):
        raise BackupError(tk._("There is no such backup in this folder."))
    name = name or names[-1]
    try:
        tell(tk._("Reading backup {name}").format(name=name))
        store.check(name)
        index, digest = store.index(name)
        facts = json.loads(_part(store, name, "facts", keys))
        files = _part(store, name, "files", keys).splitlines()
    except backup_store.DamagedError as error:
        raise BackupError(damaged(error)) from None
    places = backup_places.known()
    _fits(facts, [json.loads(line) for line in files], places)
    empty(places)
    done = Restored(
        name,
        digest,
        datetime.datetime.fromisoformat(index["moment"]),
        datetime.datetime.now(datetime.timezone.utc),
        facts,
    )
    _databases(store, done, index, keys, tell)
    with _timed(done, "files"):
        tell(tk._("Restoring {n} files").format(n=len(files)))
        for line in files:
            file = json.loads(line)
            place = places[file["place"]]
            if not backup_files.restored(store, file, place, keys):
                done.damaged.append(f"{file['place']}/{file['location']}")
            done.files += 1
    with _timed(done, "index"):
        tell(tk._("Bringing the tables up to this version, building the index"))
        model.Session.remove()
        model.ensure_engine().dispose()
        upgrade()
        search.rebuild(force=True, quiet=True)
        search.commit()
    return done


def _databases(
    store: Store,
    done: Restored,
    index: dict[str, Any],
    keys: list[Any],
    tell: Callable[[str], Any],
) -> None:
    addresses = (tk.config["sqlalchemy.url"], tk.config["ckan.datastore.write_url"])
    programs = backup_programs.folder(index["postgres"])
    with _timed(done, "databases"):
        for part, url in zip(("ckan", "datastore"), addresses, strict=True):
            tell(tk._("Restoring the database {name}").format(name=part))
            _pg_restore(programs, store, done.name, part, url, keys)
    with _timed(done, "comparison"), backup_moment.taken(*addresses) as moment:
        if moment.server == index["postgres"]:
            found = backup_facts.of(moment)["tables"]
            done.differing = backup_facts.differences(done.facts["tables"], found)


@contextlib.contextmanager
def _timed(done: Restored, what: str) -> Any:
    began = time.monotonic()
    yield
    done.seconds[what] = round(time.monotonic() - began, 2)


def _part(store: Store, name: str, part: str, keys: list[Any]) -> bytes:
    found = BytesIO()
    with open(store.root / name / PARTS[part], "rb") as file:
        backup_sealing.unseal(file, backup_sealing.Target(found, packed=True), keys)
    return found.getvalue()


def _fits(
    facts: dict[str, Any], files: list[dict[str, Any]], places: dict[str, Any]
) -> None:
    unknown = {file["place"] for file in files} - set(places)
    if unknown:
        raise BackupError(
            tk._(
                "The backup has files of the storages {names}, which are not "
                "configured here. Put the configuration back first."
            ).format(names=", ".join(sorted(unknown)))
        )
    here = backup_settings.key_names()
    for setting, names in facts["keys"].items():
        if set(names) - set(here.get(setting, [])):
            raise BackupError(
                tk._(
                    "{setting} lacks a key that the backup's sealed fields need. Put "
                    "the keys back first; they are kept apart from the backup."
                ).format(setting=setting)
            )


def empty(places: dict[str, backup_places.Place]) -> None:
    """See that there is nothing yet where it is restored to.

    :raises BackupError: there is something
    """
    for name, setting in (
        ("ckan", "sqlalchemy.url"),
        ("datastore", "ckan.datastore.write_url"),
    ):
        there = _tables(tk.config[setting]) - (
            _PREPARED if name == "datastore" else set()
        )
        if there:
            raise BackupError(
                tk._(
                    "The database {name} is not empty. A backup is restored into an "
                    "empty place only; nothing was changed."
                ).format(name=name)
            )
    for name, place in places.items():
        if place.found():
            raise BackupError(
                tk._(
                    "There are files in {name} already. A backup is restored into an "
                    "empty place only; nothing was changed."
                ).format(name=name)
            )
    if indexed():
        raise BackupError(
            tk._(
                "The search index is not empty. A backup is restored into an empty "
                "place only; nothing was changed. Empty it with `ckan search-index "
                "clear` if it belongs to this site."
            )
        )


def indexed() -> int:
    """Packages of this site in the index, whoever may see them."""
    site = query.solr_literal(tk.config["ckan.site_id"])
    asked = common.make_connection()
    return int(asked.search("*:*", fq=f"+site_id:{site}", rows=0).hits)


def _tables(url: str) -> set[str]:
    given = backup_programs.arguments(url)
    with contextlib.closing(psycopg2.connect(**given)) as connection:
        side = backup_moment.Side("", url, connection)
        return {name for _, _, name, _ in side.tables()}


def _pg_restore(
    programs: Path, store: Store, name: str, part: str, url: str, keys: list[Any]
) -> None:
    """One database, whole or not at all; no byte of it in the open on a disk."""
    options = "--no-owner --no-acl --no-password --exit-on-error --single-transaction"
    if part == "datastore":  # CKAN's functions are there already
        options += " --clean --if-exists"
    database = backup_programs.arguments(url)["dbname"]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own
            [programs / "pg_restore", *options.split(), f"--dbname={database}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=backup_programs.environment(url),
        )
        out = process.stdin
        assert out is not None  # noqa: S101 - it was asked for
        try:
            with open(store.root / name / PARTS[part], "rb") as file:
                backup_sealing.unseal(file, backup_sealing.Target(out), keys)
            with contextlib.suppress(BrokenPipeError):
                out.close()
        except BrokenPipeError:
            pass  # it says why
        except BaseException:
            process.kill()  # before it commits what was cut short
            process.wait()
            raise
        if process.wait():
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").splitlines()
            # What follows the first line may quote rows.
            first = next((line for line in said if "error:" in line), "")[:300]
            raise BackupError(
                tk._(
                    "pg_restore of the database {name} failed: {said}. Empty the place "
                    "and begin anew."
                ).format(name=part, said=first)
            )
