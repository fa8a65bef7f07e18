"""Applications of the demonstration: one with a grant, one waiting for review."""

from __future__ import annotations

import datetime
from typing import Any

from ckanext.edudata.demo.acting import act, done, note, tell

APPLICANT, REVIEWER, TECHNICIAN = "researcher", "district-reviewer", "technician"
DATASET = "wunianji-xueye"

FORM: dict[str, Any] = {
    "scenario": "在本人的计算机上统计分析，成果以汇总数字发表。",
    "security": "数据加密保存，仅本人使用，用完即删，不尝试识别个人。",
    "way": "interface",
    "agreed": True,
    "agreed_name": "演示申请人",
}
PROFILE = {
    "kind": "natural",
    "name": "演示申请人",
    "telephone": "021-00000000",
    "mail": "researcher@example.com",
}


def apply() -> None:
    """Make and decide what is missing of the two applications."""
    if done("applications"):
        return
    act("edudata_applicant_update", APPLICANT, **PROFILE)
    dataset = act("package_show", APPLICANT, id=DATASET)
    resource = next(r for r in dataset["resources"] if r["kind"] == "conditional")
    columns = [item["name"] for item in resource["information_items"]]
    until = datetime.date.today() + datetime.timedelta(days=180)
    scores = [name for name in columns if name in ("语文", "数学")] or columns[:2]
    first = _application(
        resource["id"],
        purpose="研究小学高年级语文与数学成绩的关系。",
        fields=scores,
        until=until.isoformat(),
    )
    _granted(first)
    _application(
        resource["id"],
        purpose="研究班级之间英语成绩的差异。",
        fields=[name for name in columns if name in ("班级", "英语")] or columns[-2:],
        until=until.isoformat(),
    )
    note("applications")
    tell("申请：一件已获批可读取，一件待受理", "applications: one granted, one waiting")


def _application(resource_id: str, **form: Any) -> dict[str, Any]:
    """The applicant's application for this purpose, submitted."""
    listed = act("edudata_request_list", APPLICANT, resource_id=resource_id)
    for brief in listed["results"]:
        found = act("edudata_request_show", APPLICANT, id=brief["id"])
        if found["form"].get("purpose") == form["purpose"]:
            break
    else:
        found = act(
            "edudata_request_create", APPLICANT, resource_id=resource_id, **FORM, **form
        )
    if found["state"] == "draft":
        found = act("edudata_request_submit", APPLICANT, id=found["id"])
    return found


def _granted(request: dict[str, Any]) -> None:
    """From where the application is to a grant."""
    way = {
        "submitted": ("edudata_request_accept", REVIEWER),
        "in_review": ("edudata_request_approve", REVIEWER),
        "approved": ("edudata_request_provision", TECHNICIAN),
    }
    state = request["state"]
    while state in way:
        action, person = way[state]
        state = act(action, person, id=request["id"])["state"]
