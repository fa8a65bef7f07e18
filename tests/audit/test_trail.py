"""The trail: added to, never changed, without a word that people typed (promise 6)."""

from __future__ import annotations

import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit import content, trail
from ckanext.edudata.audit.model import AuditRecord
from tests.conftest import give


@pytest.mark.promise(6)
@pytest.mark.article(33, 35)
class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE edudata_audit SET action = 'x'",
            "DELETE FROM edudata_audit",
            "TRUNCATE edudata_audit",
            "INSERT INTO edudata_audit (id, action, outcome, object_type, object_id) "
            "VALUES (1, 'x', 'done', 'x', 'x')",
        ],
    )
    def test_the_database_refuses(self, portal, statement):
        before = model.Session.scalar(sa.select(sa.func.count(AuditRecord.id)))
        assert before
        model.Session.commit()  # TRUNCATE would wait for our own reading
        with pytest.raises(sa.exc.DBAPIError), model.ensure_engine().begin() as conn:
            conn.execute(sa.text(statement))
        assert model.Session.scalar(sa.select(sa.func.count(AuditRecord.id))) == before

    def test_a_decision_and_its_record_stand_or_fall_together(self, portal):
        entry = portal.entry()
        trail.record("x", actor_id=None, object_type="entry", object_id=entry["id"])
        model.Session.rollback()
        assert not model.Session.query(AuditRecord).filter_by(action="x").all()

    def test_a_failing_record_takes_the_decision_with_it(self, portal, monkeypatch):
        entry = portal.entry()
        portal.upload(entry, "a.csv", "序号,学校名称\n1,甲大学\n".encode())
        portal.work()

        def full(*args, **values):
            raise OSError("disk full")

        monkeypatch.setattr("ckanext.edudata.catalog.action.trail.record", full)
        with pytest.raises(OSError, match="disk full"):
            portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
        monkeypatch.undo()
        model.Session.rollback()
        shown = portal.act("edudata_entry_show", portal.compiler, id=entry["id"])
        assert shown["state"] == "draft"

    def test_a_denial_is_kept_though_its_transaction_is_not(self, portal):
        entry = portal.entry()
        portal.upload(entry, "a.csv", "序号,学校名称\n1,甲大学\n".encode())
        released = portal.released(entry)
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("package_patch")(
                {"user": portal.compiler["name"]},
                {"id": released["dataset_id"], "title": "x"},
            )
        denied = model.Session.query(AuditRecord).filter_by(outcome="denied").all()
        assert [row.object_id for row in denied] == [released["dataset_id"]]

    def test_writers_do_not_wait_for_each_other(self, portal):
        """No head of a chain is locked: 8 open transactions write side by side."""
        barrier = threading.Barrier(8, timeout=20)
        failed = []

        def write(number):
            try:
                with model.ensure_engine().begin() as connection:
                    connection.execute(
                        AuditRecord.__table__.insert().values(
                            action="x",
                            outcome="done",
                            object_type="x",
                            object_id=str(number),
                            detail={},
                        )
                    )
                    barrier.wait()
            except threading.BrokenBarrierError as error:
                failed.append(error)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed


@pytest.mark.promise(6)
class TestContent:
    @pytest.mark.parametrize(
        "value",
        [
            "张三",
            "zhang@example.com",
            "13812345678",
            "11010519491231002X",
            "6222021234567890123",
            "a b",
            "<script>",
            "x" * 201,
            {"name": "李四"},
            ["王五"],
        ],
    )
    def test_words_and_numbers_of_people_are_refused(self, value):
        with pytest.raises(ValueError, match="'k'"):
            content.checked({"k": value})

    @given(st.uuids())
    def test_ids_are_taken(self, value):
        assert content.checked({"id": str(value)})

    @given(st.binary(min_size=1, max_size=64))
    def test_digests_are_taken(self, value):
        import hashlib

        assert content.checked({"sha256": hashlib.sha256(value).hexdigest()})

    @given(st.text(min_size=1).filter(lambda t: not t.isascii()))
    def test_no_text_beyond_ascii_is_taken(self, value):
        with pytest.raises(ValueError, match="'k'"):
            content.checked({"k": value})

    def test_the_error_does_not_quote_the_value(self):
        with pytest.raises(ValueError, match="detail") as refused:
            content.checked({"k": "张三"})
        assert "张三" not in str(refused.value)


@pytest.mark.article(35)
class TestReading:
    def test_audit_administrators_read_it_and_others_do_not(self, portal):
        for person in (None, portal.stranger, portal.compiler, portal.reviewer):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_audit_list", person)
        give(portal.stranger, "audit_admin", portal.commission)
        found = portal.act("edudata_audit_list", portal.stranger, limit=2)
        assert len(found["records"]) == 2
        assert found["count"] > 2
        ids = [row["id"] for row in found["records"]]
        more = portal.act("edudata_audit_list", portal.stranger, before=min(ids))
        assert max(row["id"] for row in more["records"]) < min(ids)
