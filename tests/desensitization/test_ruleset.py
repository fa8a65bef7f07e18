"""A rule set is staged, everything is read again, then it is in force.

The rules of the code are the real ones. What a site released before them is made by
older ones, which saw nothing in it.
"""

from __future__ import annotations

import contextlib
import datetime
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.edudata import datastore, settings, storage
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.desensitization import (
    aftermath,
    cli,
    engine,
    recheck,
    rereading,
    rules,
    ruleset,
)
from ckanext.edudata.desensitization import rereads as rereads_kept
from ckanext.edudata.desensitization.model import Check, Clearance, Reread
from ckanext.edudata.desensitization.rereading import RulesChangedError
from ckanext.edudata.opening.model import Release, ReleasedResource
from tests.conftest import give
from tests.delivery import conditional
from tests.desensitization import rosters
from tests.visitors import Visitor

OLD = "2020.1+older"
NOW = ruleset.RULESET
LIST = "序号,学校名称,学校标识码\n1,甲大学,4131010001\n2,乙大学,4131010002\n"


@pytest.fixture
def older_rules(monkeypatch):
    """A context in which the site runs on older rules, which find nothing at all."""

    @contextlib.contextmanager
    def older():
        def blind(check):
            def checked(*args, **options):
                report = check(*args, **options)
                report.ruleset, report.verdict = OLD, "clear"
                report.findings, report.grounds = [], []
                report.classified = False
                return report

            return checked

        with monkeypatch.context() as patched:
            patched.setattr(ruleset, "RULESET", OLD)
            patched.setattr(engine, "RULESET", OLD)
            for name in ("check_file", "check_metadata"):
                patched.setattr(engine, name, blind(getattr(engine, name)))
            yield

    return older


def csv_of(label, values):
    rows = [f"{n},第{n}学校,413101{n:04d},{value}" for n, value in enumerate(values, 1)]
    return "\n".join([f"序号,学校名称,学校标识码,{label}", *rows]).encode()


def mobiles(rows=12):
    chance = random.Random(4)
    return csv_of("联系手机", [rosters.mobile(chance) for _ in range(rows)])


def landlines(rows=12):
    chance = random.Random(5)
    return csv_of(
        "办公电话", [f"021-{chance.randrange(50000000, 69999999)}" for _ in range(rows)]
    )


def entry_with(portal, content, title="普通高等学校名单", **data):
    made = portal.entry(title=title, **data)
    portal.upload(made, "名单.csv", content)
    return made


def released(portal, content, **data):
    return portal.released(entry_with(portal, content, **data))


def run(**options):
    return recheck.run(lambda progress: None, **options)


def state_of(release):
    model.Session.rollback()
    return model.Session.scalar(
        sa.select(Release.state).where(
            Release.dataset_id == release["dataset_id"],
            Release.version == release["version"],
        )
    )


def records(action):
    model.Session.rollback()
    return model.Session.scalars(
        sa.select(AuditRecord)
        .where(AuditRecord.action == action)
        .order_by(AuditRecord.id)
    ).all()


def rereads(**wanted):
    model.Session.rollback()
    return model.Session.query(Reread).filter_by(**wanted).all()


class TestInForce:
    def test_a_fresh_site_takes_that_of_the_code_once_and_on_record(self, portal):
        assert rules.last_switch() is None
        portal.work()
        entry_with(portal, LIST.encode())
        portal.work()
        assert rules.in_force() == NOW
        assert not rules.staged()
        (record,) = records("ruleset_switch")
        assert (record.object_id, record.detail) == (NOW, {"first": True})

    def test_an_older_site_stays_with_that_of_its_last_clearance(
        self, portal, older_rules
    ):
        with older_rules():
            entry_with(portal, LIST.encode())
            portal.work()
        model.Session.execute(sa.text("DELETE FROM edudata_ruleset_switch"))
        model.Session.commit()
        assert rules.in_force() == OLD
        # The first check by the new code does not change that by itself.
        entry_with(portal, LIST.encode(), title="另一份")
        portal.work()
        assert rules.in_force() == OLD
        assert rules.last_switch().ruleset == OLD
        assert rules.staged()


