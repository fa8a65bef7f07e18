"""One dataset through its whole life, by the API."""

from __future__ import annotations

import pytest

LIST = "序号,学校名称,学校标识码,主管部门\n1,甲大学,4131010001,市教委\n2,乙大学,4131010002,教育部\n"


@pytest.mark.article(27, 28)
def test_a_list_is_released_and_read_by_anyone(portal):
    entry = portal.entry()
    portal.upload(entry, "高校名单.csv", LIST.encode("gb18030"))
    released = portal.released(entry)
    dataset = portal.act("package_show", None, id=released["dataset_id"])
    resource = dataset["resources"][0]
    found = portal.act("datastore_search", None, resource_id=resource["id"])
    assert found["records"][0]["学校标识码"] == "4131010001"
