"""A release is whole or not at all, exactly once, and of cleared content only."""

from __future__ import annotations

import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import files
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.edudata import datastore, settings, storage
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.desensitization.model import Check, Clearance
from ckanext.edudata.opening import release, sweep
from ckanext.edudata.opening.model import Release, StagedTable

LIST = "序号,学校名称,学校标识码\n1,甲大学,4131010001\n2,乙大学,4131010002\n"


@pytest.fixture
def entry(portal):
    made = portal.entry()
    portal.resource = portal.upload(made, "高校名单.csv", LIST.encode())
    return made


def _tables():
    with get_write_engine().connect() as connection:
        names = connection.scalars(
            sa.text(
                "SELECT tablename FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename LIKE '%-%-%-%-%'"
            )
        )
        return set(names)


def _nothing_released(before):
    model.Session.rollback()
    assert not model.Session.query(model.Package).filter_by(type="dataset").all()
    assert not model.Session.query(Release).all()
    assert not model.Session.query(AuditRecord).filter_by(action="release").all()
    assert _tables() == before


@pytest.mark.promise(1, 4)
@pytest.mark.article(27, 33)
class TestClearance:
    """No clearance, no release."""

    def test_not_before_approval(self, portal, entry):
        portal.work()
        before = _tables()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        _nothing_released(before)

    def test_not_while_the_check_runs(self, portal, entry):
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])

    def test_not_what_was_changed_after_approval(self, portal, entry):
        portal.approved(entry)
        before = _tables()
        portal.act("package_patch", portal.compiler, id=entry["id"], title="另一份")
        portal.work()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        _nothing_released(before)

    def test_not_with_another_file_after_approval(self, portal, entry):
        portal.approved(entry)
        before = _tables()
        portal.act(
            "resource_patch",
            portal.compiler,
            id=portal.resource["id"],
            upload=portal.file("高校名单.csv", LIST + "3,丙大学,4131010003\n"),
        )
        for _ in range(2):
            with pytest.raises(tk.ValidationError):
                portal.act("edudata_release", portal.reviewer, id=entry["id"])
            portal.work()
        _nothing_released(before)

    def test_not_under_an_older_rule_set(self, portal, entry):
        portal.approved(entry)
        before = _tables()
        model.Session.execute(sa.update(Clearance).values(ruleset="2020.1+0"))
        model.Session.commit()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        _nothing_released(before)

    def test_not_with_a_clearance_that_was_withdrawn(self, portal, entry):
        portal.approved(entry)
        before = _tables()
        model.Session.execute(sa.update(Clearance).values(withdrawn_at=sa.func.now()))
        model.Session.commit()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        _nothing_released(before)

    def test_not_a_table_that_was_exchanged_in_the_store(self, portal, entry):
        """Somebody with access to the disk puts other rows under a cleared digest."""
        portal.approved(entry)
        before = _tables()
        rows = model.Session.scalars(sa.select(Clearance)).all()
        key = next(row.tables[0]["key"] for row in rows if row.tables)
        kept = files.get_storage(settings.PRIVATE)
        place = storage.location(key)
        text = storage_text(key).replace("乙大学", "张三，手机号")
        kept.remove(files.FileData(place))
        kept.upload(place, files.make_upload(text.encode()))
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        _nothing_released(before)

    def test_not_with_personal_data_in_the_description(self, portal):
        made = portal.entry(notes="联系人张建国，手机13812345678，邮箱zjg@qq.com。")
        portal.upload(made, "高校名单.csv", LIST.encode())
        portal.approved(made)
        with pytest.raises(tk.ValidationError) as refused:
            portal.act("edudata_release", portal.reviewer, id=made["id"])
        assert "metadata" in refused.value.error_dict

    def test_not_of_an_important_grade_unconditionally(self, portal):
        with pytest.raises(tk.ValidationError):
            portal.entry(data_grade="important")

    def test_not_closer_without_a_ground(self, portal):
        for closed in ("conditional", "not_open"):
            with pytest.raises(tk.ValidationError):
                portal.entry(opening_class=closed)

    def test_not_open_is_not_released(self, portal):
        made = portal.entry(opening_class="not_open", opening_ground="privacy")
        portal.upload(made, "高校名单.csv", LIST.encode())
        portal.approved(made)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=made["id"])


def storage_text(key):
    kept = files.get_storage(settings.PRIVATE)
    data = b"".join(kept.stream(files.FileData(storage.location(key))))
    return data.decode()