@pytest.mark.promise(1)
@pytest.mark.article(27)
class TestDoor:
    def test_takes_what_was_cleared_under_the_rule_set_in_force(
        self, portal, older_rules
    ):
        entry = entry_with(portal, LIST.encode())
        with older_rules():
            portal.approved(entry)
        assert rules.staged()
        made = portal.act("edudata_release", portal.reviewer, id=entry["id"])
        assert made["version"] == 1

    def test_takes_what_the_staged_rules_cleared(self, portal, older_rules):
        with older_rules():
            entry_with(portal, LIST.encode())
            portal.work()
        assert released(portal, LIST.encode(), title="后来的名单")["version"] == 1
        assert rules.in_force() == OLD

    def test_takes_no_old_clearance_of_what_the_staged_rules_found(
        self, portal, older_rules
    ):
        entry = entry_with(portal, mobiles())
        with older_rules():
            portal.approved(entry)
        resource_id = portal.act("package_show", portal.compiler, id=entry["id"])[
            "resources"
        ][0]["id"]
        portal.act("edudata_check_run", portal.compiler, resource_id=resource_id)
        portal.work()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])

    def test_takes_nothing_by_rules_that_are_neither(self, portal, older_rules):
        entry = entry_with(portal, LIST.encode())
        portal.approved(entry)
        model.Session.execute(sa.update(Clearance).values(ruleset="2019.1+else"))
        model.Session.execute(sa.update(Check).values(ruleset="2019.1+else"))
        model.Session.commit()
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])

    def test_takes_no_old_clearance_after_the_switch(self, portal, older_rules):
        entry = entry_with(portal, mobiles())
        with older_rules():
            portal.approved(entry)
        assert run().switched
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])

    def test_a_release_under_way_keeps_the_switch_waiting(self, portal, older_rules):
        """One that has asked for its clearances but is not written yet."""
        with older_rules():
            entry_with(portal, LIST.encode())
            portal.work()
        holding, let_go = threading.Event(), threading.Event()

        def release_in_between():
            rules.hold()
            holding.set()
            let_go.wait(20)
            assert rules.in_force() == OLD
            model.Session.rollback()
            model.Session.remove()

        other = threading.Thread(target=release_in_between)
        other.start()
        assert holding.wait(10)
        threading.Timer(2, let_go.set).start()
        begun = time.monotonic()
        assert run().switched
        other.join()
        assert time.monotonic() - begun >= 1.5
        assert rules.in_force() == NOW


