"""Schools that join by choice (Art. 44) work as any other unit."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests import factories

from tests.conftest import give, make_unit


@pytest.mark.article(44)
def test_a_school_that_joins_by_choice(portal: Any) -> None:
    joined = make_unit("zwhz", "示例中外合作学校", "voluntary", portal.commission["id"])
    clerk = factories.User(name="clerk")
    give(clerk, "compiler", joined)
    entry = portal.entry(clerk, title="专业设置", owner_org=joined["id"])
    portal.work()
    state = portal.act("edudata_entry_show", clerk, id=entry["id"])["state"]
    assert state == "draft"
    tree = portal.act("edudata_unit_tree", None)
    assert [u["kind"] for u in tree if u["id"] == joined["id"]] == ["voluntary"]


@pytest.mark.article(15, 17, 21)
def test_each_resource_tells_whose_it_is_and_where_it_stands(
    app: Any, portal: Any
) -> None:
    entry = portal.entry(
        title="各校班级数", contact_office="数据管理科", contact_phone="021-64000000"
    )
    portal.upload(
        entry, "各校班级数.csv", "学校名称,班级数\n示例第一小学,20\n".encode()
    )
    released = portal.released(entry)
    shown = portal.act("package_show", None, id=released["dataset_id"])
    assert shown["organization"]["title"] == portal.bureau["title"]
    page = app.get(f"/dataset/{released['dataset_name']}").text
    for words in (portal.bureau["title"], "数据管理科", "021-64000000"):
        assert words in page
