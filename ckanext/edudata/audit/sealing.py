"""Sealing the audit trail: blocks over what transactions that have ended left in it.

Writers wait for nobody. One sealer at a time takes what is new, hashes it into a tree
(RFC 6962) and writes a block that names the one before. Numbers of records are no order
of commits, so a block says which records it holds, and takes only those of
transactions below the oldest of this database that still runs: a record that turns
up later below that line did not get there by this portal.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import anchors, blocks, merkle
from ckanext.edudata.audit.model_seals import AuditBlock, AuditLeaf

log = logging.getLogger(__name__)

MOST = 50_000
"""Records of one block at most."""

OBSTACLES = {
    "recovered": "The database is another one, or was recovered, since the last seal.",
    "broken": "The last block does not fit its own head.",
    "anchor_missing": "A block that is anchored is not in the database.",
    "anchor_differs": "An anchored block is another one in the database.",
    "anchor_unreadable": "The file of anchors cannot be read.",
}
"""Why nothing is sealed until somebody has looked; English message ids."""

_BLOCK = AuditBlock.__table__
_LEAF = AuditLeaf.__table__
LOCK = sa.text("SELECT pg_try_advisory_xact_lock(hashtext('edudata_audit_seal'))")
HEADS = sa.select(_BLOCK.c.number, _BLOCK.c.head)
_PLACE = sa.text(
    "SELECT to_hex((pg_control_system()).system_identifier) AS cluster, "
    "left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline"
)
# A transaction of another database of the server may run long, and writes nothing here.
_SNAPSHOT = sa.text(
    """
    WITH now AS MATERIALIZED (SELECT pg_current_snapshot() AS snapshot)
    SELECT coalesce(
        (
            SELECT running FROM pg_snapshot_xip(snapshot) AS running
            WHERE NOT EXISTS (
                SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock'
                AND l.granted AND l.transactionid = running::xid
                AND a.datname <> current_database()
            )
            ORDER BY running LIMIT 1
        ),
        pg_snapshot_xmax(snapshot)
    )::text AS horizon,
    pg_snapshot_xmax(snapshot)::text AS began, clock_timestamp() AS sealed_at
    FROM now
    """
)
COLUMNS = (
    "a.id, a.at, a.xid, a.actor_id, a.action, a.outcome, a.object_type, a.object_id, "
    "a.unit_id, a.detail::text AS detail"
)
_UNSEALED = f"""
    SELECT {COLUMNS} FROM edudata_audit a
    WHERE NOT EXISTS (SELECT FROM edudata_audit_leaf l WHERE l.record_id = a.id)
    AND {{which}} ORDER BY a.id LIMIT :most
