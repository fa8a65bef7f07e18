"""Mixed lives of data, each of which can be taken up again where it was broken off.

What a person does when nothing answered: look, and go on with what is not there yet.
`act(action, who, **data)` is a call of the API by one of `compiler`, `reviewer` and
`researcher`; `upload` is `(file name, bytes)`; `look` gives the id of a title's entry.
"""

from __future__ import annotations

import datetime
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Act = Callable[..., Any]
#: Called at the beginning of each step, and with `got` for each delivery.
At = Callable[[str], None]

OPEN = ("describe", "upload", "check", "submit", "approve", "release")
STEPS = {
    "open": OPEN,
    "conditional": (*OPEN, "apply", "accept", "grant", "read"),
    "import": ("bring", "look", "confirm", "write"),
}
PROFILE = {
    "kind": "natural",
    "name": "示例申请人",
    "telephone": "021-00000000",
    "mail": "applicant@example.com",
}
HEAD = ["名称", "摘要", "数据归属单位", "主题数据库", "更新周期", "开放类型"]
HEAD += ["共享类型", "数据分类", "数据级别", "关键词"]


@dataclass
class Life:
    """One life, and what was answered of it: only an answer counts as a promise."""

    number: int
    kind: str
    unit: str
    unit_title: str
    answered: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"life-{self.number}"

    @property
    def title(self) -> str:
        return f"故障第{self.number}号学校名单"

    def rows(self) -> int:
        return random.Random(self.number).randint(20, 60)

    def content(self) -> bytes:
        rng = random.Random(self.number)
        lines = ["school,grade,pupils"]
        lines += [
            f"示例{rng.choice('一二三')}中,{rng.randint(1, 9)}年级,"
            f"{rng.randint(20, 400)}"
            for _ in range(self.rows())
        ]
        return "\n".join([*lines, ""]).encode()

    def described(self) -> dict[str, Any]:
        found = {
            "type": "entry",
            "title": self.title,
            "notes": "各校各年级人数。",
            "owner_org": self.unit,
            "subject_database": "school",
            "update_cycle": "annual",
            "opening_class": "unconditional",
            "sharing_class": "unconditional",
            "data_class": "management",
            "data_grade": "general",
            "no_state_secret": "true",
        }
        if self.kind == "conditional":
            found |= {
                "opening_class": "conditional",
                "opening_ground": "continuous",
                "opening_condition": "仅限教育研究。",
            }
        return found

    def form(self) -> dict[str, Any]:
        until = datetime.date.today() + datetime.timedelta(days=60)
        return {
            "purpose": "研究年级规模与学校类型的关系。",
            "scenario": "统计分析，不发布个别数据。",
            "fields": ["school", "pupils"],
            "until": until.isoformat(),
            "security": "数据存放在加密的单机上。",
            "agreed": True,
            "agreed_name": "示例申请人",
        }

    def book(self, rows: int = 3) -> bytes:
        """A workbook of new entries."""
        import xlsxwriter

        told = ["各校目录。", self.unit_title, "学校", "每年", "无条件开放"]
        told += ["无条件共享", "教育管理", "一般数据", "学校"]
        target = io.BytesIO()
        with xlsxwriter.Workbook(target) as made:
            page = made.add_worksheet("数据资源")
            page.write_row(0, 0, HEAD)
            for row in range(rows):
                page.write_row(row + 1, 0, [f"{self.title}之{row}", *told])
        return target.getvalue()


def live(life: Life, act: Act, work: Callable[[], None], at: At) -> None:
    """Live it to its end, from wherever it stands. `work`: let the worker work."""
    if life.kind == "import":
        _import(life, act, work, at)
        return
    _open(life, act, work, at)
    if life.kind == "conditional":
        _apply(life, act, work, at)


def _open(life: Life, act: Act, work: Callable[[], None], at: At) -> None:
    at("describe")
    entry = _there(act, life.title)
    if entry is None:
        entry = act("package_create", "compiler", **life.described())
    life.answered["entry"] = entry["id"]
    at("upload")
    if not entry.get("resources"):
        act(
            "resource_create",
            "compiler",
            package_id=entry["id"],
            upload=("学校名单.csv", life.content()),
        )
    life.answered["file"] = True
    at("check")
    work()
    for step, state, who in (
        ("submit", ("submitted", "approved", "released"), "compiler"),
        ("approve", ("approved", "released"), "reviewer"),
    ):
        at(step)
        now = act("edudata_entry_show", "reviewer", id=entry["id"])
        if now["state"] not in state and not now["released"]:
            act(f"edudata_entry_{step}", who, id=entry["id"])
        life.answered[step] = True
    at("release")
    dataset = f"guzhang-xuexiao-mingdan-{life.number}"
    if not act("edudata_entry_show", "reviewer", id=entry["id"])["released"]:
        act("edudata_release", "reviewer", id=entry["id"], name=dataset)
    life.answered["release"] = dataset


def _there(act: Act, title: str) -> dict[str, Any] | None:
    """The entry of this title: looked for in the database, as the index may be away."""
    found = act("look", "compiler", title=title)
    return act("package_show", "compiler", id=found) if found else None


def _apply(life: Life, act: Act, work: Callable[[], None], at: At) -> None:
    at("apply")
    dataset = act("package_show", "researcher", id=life.answered["release"])
    resource = {r["kind"]: r["id"] for r in dataset["resources"]}["conditional"]
    mine = act("edudata_request_list", "researcher", resource_id=resource)["results"]
    found: dict[str, Any] = mine[0] if mine else {}
    if not found:
        found = act(
            "edudata_request_create", "researcher", resource_id=resource, **life.form()
        )
    if found["state"] == "draft":
        found = act("edudata_request_submit", "researcher", id=found["id"])
    life.answered["request"] = found["id"]
    at("accept")
    if found["state"] == "submitted":
        found = act("edudata_request_accept", "reviewer", id=found["id"])
    life.answered["accept"] = True
    at("grant")
    if found["state"] == "in_review":
        act("edudata_request_approve", "reviewer", id=found["id"])
    life.answered["grant"] = found["id"]
    work()
    at("read")
    for _ in range(3):
        read = act("datastore_search", "researcher", resource_id=resource, limit=5)
        assert set(read["records"][0]) - {"_id"} == {"school", "pupils"}
        at("got")


def _import(life: Life, act: Act, work: Callable[[], None], at: At) -> None:
    at("bring")
    name = f"{life.name}.xlsx"
    every = act("edudata_import_list", "compiler", limit=100)
    found = next((row for row in every if row["filename"] == name), None)
    if found is None:
        found = act(
            "edudata_import_create",
            "compiler",
            upload=(name, life.book()),
            no_state_secret="true",
        )
    life.answered["import"] = found["id"]
    at("look")
    work()
    found = act("edudata_import_show", "compiler", id=found["id"])
    at("confirm")
    if found["state"] == "checked":
        act("edudata_import_run", "compiler", id=found["id"], sha256=found["sha256"])
    life.answered["confirm"] = True
    at("write")
    work()
    found = act("edudata_import_show", "compiler", id=found["id"])
    assert found["state"] == "done", (found["state"], found["counts"])
    life.answered["written"] = True
