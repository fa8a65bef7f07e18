"""A unit with one entry of each kind that an open list knows, and what stays inside."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.edudata.catalog import content
from ckanext.edudata.catalog.model import EntryVersion
from ckanext.edudata.opening.model_open_list import OpenListLine
from tests.conftest import give

TABLE = "学校名称,学校标识码,主管部门\n" + "".join(
    f"上海市第{n}实验小学,21310100{n:02},区教育局\n" for n in range(1, 13)
)
#: Words that must be nowhere in public.
CANARIES = (
    "金丝雀草稿",
    "金丝雀未勾选",
    "金丝雀摘要",
    "金丝雀关键词",
    "金丝雀依据",
    "金丝雀已撤勾选",
    "金丝雀未审核",
    "金丝雀未列计划",
    "金丝雀共享理由",
)


class Lists(SimpleNamespace):
    """`portal`, the released datasets, and what is done with open lists."""

    def __repr__(self) -> str:
        return "Lists()"

    def entry(self, title: str, **data: Any) -> dict[str, Any]:
        entry = self.portal.entry(title=title, **data)
        self.portal.upload(entry, "数据.csv", TABLE.encode())
        return entry

    def publish(self, user: Any = None, unit: str = "xh", **data: Any) -> Any:
        act = self.portal.act
        user = user or self.portal.reviewer
        return act("edudata_open_list_publish", user, unit=unit, **data)

    def show(self, unit: str = "xh", **data: Any) -> dict[str, Any]:
        return self.portal.act("edudata_open_list_show", None, unit=unit, **data)

    def draft(self, unit: str = "xh") -> dict[str, Any]:
        reviewer = self.portal.reviewer
        return self.portal.act("edudata_open_list_draft", reviewer, unit=unit)

    def stop(self, name: str, reason: str = "名录有误，更正中。") -> None:
        self.portal.act("edudata_stop", self.portal.reviewer, id=name, reason=reason)

    @staticmethod
    def settle() -> int:
        return tk.get_action("edudata_open_list_settle")({"ignore_auth": True}, {})

    @staticmethod
    def lines() -> list[OpenListLine]:
        return model.Session.query(OpenListLine).all()


def approve(portal: Any, title: str, unit: Any = None, **data: Any) -> dict[str, Any]:
    """An entry without files, approved as its own version says, at once.

    What is read from the database is what a review leaves there; the review itself is
    not what these tests are about.
    """
    entry = tk.get_action("package_create")(
        {"ignore_auth": True, "user": portal.compiler["name"]},
        {
            "type": "entry",
            "title": "数据资源",
            "notes": "说明。",
            "owner_org": (unit or portal.bureau)["id"],
            "subject_database": "school",
            "update_cycle": "annual",
            "opening_class": "unconditional",
            "sharing_class": "unconditional",
            "data_class": "management",
            "data_grade": "general",
            "no_state_secret": "true",
            **data,
        },
    )
    words = {**content.of_entry(entry, {}), "title": title}
    model.Session.add(
        EntryVersion(
            entry_id=entry["id"],
            number=1,
            state="approved",
            digest=content.digest(words),
            content=words,
            compilers=[portal.compiler["id"]],
        )
    )
    model.Session.commit()
    return entry


PLANNED = {"opening_plan_date": "2027-03-01", "open_list_publishable": "true"}
CLOSED = {
    "opening_class": "not_open",
    "opening_ground": "privacy",
    "open_list_publishable": "true",
}


@pytest.fixture
def quick(portal: Any) -> Lists:
    """The portal, with a coordinator of the bureau; nothing is entered yet."""
    give(portal.coordinator, "coordinator", portal.bureau)
    return Lists(portal=portal)


@pytest.fixture
def lists(portal: Any) -> Lists:
    """Released: one of each class. Approved: planned, closed, and not to be named."""
    made = Lists(portal=portal)
    give(portal.coordinator, "coordinator", portal.bureau)
    free = made.entry("徐汇区小学名录", school_stage="primary", district="310104")
    portal.released(free, name="xuhui-xiaoxue")
    conditional = made.entry(
        "学位供给月度数据",
        notes="按月统计。",
        opening_class="conditional",
        opening_ground="timeliness",
        opening_condition="仅限教育研究使用。",
    )
    portal.released(conditional, name="xuewei")
    planned = made.entry(
        "幼儿园名录",
        notes="金丝雀摘要。",
        keywords="金丝雀关键词",
        sharing_class="authorized",
        sharing_reason="金丝雀共享理由",
        sharing_basis="金丝雀依据",
        opening_plan_date="2027-03-01",
        open_list_publishable="true",
    )
    portal.approved(planned)
    closed = made.entry(
        "学生体质健康明细",
        notes="金丝雀摘要。",
        opening_class="not_open",
        opening_ground="privacy",
        open_list_publishable="true",
        open_list_reason="含学生个人健康信息。",
    )
    portal.approved(closed)
    portal.approved(
        made.entry("金丝雀未勾选", opening_class="not_open", opening_ground="privacy")
    )
    portal.approved(made.entry("金丝雀未列计划", opening_plan_date="2027-04-01"))
    unmarked = made.entry(
        "金丝雀已撤勾选",
        opening_class="not_open",
        opening_ground="privacy",
        open_list_publishable="true",
    )
    portal.approved(unmarked)
    portal.act(
        "package_patch",
        portal.compiler,
        id=unmarked["id"],
        open_list_publishable="",
    )
    made.entry(
        "金丝雀草稿", opening_plan_date="2027-05-01", open_list_publishable="true"
    )
    submitted = made.entry(
        "金丝雀未审核",
        opening_class="not_open",
        opening_ground="privacy",
        open_list_publishable="true",
    )
    portal.work()
    portal.act("edudata_entry_submit", portal.compiler, id=submitted["id"])
    made.entries = {
        "free": free,
        "conditional": conditional,
        "planned": planned,
        "closed": closed,
    }
    return made
