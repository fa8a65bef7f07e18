"""Stopping the opening from the page of the entry."""

from __future__ import annotations

import pytest

from tests.visitors import Visitor, words

LIST = "序号,学校名称,学校标识码,主管部门\n1,甲大学,4131010001,市教委\n"


@pytest.fixture
def released(portal):
    entry = portal.entry()
    portal.upload(entry, "高校名单.csv", LIST.encode())
    return {**entry, **portal.released(entry)}


def test_needs_a_reason_and_keeps_the_page(app, portal, released):
    reviewer = Visitor(app, portal.reviewer)
    url = f"/entry/{released['name']}/stop"
    answer = reviewer.post(url, {"reason": ""})
    assert answer.status_code == 422
    assert "edw-summary" in words(answer)
    assert reviewer.post(url, {"reason": "来源数据有误，正在核实"}).status_code == 302
    page = Visitor(app).text(f"/dataset/{released['dataset_name']}")
    assert "来源数据有误，正在核实" in page
    assert "甲大学" not in page


def test_is_for_those_who_may(app, portal, released):
    url = f"/entry/{released['name']}/stop"
    assert Visitor(app, portal.compiler).get(url).status_code == 403
    assert Visitor(app, portal.outsider).get(url).status_code == 404
    assert Visitor(app).get(url).status_code == 404


def test_without_its_token_is_refused(app, portal, released):
    reviewer = Visitor(app, portal.reviewer)
    url = f"/entry/{released['name']}/stop"
    assert reviewer.client.post(url, data={"reason": "伪造"}).status_code == 400
    opened = portal.act("edudata_opened_list", portal.reviewer, id=released["id"])
    assert opened[0]["state"] == "live"
