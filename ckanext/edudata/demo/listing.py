"""Catalogs, open lists, a template and demands of the demonstration."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from ckanext.edudata.demo.acting import act, done, note, tell
from ckanext.edudata.demo.living import find

OFFICE, LEVEL, DISTRICT = "shjw-gaojiao", "shjw", "xuhui"
LISTS = (("reviewer", OFFICE), ("district-reviewer", DISTRICT))
SCHOOLS = "徐汇区中小学名录（示例）"
NEEDED = ("universities", "schools")
TEMPLATE = "每所学校都应编目的数据资源（演示）"


def listed() -> None:
    """What is missing of them is made; each once, whatever people change since."""
    for key, step in _STEPS.items():
        if not done(key) and all(map(done, NEEDED)):
            step()
            note(key)


def _open_lists() -> None:
    for person, unit in LISTS:
        found = act("edudata_open_list_publish", person, unit=unit)
        tell(
            f"开放清单：第 {found['number']} 版，{found['lines']} 项（{person}）",
            f"open list published: /open-list/{unit}",
        )


def _catalog() -> None:
    """From the department to the level's catalog, with the leader's consent."""
    part = act("edudata_catalog_prepare", "compiler", unit_id=OFFICE)
    act("edudata_catalog_submit", "reviewer", id=part["id"])
    level = act("edudata_catalog_consolidate", "coordinator", unit_id=LEVEL)
    act("edudata_catalog_ask_consent", "coordinator", id=level["id"])
    act("edudata_catalog_consent", "leader", id=level["id"], words="同意发布。")
    act("edudata_catalog_publish", "technician", id=level["id"])
    tell(
        f"数据资源目录：{level['number']}，经单位领导同意后发布",
        f"catalog published with the leader's consent: /catalogs/{LEVEL}",
    )


def _template() -> None:
    """A district's template, waiting for its schools to confirm."""
    entry = find(SCHOOLS, DISTRICT)
    made = act(
        "edudata_template_create",
        "district-compiler",
        unit_id=DISTRICT,
        title=TEMPLATE,
        entries=[entry["id"]] if entry else [],
        no_state_secret="true",  # noqa: S106
    )
    sent = act(
        "edudata_template_send",
        "district-compiler",
        id=made["id"],
        kinds=["school", "kindergarten"],
    )
    tell(
        f"目录模板：已发给 {sent['sent']} 所学校，待其确认",
        f"a template waits for {sent['sent']} schools to confirm",
    )


def _demands() -> None:
    """One that waits, and one that was answered with a date."""
    act(
        "edudata_demand_create",
        "stranger",
        unit=DISTRICT,
        title="各小学课后服务项目",
        purpose="比较各校课后服务的内容和时间，方便家长选择。",
    )
    asked = act(
        "edudata_demand_create",
        "researcher",
        unit=DISTRICT,
        title="各幼儿园建筑面积与活动场地面积",
        purpose="研究学前教育的办园条件。",
    )
    day = datetime.date.today() + datetime.timedelta(days=90)
    act(
        "edudata_demand_answer",
        "district-reviewer",
        id=asked["id"],
        answer="planned",
        opening_class="unconditional",
        planned_date=day.isoformat(),
        words="已列入今年的开放计划。",
    )
    tell("数据需求：一条待答复，一条已答复", "demands: one waiting, one answered")


_STEPS: dict[str, Callable[[], None]] = {
    "open_lists": _open_lists,
    "catalog": _catalog,
    "template": _template,
    "demands": _demands,
}
