"""An incident from its first sign to its report; plans and drills (Art. 35)."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import json
import zipfile
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.operations import incident_rules as rules
from ckanext.edudata.operations.model_incidents import IncidentPlan, IncidentStep
from tests.conftest import give
from tests.delivery import conditional

pytestmark = pytest.mark.article(35)


def earlier(**ago: float) -> str:
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**ago)
    return moment.isoformat()


def opened(portal: Any, user: Any, **data: Any) -> Any:
    return portal.act(
        "edudata_incident_open",
        user,
        **{
            "unit_id": portal.bureau["id"],
            "kind": "leak",
            "level": "considerable",
            "first_sign_at": earlier(hours=6),
            "found_at": earlier(hours=5),
            "words": "日志显示夜间有大量读取。",
            "personal": True,
            "people": 120,
            **data,
        },
    )


class TestRules:
    @given(
        st.sampled_from(list(rules.LEVELS)),
        st.booleans(),
        st.sets(st.sampled_from(list(rules.NOTED))),
        st.booleans(),
    )
    def test_never_closed_with_something_missing(
        self, level: str, personal: bool, noted: set[str], frozen: bool
    ) -> None:
        lacking = rules.missing(level, {"personal": personal}, noted, frozen)
        assert set(lacking) <= set(rules.MISSING)
        if not lacking:
            assert {"measure", "cause", "lesson"} <= noted
            assert not frozen
            assert not personal or noted & {"persons_told", "persons_not_told"}
            grave = level != "general"
            assert noted & set(rules.REPORTS) or (not grave and "no_report" in noted)

    @given(st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)))
    def test_a_drill_is_due_a_year_later(self, last: datetime.date) -> None:
        due = rules.drill_due(last, 12, last)
        assert (due.year, due.month) == (last.year + 1, last.month)
        assert due.day == last.day or (last.month, last.day, due.day) == (2, 29, 28)


class TestLife:
    def test_from_the_first_sign_to_the_report(
        self, portal: Any, with_request_context: Any
    ) -> None:
        data = conditional.released(portal)
        conditional.granted(portal, data)
        give(portal.second_reviewer, "leader", portal.bureau)
        officer, leader = portal.security_officer, portal.second_reviewer
        # Whoever works there says so; to read and handle it is for others.
        made = opened(portal, portal.compiler, datasets=[data.name])
        assert set(made) == {"id", "number"}
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_incident_show", portal.compiler, id=made["id"])
        with pytest.raises(tk.NotAuthorized):
            opened(portal, portal.outsider)
        shown = portal.act("edudata_incident_show", officer, id=made["id"])
        assert shown["late"], "five hours without a report where four are allowed"
        assert shown["steps"][0]["words"] == "日志显示夜间有大量读取。"

        def note(kind: str, words: str, **more: Any) -> Any:
            more["id"] = made["id"]
            return portal.act(
                "edudata_incident_note", officer, kind=kind, words=words, **more
            )

        with pytest.raises(tk.ValidationError, match=r"first sign|最初迹象"):
            note("measure", "关闭接口。", at=earlier(days=2))
        with pytest.raises(tk.ValidationError, match=r"personal data|个人信息"):
            note("finding", "泄露者电话 13812345678，身份证 310101199003074258。")
        portal.act(
            "edudata_incident_freeze",
            officer,
            dataset_id=data.id,
            incident_id=made["id"],
        )
        note("measure", "冻结数据集，停用令牌。", at=earlier(hours=4))
        assert not note("report_authority", "已电话报告。")["late"]
        note("cause", "接口配置错误，由技术管理岗负责。")

        def move(command: str) -> Any:
            return portal.act(
                "edudata_incident_move",
                leader,
                id=made["id"],
                command=command,
                words="已处置。",
            )

        with pytest.raises(tk.ValidationError):
            move("close")
        move("contain")
        with pytest.raises(tk.ValidationError) as refused:
            move("close")
        said = refused.value.error_dict["command"]
        assert len(said) == 3, "people concerned, lessons, and what is frozen"
        note("persons_told", "已短信通知所涉学校。")
        note("lesson", "上线前双人复核。")
        portal.act("edudata_incident_lift", leader, dataset_id=data.id, outcome="open")
        assert move("close")["state"] == "closed"
        with pytest.raises(tk.ValidationError):
            note("comment", "补记。")
        self.taken_out(portal, officer, made["id"])
        self.unchangeable(made["id"])

    def taken_out(self, portal: Any, officer: Any, incident_id: str) -> None:
        found = portal.act("edudata_incident_export", officer, id=incident_id)
        content = base64.b64decode(found["content"])
        assert hashlib.sha256(content).hexdigest() == found["sha256"]
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for line in archive.read("SHA256SUMS").decode().splitlines():
                digest, name = line.split("  ")
                assert hashlib.sha256(archive.read(name)).hexdigest() == digest
            assert "上线前双人复核。" in archive.read("report.html").decode()
            lines = archive.read("audit.jsonl").decode().splitlines()
            trail = [
                json.loads(json.loads(line)["record"])
                for line in lines
                if json.loads(line)["type"] == "record"
            ]
        actions = {record["action"] for record in trail}
        assert {"incident_sign", "incident_freeze", "incident_close"} <= actions
        # Nothing on the trail beside ids, codes and numbers.
        assert "双人" not in json.dumps(trail, ensure_ascii=False)
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_incident_export", portal.compiler, id=incident_id)

    def unchangeable(self, incident_id: str) -> None:
        for statement in (
            sa.update(IncidentStep).values(words=""),
            sa.delete(IncidentStep).where(IncidentStep.incident_id == incident_id),
        ):
            with pytest.raises(Exception, match="edudata_incident_step"):
                model.Session.execute(statement)
            model.Session.rollback()


class TestPlans:
    def test_a_plan_is_drilled_and_what_it_showed_is_mended(self, portal: Any) -> None:
        officer, unit = portal.security_officer, portal.bureau["id"]
        today = datetime.date.today()
        drill = {
            "unit_id": unit,
            "held_on": today.isoformat(),
            "scenario": "条件开放数据疑似外泄。",
            "people": 6,
            "result": "二十分钟内完成冻结。",
            "to_mend": "值班电话未更新。",
        }
        with pytest.raises(tk.ValidationError, match=r"plan|预案"):
            portal.act("edudata_incident_drill_note", officer, **drill)
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "edudata_incident_plan_publish",
                portal.compiler,
                unit_id=unit,
                words="先冻结，后核查。",
            )
        for words in ("先冻结，后核查。", "先冻结，后核查，再报告。"):
            found = portal.act(
                "edudata_incident_plan_publish", officer, unit_id=unit, words=words
            )
        assert (found["plan"]["version"], found["late"]) == (2, True)
        found = portal.act("edudata_incident_drill_note", officer, **drill)
        assert found["late"] is False
        drilled = found["drills"][0]
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_incident_drill_mend", portal.outsider, id=drilled["id"])
        found = portal.act("edudata_incident_drill_mend", officer, id=drilled["id"])
        assert found["drills"][0]["mended_at"]
        with pytest.raises(Exception, match="edudata_incident_plan"):
            model.Session.execute(sa.update(IncidentPlan).values(words=""))
        model.Session.rollback()
        query = sa.select(AuditRecord.action).where(
            AuditRecord.action.like("incident_%")
        )
        assert list(model.Session.scalars(query.order_by(AuditRecord.at))) == [
            *("incident_plan", "incident_plan", "incident_drill"),
            "incident_drill_mend",
        ]