"""  # noqa: S608 - constants only
_NEW = sa.text(
    _UNSEALED.format(
        which="a.xid::xid8 >= CAST(:since AS xid8) "
        "AND a.xid::xid8 < CAST(:horizon AS xid8)"
    )
)
_ALL = sa.text(_UNSEALED.format(which="true"))
_LEAVES = sa.text(
    "INSERT INTO edudata_audit_leaf (record_id, block, position, hash) "
    "SELECT r, :block, p - 1, decode(h, 'hex') FROM unnest(CAST(:ids AS bigint[]), "
    "CAST(:hashes AS text[])) WITH ORDINALITY AS new(r, h, p)"
)


class StoppedError(Exception):
    """Nothing is sealed until somebody has looked: `code` of `OBSTACLES`."""

    def __init__(self, code: str) -> None:
        super().__init__(OBSTACLES[code])
        self.code = code


@dataclass(frozen=True)
class Sealed:
    """What one call did. `busy`: another sealer was at it."""

    blocks: int = 0
    records: int = 0
    last: int | None = None
    busy: bool = False


def seal(most: int = MOST) -> Sealed:
    """Seal what is new, block by block.

    Each block is one transaction: a sealer that is killed leaves a whole one or none.

    :raises StoppedError: after a recovery, or where an anchor tells of another chain
    """
    made = records = 0
    while True:
        with model.ensure_engine().begin() as connection:
            if not connection.scalar(LOCK):
                return Sealed(made, records, busy=True)
            last = last_block(connection)
            code = obstacle(connection, last)
            if code:
                raise StoppedError(code)
            size, more = _next(connection, last, most)
        made, records = made + bool(size), records + size
        if not more:
            break
    newest = anchor(new=bool(made))
    return Sealed(made, records, newest and newest.number)


def last_block(connection: Any) -> dict[str, Any] | None:
    """The newest block."""
    newest = sa.select(_BLOCK).order_by(_BLOCK.c.number.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    return dict(row) if row else None


def obstacle(connection: Any, last: dict[str, Any] | None) -> str | None:
    """Why no block may follow *last* by itself, as a key of `OBSTACLES`."""
    if last is not None:
        place = connection.execute(_PLACE).mappings().one()
        if any(place[key] != last[key] for key in ("cluster", "timeline")):
            return "recovered"
        if blocks.head(blocks.header_text(last)) != bytes(last["head"]):
            return "broken"
    return _against_anchor(connection, last)


def _against_anchor(connection: Any, last: dict[str, Any] | None) -> str | None:
    path = anchors_file()
    if path is None:
        return None
    try:
        newest = anchors.newest(path)
    except (OSError, anchors.UnreadableError):
        return "anchor_unreadable"
    if newest is None:
        return None
    if last is None or newest.number > last["number"]:
        return "anchor_missing"
    same = sa.select(_BLOCK.c.head).where(_BLOCK.c.number == newest.number)
    found = connection.scalar(same)
    if found is None:
        # A loss that somebody declared is named by the block after it.
        return None if _declared(connection, newest) else "anchor_missing"
    return None if bytes(found).hex() == newest.head else "anchor_differs"


def _declared(connection: Any, lost: anchors.Anchor) -> bool:
    after = (
        sa.select(_BLOCK.c.note)
        .where(_BLOCK.c.number > lost.number, _BLOCK.c.kind == "resume")
        .order_by(_BLOCK.c.number)
        .limit(1)
    )
    note = connection.scalar(after)
    return bool(note) and lost.head in note.get("lost", {}).values()


def _next(connection: Any, last: dict[str, Any] | None, most: int) -> tuple[int, bool]:
    """Seal the next block: how many records, and whether more are waiting."""
    now = dict(connection.execute(_SNAPSHOT).mappings().one())
    since = last["horizon"] if last else "0"
    asked = {"since": since, "horizon": now["horizon"], "most": most}
    rows = connection.execute(_NEW, asked).mappings().all()
    more = len(rows) == most
    if more:
        # What is left lies below the line too: the line waits for it.
        now["horizon"] = since
    if rows:
        write_block(connection, last, rows, {**now, "kind": "seal", "note": {}})
    return len(rows), more


def unsealed(connection: Any) -> tuple[dict[str, Any], list[Any]]:
    """The moment, and all that is in no block, whatever its transaction: for the first
    block after a recovery, when nobody else writes."""
    now = dict(connection.execute(_SNAPSHOT).mappings().one())
    return now, list(connection.execute(_ALL, {"most": None}).mappings())


def write_block(
    connection: Any,
    last: dict[str, Any] | None,
    rows: Any,
    values: dict[str, Any],
    number: int | None = None,
) -> dict[str, Any]:
    """Write a block over *rows*, and say of each that it is in it."""
    hashes = [merkle.leaf_hash(blocks.record_text(row).encode("ascii")) for row in rows]
    place = connection.execute(_PLACE).mappings().one()
    block = {
        **values,
        **place,
        "number": number or (last["number"] + 1 if last else 1),
        "previous": bytes(last["head"]) if last else blocks.FIRST,
        "size": len(rows),
        "total": (last["total"] if last else 0) + len(rows),
        "root": merkle.root(hashes),
    }
    block["head"] = blocks.head(blocks.header_text(block))
    connection.execute(_BLOCK.insert().values(**block))
    ids = [row["id"] for row in rows]
    texts = [each.hex() for each in hashes]
    asked = {"block": block["number"], "ids": ids, "hashes": texts}
    connection.execute(_LEAVES, asked)
    return block


def anchors_file() -> Path | None:
    """The file that anchors go to by themselves, if there is one."""
    path = tk.config.get("ckanext.edudata.audit.anchors")
    return Path(path) if path else None


def anchor(*, new: bool = True) -> anchors.Anchor | None:
    """Write the newest head down where the settings say, not too often; the newest.

    :param new: whether a system log alone has not been told of it
    """
    with model.ensure_engine().begin() as connection:
        last = last_block(connection)
    if last is None:
        return None
    newest = anchors.of_block(last)
    path, address = anchors_file(), tk.config.get("ckanext.edudata.audit.syslog")
    try:
        if path is not None and not (_due(path) and anchors.append(path, newest)):
            return newest
        if address and (new or path is not None):
            anchors.to_syslog(address, newest)
    except OSError as error:
        # The block stands; its head is written down with the next one.
        log.error("An anchor could not be kept: %s", type(error).__name__)  # noqa: TRY400
    return newest


def _due(path: Path) -> bool:
    every = tk.config.get("ckanext.edudata.audit.anchor_seconds")
    return not path.exists() or time.time() - path.stat().st_mtime >= every