@pytest.mark.promise(1, 4)
@pytest.mark.article(27, 35)
class TestRecheck:
    def test_stops_dates_and_switches_on_record(self, portal, older_rules, app):
        with older_rules():
            bad = released(portal, mobiles(), title="联系手机名单")
            late = released(portal, landlines(), title="办公电话名单")
            good = released(portal, LIST.encode(), title="普通名单")
        summary = run()
        assert summary.switched
        assert (summary.outcomes["stopped"], summary.outcomes["dated"]) == (1, 1)
        assert [state_of(each) for each in (bad, late, good)] == [
            "stopped",
            "live",
            "live",
        ]
        assert rules.in_force() == NOW
        switch = records("ruleset_switch")[-1]
        assert switch.detail == {"before": OLD, "stopped": 1, "dated": 1}
        found = {record.object_id: record.detail for record in records("recheck_found")}
        assert found[bad["dataset_id"]]["entities"] == ["MOBILE"]
        assert found[bad["dataset_id"]]["outcome"] == "stopped"
        due = datetime.date.fromisoformat(found[late["dataset_id"]]["due"])
        assert 13 <= (due - datetime.date.today()).days <= 15
        assert good["dataset_id"] not in found
        notices = portal.act("edudata_notice_list", portal.compiler)["results"]
        told = [each for each in notices if each["kind"] == "recheck_found"]
        assert len(told) == 2
        assert not portal.act("edudata_notice_list", portal.outsider)["results"]
        shown = portal.act("package_show", None, id=bad["dataset_id"])
        assert shown["opening_state"] == "stopped"
        assert not shown["resources"]
        assert shown["stop_reason"]

    def test_the_reason_stands_there_in_the_language_of_the_site(
        self, portal, older_rules, cli
    ):
        with older_rules():
            bad = released(portal, mobiles())
        answer = cli.invoke(ckan, ["edudata", "recheck", "--yes", "--nice", "0"])
        assert answer.exit_code == cli_codes.AFFECTED, answer.output
        shown = portal.act("package_show", None, id=bad["dataset_id"])
        with aftermath.site_language():
            assert shown["stop_reason"]
        assert "MOBILE" not in shown["stop_reason"]

    def test_stops_before_all_is_read(self, portal, older_rules):
        with older_rules():
            bad = released(portal, mobiles())
            for number in range(2):
                released(portal, LIST.encode(), title=f"名单{number}")
        seen = []
        recheck.run(lambda progress: seen.append((progress, state_of(bad))))
        unread = [p.total - p.read for p, state in seen if state == "stopped"]
        assert max(unread) > 0
        assert [p.read for p, _ in seen] == sorted(p.read for p, _ in seen)
        assert seen[-1][0].seconds_left == 0

    def test_a_dry_run_changes_nothing(self, portal, older_rules):
        with older_rules():
            bad = released(portal, mobiles())
        before = {(c.id, c.verdict, c.ruleset) for c in model.Session.query(Check)}
        summary = run(dry_run=True)
        assert summary.outcomes["stopped"] == 1
        assert summary.verdicts["blocked"] == 1
        assert not summary.switched
        assert state_of(bad) == "live"
        assert rules.in_force() == OLD
        assert {
            (c.id, c.verdict, c.ruleset) for c in model.Session.query(Check)
        } == before
        assert not [row for row in rereads() if row.outcome]
        assert not records("recheck_found")
        # What it has read of released content need not be read again.
        reading = []
        known = rereads_kept.known
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(
                rereads_kept, "known", lambda s: reading.append(known(s)) or reading[-1]
            )
            assert run().switched
        assert all(reading)
        assert state_of(bad) == "stopped"

    def test_run_again_it_does_nothing(self, portal, older_rules):
        with older_rules():
            released(portal, mobiles())
            released(portal, landlines(), title="办公电话名单")
        run()
        before = len(records("recheck_found")), model.Session.query(Check).count()
        summary = run(everything=True)
        assert not summary.outcomes
        assert not summary.verdicts
        assert before == (
            len(records("recheck_found")),
            model.Session.query(Check).count(),
        )
        assert len(records("ruleset_switch")) == 2

    def test_entries_are_checked_again_with_all_that_follows(self, portal, older_rules):
        entry = entry_with(portal, mobiles())
        with older_rules():
            portal.work()
        run()
        found = portal.act("edudata_check_list", portal.compiler, id=entry["id"])
        assert {check["ruleset"] for check in found} == {NOW}
        assert {check["verdict"] for check in found} == {"clear", "blocked"}

    def test_nothing_is_switched_while_something_cannot_be_read(
        self, portal, older_rules, monkeypatch
    ):
        with older_rules():
            released(portal, LIST.encode())
        real = rereading.released

        def broken(subject):
            if subject["kind"] == "table":
                raise OSError("No storage")
            return real(subject)

        with monkeypatch.context() as patched:
            patched.setattr(rereading, "released", broken)
            summary = run()
        assert summary.failed == 1
        assert not summary.switched
        assert rules.in_force() == OLD
        assert run().switched

    def test_rules_that_change_meanwhile_end_it(self, portal, older_rules, monkeypatch):
        with older_rules():
            released(portal, LIST.encode())
        real = engine.check_file

        def by_others(*args, **options):
            report = real(*args, **options)
            report.ruleset = "2099.1+other"
            return report

        monkeypatch.setattr(engine, "check_file", by_others)
        with pytest.raises(RulesChangedError):
            run()
        assert rules.in_force() == OLD

    @pytest.mark.article(2)
    def test_what_carries_a_mark_is_stopped_and_removed(self, portal, older_rules):
        marked = (LIST + "3,机密★10年,4131010003\n").encode()
        with older_rules():
            bad = released(portal, marked, title="带密级的名单")
            other = released(portal, LIST.encode(), title="另一份名单")
        (row,) = (
            model.Session.query(ReleasedResource)
            .join(Release, Release.id == ReleasedResource.release_id)
            .filter(Release.dataset_id == bad["dataset_id"])
        )
        digest, ids = row.file_digest, [row.resource_id, row.table_id]
        assert storage.kept(digest, settings.RELEASED)
        run()
        assert [state_of(bad), state_of(other)] == ["stopped", "live"]
        assert not storage.kept(digest, settings.RELEASED)
        assert not [each for each in ids if datastore.exists(each)]
        kept = str([row.report for row in rereads(dataset_id=bad["dataset_id"])])
        assert "机密" not in kept
        assert len(records("classified_purge")) == 1

    def test_what_cannot_be_read_has_a_date(self, portal, older_rules, monkeypatch):
        with older_rules():
            made = released(portal, LIST.encode())
        real = engine.check_file

        def too_slow(*args, **options):
            report = real(*args, **options)
            report.verdict, report.tables = "unreadable", []
            return report

        with monkeypatch.context() as patched:
            patched.setattr(engine, "check_file", too_slow)
            assert run().outcomes["dated"] == 1
        assert state_of(made) == "live"


