"""An auditor with a browser: sees the seals, proves the trail, takes out a period; and
the public at the service figures."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from ckanext.edudata.audit import check_export, proving
from tests.conftest import give
from tests.requests.test_figures import answered, kept

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.article(33, 35)
def test_an_auditor_proves_the_trail(portal, visit, site, tmp_path):
    give(portal.stranger, "audit_admin", portal.commission)
    for _ in range(2):
        portal.entry()
        proving.seal()
    auditor = visit(portal.stranger)
    page = auditor.page
    assert auditor.go("/audit") == 200
    auditor.shot("audit_records")
    page.get_by_role("link", name="封存、校验与导出").click()
    page.get_by_role("heading", name="审计记录的封存").wait_for()
    site.start_worker()
    page.get_by_role("button", name="立即校验全部记录").click()
    page.get_by_text("校验已开始").wait_for()
    for _ in range(60):
        page.wait_for_timeout(1000)
        auditor.go("/audit/seals")
        if page.locator(".edw-tag--success").count():
            break
    assert "通过" in page.locator(".edw-tag--success").inner_text()
    auditor.shot("audit_seals")
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    page.get_by_label("从").fill(today.isoformat())
    page.get_by_label("至（含当日）").fill(today.isoformat())
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载").click()
    file = tmp_path / "period.jsonl"
    waiting.value.save_as(file)
    found = subprocess.run(
        [sys.executable, "-I", check_export.__file__, str(file)],
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout
    page.set_viewport_size({"width": 390, "height": 800})
    auditor.go("/audit/seals")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    auditor.shot("audit_seals_390")
    assert auditor.faults == []


@pytest.mark.article(28, 41)
def test_the_public_reads_the_service_figures(portal, visit):
    for n in range(17):
        steps = answered(n * 40, accepted=n % 3 > 0, after=2 + n, reason="risk")
        kept(portal, steps, portal.bureau, n)
    for n in range(3):
        kept(portal, answered(n), portal.other, 100 + n)
    public = visit()
    page = public.page
    assert public.go("/service-figures") == 200
    page.get_by_role("heading", name="服务数据").wait_for()
    public.shot("figures")
    page.get_by_label("数据归属部门").select_option("xh")
    page.get_by_role("button", name="查看").click()
    page.get_by_role("heading", name="徐汇区教育局").wait_for()
    public.go("/organization/xh")
    page.get_by_role("heading", name="申请办理情况").wait_for()
    public.shot("figures_unit")
    page.set_viewport_size({"width": 390, "height": 800})
    public.go("/service-figures")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    public.shot("figures_390")
    assert public.faults == []
