"""Exceptions and the standing rule: who may, what it lets pass, and when it ends."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from faker import Faker

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.audit.words import ACTIONS
from ckanext.edudata.desensitization import exceptions, standing_rule
from ckanext.edudata.desensitization.model import PublicationException, StandingRule
from ckanext.edudata.desensitization.report import CheckReport, ColumnInfo, TableInfo
from tests.conftest import give
from tests.visitors import Visitor, words

HONOURS = ["特级教师", "教学能手", "优秀班主任", "学科带头人"]
ASK = {
    "column": "姓名",
    "entity": "PERSON_NAME",
    "law": "中华人民共和国政府信息公开条例",
    "article": "第二十条",
    "purpose": "公示获奖教师名单",
    "until": "2027-06-30",
}


def honours(extra: list[str] | None = None, rows: int = 40) -> str:
    fake = Faker("zh_CN")
    fake.seed_instance(4)
    lines = ["序号,荣誉称号,姓名,备注"]
    lines += [
        f"{n},{HONOURS[n % 4]},{fake.name()},{(extra or ['无'])[n % len(extra or [1])]}"
        for n in range(1, rows + 1)
    ]
    return "\n".join(lines)


def schools(rows: int = 40, mobile: str = "") -> str:
    fake = Faker("zh_CN")
    fake.seed_instance(8)
    lines = ["学校名称,学校标识码,地址,办公电话,校长"]
    lines += [
        f"徐汇区示例第{n}小学,{3131000000 + n},上海市徐汇区漕溪路{n}号,"
        f"021-6428{n:04d},{fake.name()}"
        for n in range(1, rows + 1)
    ]
    if mobile:
        lines[-1] = lines[-1].replace("021-64280040", mobile)
    return "\n".join(lines)


@pytest.fixture
def honoured(portal):
    """An entry with a list of honoured teachers, blocked: `(entry, resource id)`."""
    entry = portal.entry(title="获奖教师名单", notes="本区教师荣誉称号。")
    made = portal.upload(entry, "名单.csv", honours())
    portal.work()
    assert check(portal, made["id"])["verdict"] == "blocked"
    return entry, made["id"]


def check(portal, resource_id):
    return portal.act(
        "edudata_check_show", portal.security_officer, resource_id=resource_id
    )


def ask(portal, resource_id, user=None, **data):
    return portal.act(
        "edudata_exception_request",
        user or portal.compiler,
        resource_id=resource_id,
        **{**ASK, **data},
    )


def decide(portal, asked, user=None, **data):
    said = {"decision": "grant", "reason": "法律有明文规定", **data}
    user = user or portal.security_officer
    return portal.act("edudata_exception_decide", user, id=asked["id"], **said)


def granted(portal, resource_id, **data):
    found = decide(portal, ask(portal, resource_id), **data)
    portal.work()
    return found


def replace(portal, resource_id, content):
    portal.act(
        "resource_patch",
        portal.compiler,
        id=resource_id,
        upload=portal.file("名单.csv", content),
    )
    portal.work()


def audited(action, object_id):
    model.Session.rollback()
    rows = model.Session.execute(
        sa.select(AuditRecord.actor_id, AuditRecord.detail, AuditRecord.outcome).where(
            AuditRecord.action == action, AuditRecord.object_id == object_id
        )
    ).all()
    # An open transaction would keep the next test from emptying the tables.
    model.Session.rollback()
    return rows


def expire(exception_id):
    """Let its date pass: the only thing that tests cannot wait for."""
    row = model.Session.get(PublicationException, exception_id)
    row.until = sa.func.now() - sa.text("interval '1 minute'")
    model.Session.commit()


def sweep():
    tk.get_action("edudata_check_requeue")({"ignore_auth": True}, {})


def refused_at_the_door(portal, entry):
    with pytest.raises(tk.ValidationError) as error:
        portal.act("edudata_release", portal.reviewer, id=entry["id"])
    return error.value.error_dict


@pytest.mark.article(27)
class TestAsking:
    def test_says_what_for_on_what_basis_and_until_when(self, portal, honoured):
        asked = ask(portal, honoured[1])
        assert asked["state"] == "requested"
        assert (asked["column"], asked["entity"]) == ("姓名", "PERSON_NAME")
        assert asked["unit_id"] == portal.bureau["id"]
        (record,) = audited("exception_request", asked["id"])
        assert record.actor_id == portal.compiler["id"]
        assert record.detail["entity"] == "PERSON_NAME"

    @pytest.mark.parametrize("part", ["law", "article", "purpose", "until"])
    def test_needs_every_part(self, portal, honoured, part):
        with pytest.raises(tk.ValidationError) as error:
            ask(portal, honoured[1], **{part: " " if part != "until" else ""})
        assert list(error.value.error_dict) == [part]

    def test_lasts_no_longer_than_the_setting(self, portal, honoured):
        with pytest.raises(tk.ValidationError) as error:
            ask(portal, honoured[1], until="2099-01-01")
        assert list(error.value.error_dict) == ["until"]

    def test_is_for_something_that_was_found(self, portal, honoured):
        with pytest.raises(tk.ValidationError):
            ask(portal, honoured[1], entity="MOBILE")
        with pytest.raises(tk.ValidationError):
            ask(portal, honoured[1], column="序号")

    def test_waits_once(self, portal, honoured):
        ask(portal, honoured[1])
        with pytest.raises(tk.ValidationError):
            ask(portal, honoured[1], user=portal.reviewer)

    def test_lets_nothing_pass_by_itself(self, portal, honoured):
        ask(portal, honoured[1])
        portal.act("edudata_check_run", portal.compiler, resource_id=honoured[1])
        portal.work()
        assert check(portal, honoured[1])["verdict"] == "blocked"

    def test_is_the_owners_alone(self, portal, honoured):
        for user in (portal.technician, portal.security_officer):
            with pytest.raises(tk.NotAuthorized):
                ask(portal, honoured[1], user=user)
        for user in (portal.outsider, portal.researcher, None):
            with pytest.raises(tk.ObjectNotFound):
                portal.act(
                    "edudata_exception_request",
                    user,
                    resource_id=honoured[1],
                    **ASK,
                )


@pytest.mark.article(27, 33)
class TestDeciding:
    def test_a_granted_one_lets_the_finding_pass(self, portal, honoured):
        found = granted(portal, honoured[1])
        assert found["state"] == "granted"
        after = check(portal, honoured[1])
        assert after["verdict"] in ("clear", "restricted")
        assert {f["passed"] for f in after["findings"]} == {"exception"}
        (record,) = audited("exception_grant", found["id"])
        assert record.actor_id == portal.security_officer["id"]

    def test_the_clearance_names_it(self, portal, honoured):
        found = granted(portal, honoured[1])
        row = model.Session.execute(
            sa.text(
                "SELECT basis FROM edudata_clearance WHERE resource_id = :id "
                "ORDER BY given_at DESC LIMIT 1"
            ),
            {"id": honoured[1]},
        ).scalar()
        assert row["exceptions"] == [found["id"]]
        assert row["rule"] is None

    def test_a_refused_one_changes_nothing(self, portal, honoured):
        asked = ask(portal, honoured[1])
        found = decide(portal, asked, decision="refuse", reason="没有法律依据")
        portal.work()
        assert found["state"] == "refused"
        assert check(portal, honoured[1])["verdict"] == "blocked"
        assert audited("exception_refuse", asked["id"])
        assert ask(portal, honoured[1])["state"] == "requested"

    def test_needs_a_reason(self, portal, honoured):
        asked = ask(portal, honoured[1])
        with pytest.raises(tk.ValidationError):
            decide(portal, asked, reason=" ")
        assert shown(portal, asked)["state"] == "requested"

    def test_never_by_who_asked(self, portal, honoured):
        give(portal.reviewer, "security_officer", portal.bureau)
        asked = ask(portal, honoured[1], user=portal.reviewer)
        with pytest.raises(tk.NotAuthorized):
            decide(portal, asked, user=portal.reviewer)
        assert shown(portal, asked)["state"] == "requested"
        (record,) = audited("exception_grant", asked["id"])
        assert record.outcome == "denied"

    def test_never_by_who_compiled_the_file(self, portal, honoured):
        give(portal.compiler, "security_officer", portal.bureau)
        asked = ask(portal, honoured[1], user=portal.reviewer)
        with pytest.raises(tk.NotAuthorized):
            decide(portal, asked, user=portal.compiler)

    def test_nor_by_who_compiled_an_earlier_version(self, portal):
        entry = portal.entry()
        made = portal.upload(entry, "名单.csv", "学校名称,学校数\n示例大学,30")
        portal.released(entry)
        give(portal.second_reviewer, "compiler", portal.bureau)
        portal.act(
            "resource_patch",
            portal.second_reviewer,
            id=made["id"],
            upload=portal.file("名单.csv", honours()),
        )
        portal.work()
        give(portal.compiler, "security_officer", portal.bureau)
        asked = ask(portal, made["id"], user=portal.reviewer)
        with pytest.raises(tk.NotAuthorized):
            decide(portal, asked, user=portal.compiler)

    def test_of_another_unit_it_is_not_there(self, portal, honoured):
        give(portal.outsider, "security_officer", portal.other)
        asked = ask(portal, honoured[1])
        for user in (portal.outsider, portal.researcher, None):
            for action, more in (
                ("edudata_exception_decide", {"decision": "grant", "reason": "是"}),
                ("edudata_exception_show", {}),
                ("edudata_exception_withdraw", {}),
            ):
                with pytest.raises(tk.ObjectNotFound) as hidden:
                    portal.act(action, user, id=asked["id"], **more)
                with pytest.raises(tk.ObjectNotFound) as absent:
                    portal.act(action, user, id="0" * 36, **more)
                assert str(hidden.value) == str(absent.value)

    def test_not_by_the_roles_that_do_not_decide(self, portal, honoured):
        asked = ask(portal, honoured[1])
        for user in (portal.second_reviewer, portal.technician, portal.coordinator):
            with pytest.raises(tk.NotAuthorized):
                decide(portal, asked, user=user)

    def test_a_sysadmin_gets_no_shortcut(self, portal, honoured):
        asked = ask(portal, honoured[1])
        admin = factories.Sysadmin()
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            decide(portal, asked, user=admin)
        give(admin, "technician", portal.bureau)
        with pytest.raises(tk.NotAuthorized):
            decide(portal, asked, user=admin)
        assert shown(portal, asked)["state"] == "requested"

    def test_for_a_unit_without_an_officer_its_district_decides(self, portal):
        give(portal.stranger, "compiler", portal.school)
        entry = portal.entry(user=portal.stranger, owner_org=portal.school["id"])
        made = portal.act(
            "resource_create",
            portal.stranger,
            package_id=entry["id"],
            upload=portal.file("名单.csv", honours()),
        )
        portal.work()
        asked = ask(portal, made["id"], user=portal.stranger)
        (waiting,) = inbox(portal, portal.security_officer)
        assert waiting["id"] == asked["id"]
        assert decide(portal, asked)["state"] == "granted"

    def test_waits_with_the_nearest_officer_that_may(self, portal, honoured):
        above = factories.User()
        give(above, "security_officer", portal.commission)
        ask(portal, honoured[1])
        assert inbox(portal, above) == []
        assert len(inbox(portal, portal.security_officer)) == 1
        # One that has compiled the entry is passed over.
        give(portal.security_officer, "compiler", portal.bureau)
        portal.act(
            "package_patch", portal.security_officer, id=honoured[0]["id"], notes="改"
        )
        assert inbox(portal, portal.security_officer) == []
        assert len(inbox(portal, above)) == 1

    def test_two_at_once_have_one_winner(self, portal, honoured):
        other = factories.User()
        give(other, "security_officer", portal.bureau)
        asked = ask(portal, honoured[1])
        together = threading.Barrier(2)

        def go(user, decision):
            try:
                together.wait()
                decide(portal, asked, user=user, decision=decision)
            except tk.ValidationError:
                return False
            else:
                return True
            finally:
                model.Session.remove()

        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(go, portal.security_officer, "grant")
            second = pool.submit(go, other, "refuse")
            assert sorted([first.result(), second.result()]) == [False, True]
        records = audited("exception_grant", asked["id"])
        records += audited("exception_refuse", asked["id"])
        assert len(records) == 1


def shown(portal, asked, user=None):
    return portal.act(
        "edudata_exception_show", user or portal.security_officer, id=asked["id"]
    )


def inbox(portal, user):
    return portal.act("edudata_exception_list", user, inbox=True)["results"]


@pytest.mark.article(27)
class TestHolding:
    @pytest.fixture
    def approved(self, portal, honoured):
        """The entry approved on the strength of an exception: `(entry, id, it)`."""
        entry, resource_id = honoured
        found = granted(portal, resource_id)
        if check(portal, resource_id)["verdict"] == "restricted":
            portal.act(
                "package_patch",
                portal.compiler,
                id=entry["id"],
                opening_class="conditional",
                opening_ground="continuous",
            )
        portal.approved(entry)
        return entry, resource_id, found

    def test_the_door_takes_it(self, portal, approved):
        released = portal.act("edudata_release", portal.reviewer, id=approved[0]["id"])
        assert released["version"] == 1

    def test_expired_the_door_refuses(self, portal, approved):
        expire(approved[2]["id"])
        assert "Not cleared" in str(refused_at_the_door(portal, approved[0]))

    def test_withdrawn_the_door_refuses(self, portal, approved):
        portal.act("edudata_exception_withdraw", portal.compiler, id=approved[2]["id"])
        assert refused_at_the_door(portal, approved[0])
        portal.work()
        assert "Not cleared" in str(refused_at_the_door(portal, approved[0]))
        assert check(portal, approved[1])["verdict"] == "blocked"
        (record,) = audited("exception_end", approved[2]["id"])
        assert record.detail["cause"] == "withdrawn"

    def test_it_cannot_end_in_the_middle_of_a_release(self, portal, approved):
        digest = check(portal, approved[1])["sha256"]
        model.Session.rollback()
        asked, ended = threading.Event(), threading.Event()

        def withdraw():
            asked.wait()
            portal.act(
                "edudata_exception_withdraw", portal.compiler, id=approved[2]["id"]
            )
            model.Session.remove()
            ended.set()

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(withdraw)
            # As a release does, in its transaction.
            cleared = tk.get_action("edudata_clearance_show")(
                {"ignore_auth": True}, {"resource_id": approved[1], "sha256": digest}
            )
            assert cleared
            asked.set()
            assert not ended.wait(1.5)
            model.Session.commit()
            waiting.result(30)
        assert shown(portal, approved[2])["state"] == "ended"

    def test_one_renewed_in_time_goes_on(self, portal, approved):
        decide(portal, ask(portal, approved[1]))
        portal.work()
        expire(approved[2]["id"])
        assert portal.act("edudata_release", portal.reviewer, id=approved[0]["id"])

    def test_a_higher_k_voids_older_clearances(self, portal, approved, monkeypatch):
        monkeypatch.setitem(tk.config, "ckanext.edudata.check.k", 9)
        assert "not cleared" in str(refused_at_the_door(portal, approved[0])).lower()

    def test_the_sweep_ends_it_on_record_and_tells_the_owner(self, portal, approved):
        released = portal.act("edudata_release", portal.reviewer, id=approved[0]["id"])
        assert portal.act("edudata_clearance_attention", portal.compiler) == []
        expire(approved[2]["id"])
        sweep()
        portal.work()
        assert shown(portal, approved[2])["end_cause"] == "date"
        assert check(portal, approved[1])["verdict"] == "blocked"
        (told,) = portal.act("edudata_clearance_attention", portal.compiler)
        assert told["dataset_id"] == released["dataset_id"]
        assert portal.act("edudata_clearance_attention", portal.outsider) == []
        (record,) = audited("clearance_void", released["dataset_id"])
        assert record.detail["exception"] == approved[2]["id"]
        sweep()
        assert len(audited("exception_end", approved[2]["id"])) == 1

    def test_content_elsewhere_ends_nothing(self, portal, approved):
        replace(portal, approved[1], honours(["区级", "市级"], rows=44))
        assert shown(portal, approved[2])["state"] == "granted"
        assert check(portal, approved[1])["verdict"] != "blocked"

    def test_a_new_entity_in_the_column_is_found_again(self, portal, approved):
        mixed = honours().replace("40,特级教师,", "40,特级教师,13812345678 ")
        assert mixed != honours()
        replace(portal, approved[1], mixed)
        after = check(portal, approved[1])
        assert after["verdict"] == "blocked"
        assert "MOBILE" in {f["entity"] for f in after["findings"] if not f["passed"]}

    def test_another_column_is_found_again(self, portal, approved):
        fake = Faker("zh_CN")
        fake.seed_instance(5)
        replace(portal, approved[1], honours([fake.name() for _ in range(40)]))
        assert check(portal, approved[1])["verdict"] == "blocked"

    def test_another_entity_in_the_column_ends_it(self, portal, approved):
        lines = honours().splitlines()
        other = [lines[0]] + [
            ",".join([*line.split(",")[:2], f"138{n:08d}", "无"])
            for n, line in enumerate(lines[1:], 12345)
        ]
        replace(portal, approved[1], "\n".join(other))
        assert shown(portal, approved[2])["end_cause"] == "changed"
        assert check(portal, approved[1])["verdict"] == "blocked"

    def test_another_units_entry_does_not_profit(self, portal, honoured):
        granted(portal, honoured[1], scope="unit")
        entry = portal.entry(user=portal.outsider, owner_org=portal.other["id"])
        made = portal.act(
            "resource_create",
            portal.outsider,
            package_id=entry["id"],
            upload=portal.file("名单.csv", honours()),
        )
        portal.work()
        found = portal.act(
            "edudata_check_show", portal.outsider, resource_id=made["id"]
        )
        assert found["verdict"] == "blocked"

    @pytest.mark.parametrize("scope", ["file", "unit"])
    def test_its_scope(self, portal, honoured, scope):
        granted(portal, honoured[1], scope=scope)
        entry = portal.entry(title="另一份名单")
        made = portal.upload(entry, "名单二.csv", honours(rows=31))
        portal.work()
        passed = check(portal, made["id"])["verdict"] != "blocked"
        assert passed == (scope == "unit")

    def test_in_all_files_reaches_those_there_already(self, portal, honoured):
        entry = portal.entry(title="另一份名单")
        made = portal.upload(entry, "名单二.csv", honours(rows=31))
        portal.work()
        granted(portal, honoured[1], scope="unit")
        assert check(portal, made["id"])["verdict"] != "blocked"


class TestNotPersonal:
    def test_needs_a_reason_and_a_second_person(self, portal, honoured):
        wanted = {"kind": "not_personal", "law": "", "article": "", "until": ""}
        with pytest.raises(tk.ValidationError):
            ask(portal, honoured[1], **{**wanted, "purpose": ""})
        asked = ask(portal, honoured[1], **{**wanted, "purpose": "均为历史人物"})
        with pytest.raises(tk.NotAuthorized):
            decide(portal, asked, user=portal.compiler)
        decide(portal, asked)
        portal.work()
        assert check(portal, honoured[1])["verdict"] != "blocked"

    def test_in_a_description_only_for_these_words(self, portal):
        entry = portal.entry(notes="咨询电话 13812345678，联系人周慧敏老师。")
        portal.work()
        found = check(portal, entry["id"])
        assert found["verdict"] == "blocked"
        for finding in found["findings"]:
            said = {
                "place": "metadata",
                "column": finding["column"],
                "entity": finding["entity"],
                "kind": "not_personal",
                "purpose": "公开的服务热线",
            }
            with pytest.raises(tk.ValidationError):
                ask(portal, entry["id"], **{**said, "kind": "exception"})
            decide(portal, ask(portal, entry["id"], **said))
        portal.work()
        assert check(portal, entry["id"])["verdict"] == "clear"
        portal.act(
            "package_patch",
            portal.compiler,
            id=entry["id"],
            notes="咨询电话 13912340000，联系人周慧敏老师。",
        )
        portal.work()
        assert check(portal, entry["id"])["verdict"] == "blocked"


class TestRemembering:
    def decisions(self, portal, resource_id, user=None):
        return portal.act(
            "edudata_finding_decision_list",
            user or portal.compiler,
            resource_id=resource_id,
        )

    def test_is_proposed_for_the_units_other_files(self, portal, honoured):
        portal.act(
            "edudata_finding_decide",
            portal.compiler,
            resource_id=honoured[1],
            column="姓名",
            entity="PERSON_NAME",
            way="desensitize",
        )
        (own,) = self.decisions(portal, honoured[1])
        assert own["decision"]["way"] == "desensitize"
        assert own["proposal"] is None
        entry = portal.entry(title="另一份名单")
        made = portal.upload(entry, "名单二.csv", honours(rows=31))
        portal.work()
        (other,) = self.decisions(portal, made["id"])
        assert other["decision"] is None
        assert other["proposal"]["way"] == "desensitize"
        assert audited("finding_decide", honoured[1])

    def test_an_earlier_exception_is_proposed_with_its_basis(self, portal, honoured):
        granted(portal, honoured[1])
        entry = portal.entry(title="另一份名单")
        made = portal.upload(entry, "名单二.csv", honours(rows=31))
        portal.work()
        (other,) = self.decisions(portal, made["id"])
        assert other["proposal"]["exception"]["law"] == ASK["law"]

    def test_is_not_there_for_others(self, portal, honoured):
        with pytest.raises(tk.ObjectNotFound):
            self.decisions(portal, honoured[1], portal.outsider)
        with pytest.raises(tk.NotAuthorized):
            self.decisions(portal, honoured[1], portal.technician)

    def test_another_unit_is_told_nothing(self, portal, honoured):
        granted(portal, honoured[1])
        entry = portal.entry(user=portal.outsider, owner_org=portal.other["id"])
        made = portal.act(
            "resource_create",
            portal.outsider,
            package_id=entry["id"],
            upload=portal.file("名单.csv", honours()),
        )
        portal.work()
        (found,) = self.decisions(portal, made["id"], portal.outsider)
        assert found["proposal"] is None


@pytest.mark.article(8, 27)
class TestStandingRule:
    @pytest.fixture
    def listed(self, portal):
        """An entry with a list of schools: `(entry, resource id)`."""
        entry = portal.entry(title="学校名录", notes="本区学校的地址和办公电话。")
        made = portal.upload(entry, "学校.csv", schools())
        portal.work()
        return entry, made["id"]

    def approve(self, portal, user=None, **data):
        data = {"basis": "沪教委信〔2026〕12号", **data}
        return portal.act(
            "edudata_standing_rule_approve", user or portal.coordinator, **data
        )

    def end(self, portal, user=None):
        return portal.act("edudata_standing_rule_end", user or portal.coordinator)

    def test_lets_a_list_of_schools_pass_by_itself(self, portal, listed):
        assert check(portal, listed[1])["verdict"] == "blocked"
        assert self.approve(portal)["in_force"]
        portal.work()
        after = check(portal, listed[1])
        assert after["verdict"] == "clear"
        assert {f["passed"] for f in after["findings"]} == {"institutions"}
        portal.approved(listed[0])
        assert portal.act("edudata_release", portal.reviewer, id=listed[0]["id"])

    def test_lets_no_mobile_pass(self, portal):
        self.approve(portal)
        entry = portal.entry()
        made = portal.upload(entry, "学校.csv", schools(mobile="13812345678"))
        portal.work()
        assert check(portal, made["id"])["verdict"] == "blocked"

    def test_ended_the_door_refuses(self, portal, listed):
        self.approve(portal)
        portal.approved(listed[0])
        assert not self.end(portal)["in_force"]
        assert refused_at_the_door(portal, listed[0])
        portal.work()
        assert "Not cleared" in str(refused_at_the_door(portal, listed[0]))
        assert check(portal, listed[1])["verdict"] == "blocked"

    def test_ending_tells_the_owners_of_released_data(self, portal, listed):
        self.approve(portal)
        released = portal.released(listed[0])
        self.end(portal)
        (told,) = portal.act("edudata_clearance_attention", portal.reviewer)
        assert told["dataset_id"] == released["dataset_id"]

    def test_ends_with_its_date(self, portal, listed):
        rule = self.approve(portal, until="2027-01-01")["current"]
        portal.approved(listed[0])
        row = model.Session.get(StandingRule, rule["id"])
        row.until = sa.func.now() - sa.text("interval '1 minute'")
        model.Session.commit()
        assert "Not cleared" in str(refused_at_the_door(portal, listed[0]))
        sweep()
        portal.work()
        assert check(portal, listed[1])["verdict"] == "blocked"
        assert audited("standing_rule_end", rule["id"])

    def test_begins_with_its_day(self, portal, listed):
        rule = self.approve(portal, starts="2099-01-01")
        assert not rule["in_force"]
        portal.work()
        assert check(portal, listed[1])["verdict"] == "blocked"
        row = model.Session.get(StandingRule, rule["current"]["id"])
        row.starts = sa.func.now() - sa.text("interval '1 minute'")
        model.Session.commit()
        sweep()
        portal.work()
        assert check(portal, listed[1])["verdict"] == "clear"

    def test_a_clearance_without_need_of_it_stays(self, portal):
        self.approve(portal)
        entry = portal.entry()
        portal.upload(entry, "名单.csv", "学校名称,学校数\n示例大学,30")
        portal.approved(entry)
        self.end(portal)
        assert portal.act("edudata_release", portal.reviewer, id=entry["id"])

    def test_is_the_municipal_coordinators(self, portal):
        district = factories.User()
        give(district, "coordinator", portal.bureau)
        admin = factories.Sysadmin()
        for user in (district, portal.reviewer, portal.researcher, admin, None):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_standing_rule_approve", user, basis="无")
        self.approve(portal)
        for user in (district, portal.reviewer, portal.researcher, admin, None):
            with pytest.raises(tk.NotAuthorized):
                portal.act("edudata_standing_rule_end", user)

    def test_is_approved_once_and_on_record(self, portal):
        rule = self.approve(portal)["current"]
        with pytest.raises(tk.ValidationError):
            self.approve(portal)
        (record,) = audited("standing_rule_approve", rule["id"])
        assert record.actor_id == portal.coordinator["id"]
        assert record.detail["text"] == standing_rule.text_digest()
        self.end(portal)
        with pytest.raises(tk.ValidationError):
            self.end(portal)
        assert self.approve(portal)["earlier"][0]["id"] == rule["id"]

    @pytest.mark.parametrize("starts", ["2020-01-01", "tomorrow", "2026-13-01"])
    def test_begins_on_a_day_to_come(self, portal, starts):
        with pytest.raises(tk.ValidationError) as error:
            self.approve(portal, starts=starts)
        assert list(error.value.error_dict) == ["starts"]


class TestRules:
    """What needs no portal."""

    def report(self, entity="PERSON_NAME", where="cell", grounds=()):
        from ckanext.edudata.desensitization.column_rules import make_finding

        found = make_finding(
            entity, "s", "姓名" if where == "cell" else "", [2], 3, where, 0.9, ["张**"]
        )
        column = ColumnInfo("姓名", "姓 名", "text", 3, 0)
        table = TableInfo("s", 1, [column], 3, "d")
        return CheckReport(
            "0", "blocked", "r", findings=[found], tables=[table], grounds=list(grounds)
        )

    def exception(self, **data):
        return {
            "id": "e",
            "place": "cell",
            "column": "姓 名",
            "entity": "PERSON_NAME",
            "evidence": "",
            **data,
        }

    def test_what_is_left_is_judged_again(self):
        report = self.report(grounds=["personal", "small_groups"])
        assert exceptions.pass_excepted(report, [self.exception()]) == {"0": "e"}
        assert (report.verdict, report.grounds) == ("restricted", ["small_groups"])

    @pytest.mark.parametrize(
        "other", [{"column": "姓名2"}, {"entity": "MOBILE"}, {"place": "note"}]
    )
    def test_covers_one_column_and_entity(self, other):
        report = self.report()
        assert exceptions.pass_excepted(report, [self.exception(**other)]) == {}
        assert report.verdict == "blocked"

    @pytest.mark.parametrize(("label", "covered"), [("姓_名", True), ("姓名", False)])
    def test_covers_the_column_as_it_was_released(self, label, covered):
        report = self.report()
        report.findings[0].column = label
        report.tables[0].columns = [ColumnInfo(label, label, "text", 3, 0)]
        assert (
            bool(exceptions.pass_excepted(report, [self.exception(column="姓/名")]))
            is covered
        )

    def test_a_finding_passes_by_no_exception_that_is_not_there(self):
        report = self.report()
        report.findings[0].passed, report.verdict = "exception", "clear"
        exceptions.pass_excepted(report, [])
        assert report.verdict == "blocked"

    def test_state_secrets_never(self):
        report = self.report("CLASSIFIED")
        exception = self.exception(entity="CLASSIFIED")
        assert exceptions.pass_excepted(report, [exception]) == {}
        assert report.verdict == "blocked"
        for kind in exceptions.KINDS:
            assert exceptions.refused_kind(kind, "cell", "CLASSIFIED")

    def test_outside_the_cells_for_these_words(self):
        report = self.report(where="note")
        told = vars(report.findings[0])
        exception = self.exception(
            place="note", column="", evidence=exceptions.evidence_of(told)
        )
        assert exceptions.pass_excepted(report, [exception])
        report.findings[0].masked, report.findings[0].passed = ["李**"], ""
        assert not exceptions.pass_excepted(report, [exception])

    def test_without_a_basis_nothing_holds(self):
        now = {"k": 5, "small_cell": 5, "rule": None, "exceptions": []}
        assert not exceptions.holds(None, **now)
        assert exceptions.holds(now, **now)

    def test_what_passed_by_a_rule_that_is_not_there_never_holds(self):
        report = self.report("OFFICER_NAME")
        report.findings[0].passed, report.verdict = "institutions", "clear"
        made_under = {"k": 5, "small_cell": 5, "rule": None, "exceptions": []}
        rests = exceptions.rests_on(made_under, report, {})
        for rule in (None, "some"):
            assert not exceptions.holds(
                rests, k=5, small_cell=5, rule=rule, exceptions=[]
            )

    @pytest.mark.parametrize(
        ("raised", "still"),
        [({}, True), ({"k": 6}, False), ({"small_cell": 6}, False), ({"k": 3}, True)],
    )
    def test_settings_that_were_raised_void(self, raised, still):
        rests = {"k": 5, "small_cell": 5, "rule": None, "exceptions": []}
        now = {"k": 5, "small_cell": 5, "rule": None, "exceptions": [], **raised}
        assert exceptions.holds(rests, **now) is still

    def test_warns_of_identity_numbers_and_minors(self):
        assert len(exceptions.warnings("CN_RESIDENT_ID", "primary")) == 2
        assert exceptions.warnings("STUDENT_NUMBER", None)
        assert not exceptions.warnings("LANDLINE", "higher")


def test_everything_a_person_can_be_told_has_words():
    for command in exceptions.TRANSITIONS:
        assert f"exception_{command}" in ACTIONS


class TestPages:
    def check_of(self, honoured):
        return f"/entry/{honoured[0]['name']}/check/{honoured[1]}"

    def test_from_the_finding_to_the_release(self, app, portal, honoured):
        compiler = Visitor(app, portal.compiler)
        url = self.check_of(honoured)
        assert f"{url}/ask/0" in compiler.text(url)
        page = f"{url}/ask/0"
        sent = {**ASK, "kind": "exception", "place": "cell", "law": ""}
        answer = compiler.post(page, sent)
        assert answer.status_code == 422
        # What was typed is still there.
        assert ASK["purpose"] in words(answer)
        answer = compiler.post(page, {**sent, "law": ASK["law"]})
        assert answer.status_code == 302
        one = urlsplit(answer.headers["Location"]).path
        assert 'value="grant"' not in compiler.text(one)
        officer = Visitor(app, portal.security_officer)
        assert one in officer.text("/desk")
        assert ASK["law"] in officer.text(one)
        answer = officer.post(one, {"decision": "grant", "reason": ""})
        assert answer.status_code == 422
        said = {"decision": "grant", "reason": "依法公开", "scope": "file"}
        assert officer.post(one, said).status_code == 302
        portal.work()
        text = compiler.text(url)
        assert one in text
        assert ASK["law"] in text
        answer = officer.post(f"{one}/withdraw", page=one)
        assert answer.status_code == 302
        portal.work()
        assert check(portal, honoured[1])["verdict"] == "blocked"

    def test_a_way_is_noted_and_proposed(self, app, portal, honoured):
        compiler = Visitor(app, portal.compiler)
        url = self.check_of(honoured)
        answer = compiler.post(f"{url}/decide/0", {"way": "correct"}, page=url)
        assert answer.status_code == 302
        (told,) = portal.act(
            "edudata_finding_decision_list",
            portal.compiler,
            resource_id=honoured[1],
        )
        assert told["decision"]["way"] == "correct"

    def test_without_its_token_is_refused(self, app, portal, honoured):
        compiler = Visitor(app, portal.compiler)
        url = f"{self.check_of(honoured)}/decide/0"
        answer = compiler.client.post(url, data={"way": "correct"})
        assert answer.status_code == 400

    def test_are_not_there_for_others(self, app, portal, honoured):
        asked = ask(portal, honoured[1])
        for user in (portal.outsider, portal.researcher):
            visitor = Visitor(app, user)
            for url in (
                f"/exceptions/{asked['id']}",
                f"{self.check_of(honoured)}/ask/0",
            ):
                assert visitor.get(url).status_code == 404
        stranger = Visitor(app)
        assert stranger.get(f"/exceptions/{asked['id']}").status_code == 404
        assert stranger.get("/standing-rule").status_code == 302

    def test_no_value_in_full(self, app, portal, honoured):
        asked = ask(portal, honoured[1])
        names = [line.split(",")[2] for line in honours().splitlines()[1:]]
        officer = Visitor(app, portal.security_officer)
        for url in (f"/exceptions/{asked['id']}", "/exceptions", "/desk"):
            page = officer.text(url)
            assert not [name for name in names if len(name) > 2 and name in page]

    def test_the_coordinator_approves_and_ends_the_rule(self, app, portal):
        coordinator = Visitor(app, portal.coordinator)
        assert "/standing-rule" in coordinator.text("/desk")
        url = "/standing-rule/"
        answer = coordinator.post(url, {"basis": "", "until": "2027-01-01"})
        assert answer.status_code == 422
        assert "2027-01-01" in words(answer)
        assert coordinator.post(url, {"basis": "沪教委〔2026〕1号"}).status_code == 302
        text = Visitor(app, portal.reviewer).text(url)
        assert "沪教委〔2026〕1号" in text
        assert "/standing-rule/end" not in text
        answer = coordinator.post("/standing-rule/end", page=url)
        assert answer.status_code == 302
        assert "/standing-rule/end" not in coordinator.text(url)
