"""The check of a working table after rows came in, whichever way they came.

The table is frozen as it stands. Where the version in force stands unchanged at its
head, only what follows is read, and its profile merged with the kept one of that
version; everything else is read as a whole. Judged is always the whole.
"""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import datastore
from ckanext.edudata.desensitization import engine, frozen, profiles, whole
from ckanext.edudata.desensitization.canonical import file_digest
from ckanext.edudata.desensitization.model import Check, Clearance
from ckanext.edudata.desensitization.profile import Profile
from ckanext.edudata.desensitization.reasons import Unreadable, reason
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport, Progress
from ckanext.edudata.desensitization.sandbox import Sandbox

Fetch = Callable[[str, str], tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Stock:
    """The version in force of a file: its content, as it was cleared."""

    sha256: str
    table: dict[str, Any]


def stock_of(check: Check) -> Stock | None:
    """What was released of this file last, where that is one table."""
    entry = tk.get_action("edudata_entry_show")(
        {"ignore_auth": True}, {"id": check.entry_id}
    )
    items = (entry["released"] or {}).get("resources", [])
    found = [item["sha256"] for item in items if item["id"] == check.resource_id]
    if not found or not found[0]:
        return None
    tables = model.Session.scalar(
        sa.select(Clearance.tables)
        .where(Clearance.resource_id == check.resource_id, Clearance.sha256 == found[0])
        .order_by(Clearance.given_at.desc())
        .limit(1)
    )
    if not tables or len(tables) != 1:
        return None
    return Stock(found[0], tables[0])


class Reading:
    """One run over a working table: `report` reads, `keep` notes the profile."""

    def __init__(
        self,
        check: Check,
        options: CheckOptions,
        workdir: str,
        *,
        fetch: Fetch,
        beat: Callable[[Progress], None],
        sandbox: Sandbox | None,
    ) -> None:
        self.check_id, self.resource_id = check.id, check.resource_id
        self.stock = stock_of(check)
        self.options = dataclasses.replace(options, profile=True)
        self._folder, self._fetch = Path(workdir), fetch
        self._beat, self._sandbox = beat, sandbox

    def report(self) -> CheckReport:
        """What the whole is judged to be; the profile of it is kept."""
        started = time.monotonic()
        try:
            found = self._report()
        except Unreadable as unreadable:
            found = CheckReport(
                sha256="",
                verdict="unreadable",
                ruleset=engine.RULESET,
                reason=unreadable.reason,
            )
        found.seconds = round(time.monotonic() - started, 3)
        return found

    def _report(self) -> CheckReport:
        if self.stock is None:
            raise Unreadable("other_columns")
        table = self.stock.table
        names = [column["id"] for column in table["columns"]]
        there = datastore.columns(self.resource_id)
        if sorted(names) != sorted(there):
            raise Unreadable("other_columns")
        dumped = self._folder / "dumped.csv"
        try:
            datastore.dump(self.resource_id, names, str(dumped))
        except datastore.NotLoadedError:
            raise Unreadable("no_table") from None
        now = frozen.freeze(
            dumped,
            self._folder / "table-1.csv",
            before=table["row_count"],
            digest=table["digest"],
        )
        dumped.unlink()
        # The same content is the same version, by whatever way it was written.
        unchanged = now.digest == table["digest"]
        sha256 = self.stock.sha256 if unchanged else file_digest(now.path)
        kept = self._kept()
        title = whole.title_of(kept[1]) if kept else ""
        profile = None
        if kept and now.same:
            profile = self._with_part(now, *kept)
        if profile is None:
            key = secrets.token_bytes(32)
            profile = self._read(now, key, after=0, title=title)
            profile.outside = {}
            profile.tables[0].sheet = table["sheet"]
        else:
            key = kept[0] if kept else b""
        if profile.tables[0].rows != now.rows:
            # Something was read that is not what was frozen.
            raise Unreadable("broken")
        self._keep(sha256, key, profile)
        return whole.report(profile, self.options, now, sha256)

    def _with_part(
        self, now: frozen.Frozen, key: bytes, known: Profile
    ) -> Profile | None:
        if now.rows == now.before:
            return known
        part = self._read(now, key, after=now.before, title=whole.title_of(known))
        assert self.stock is not None  # noqa: S101
        sheet = self.stock.table["sheet"]
        had = bool(known.tables) and known.tables[0].cells is not None
        if had != (part.tables[0].cells is not None):
            return None
        return whole.merged(known, part, sheet)

    def _kept(self) -> tuple[bytes, Profile] | None:
        """Key and profile of the version in force; of a file, by reading it once."""
        assert self.stock is not None  # noqa: S101
        found = profiles.find(
            self.resource_id, self.stock.sha256, small_cell=self.options.small_cell
        )
        if found is not None:
            return found
        path, name = self._fetch(self.resource_id, str(self._folder))
        if file_digest(path) != self.stock.sha256:
            return None
        key = secrets.token_bytes(32)
        scratch = self._folder / "file"
        scratch.mkdir()
        read = self._check(Path(path), name, key, scratch, after=0, title="")
        if read.profile is None:
            return None
        profile = Profile.from_dict(read.profile)
        return (key, profile) if len(profile.tables) == 1 else None

    def _read(
        self, now: frozen.Frozen, key: bytes, *, after: int, title: str
    ) -> Profile:
        assert self.stock is not None  # noqa: S101
        labels = [column["label"] for column in self.stock.table["columns"]]
        path = self._folder / f"rows-{after}.parquet"
        frozen.write_part(now, labels, path, whole=not after)
        scratch = self._folder / f"part-{after}"
        scratch.mkdir()
        read = self._check(path, path.name, key, scratch, after=after, title=title)
        path.unlink()
        if read.profile is None:
            told = read.reason or reason("broken")
            raise Unreadable(told.code, **told.values)
        profile = Profile.from_dict(read.profile)
        if len(profile.tables) != 1 or [c.name for c in profile.tables[0].columns] != [
            column["id"] for column in self.stock.table["columns"]
        ]:
            raise Unreadable("other_columns")
        return profile

    def _check(
        self,
        path: Path,
        name: str,
        key: bytes,
        folder: Path,
        *,
        after: int,
        title: str,
    ) -> CheckReport:
        return engine.check_file(
            path,
            name,
            options=dataclasses.replace(
                self.options, key=key, rows_before=after, title=title
            ),
            workdir=folder,
            on_progress=self._beat,
            sandbox=self._sandbox,
        )

    def _keep(self, sha256: str, key: bytes, profile: Profile) -> None:
        profiles.keep(
            self.check_id,
            self.resource_id,
            sha256,
            small_cell=self.options.small_cell,
            key=key,
            profile=profile,
        )
        model.Session.commit()


def told(check: Check, permits: str) -> dict[str, Any]:
    """What the door learns of a run that is being kept, see `edudata_arrival_checked`.

    `check_ids` are the runs whose rows it has seen; none where a later one has.
    """
    runs = model.Session.execute(
        sa.select(Check.id, Check.number, Check.state).where(
            Check.resource_id == check.resource_id
        )
    ).all()
    late = any(run.number > check.number and run.state == "done" for run in runs)
    return {
        "check_id": check.id,
        "check_ids": [] if late else [r.id for r in runs if r.number <= check.number],
        "entry_id": check.entry_id,
        "resource_id": check.resource_id,
        "subject": check.subject,
        "verdict": check.verdict,
        "permits": permits,
        "sha256": check.sha256,
    }
