"""What a person is told: read, gone to, chosen; and a year of holidays entered."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.edudata.requests import jobs
from tests.delivery import conditional
from tests.requests.test_requests_clocks_job import YEAR, wait


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.article(28)
def test_told_chosen_and_entered(portal: Any, site: Any, visit: Any) -> None:
    data = conditional.released(portal)
    request = conditional.submitted(portal, data)
    portal.act(
        "edudata_request_return",
        portal.reviewer,
        id=request["id"],
        words="请写明数据保存在哪里。",
    )
    wait(conditional.submitted(portal, data, portal.stranger), 7)
    jobs.run_clocks()

    applicant = visit(portal.researcher)
    applicant.go("/notices")
    applicant.sees("退回补正")
    applicant.shot("notices")
    applicant.page.get_by_role("button", name="前往处理：您的申请已退回补正").or_(
        applicant.page.locator("main form button[type=submit]").nth(1)
    ).first.click()
    applicant.page.wait_for_url(f"**/requests/{request['id']}*")
    applicant.sees("请写明数据保存在哪里。")

    applicant.go("/notices/settings")
    applicant.choose(**{"mail-applications": "daily"})
    applicant.page.locator("main input[name=site-demands]").uncheck()
    applicant.shot("notices-settings")
    applicant.page.set_viewport_size({"width": 390, "height": 800})
    applicant.shot("notices-settings-narrow")
    wide = applicant.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "nothing sticks out on a narrow screen"
    applicant.click("保存")
    applicant.sees("已保存", within="body")
    chosen = applicant.page.locator("select[name=mail-applications]").input_value()
    assert chosen == "daily"
    applicant.go("/notices")
    applicant.shot("notices-narrow")
    assert applicant.page.evaluate("document.documentElement.scrollWidth") <= 390

    top = visit(portal.coordinator)
    top.go("/desk")
    top.sees("有单位办理申请逾期")
    top.shot("notices-desk")
    top.go("/working-days")
    top.fill(source="国务院办公厅关于2027年部分节假日安排的通知", days="2027-02-30 休")
    top.click("录入")
    top.sees("第 1 行")
    top.shot("working-days-wrong")
    assert top.page.locator("[name=days]").input_value() == "2027-02-30 休"
    top.fill(days=YEAR)
    top.click("录入")
    top.sees("已录入", within="body")
    top.shot("working-days")
    for person in (applicant, top):
        assert person.faults == []
