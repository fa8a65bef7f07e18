"""The drill: backup, an empty place, restore, proof; with time and loss."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.edudata.audit import sealing
from ckanext.edudata.operations import (
    backup_drill_place,
    backup_facts,
    backup_making,
    backup_moment,
    backup_proof,
    backup_sealing,
)
from ckanext.edudata.operations.backup_errors import BackupError
from ckanext.edudata.operations.backup_store import DamagedError, Store

_CKAN = "import sys; from ckan.cli.cli import ckan; sys.exit(ckan())"


def drill(
    root: Path | None, identity: Path | None, tell: Callable[[str], Any]
) -> dict[str, Any]:
    """Restore a backup into an empty place and prove it.

    :param root: folder with backups, of which the newest is taken; without one a
        backup is made for the drill, under a key of its own
    :param identity: file with the private key, if *root* is given
    :returns: `{good, proof, name, digest, moment, seconds: {backup, restore, …},
        lost_records, lost_seconds}`
    :raises BackupError: it broke off
    """
    began = datetime.datetime.now(datetime.timezone.utc)
    with tempfile.TemporaryDirectory(prefix="edudata-drill-backup-") as temporary:
        seconds: dict[str, float] = {}
        if root is None or identity is None:
            tell(tk._("Making a backup"))
            root, identity = Path(temporary) / "backups", Path(temporary) / "key"
            public = backup_sealing.new_identity(identity)
            seconds["backup"] = round(backup_making.make(root, public).seconds, 2)
        found = _restored(root, identity, seconds, tell)
    lost, age = _lost(datetime.datetime.fromisoformat(found["moment"]))
    return {
        "good": backup_proof.good(found["proof"]),
        "proof": found["proof"],
        "name": found["name"],
        "digest": found["digest"],
        "moment": found["moment"],
        "began_at": began,
        "seconds": {**seconds, **found["seconds"]},
        "lost_records": lost,
        "lost_seconds": round(age, 1),
    }


def _restored(
    root: Path,
    identity: Path,
    seconds: dict[str, float],
    tell: Callable[[str], Any],
) -> dict[str, Any]:
    store = Store(root)
    names = store.names()
    if not names:
        raise BackupError(tk._("There is no such backup in this folder."))
    try:
        postgres = int(store.index(names[-1])[0]["postgres"])
    except DamagedError as error:
        raise BackupError(backup_making.damaged(error)) from None
    clock = time.monotonic()
    tell(tk._("Making an empty place"))
    with backup_drill_place.made(postgres) as place:
        seconds["place"] = round(time.monotonic() - clock, 2)
        clock = time.monotonic()
        tell(tk._("Restoring backup {name} into it").format(name=names[-1]))
        command = [sys.executable, "-c", _CKAN, "-c", str(place.ini), "edudata"]
        command += ["restore", str(root), "--name", names[-1], "--json"]
        command += ["--identity", str(identity)]
        anchors = sealing.anchors_file()
        if anchors is not None and anchors.exists():
            command += ["--anchors", str(anchors)]
        process = subprocess.run(  # noqa: S603 - ourselves
            command,
            env=place.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        seconds["restore"] = round(time.monotonic() - clock, 2)
    try:
        return json.loads(process.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        said = process.stderr.strip().splitlines()
        raise BackupError(
            tk._("The restore broke off: {said}").format(
                said=said[-1][:400] if said else process.returncode
            )
        ) from None


def _lost(moment: datetime.datetime) -> tuple[int, float]:
    """What was put on record since the moment, and how long ago that is: the loss if
    the machine were gone now."""
    urls = (tk.config["sqlalchemy.url"], tk.config["ckan.datastore.write_url"])
    with backup_moment.taken(*urls) as now:
        lost = backup_facts.written_since(now.ckan, moment)
        return lost, (now.at - moment).total_seconds()
