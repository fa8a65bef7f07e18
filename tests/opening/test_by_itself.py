"""New rows of an entry that releases by itself: clear, or nothing changes outside."""

from __future__ import annotations

import random
import threading

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.desensitization import engine, jobs, rows_check
from ckanext.edudata.desensitization.model import Check, Clearance
from ckanext.edudata.desensitization.model_profiles import KeptProfile
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.opening import arrivals, release, sweep
from ckanext.edudata.opening.model import Release
from ckanext.edudata.opening.model_by_itself import Batch, ByItself
from tests.desensitization.rosters import resident_id

PLACES = "序号,设施名称,面积\n" + "".join(
    f"{n},第{n}教学楼,{100 + n}\n" for n in range(1, 41)
)


def _number():
    return resident_id(random.Random(7), "20120304", True)


@pytest.fixture
def entry(portal):
    """A released entry that releases by itself."""
    made = portal.entry()
    portal.resource = portal.upload(made, "设施.csv", PLACES.encode())
    portal.open = portal.released(made)
    portal.act("edudata_by_itself_start", portal.reviewer, id=made["id"])
    return made


def _append(portal, *rows, method="insert", user=None, **data):
    """Rows as the unit's own program sends them."""
    return portal.act(
        "datastore_upsert",
        user or portal.compiler,
        resource_id=portal.resource["id"],
        method=method,
        force=True,
        records=list(rows),
        calculate_record_count=False,
        **data,
    )


def _row(number, name=None, area=200):
    return {"序号": number, "设施名称": name or f"第{number}教学楼", "面积": area}


def _versions(entry):
    model.Session.rollback()
    return list(
        model.Session.scalars(
            sa.select(Release)
            .where(Release.entry_id == entry["id"])
            .order_by(Release.version)
        )
    )


def _states(entry):
    model.Session.rollback()
    rows = model.Session.scalars(
        sa.select(Batch).where(Batch.entry_id == entry["id"]).order_by(Batch.number)
    )
    return [(row.state, row.reason) for row in rows]


def _public(portal, entry):
    """What everybody gets now: rows of the table under the public id."""
    dataset = tk.get_action("package_show")(
        {"user": ""}, {"id": portal.open["dataset_id"]}
    )
    found = tk.get_action("datastore_search")(
        {"user": ""}, {"resource_id": dataset["resources"][0]["id"], "limit": 1000}
    )
    return [record["设施名称"] for record in found["records"]]


class TestSwitch:
    """One reviewer who did not compile it, on record, after a release."""

    def test_not_before_the_first_release(self, portal):
        made = portal.entry()
        portal.upload(made, "设施.csv", PLACES.encode())
        portal.approved(made)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_by_itself_start", portal.reviewer, id=made["id"])

    @pytest.mark.parametrize("who", ["compiler", "security_officer", "coordinator"])
    def test_other_roles_may_not(self, portal, who):
        made = portal.entry()
        portal.upload(made, "设施.csv", PLACES.encode())
        portal.released(made)
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_by_itself_start", getattr(portal, who), id=made["id"])

    @pytest.mark.parametrize("who", ["outsider", "stranger"])
    def test_for_outsiders_there_is_no_entry(self, portal, who):
        made = portal.entry()
        portal.upload(made, "设施.csv", PLACES.encode())
        portal.released(made)
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            portal.act("edudata_by_itself_start", getattr(portal, who), id=made["id"])

    def test_it_is_on_record_and_ends_on_record(self, portal, entry):
        portal.act("edudata_by_itself_end", portal.reviewer, id=entry["id"])
        records = model.Session.query(AuditRecord).filter(
            AuditRecord.action.like("by_itself%")
        )
        told = {record.action: record.actor_id for record in records}
        assert told == {
            "by_itself_start": portal.reviewer["id"],
            "by_itself_end": portal.reviewer["id"],
        }

    def test_a_stop_switches_it_off(self, portal, entry):
        portal.act(
            "edudata_stop", portal.reviewer, id=portal.open["dataset_id"], reason="有误"
        )
        row = model.Session.query(ByItself).one()
        assert row.end_cause == "stopped"
        _append(portal, _row(41))
        portal.work()
        assert len(_versions(entry)) == 1

    def test_switched_off_nothing_is_noted(self, portal, entry):
        portal.act("edudata_by_itself_end", portal.reviewer, id=entry["id"])
        _append(portal, _row(41))
        portal.work()
        assert _states(entry) == []
        assert len(_versions(entry)) == 1

    def test_the_page_says_so(self, app, portal, entry):
        from ckan.tests import factories

        token = factories.APIToken(user=portal.reviewer["name"])["token"]
        page = app.get(f"/entry/{entry['id']}", headers={"Authorization": token}).body
        assert f"/entry/{entry['name']}/by-itself/end" in page


