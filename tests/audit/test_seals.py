"""Seals of the trail: whatever a superuser does to it afterwards is named."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import anchors, merkle, resuming, sealing, trail, verifying
from ckanext.edudata.audit.model_seals import AuditBlock

pytestmark = [pytest.mark.promise(6), pytest.mark.article(33, 35)]


@pytest.fixture(autouse=True)
def trail_with_records(clean_db, with_plugins):
    """Two sealed blocks of five records, and two records that are in none."""
    for _ in range(2):
        write(5)
        sealing.seal()
    write(2)


def write(number, **values):
    with model.ensure_engine().begin() as connection:
        for _ in range(number):
            trail.record_on(
                connection,
                "x",
                object_type="x",
                object_id="x",
                **{"detail": {"n": 1}, **values},
            )


@contextmanager
def superuser():
    """A connection before which no trigger stands, as for who owns the tables."""
    with model.ensure_engine().begin() as connection:
        _triggers(connection, "DISABLE")
        yield lambda statement, **values: connection.execute(sa.text(statement), values)
        _triggers(connection, "ENABLE")


def _triggers(connection, command):
    for table in ("edudata_audit", "edudata_audit_block", "edudata_audit_leaf"):
        connection.execute(sa.text(f"ALTER TABLE {table} {command} TRIGGER USER"))


def kinds(report):
    return [(finding.kind, finding.block) for finding in report.findings]


def ids(block):
    query = (
        "SELECT record_id FROM edudata_audit_leaf WHERE block = :b ORDER BY position"
    )
    with model.ensure_engine().begin() as connection:
        return list(connection.scalars(sa.text(query), {"b": block}))


def all_blocks():
    with model.ensure_engine().begin() as connection:
        query = sa.select(AuditBlock.__table__).order_by(AuditBlock.number)
        return [dict(row) for row in connection.execute(query).mappings()]


def test_all_of_it_is_proven():
    report = verifying.verify()
    assert report.proven
    assert (report.blocks, report.records, report.unsealed) == (2, 10, 2)
    first, second = all_blocks()
    assert second["previous"] == first["head"]
    assert first["previous"] == bytes(32)


@pytest.mark.parametrize("table", ["edudata_audit_block", "edudata_audit_leaf"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET block = 9", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_the_database_refuses_to_change_seals(table, statement):
    statement = (
        statement.replace("block = 9", "size = 9")
        if table.endswith("block")
        else statement
    )
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        model.ensure_engine().begin() as conn,
    ):
        conn.execute(sa.text(statement.format(table)))


RECORD = "(SELECT record_id FROM edudata_audit_leaf WHERE block = 1 AND position = 2)"


@pytest.mark.parametrize(
    "column",
    [
        "actor_id = 'y'",
        "action = 'y'",
        "outcome = 'denied'",
        "object_type = 'y'",
        "object_id = 'y'",
        "unit_id = 'y'",
        "at = at + interval '1 microsecond'",
        "detail = '{\"n\": 1.0}'",
        "xid = '3'",
    ],
)
def test_a_changed_record_is_named(column):
    with superuser() as run:
        run(f"UPDATE edudata_audit SET {column} WHERE id = {RECORD}")
    report = verifying.verify()
    assert kinds(report) == [("changed", 1)]
    assert report.findings[0].record_id == ids(1)[2]
    assert report.findings[0].position == 2


class TestTampering:
    """Each way as a superuser who does not know, or knows, how it is sealed."""

    def test_a_missing_record(self):
        with superuser() as run:
            run(f"DELETE FROM edudata_audit WHERE id = {RECORD}")
        found = verifying.verify().findings
        assert [(f.kind, f.block, f.record_id) for f in found] == [
            ("missing", 1, ids(1)[2])
        ]

    def test_a_missing_record_with_its_leaf(self):
        gone = ids(2)[-1]
        with superuser() as run:
            run("DELETE FROM edudata_audit WHERE id = :id", id=gone)
            run("DELETE FROM edudata_audit_leaf WHERE record_id = :id", id=gone)
        assert kinds(verifying.verify()) == [("missing", 2)]

    def test_a_leaf_taken_away_does_not_let_a_record_be_sealed_anew(self):
        gone = ids(1)[0]
        with superuser() as run:
            run("DELETE FROM edudata_audit_leaf WHERE record_id = :id", id=gone)
        sealing.seal()
        assert kinds(verifying.verify()) == [("missing", 1), ("added", None)]

    def test_an_added_record_among_sealed_ones(self):
        with superuser() as run:
            run(
                "INSERT INTO edudata_audit (id, at, xid, action, outcome, object_type,"
                " object_id, detail) OVERRIDING SYSTEM VALUE SELECT 900, at, xid, "
                f"'x', 'done', 'x', 'y', '{{}}' FROM edudata_audit WHERE id = {RECORD}"
            )
        sealing.seal()
        found = verifying.verify().findings
        assert [(f.kind, f.record_id) for f in found] == [("added", 900)]

    def test_a_record_put_into_a_block(self):
        with superuser() as run:
            run(
                "INSERT INTO edudata_audit_leaf SELECT max(id), 1, 5, '\\x00'"
                " FROM edudata_audit"
            )
        assert ("added", 1) in kinds(verifying.verify())

    def test_a_record_dated_back_is_sealed_and_named(self):
        with superuser() as run:
            run(
                "INSERT INTO edudata_audit (at, action, outcome, object_type,"
                " object_id, detail) VALUES (now() - interval '1 hour', 'x', 'done',"
                " 'x', 'y', '{}')"
            )
        sealing.seal()
        assert kinds(verifying.verify()) == [("backdated", 3)]

    def test_reordered_records(self):
        one, two = ids(1)[1:3]
        with superuser() as run:
            run(
                "UPDATE edudata_audit_leaf SET position = 9 WHERE record_id = :i", i=one
            )
            run(
                "UPDATE edudata_audit_leaf SET position = 1 WHERE record_id = :i", i=two
            )
            run(
                "UPDATE edudata_audit_leaf SET position = 2 WHERE record_id = :i", i=one
            )
        found = verifying.verify().findings
        assert [(f.kind, f.block, f.record_id) for f in found] == [
            ("reordered", 1, one)
        ]

    def test_exchanged_records(self):
        one, two = ids(1)[1:3]
        with superuser() as run:
            for old, new in ((one, 900), (two, one), (900, two)):
                run(
                    "UPDATE edudata_audit_leaf SET record_id = :n WHERE record_id = :o",
                    o=old,
                    n=new,
                )
        found = verifying.verify().findings
        assert found[0].kind == "reordered"
        assert found[0].record_id in (one, two)

    def test_a_changed_hash(self):
        with superuser() as run:
            run(
                "UPDATE edudata_audit_leaf SET hash = '\\x00'"
                f" WHERE record_id = {RECORD}"
            )
        assert kinds(verifying.verify()) == [("leaf_changed", 1)]

    def test_a_record_changed_with_its_hash(self):
        change_with_hash()
        found = verifying.verify().findings
        assert [(f.kind, f.block, f.record_id) for f in found] == [("changed", 1, None)]

    @pytest.mark.parametrize("number", [1, 2])
    def test_a_missing_block(self, number):
        with superuser() as run:
            run("DELETE FROM edudata_audit_block WHERE number = :n", n=number)
        assert kinds(verifying.verify())[0] == ("block_missing", number)

    def test_a_missing_block_with_its_records(self):
        gone = ids(1)
        with superuser() as run:
            run("DELETE FROM edudata_audit_block WHERE number = 1")
            run("DELETE FROM edudata_audit_leaf WHERE block = 1")
            run("DELETE FROM edudata_audit WHERE id = ANY(:i)", i=gone)
        assert kinds(verifying.verify()) == [("block_missing", 1)]

    @pytest.mark.parametrize(
        "column",
        [
            "root = '\\x00'",
            "size = 4",
            "total = 4",
            "horizon = '9'",
            "previous = '\\x00'",
            "sealed_at = now() + interval '1 day'",
            "note = '{\"lost\": {}}'",
            "head = '\\x00'",
        ],
    )
    def test_a_changed_block(self, column):
        with superuser() as run:
            run(f"UPDATE edudata_audit_block SET {column} WHERE number = 1")
        assert kinds(verifying.verify())[0][1] == 1
        assert ("block_changed", 1) in kinds(verifying.verify())

    def test_blocks_in_another_order(self):
        with superuser() as run:
            for old, new in ((1, 9), (2, 1), (9, 2)):
                run(
                    "UPDATE edudata_audit_block SET number = :n WHERE number = :o",
                    o=old,
                    n=new,
                )
                run(
                    "UPDATE edudata_audit_leaf SET block = :n WHERE block = :o",
                    o=old,
                    n=new,
                )
        assert kinds(verifying.verify())[0] == ("block_changed", 1)

    def test_a_block_changed_with_its_head_breaks_the_next(self):
        change_with_hash(with_block=True)
        assert kinds(verifying.verify()) == [("chain", 2)]

    def test_a_whole_new_chain_is_seen_by_the_anchors_only(self, tmp_path):
        kept = kept_anchors(tmp_path)
        with superuser() as run:
            run(f"UPDATE edudata_audit SET action = 'y' WHERE id = {RECORD}")
            run("DELETE FROM edudata_audit_leaf")
            run("DELETE FROM edudata_audit_block")
        sealing.seal(most=5)
        assert verifying.verify().proven
        found = kinds(verifying.verify(anchors.read(kept)))
        assert found[0] == ("anchor_differs", 1)

    def test_a_tail_cut_off_is_seen_by_the_anchors_only(self, tmp_path):
        kept = kept_anchors(tmp_path)
        gone = ids(2)
        with superuser() as run:
            run("DELETE FROM edudata_audit_block WHERE number = 2")
            run("DELETE FROM edudata_audit_leaf WHERE block = 2")
            run("DELETE FROM edudata_audit WHERE id >= :i", i=min(gone))
        assert verifying.verify().proven
        assert kinds(verifying.verify(anchors.read(kept))) == [("anchor_missing", 2)]


def change_with_hash(with_block=False):
    """What who knows the scheme can do to the third record of the first block."""
    from ckanext.edudata.audit import blocks

    with superuser() as run:
        run(f"UPDATE edudata_audit SET action = 'y' WHERE id = {RECORD}")
        row = (
            run(f"SELECT {sealing.COLUMNS} FROM edudata_audit a WHERE id = {RECORD}")
            .mappings()
            .one()
        )
        leaf = merkle.leaf_hash(blocks.record_text(row).encode())
        run(
            f"UPDATE edudata_audit_leaf SET hash = :h WHERE record_id = {RECORD}",
            h=leaf,
        )
        if not with_block:
            return
        hashes = run(
            "SELECT hash FROM edudata_audit_leaf WHERE block = 1 ORDER BY position"
        )
        block = dict(
            run("SELECT * FROM edudata_audit_block WHERE number = 1").mappings().one()
        )
        block["root"] = merkle.root([bytes(each[0]) for each in hashes])
        head = blocks.head(blocks.header_text(block))
        run(
            "UPDATE edudata_audit_block SET root = :r, head = :h WHERE number = 1",
            r=block["root"],
            h=head,
        )


def kept_anchors(folder):
    path = folder / "anchors.jsonl"
    for block in all_blocks():
        assert anchors.append(path, anchors.of_block(block))
    return path


class TestSealer:
    def test_long_transactions_are_waited_for(self):
        """A record whose transaction still runs is sealed later, none is left out."""
        engine = model.ensure_engine()
        with engine.connect() as slow:
            transaction = slow.begin()
            trail.record_on(slow, "slow", object_type="x", object_id="x", actor_id=None)
            write(3)
            sealing.seal()
            before = verifying.verify()
            # What came later waits for the older transaction.
            assert (before.proven, before.unsealed) == (True, 3)
            transaction.commit()
        sealing.seal()
        after = verifying.verify()
        assert (after.proven, after.unsealed) == (True, 0)
        assert after.records == before.records + 4

    def test_what_was_rolled_back_leaves_a_gap_and_no_finding(self):
        with model.ensure_engine().connect() as connection:
            transaction = connection.begin()
            trail.record_on(
                connection, "x", object_type="x", object_id="x", actor_id=None
            )
            transaction.rollback()
        write(1)
        sealing.seal()
        assert verifying.verify().proven

    def test_blocks_have_a_largest_size(self):
        write(10)
        done = sealing.seal(most=4)
        assert (done.blocks, done.records) == (3, 12)
        report = verifying.verify()
        assert (report.proven, report.unsealed) == (True, 0)

    def test_writers_and_sealers_at_once(self):
        stop, wrong = threading.Event(), []

        def writer(number):
            try:
                for turn in range(15):
                    with model.ensure_engine().connect() as connection:
                        transaction = connection.begin()
                        trail.record_on(
                            connection,
                            "w",
                            object_type="x",
                            object_id=f"{number}-{turn}",
                            actor_id=None,
                        )
                        time.sleep(0.001 * (number % 4))
                        if turn % 5 == 4:
                            transaction.rollback()
                        else:
                            transaction.commit()
            except Exception as error:  # noqa: BLE001
                wrong.append(error)

        def sealer():
            try:
                while not stop.is_set():
                    sealing.seal(most=7)
            except Exception as error:  # noqa: BLE001
                wrong.append(error)

        writers = [threading.Thread(target=writer, args=(n,)) for n in range(8)]
        sealers = [threading.Thread(target=sealer) for _ in range(2)]
        for thread in [*writers, *sealers]:
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        for thread in sealers:
            thread.join()
        assert wrong == []
        sealing.seal()
        report = verifying.verify()
        assert report.proven
        assert (report.unsealed, report.records) == (0, 12 + 8 * 12)

    def test_a_killed_sealer_leaves_whole_blocks_or_none(self, pytestconfig):
        with superuser() as run:
            run(
                "INSERT INTO edudata_audit (action, outcome, object_type, object_id,"
                " detail) SELECT 'x', 'done', 'x', g::text, '{}'"
                " FROM generate_series(1, 60000) g"
            )
        ini = str(pytestconfig.getoption("ckan_ini"))
        command = os.path.join(os.path.dirname(sys.executable), "ckan")
        process = subprocess.Popen(
            [command, "-c", ini, "edudata", "audit", "seal"], start_new_session=True
        )
        until = time.monotonic() + 60
        while not sealing_now() and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.02)
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert verifying.verify().proven
        until = time.monotonic() + 30
        while sealing.seal().busy:
            assert time.monotonic() < until
        report = verifying.verify()
        assert (report.proven, report.unsealed, report.records) == (True, 0, 60012)


def sealing_now():
    query = """
        SELECT count(*) FROM pg_locks l WHERE locktype = 'advisory'
        AND objid = (hashtext('edudata_audit_seal')::bigint & 4294967295)::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    with model.ensure_engine().begin() as connection:
        return connection.scalar(sa.text(query))


