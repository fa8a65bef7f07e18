"""Catalogs, open lists, a template and demands of the demonstration."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import xlsxwriter

from ckanext.edudata.demo.acting import act, done, note, tell, upload

OFFICE, LEVEL, DISTRICT = "shjw-gaojiao", "shjw", "xuhui"
LISTS = (
    ("reviewer", OFFICE),
    ("reviewer", "shjw-xinxi"),
    ("district-reviewer", DISTRICT),
    ("district-reviewer", "wutong-xiaoxue"),
)
NEEDED = ("universities", "schools", "stages", "roster")
TEMPLATE = "每所学校都应编目的数据资源（演示）"
ROWS = (
    ("校历", "本学年的开学、考试和放假安排。", "每年"),
    ("课后服务项目", "课后服务的项目、年级和时间。", "每半年"),
    ("食堂每周食谱", "食堂每周供应的菜品和营养成分。", "每周"),
    ("体育场地开放时段", "向社区开放的体育场地和时段。", "每季度"),
)
SAID = {
    "subject_database": "学校",
    "opening_class": "无条件开放",
    "sharing_class": "无条件共享",
    "data_class": "教育管理",
    "data_grade": "一般数据",
}


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
    made = act(
        "edudata_template_create",
        "district-compiler",
        unit_id=DISTRICT,
        title=TEMPLATE,
        upload=upload(_workbook(), "目录模板.xlsx"),
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


def _workbook() -> bytes:
    """The rows as a district types them; schools' names come before the titles."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("数据资源")
        head = ["number", "title", "notes", "update_cycle", *SAID]
        sheet.write_row(0, 0, head)
        for number, (title, notes, cycle) in enumerate(ROWS, 1):
            row = [str(number), title, notes, cycle, *SAID.values()]
            sheet.write_row(number, 0, row)
    return target.getvalue()


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