class TestRows:
    """The whole is judged; a batch costs the batch."""

    def test_clear_rows_become_a_version(self, portal, entry):
        _append(portal, _row(41), _row(42))
        portal.work()
        assert _states(entry) == [("released", None)]
        first, second = _versions(entry)
        assert (first.state, second.state) == ("replaced", "live")
        assert second.released_by is None
        assert _public(portal, entry)[-2:] == ["第41教学楼", "第42教学楼"]
        record = (
            model.Session.query(AuditRecord).filter_by(action="release_by_itself").one()
        )
        assert record.detail["approved_by"] == portal.reviewer["id"]
        state = tk.get_action("edudata_entry_show")(
            {"ignore_auth": True}, {"id": entry["id"]}
        )
        assert state["state"] == "released"

    def test_only_the_batch_is_read(self, portal, entry, monkeypatch):
        _append(portal, _row(41))
        portal.work()
        read = []
        real = engine.check_file

        def counted(path, *args, **kwargs):
            report = real(path, *args, **kwargs)
            read.append(report.rows)
            return report

        monkeypatch.setattr(engine, "check_file", counted)
        _append(portal, _row(42), _row(43))
        portal.work()
        assert read == [2]
        assert len(_versions(entry)) == 3
        check = _last_check(portal)
        assert check.report["rows"] == 43

    def test_a_needle_is_held(self, portal, entry):
        before = _public(portal, entry)
        needle = _number()
        _append(portal, _row(41), _row(42, f"值班室 {needle}"))
        portal.work()
        assert _states(entry) == [("held", "personal")]
        assert len(_versions(entry)) == 1
        assert _public(portal, entry) == before
        check = _last_check(portal)
        assert check.verdict == "blocked"
        assert check.report["findings"][0]["rows"] == [43]
        assert needle not in str(check.report)
        notice = model.Session.query(Notice).filter_by(kind="rows_held").first()
        assert notice is not None

    def test_held_rows_taken_out_again(self, portal, entry):
        _append(portal, _row(41, f"值班室 {_number()}"))
        portal.work()
        portal.act(
            "datastore_delete",
            portal.compiler,
            resource_id=portal.resource["id"],
            filters={"序号": 41},
            force=True,
            calculate_record_count=False,
        )
        portal.work()
        assert {state for state, _ in _states(entry)} == {"unchanged"}
        assert len(_versions(entry)) == 1
        state = tk.get_action("edudata_entry_show")(
            {"ignore_auth": True}, {"id": entry["id"]}
        )
        assert state["state"] == "released"

    def test_later_clear_rows_carry_no_held_ones_out(self, portal, entry):
        _append(portal, _row(41, f"值班室 {_number()}"))
        portal.work()
        _append(portal, _row(42))
        portal.work()
        assert _states(entry) == [("held", "personal")] * 2
        assert len(_versions(entry)) == 1

    def test_an_update_has_all_read_again(self, portal, entry):
        _append(portal, _row(41))
        portal.work()
        _append(portal, {"_id": 3, **_row(3, "体育馆")}, method="update")
        portal.work()
        assert [state for state, _ in _states(entry)] == ["released", "released"]
        assert _public(portal, entry)[2] == "体育馆"

    def test_an_update_with_a_needle_is_held(self, portal, entry):
        _append(portal, _row(41))
        portal.work()
        needle = _number()
        _append(portal, {"_id": 3, **_row(3, f"张 {needle}")}, method="update")
        portal.work()
        assert _states(entry)[-1] == ("held", "personal")
        assert needle not in str(_public(portal, entry))

    def test_another_structure_is_held(self, portal, entry):
        fields = [
            {"id": "序号", "type": "numeric"},
            {"id": "设施名称", "type": "text"},
            {"id": "面积", "type": "numeric"},
            {"id": "管理员", "type": "text"},
        ]
        portal.act(
            "datastore_create",
            portal.compiler,
            resource_id=portal.resource["id"],
            fields=fields,
            records=[{**_row(41), "管理员": "某某"}],
            force=True,
        )
        portal.work()
        assert _states(entry) == [("held", "unread")]
        assert len(_versions(entry)) == 1

    def test_a_failed_write_leaves_nothing(self, portal, entry):
        with pytest.raises(tk.ValidationError):
            _append(portal, {"没有这一列": 1})
        assert _states(entry) == []

    def test_a_dry_run_is_no_batch(self, portal, entry):
        _append(portal, _row(41), dry_run=True)
        assert _states(entry) == []

    def test_outsiders_write_nothing(self, portal, entry):
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            _append(portal, _row(41), user=portal.outsider)
        assert _states(entry) == []

    def test_the_open_dataset_is_written_by_nobody(self, portal, entry):
        public = tk.get_action("package_show")(
            {"user": ""}, {"id": portal.open["dataset_id"]}
        )["resources"][0]["id"]
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "datastore_upsert",
                portal.compiler,
                resource_id=public,
                method="insert",
                force=True,
                records=[_row(41)],
            )

    def test_a_changed_description_goes_the_ordinary_way(self, portal, entry):
        portal.act("package_patch", portal.compiler, id=entry["id"], notes="另一段。")
        portal.work()
        _append(portal, _row(41))
        portal.work()
        assert _states(entry) == [("held", "changed")]
        assert len(_versions(entry)) == 1