class TestRecovery:
    def moved(self):
        """As if the database had been recovered onto another line of its history."""
        with superuser() as run:
            run("UPDATE edudata_audit_block SET timeline = '00000000' WHERE number = 2")
            block = dict(
                run("SELECT * FROM edudata_audit_block WHERE number = 2")
                .mappings()
                .one()
            )
            from ckanext.edudata.audit import blocks

            head = blocks.head(blocks.header_text(block))
            run("UPDATE edudata_audit_block SET head = :h WHERE number = 2", h=head)

    def test_nothing_is_sealed_until_somebody_has_looked(self):
        self.moved()
        with pytest.raises(sealing.StoppedError) as stopped:
            sealing.seal()
        assert stopped.value.code == "recovered"
        assert verifying.verify().stopped == "recovered"

    def test_the_next_block_says_that_somebody_did(self):
        self.moved()
        block = resuming.resume([], actor_id=None)
        assert (block["number"], block["kind"]) == (3, "resume")
        assert block["note"]["from"]["timeline"] == "00000000"
        report = verifying.verify()
        assert (report.proven, report.unsealed, report.stopped) == (True, 0, None)
        assert report.records == 13
        with pytest.raises(resuming.NothingToResumeError):
            resuming.resume([], actor_id=None)

    def test_lost_blocks_are_named_by_the_anchors_and_declared(
        self, tmp_path, ckan_config
    ):
        kept = kept_anchors(tmp_path)
        with superuser() as run:
            run("DELETE FROM edudata_audit WHERE id >= :i", i=min(ids(2)))
            run("DELETE FROM edudata_audit_leaf WHERE block = 2")
            run("DELETE FROM edudata_audit_block WHERE number = 2")
        ckan_config["ckanext.edudata.audit.anchors"] = str(kept)
        with pytest.raises(sealing.StoppedError) as stopped:
            sealing.seal()
        assert stopped.value.code == "anchor_missing"
        found = anchors.read(kept)
        with pytest.raises(resuming.LossError) as loss:
            resuming.resume(found, actor_id=None)
        assert (loss.value.lost.number, loss.value.records) == (2, 5)
        block = resuming.resume(found, actor_id=None, accept_loss=True)
        assert block["number"] == 3
        write(2)
        sealing.seal()
        report = verifying.verify(anchors.read(kept))
        assert report.proven
        assert [(each["first"], each["last"]) for each in report.losses] == [(2, 2)]
        # A loss that was declared does not hide another head.
        other = anchors.Anchor(2, "00" * 32, 10, "")
        assert kinds(verifying.verify([other])) == [("anchor_missing", 2)]

    def test_another_head_than_the_anchored_is_no_recovery(self, tmp_path, ckan_config):
        kept = kept_anchors(tmp_path)
        self.moved()
        ckan_config["ckanext.edudata.audit.anchors"] = str(kept)
        found = anchors.read(kept)
        with pytest.raises(sealing.StoppedError) as stopped:
            resuming.resume(found, actor_id=None, accept_loss=True)
        assert stopped.value.code == "anchor_differs"


