"""A district's template: made once; each school confirms, corrects or has it not."""

from __future__ import annotations

import io
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

from tests.catalog.test_imports import HEAD, line, made
from tests.conftest import give, make_unit

pytestmark = pytest.mark.article(16)


def workbook(rows: list[list[str]]) -> FileStorage:
    head = ["number", *(h for h in HEAD if h != "数据归属单位")]
    place = HEAD.index("数据归属单位")
    body = [[str(n), *row[:place], *row[place + 1 :]] for n, row in enumerate(rows, 1)]
    items = [["resource_number", "name", "label", "type"], ["1", "xm", "项目", "文本"]]
    return FileStorage(io.BytesIO(made([head, *body], items)), "模板.xlsx", "upload")


@pytest.fixture
def district(portal: Any) -> Any:
    portal.schools = [
        make_unit(f"xx{n}", f"示例第{n}小学", "school", portal.bureau["id"])
        for n in (1, 2)
    ]
    portal.clerk = factories.User(name="clerk")
    give(portal.clerk, "compiler", portal.schools[0])
    portal.template = portal.act(
        "edudata_template_create",
        portal.compiler,
        unit_id=portal.bureau["id"],
        title="小学通用目录",
        upload=workbook([line("课程表"), line("食谱"), line("校车线路")]),
        no_state_secret="true",
    )
    return portal


def seen(portal: Any, user: Any = None, school: int = 0) -> Any:
    return portal.act(
        "edudata_template_show",
        user or portal.clerk,
        id=portal.template["id"],
        unit_id=portal.schools[school]["id"],
    )


def answered(portal: Any, answer: str, **data: Any) -> Any:
    return portal.act(
        "edudata_template_answer",
        portal.clerk,
        id=portal.template["id"],
        unit_id=portal.schools[0]["id"],
        answer=answer,
        no_state_secret="true",
        **data,
    )


def test_from_the_district_to_the_schools_and_back(district: Any) -> None:
    portal = district
    template = portal.template
    with pytest.raises(tk.ObjectNotFound):
        seen(portal)
    sent = portal.act(
        "edudata_template_send", portal.compiler, id=template["id"], kinds=["school"]
    )
    assert sent["sent"] == 3
    notices = portal.act("edudata_notice_list", portal.clerk)["results"]
    assert [n["kind"] for n in notices] == ["template_sent"]
    rows = seen(portal)["rows"]
    assert [row["title"] for row in rows] == [
        "示例第1小学课程表",
        "示例第1小学食谱",
        "示例第1小学校车线路",
    ]
    first = answered(portal, "confirm", rows=[rows[0]["id"]])
    assert first["done"] == 1
    with pytest.raises(tk.ValidationError):
        answered(portal, "none", rows=[rows[2]["id"]])
    answered(portal, "none", rows=[rows[2]["id"]], reason="本校没有校车")
    typed = {"title": "食堂每周食谱", "id": portal.bureau["id"], "private": "false"}
    typed |= {"state": "deleted", "owner_org": portal.bureau["id"], "name": "mine"}
    fixed = answered(portal, "correct", rows=[rows[1]["id"]], values=typed)
    entry = portal.act("package_show", portal.clerk, id=fixed["entries"][0])
    assert (entry["private"], entry["state"]) == (True, "active")
    assert entry["name"].startswith("entry-")
    assert entry["title"] == "食堂每周食谱"
    assert entry["owner_org"] == portal.schools[0]["id"]
    confirmed = portal.act("package_show", portal.clerk, id=first["entries"][0])
    assert confirmed["resources"][0]["information_items"][0]["name"] == "xm"
    assert confirmed["resource_code"]
    counts = seen(portal)["counts"]
    assert (counts["waiting"], counts["confirmed"], counts["none"]) == (0, 1, 1)
    progress = portal.act(
        "edudata_template_progress", portal.compiler, id=template["id"]
    )
    assert [u["counts"]["waiting"] for u in progress] == [3, 3, 0]
    assert (
        portal.act("edudata_template_remind", portal.compiler, id=template["id"]) == 2
    )
    with pytest.raises(tk.ObjectNotFound):
        portal.act("edudata_template_progress", portal.clerk, id=template["id"])
    with pytest.raises(tk.ObjectNotFound):
        seen(portal, school=1)


def test_a_changed_template_shows_what_changed(district: Any) -> None:
    portal = district
    template = portal.template
    portal.act(
        "edudata_template_send",
        portal.compiler,
        id=template["id"],
        units=[portal.schools[0]["name"]],
    )
    made_ = answered(portal, "confirm")
    assert (made_["done"], made_["refused"]) == (3, {})
    head = ["id", "名称", "摘要", "主题数据库", "更新周期", "开放类型", "共享类型"]
    head += ["数据分类", "数据级别"]
    row = template["rows"][0]
    cells = ["课程表", "新的摘要。", "学校", "每月", "无条件开放", "无条件共享"]
    change = made([head, [row["id"], *cells, "教育管理", "一般数据"]])
    portal.act(
        "edudata_template_update",
        portal.compiler,
        id=template["id"],
        upload=FileStorage(io.BytesIO(change), "x.xlsx", "upload"),
        no_state_secret="true",
    )
    found = seen(portal)
    later = [row for row in found["rows"] if row["later"]]
    assert len(later) == 1
    assert ("每年", "每月") in [(c["old"], c["new"]) for c in later[0]["changes"]]
    answered(portal, "confirm", rows=[later[0]["id"]])
    entry = portal.act("package_show", portal.clerk, id=later[0]["entry_id"])
    assert entry["update_cycle"] == "monthly"
    assert not any(row["later"] for row in seen(portal)["rows"])


def test_what_was_made_from_it_is_reviewed_together(district: Any) -> None:
    """Described only, with items of a file to come: planned, so it can be reviewed."""
    portal = district
    portal.act(
        "edudata_template_send",
        portal.compiler,
        id=portal.template["id"],
        kinds=["school"],
    )
    rows = [row["id"] for row in seen(portal)["rows"]]
    made_of = answered(portal, "confirm", rows=rows)["entries"]
    other = portal.entry(title="区级统计")
    portal.work()
    with pytest.raises(tk.ValidationError) as error:
        portal.act("edudata_entry_submit", portal.clerk, id=made_of[0])
    assert list(error.value.error_dict) == ["resources"]
    for entry_id in made_of:
        portal.act(
            "package_patch",
            portal.clerk,
            id=entry_id,
            opening_plan_date="2027-09-01",
        )
    portal.work()
    for entry_id in made_of:
        portal.act("edudata_entry_submit", portal.clerk, id=entry_id)
    listed = portal.act(
        "edudata_entry_list",
        portal.reviewer,
        state="submitted",
        template_id=portal.template["id"],
    )
    assert {entry["id"] for entry in listed} == set(made_of)
    assert other["id"] not in {entry["id"] for entry in listed}
    for entry_id in made_of:
        shown = portal.act("edudata_entry_show", portal.reviewer, id=entry_id)
        assert "approve" in shown["commands"]