def _last_check(portal):
    model.Session.rollback()
    return model.Session.scalar(
        sa.select(Check)
        .where(Check.resource_id == portal.resource["id"])
        .order_by(Check.number.desc())
        .limit(1)
    )


class TestUnion:
    """What neither part shows alone."""

    def test_k_is_that_of_the_whole(self, portal):
        text = "性别,年龄段,区\n"
        text += "".join(f"{sex},10-14,徐汇区\n" for sex in "男女" for _ in range(30))
        made = portal.entry(title="抽样构成")
        portal.resource = portal.upload(made, "构成.csv", text.encode())
        portal.open = portal.released(made)
        portal.act("edudata_by_itself_start", portal.reviewer, id=made["id"])
        batch = {"性别": "女", "年龄段": "15-19", "区": "徐汇区"}
        _append(portal, *[batch] * 5)
        portal.work()
        assert _states(made) == [("released", None)]
        _append(portal, *[{**batch, "性别": "男"}] * 2)
        portal.work()
        assert _states(made)[1:] == [("held", "class")]
        _append(portal, *[{**batch, "性别": "男"}] * 3)
        portal.work()
        assert [state for state, _ in _states(made)] == ["released"] * 3
        assert len(_versions(made)) == 3

    def test_names_that_only_together_are_a_column(self, portal, entry):
        names = ["王建国", "李秀英", "张伟", "刘洋", "陈静", "杨帆", "赵敏", "黄磊"]
        names += ["周杰", "吴芳", "徐丽", "孙强", "马超", "朱琳", "胡军", "郭涛"]
        for number, name in enumerate(names * 4, 41):
            _append(portal, _row(number, name))
        portal.work()
        assert _states(entry)[-1] == ("held", "personal")


