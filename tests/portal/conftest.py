"""An open portal: a list in two versions, conditional data, a dataset that stopped."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ckan import model
from ckan.tests import factories

LIST = "学校名称,学校标识码,主管部门\n" + "".join(
    f"上海市第{n}实验小学,21310100{n:02},区教育局\n" for n in range(1, 26)
)
PLACES = "月份,街道,学位供给数\n" + "".join(
    f"2025-{n:02},徐家汇街道,{1000 + n}\n" for n in range(1, 13)
)


class Opened(SimpleNamespace):
    """`portal`, the datasets, and pages as people see them."""

    def __repr__(self) -> str:
        return "Opened()"

    def page(self, app: Any, url: str, user: dict[str, Any] | None = None, **kw: Any):
        headers = {}
        if user:
            if user["id"] not in self.tokens:
                made = factories.APIToken(user=user["id"], name="测试令牌")
                self.tokens[user["id"]] = made["token"]
            headers["Authorization"] = self.tokens[user["id"]]
        return app.get(url, headers=headers, **kw)


_made: dict[str, Opened] = {}


@pytest.fixture
def opened(with_plugins: Any, request: pytest.FixtureRequest) -> Opened:
    """Made once: the tests of this room read it and change nothing."""
    dataset = model.Package.get("xuewei")
    made = _made.get("opened")
    if made is None or dataset is None or dataset.id != made.conditional:
        made = _made["opened"] = _open(request.getfixturevalue("portal"))
    return made


def _open(portal: Any) -> Opened:
    entry = portal.entry(
        title="徐汇区小学名录", school_stage="primary", district="310104"
    )
    file = portal.upload(entry, "小学名录.csv", LIST.encode("gb18030"))
    portal.released(entry, name="xuhui-xiaoxue")
    items = [
        {"name": "学校标识码", "label": "十位标识码", "type": "text"},
        {"name": "学校名称", "description": "经批准的全称", "type": "text"},
    ]
    portal.act(
        "resource_patch", portal.compiler, id=file["id"], information_items=items
    )
    portal.released(entry)
    conditional = portal.entry(
        title="学位供给月度数据",
        subject_database="student",
        opening_class="conditional",
        opening_ground="timeliness",
        opening_condition="仅限教育研究使用。",
    )
    portal.upload(conditional, "学位供给.csv", PLACES.encode())
    released = portal.released(conditional, name="xuewei")
    gone = portal.entry(title="幼儿园名录")
    portal.upload(gone, "名录.csv", LIST.replace("小学", "幼儿园").encode())
    portal.released(gone, name="youeryuan")
    portal.act(
        "edudata_stop", portal.reviewer, id="youeryuan", reason="名录有误，更正中。"
    )
    closed = portal.entry(title="内部工作底稿", notes="尚未审核的底稿。")
    portal.upload(closed, "底稿.csv", "代码,内容\n1,底稿内容甲\n".encode())
    portal.work()
    return Opened(
        portal=portal, closed=closed, conditional=released["dataset_id"], tokens={}
    )