@pytest.mark.promise(5)
@pytest.mark.article(4, 27, 33)
class TestPeople:
    def test_nobody_reviews_what_they_compiled(self, portal, entry):
        tk.get_action("edudata_role_give")(
            {"ignore_auth": True, "user": ""},
            {
                "user_id": portal.reviewer["id"],
                "unit_id": portal.bureau["id"],
                "role": "compiler",
            },
        )
        portal.act("package_patch", portal.reviewer, id=entry["id"], notes="改过的摘要")
        portal.work()
        portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_entry_approve", portal.reviewer, id=entry["id"])
        done = portal.act(
            "edudata_entry_approve", portal.second_reviewer, id=entry["id"]
        )
        assert done["state"] == "approved"

    @pytest.mark.parametrize(
        "who", ["compiler", "technician", "security_officer", "outsider", "stranger"]
    )
    def test_others_neither_approve_nor_release(self, portal, entry, who):
        portal.work()
        portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
        person = getattr(portal, who)
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            portal.act("edudata_entry_approve", person, id=entry["id"])
        portal.act("edudata_entry_approve", portal.reviewer, id=entry["id"])
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            portal.act("edudata_release", person, id=entry["id"])

    def test_a_system_administrator_has_no_short_cut(self, portal, entry):
        from ckan.tests import factories

        admin = factories.Sysadmin()
        portal.approved(entry)
        for action in ("edudata_release", "package_show", "edudata_check_show"):
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                portal.act(
                    action, admin, id=entry["id"], resource_id=portal.resource["id"]
                )

    def test_a_return_needs_a_reason_and_names_it(self, portal, entry):
        portal.work()
        portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_entry_return", portal.reviewer, id=entry["id"])
        portal.act(
            "edudata_entry_return", portal.reviewer, id=entry["id"], reason="缺少说明"
        )
        shown = portal.act("edudata_entry_show", portal.compiler, id=entry["id"])
        assert (shown["state"], shown["reason"]) == ("returned", "缺少说明")
        portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])


@pytest.mark.promise(1, 5)
class TestCrash:
    """Killed at any point: nothing half released; what was decided is finished."""

    @pytest.mark.parametrize(
        "point",
        [
            "ckanext.edudata.opening.tables.datastore.load",
            "ckanext.edudata.opening.release._write",
            "ckanext.edudata.opening.release.trail.record",
            "ckanext.edudata.opening.tables.unstaged",
        ],
    )
    def test_before_the_commit(self, portal, entry, monkeypatch, point):
        portal.approved(entry)
        before = _tables()

        def fail(*args, **values):
            raise OSError("No space left on device")

        monkeypatch.setattr(point, fail)
        with pytest.raises(OSError, match="No space"):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        monkeypatch.undo()
        _nothing_released(before)
        done = portal.act("edudata_release", portal.reviewer, id=entry["id"])
        assert done["version"] == 1

    def test_between_the_commit_and_the_tables(self, portal, entry, monkeypatch):
        portal.released(entry)
        portal.act(
            "resource_patch",
            portal.compiler,
            id=portal.resource["id"],
            upload=portal.file("高校名单.csv", LIST + "3,丙大学,4131010003\n"),
        )
        portal.approved(entry)

        def killed(pairs):
            raise SystemExit(9)

        monkeypatch.setattr("ckanext.edudata.datastore.rename", killed)
        with pytest.raises(SystemExit):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
        monkeypatch.undo()
        model.Session.rollback()
        dataset = model.Session.query(model.Package).filter_by(type="dataset").one()
        resource_id = dataset.resources[0].id
        rows = portal.act("datastore_search", None, resource_id=resource_id)
        assert rows["total"] == 2
        assert sweep.settle() == 1
        rows = portal.act("datastore_search", None, resource_id=resource_id)
        assert rows["total"] == 3
        assert sweep.settle() == 0

    def test_orphans_are_swept(self, portal, entry):
        with model.ensure_engine().begin() as connection:
            connection.execute(
                sa.insert(StagedTable.__table__).values(
                    table_id="00000000-0000-4000-8000-000000000000",
                    staged_at=sa.text("now() - interval '1 day'"),
                )
            )
        with get_write_engine().begin() as connection:
            connection.execute(
                sa.text('CREATE TABLE "00000000-0000-4000-8000-000000000000" (a int)')
            )
        assert sweep.unstage() == 1
        assert not datastore.exists("00000000-0000-4000-8000-000000000000")

    def test_a_killed_check_is_queued_again_and_releases_nothing(self, portal, entry):
        portal.work()
        check = model.Session.scalars(
            sa.select(Check).where(Check.subject == "file")
        ).first()
        check.state = "running"
        check.beat_at = sa.func.now() - sa.text("interval '5 minutes'")
        check.verdict = check.sha256 = None
        model.Session.commit()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_entry_submit", portal.compiler, id=entry["id"])
        again = tk.get_action("edudata_check_requeue")({"ignore_auth": True}, {})
        assert again == [check.id]


@pytest.mark.promise(5)
def test_two_releases_at_once_one_wins(portal, entry):
    portal.approved(entry)
    won, lost = [], []
    barrier = threading.Barrier(4)

    def attempt():
        barrier.wait()
        try:
            won.append(release.release(entry["id"], actor_id="x", name=None))
        except tk.ValidationError as error:
            lost.append(error)
        finally:
            model.Session.remove()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)
    assert model.Session.query(Release).count() == 1
    assert model.Session.query(AuditRecord).filter_by(action="release").count() == 1