class TestFiles:
    def test_a_new_file_of_the_same_columns(self, portal, entry):
        portal.act(
            "resource_patch",
            portal.compiler,
            id=portal.resource["id"],
            upload=portal.file("设施2.csv", PLACES + "41,实验楼,300\n"),
        )
        portal.work()
        assert _states(entry) == [("released", None)]
        assert _public(portal, entry)[-1] == "实验楼"

    def test_a_new_file_of_other_columns_waits(self, portal, entry):
        portal.act(
            "resource_patch",
            portal.compiler,
            id=portal.resource["id"],
            upload=portal.file("设施2.csv", PLACES.replace("面积", "层数")),
        )
        portal.work()
        assert _states(entry)[0][0] == "held"
        assert len(_versions(entry)) == 1

    def test_a_new_file_with_a_needle_waits(self, portal, entry):
        needle = _number()
        portal.act(
            "resource_patch",
            portal.compiler,
            id=portal.resource["id"],
            upload=portal.file("设施2.csv", PLACES + f"41,{needle},3\n"),
        )
        portal.work()
        assert len(_versions(entry)) == 1
        assert needle not in str(_public(portal, entry))

    def test_no_rows_while_a_file_is_checked(self, portal, entry):
        portal.act(
            "resource_patch",
            portal.compiler,
            id=portal.resource["id"],
            upload=portal.file("设施2.csv", PLACES + "41,实验楼,300\n"),
        )
        with pytest.raises(tk.ValidationError):
            _append(portal, _row(42))


class TestRules:
    def test_other_rules_read_all_again(self, portal, entry, monkeypatch):
        _append(portal, _row(41))
        portal.work()
        model.Session.execute(sa.update(KeptProfile).values(ruleset="other"))
        model.Session.commit()
        read = []
        real = engine.check_file

        def counted(path, *args, **kwargs):
            report = real(path, *args, **kwargs)
            read.append(report.rows)
            return report

        monkeypatch.setattr(engine, "check_file", counted)
        _append(portal, _row(42))
        portal.work()
        assert 42 in read
        assert len(_versions(entry)) == 3

    def test_a_setting_that_was_raised_asks_for_more(self, portal, ckan_config):
        text = "性别,年龄段,区\n"
        text += "".join(f"{sex},10-14,徐汇区\n" for sex in "男女" for _ in range(30))
        made = portal.entry(title="抽样构成")
        portal.resource = portal.upload(made, "构成.csv", text.encode())
        portal.open = portal.released(made)
        portal.act("edudata_by_itself_start", portal.reviewer, id=made["id"])
        ckan_config["ckanext.edudata.check.k"] = 40
        _append(portal, {"性别": "女", "年龄段": "10-14", "区": "徐汇区"})
        portal.work()
        assert _states(made) == [("held", "class")]

    def test_no_release_without_what_it_rests_on(self, portal, entry, monkeypatch):
        _append(portal, _row(41))
        with monkeypatch.context() as patch:
            patch.setattr(jobs, "_go_on", lambda _: None)
            portal.work()
        assert _states(entry) == [("cleared", None)]
        model.Session.execute(sa.update(Clearance).values(withdrawn_at=sa.func.now()))
        model.Session.commit()
        tk.get_action("edudata_by_itself_settle")({"ignore_auth": True}, {})
        assert _states(entry) == [("held", "refused")]
        assert len(_versions(entry)) == 1

    def test_switched_off_meanwhile(self, portal, entry, monkeypatch):
        _append(portal, _row(41))
        with monkeypatch.context() as patch:
            patch.setattr(jobs, "_go_on", lambda _: None)
            portal.work()
        portal.act("edudata_by_itself_end", portal.reviewer, id=entry["id"])
        tk.get_action("edudata_by_itself_settle")({"ignore_auth": True}, {})
        assert _states(entry) == [("held", "off")]
        assert len(_versions(entry)) == 1

    def test_classified_rows_take_the_file_along(self, portal, entry):
        before = _public(portal, entry)
        _append(portal, _row(41, "机密★10年"))
        portal.work()
        assert len(_versions(entry)) == 1
        assert "机密" not in str(before)
        assert model.Session.query(KeptProfile).count() == 0

    def test_profiles_are_kept_sealed(self, portal, entry):
        _append(portal, _row(41))
        portal.work()
        row = model.Session.query(KeptProfile).one()
        assert b"key" not in row.sealed
        assert "设施名称".encode() not in row.sealed