@pytest.mark.article(27, 28)
class TestVersions:
    def test_an_earlier_version_is_stopped_alone(self, portal, older_rules):
        entry = entry_with(portal, mobiles())
        with older_rules():
            first = portal.released(entry)
        table = portal.act(
            "edudata_release_show", None, id=first["dataset_id"], version=1
        )["resources"][0]["table_id"]
        resource = portal.act("package_show", portal.compiler, id=entry["id"])[
            "resources"
        ][0]
        portal.act(
            "resource_patch",
            portal.compiler,
            id=resource["id"],
            upload=portal.file("名单.csv", LIST),
        )
        second = portal.released(entry)
        assert portal.act("datastore_search", None, resource_id=table)["total"] == 12
        run()
        assert [state_of(first), state_of(second)] == ["stopped", "live"]
        with pytest.raises(tk.ObjectNotFound):
            portal.act("datastore_search", None, resource_id=table)
        live = portal.act("package_show", None, id=second["dataset_id"])
        assert live["opening_state"] == "open"
        public = live["resources"][0]["id"]
        assert portal.act("datastore_search", None, resource_id=public)["total"] == 2

    @pytest.mark.promise(2)
    def test_grants_end_with_what_was_found(self, portal, older_rules):
        data = conditional.released(portal)
        conditional.granted(portal, data)
        read = {"resource_id": data.resource_id, "fields": ["school"]}
        assert portal.act("datastore_search", portal.researcher, **read)["total"] == 60
        # The frozen table holds what nobody saw: a mobile in one of its cells.
        number = rosters.mobile(random.Random(9))
        with get_write_engine().begin() as connection:
            connection.execute(
                sa.text(f'UPDATE "{data.table_id}" SET grade = :value WHERE _id = 40'),
                {"value": number},
            )
        summary = run(everything=True)
        assert summary.outcomes["stopped"] == 1
        with pytest.raises(tk.NotAuthorized):
            portal.act("datastore_search", portal.researcher, **read)

    @pytest.mark.promise(2)
    def test_a_grant_on_an_earlier_version_ends_with_it(self, portal):
        data = conditional.released(portal)
        conditional.granted(portal, data)
        portal.act(
            "package_patch", portal.compiler, id=data.entry["id"], notes="各校平均分。"
        )
        portal.released(data.entry)
        read = {"resource_id": data.resource_id, "fields": ["school"]}
        assert portal.act("datastore_search", portal.researcher, **read)["total"] == 60
        stop = {"id": data.id, "reason": "更正", "version": 1}
        portal.act("edudata_stop", portal.reviewer, **stop)
        with pytest.raises(tk.NotAuthorized):
            portal.act("datastore_search", portal.researcher, **read)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_stop", portal.reviewer, **stop)


@pytest.fixture
def dated(portal, older_rules):
    """Released office telephones: found by the new rules, with a date."""
    with older_rules():
        made = released(portal, landlines(), title="办公电话名单")
    run()
    (row,) = rereads(outcome="dated")
    assert row.due_at > datetime.datetime.now(datetime.timezone.utc)
    return made


def over():
    model.Session.execute(
        sa.update(Reread)
        .where(Reread.outcome == "dated")
        .values(due_at=sa.func.now() - sa.text("interval '1 minute'"))
    )
    model.Session.commit()


