"""Making a backup: both databases at one moment, the files, the configuration."""

from __future__ import annotations

import datetime
import io
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import __version__ as ckan_version

from ckanext.edudata.operations import (
    backup_dumps,
    backup_facts,
    backup_files,
    backup_named,
    backup_places,
    backup_sealing,
    backup_settings,
    backup_store,
)
from ckanext.edudata.operations.backup_errors import BackupError
from ckanext.edudata.operations.backup_store import Store

PARTS = {
    "ckan": "ckan.dump.age",
    "datastore": "datastore.dump.age",
    "files": "files.jsonl.gz.age",
    "facts": "facts.json.gz.age",
    "settings": "configuration.ini.gz.age",
}


@dataclass
class Made:
    """A backup that was made: `missing` are files that the database names and nobody
    has, `tries` how often both databases were looked at until they agreed."""

    name: str
    digest: str
    moment: datetime.datetime
    began_at: datetime.datetime
    seconds: float
    files: int
    new_files: int
    size: int
    rows: int
    tables: int
    tries: int
    missing: list[str]
    forgotten: list[str]


def make(root: Path, to: str, *, keep: int = 0) -> Made:
    """Make a backup in a folder, and read it again.

    :param to: public keys, with blanks between
    :param keep: how many backups to keep in the folder; 0: all
    :raises BackupError: it was not made; nothing stays of it
    """
    keys, store = backup_sealing.recipients(to), Store(root)
    try:
        with store.alone():
            return _make(store, keys, keep)
    except backup_store.BusyError:
        raise BackupError(
            tk._("Another backup or restore is at work in this folder.")
        ) from None
    except backup_store.DamagedError as error:
        raise BackupError(damaged(error)) from None


def damaged(error: backup_store.DamagedError) -> str:
    """What to say of a file of a backup that is not what was written."""
    return tk._("{path} is missing or was damaged.").format(path=error.path)


def _make(store: Store, keys: list[Any], keep: int) -> Made:
    began, clock = _now(), time.monotonic()
    name = _free(store, began)
    folder = store.begin(name)
    kept = backup_files.Files(
        store, keys, backup_settings.object_key(), dict(store.known())
    )
    places = list(backup_places.known().values())
    first = kept.read(places, {})
    parts: dict[str, list[Any]] = {}

    def seal(part: str, source: Any) -> None:
        path = folder / PARTS[part]
        parts[PARTS[part]] = list(
            backup_store.write(
                path, lambda file: backup_sealing.seal(source, file, keys)
            )
        )

    def seal_words(part: str, content: bytes) -> None:
        seal(part, backup_sealing.Packed(io.BytesIO(content)))

    addresses = (tk.config["sqlalchemy.url"], tk.config["ckan.datastore.write_url"])
    with backup_dumps.begun(*addresses) as (moment, dumps, _):
        facts = backup_facts.of(moment)
        named = backup_named.needed(moment.ckan)
        for part, dump in dumps.items():
            seal(part, dump)
    second = kept.read(places, first)
    files = backup_files.chosen(first, second, moment.at, named)
    facts["missing"] = backup_named.missing(named, files)
    facts["keys"] = backup_settings.key_names()
    plain, _secret = backup_settings.divided(backup_settings.given())
    lines = [json.dumps(file, sort_keys=True) + "\n" for file in files]
    seal_words("files", "".join(lines).encode())
    seal_words("facts", json.dumps(facts, sort_keys=True).encode())
    seal_words("settings", backup_settings.as_lines(plain))
    objects = {file["object"]: kept.objects[file["object"]] for file in files}
    index = {
        "format": backup_store.FORMAT,
        "name": name,
        "moment": moment.at.isoformat(),
        "ckan": ckan_version,
        "postgres": moment.server,
        "site": tk.config["ckan.site_id"],
        "parts": parts,
        "objects": objects,
    }
    backup_store.write(
        folder / backup_store.INDEX,
        lambda file: file.write(json.dumps(index).encode()),
    )
    store.check(name, partial=True)
    digest = store.finish(name, index)
    counts = [row for side in facts["tables"].values() for row in side.values()]
    return Made(
        name=name,
        digest=digest,
        moment=moment.at,
        began_at=began,
        seconds=time.monotonic() - clock,
        files=len(files),
        new_files=kept.written,
        size=sum(size for _, size in [*parts.values(), *objects.values()]),
        rows=sum(count for count, _ in counts),
        tables=len(counts),
        tries=moment.tries,
        missing=facts["missing"],
        forgotten=store.forget(keep) if keep else [],
    )


def _free(store: Store, began: datetime.datetime) -> str:
    name = began.strftime("%Y%m%dT%H%M%SZ")
    number, found = 1, name
    while (store.root / found).exists():
        number, found = number + 1, f"{name}-{number}"
    return found


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