class TestCrashes:
    """Nothing is lost, nothing is released twice."""

    @staticmethod
    def _broken(*_, **__):
        raise RuntimeError("killed")

    def test_after_the_write_before_the_check(self, portal, entry, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(arrivals, "written", lambda _: None)
            _append(portal, _row(41))
        assert _states(entry) == [("writing", None)]
        monkeypatch.setattr(arrivals, "_WRITING", arrivals._WRITING * 0)
        tk.get_action("edudata_by_itself_settle")({"ignore_auth": True}, {})
        portal.work()
        assert _states(entry) == [("released", None)]

    def test_while_it_is_read(self, portal, entry, monkeypatch):
        _append(portal, _row(41))
        check = _last_check(portal)
        check.state = "running"
        check.beat_at = sa.func.now() - sa.text("interval '1 hour'")
        model.Session.commit()
        jobs.run_check(check.id)
        assert _states(entry) == [("released", None)]

    @pytest.mark.parametrize("step", ["release", "_write", "settle"])
    def test_in_the_release(self, portal, entry, monkeypatch, step):
        _append(portal, _row(41))
        with monkeypatch.context() as patch:
            patch.setattr(release, step, self._broken)
            portal.work()
        sweep.settle()
        tk.get_action("edudata_by_itself_settle")({"ignore_auth": True}, {})
        tk.get_action("edudata_by_itself_settle")({"ignore_auth": True}, {})
        assert _states(entry) == [("released", None)]
        assert len(_versions(entry)) == 2
        assert _public(portal, entry)[-1] == "第41教学楼"

    def test_a_reading_that_fails_is_held(self, portal, entry, monkeypatch):
        _append(portal, _row(41))
        monkeypatch.setattr(rows_check.Reading, "report", self._broken)
        portal.work()
        assert _states(entry) == [("held", "unread")]
        assert len(_versions(entry)) == 1


class TestConcurrency:
    def test_rows_that_come_while_it_is_read(self, portal, entry, monkeypatch):
        _append(portal, _row(41))
        real = rows_check.Reading.report
        late = []

        def report(self):
            found = real(self)
            if not late:
                late.append(True)
                _append(portal, _row(42))
            return found

        monkeypatch.setattr(rows_check.Reading, "report", report)
        portal.work()
        assert [v.version for v in _versions(entry)] == [1, 2, 3]
        assert _public(portal, entry)[-2:] == ["第41教学楼", "第42教学楼"]

    def test_one_winner(self, portal, entry, app):
        _append(portal, _row(41))
        real = jobs._go_on
        jobs._go_on = lambda _: None
        try:
            portal.work()
        finally:
            jobs._go_on = real
        model.Session.commit()
        failed = []

        def run():
            try:
                with app.flask_app.test_request_context():
                    from ckanext.edudata.opening import by_itself

                    by_itself.go_on(entry["id"])
            except Exception as error:  # noqa: BLE001
                failed.append(error)
            finally:
                model.Session.remove()

        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert [v.version for v in _versions(entry)] == [1, 2]