@pytest.mark.article(27)
class TestDate:
    def test_nothing_happens_before_it(self, dated, cli):
        done = cli.invoke(ckan, ["edudata", "sweep"])
        assert done.exit_code == 0, done.output
        assert state_of(dated) == "live"

    def test_is_stopped_after_it_by_the_sweep(self, portal, dated, cli):
        over()
        done = cli.invoke(ckan, ["edudata", "sweep"])
        assert done.exit_code == 0, done.output
        assert state_of(dated) == "stopped"
        assert [row.closed for row in rereads(outcome="dated")] == ["stopped"]
        assert len(records("recheck_close")) == 1
        done = cli.invoke(ckan, ["edudata", "sweep"])
        assert done.exit_code == 0, done.output
        assert len(records("recheck_close")) == 1

    def test_passes_where_it_was_put_in_order_meanwhile(self, portal, dated):
        approve_standing_rule(portal)
        over()
        assert recheck.overdue() == {"passed": 1}
        assert state_of(dated) == "live"

    def test_is_stopped_where_it_cannot_be_read_then(self, dated, monkeypatch):
        over()
        monkeypatch.setattr(rereading, "released", lambda subject: 1 / 0)
        assert recheck.overdue() == {"stopped": 1}
        assert state_of(dated) == "stopped"

    def test_another_rule_set_does_not_move_it(self, dated, monkeypatch):
        soon = datetime.datetime.now(datetime.timezone.utc)
        soon += datetime.timedelta(days=1)
        dated_ones = sa.update(Reread).where(Reread.outcome == "dated")
        model.Session.execute(dated_ones.values(due_at=soon))
        model.Session.commit()
        newer = "2099.1+newer"
        monkeypatch.setattr(ruleset, "RULESET", newer)
        monkeypatch.setattr(engine, "RULESET", newer)
        for name in ("check_file", "check_metadata"):
            real = getattr(engine, name)

            def renamed(*args, real=real, **options):
                report = real(*args, **options)
                report.ruleset = newer
                return report

            monkeypatch.setattr(engine, name, renamed)
        assert run().switched
        (row,) = rereads(outcome="dated", ruleset=newer)
        assert row.due_at == soon
        (before,) = rereads(outcome="dated", ruleset=NOW)
        assert before.closed == "renewed"


@pytest.mark.promise(5)
class TestConcurrency:
    def test_two_at_once_have_one_winner(self, portal, older_rules):
        with older_rules():
            released(portal, mobiles())
            released(portal, landlines(), title="办公电话名单")
        outcomes = []
        together = threading.Barrier(2)

        def one():
            together.wait()
            try:
                outcomes.append(run().switched)
            except recheck.AlreadyRunningError:
                outcomes.append("another")
            finally:
                model.Session.remove()

        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, outcomes)) == ["True", "another"]
        assert len(records("recheck_found")) == 2
        assert len(records("stop")) == 1
        assert len(records("ruleset_switch")) == 2

    def test_killed_it_goes_on_where_it_was(self, portal, older_rules):
        with older_rules():
            bad = released(portal, mobiles())
            for number in range(3):
                released(portal, LIST.encode(), title=f"名单{number}")
        command = [str(Path(sys.executable).with_name("ckan")), "-c", "test.ini"]
        process = subprocess.Popen(
            [*command, "edudata", "recheck", "--yes", "--nice", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2],
        )
        until = time.monotonic() + 120
        while not [row for row in rereads() if row.outcome]:
            assert process.poll() is None, "it ended by itself"
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        acted = {(row.kind, row.subject): row.acted_at for row in rereads()}
        assert rules.in_force() == OLD
        until = time.monotonic() + 30
        while recheck.status()["running"]:
            assert time.monotonic() < until
            time.sleep(0.1)
        model.Session.execute(
            sa.update(Check)
            .where(Check.state == "running")
            .values(beat_at=sa.func.now() - sa.text("interval '5 minutes'"))
        )
        model.Session.commit()
        assert run().switched
        for row in rereads():
            before = acted.get((row.kind, row.subject))
            assert before in (None, row.acted_at)
        assert state_of(bad) == "stopped"
        assert len(records("stop")) == 1
        assert len(records("recheck_found")) == 1
        checked = [r.object_id for r in records("check") if r.detail["ruleset"] == NOW]
        assert len(checked) == len(set(checked)) == 8