class TestAnchors:
    def test_they_are_written_by_themselves(self, tmp_path, ckan_config):
        path = tmp_path / "deep" / "anchors.jsonl"
        ckan_config["ckanext.edudata.audit.anchors"] = str(path)
        ckan_config["ckanext.edudata.audit.anchor_seconds"] = 0
        sealing.seal()
        write(1)
        sealing.seal()
        sealing.seal()
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert [line["number"] for line in lines] == [3, 4]
        assert verifying.verify(anchors.read(path)).proven

    def test_a_line_cut_short_is_left_out_and_another_is_an_error(self, tmp_path):
        path = kept_anchors(tmp_path)
        whole = path.read_bytes()
        path.write_bytes(whole[:-30])
        assert [anchor.number for anchor in anchors.read(path)] == [1]
        assert anchors.append(path, anchors.of_block(all_blocks()[1]))
        assert [anchor.number for anchor in anchors.read(path)] == [1, 2]
        path.write_bytes(b"what is this?\n" + whole)
        with pytest.raises(anchors.UnreadableError) as error:
            anchors.read(path)
        assert error.value.line == 1

    def test_a_system_log_gets_them(self, ckan_config):
        import socket

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log:
            log.bind(("127.0.0.1", 0))
            log.settimeout(5)
            address = f"127.0.0.1:{log.getsockname()[1]}"
            ckan_config["ckanext.edudata.audit.syslog"] = address
            sealing.seal()
            sent = log.recv(4096).decode()
        head = bytes(all_blocks()[-1]["head"]).hex()
        assert "edudata-audit: " in sent
        assert head in sent