class TestCommand:
    def invoke(self, cli, *arguments):
        command = ["edudata", "recheck", "--nice", "0", *arguments]
        return cli.invoke(ckan, command)

    def test_exit_codes(self, portal, older_rules, cli):
        with older_rules():
            released(portal, landlines())
        assert self.invoke(cli, "--status").exit_code == cli_codes.AFFECTED
        assert self.invoke(cli).exit_code == cli_codes.NOT_SWITCHED
        assert rules.in_force() == OLD
        assert self.invoke(cli, "--dry-run").exit_code == cli_codes.AFFECTED
        assert rules.in_force() == OLD
        with recheck._alone():
            answer = self.invoke(cli, "--yes")
            assert answer.exit_code == cli_codes.ANOTHER_RUNS
            assert recheck.status()["running"]
        assert self.invoke(cli, "--yes").exit_code == cli_codes.AFFECTED
        assert rules.in_force() == NOW
        assert self.invoke(cli, "--status").exit_code == cli_codes.DONE
        assert self.invoke(cli, "--yes").exit_code == cli_codes.DONE

    def test_who_decides_it_is_on_record(self, portal, older_rules, cli):
        with older_rules():
            released(portal, LIST.encode())
        refused = self.invoke(cli, "--yes", "--by", portal.compiler["name"])
        assert refused.exit_code == cli_codes.NOT_SWITCHED
        assert rules.in_force() == OLD
        admin = factories.User(name="security-admin")
        give(admin, "security_admin", portal.commission)
        decided = self.invoke(cli, "--yes", "--by", admin["name"])
        assert decided.exit_code == cli_codes.DONE
        assert rules.last_switch().switched_by == admin["id"]
        assert records("ruleset_switch")[-1].actor_id == admin["id"]


class TestPeople:
    def test_the_state_is_for_those_who_answer_for_safety(self, portal):
        shown = portal.act("edudata_ruleset_show", portal.security_officer)
        assert shown["in_force"] == NOW
        assert not shown["staged"]
        for user in (None, portal.compiler, portal.researcher, factories.Sysadmin()):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_ruleset_show", user)

    def test_findings_are_for_the_unit(self, portal, dated):
        (found,) = portal.act("edudata_reread_list", portal.compiler)
        assert found["dataset_id"] == dated["dataset_id"]
        assert found["entities"] == ["LANDLINE"]
        assert found["due_at"]
        assert portal.act("edudata_reread_list", portal.outsider) == []
        for user in (None, portal.technician, portal.stranger, factories.Sysadmin()):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_reread_list", user)

    def test_nobody_ends_a_date_or_reads_released_content_from_outside(self, portal):
        for user in (portal.security_officer, factories.Sysadmin()):
            for action in (
                "edudata_reread_due",
                "edudata_released_content_list",
            ):
                with pytest.raises(tk.NotAuthorized):
                    portal.act(action, user)
            with pytest.raises(tk.NotAuthorized):
                portal.act(
                    "edudata_released_content_fetch",
                    user,
                    kind="table",
                    subject="x",
                    path="/tmp/x",
                )

    def test_no_raw_value_is_kept(self, portal, older_rules):
        content = mobiles()
        with older_rules():
            released(portal, content)
        run()
        kept = "".join(str(row.report) for row in rereads())
        numbers = [line.split(b",")[3].decode() for line in content.splitlines()[1:]]
        assert not [number for number in numbers if number in kept]

    def test_the_desk_says_what_is_to_be_done_until_when(self, app, portal, dated):
        page = Visitor(app, portal.compiler).text("/desk")
        assert 'id="rereads"' in page
        assert "办公电话名单" in page
        (row,) = rereads(outcome="dated")
        assert day(row.due_at) in page
        page = Visitor(app, portal.outsider).text("/desk")
        assert 'id="rereads"' not in page

    def test_the_page_of_the_check_says_so_too(self, app, portal, dated):
        (row,) = rereads(outcome="dated")
        entry = model.Package.get(row.entry_id)
        page = Visitor(app, portal.compiler).text(
            f"/entry/{entry.name}/check/{row.resource_id}"
        )
        assert day(row.due_at) in page

    def test_the_desk_tells_security_officers_of_a_staged_rule_set(
        self, app, portal, older_rules
    ):
        with older_rules():
            released(portal, LIST.encode())
        page = Visitor(app, portal.security_officer).text("/desk")
        assert 'id="ruleset"' in page
        assert NOW in page
        assert 'id="ruleset"' not in Visitor(app, portal.compiler).text("/desk")
        run()
        page = Visitor(app, portal.security_officer).text("/desk")
        assert 'id="ruleset"' not in page


def day(moment):
    return tk.h.edudata_moment(moment.isoformat(), "%Y-%m-%d")


def approve_standing_rule(portal):
    portal.act(
        "edudata_standing_rule_approve", portal.coordinator, basis="《办法》第二十七条"
    )


cli_codes = cli
"""The fixture `cli` hides the module of that name in tests."""
