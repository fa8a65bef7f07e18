"""The form of an entry in a browser: with scripts and without, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def narrow(chromium: Any, site: Any) -> Any:
    """A small telephone without scripts."""
    context = chromium.new_context(
        base_url=site.url,
        locale="zh-CN",
        viewport={"width": 390, "height": 844},
        java_script_enabled=False,
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.mark.article(15, 17, 23, 27)
def test_form_and_information_items(
    visit: Any, narrow: Any, portal: Any, site: Any
) -> None:
    clerk = visit(portal.compiler)
    clerk.go("/entry/new")
    clerk.shot("entry-form-empty")
    page = clerk.page

    def shows(selector: str) -> bool:
        return page.locator(selector).first.is_visible()

    # Few fields first; a question waits for the one before it.
    assert not shows("[name=category]")
    assert shows("[name=opening_law]")
    assert not shows("[name=opening_privacy]")
    clerk.pick("opening_law", "no")
    assert shows("[name=opening_privacy]")
    clerk.pick("opening_privacy", "yes")
    assert shows(".edw-follows--not_open")
    assert shows("[name=opening_basis]")
    assert not shows("[name=open_list_reason]")
    page.locator("[name=open_list_publishable]").check()
    assert shows("[name=open_list_reason]")
    clerk.shot("entry-form-closed")
    clerk.pick("opening_privacy", "no")
    clerk.pick("opening_demand", "timeliness")
    assert shows(".edw-follows--conditional")
    assert shows("[name=opening_condition]")
    clerk.pick("opening_demand", "none")
    assert shows(".edw-follows--unconditional")
    assert not shows("[name=opening_condition]")
    assert not shows("[name=sharing_reason]")
    clerk.choose(sharing_class="authorized")
    assert shows(".edw-unbacked")
    assert shows("[name=sharing_reason]")
    page.locator(".edw-more > summary").click()
    assert shows("[name=category]")
    assert not shows("[name=sharing_units]")
    clerk.choose(sharing_scope="named")
    assert shows("[name=sharing_units]")
    clerk.fill(title="示例学校名录", contact_phone="13800138000")
    clerk.shot("entry-form-more")
    clerk.click("下一步：上传文件")
    clerk.shot("entry-form-errors")
    assert page.locator("[name=title]").input_value() == "示例学校名录"
    assert shows("[name=contact_phone]")

    content = (
        "学校名称,学校标识码,办学性质,在校生人数（人）\n甲中学,3131000001,公办,1200\n"
    )
    content += "乙中学,3131000002,民办,860\n"
    entry = portal.entry(
        title="徐汇区中学名录",
        category="003001",
        contact_office="信息中心",
        contact_phone="021-64872222",
        temporal_start="2024-09-01",
        temporal_end="2025-08-31",
        spatial_coverage="全区各街道、镇",
        license_id="other-at",
        keywords="中学,名录",
        sharing_class="authorized",
    )
    file = portal.upload(entry, "中学.csv", content.encode())
    portal.work()
    url = f"/entry/{entry['name']}/resource/{file['id']}/items"
    clerk.go(url)
    clerk.shot("items-wide")
    clerk.go(f"/entry/{entry['name']}")
    clerk.shot("entry-page")

    phone = Person(narrow, None)
    narrow.add_cookies(clerk.context.cookies())
    for address, name in (
        ("/entry/new", "entry-form-narrow"),
        (f"/entry/edit/{entry['name']}", "entry-edit-narrow"),
        (url, "items-narrow"),
        (f"/entry/{entry['name']}", "entry-page-narrow"),
    ):
        assert phone.go(address) == 200
        phone.shot(name)
        wide = phone.page.locator("html").bounding_box()
        assert wide is not None
        assert wide["width"] <= 390, name
    phone.go(url)
    assert phone.page.locator("[name=item-1-unit]").count() == 1
    phone.fill(**{"item-0-description": "办学许可证上的名称"})
    phone.page.get_by_role("button", name="保存", exact=True).click()
    made = portal.released(entry)
    public = visit(None)
    public.go(f"/dataset/{made['dataset_name']}")
    public.sees("办学许可证上的名称")
    public.shot("dataset-wide")
    narrow.clear_cookies()
    phone.go(f"/dataset/{made['dataset_name']}")
    phone.shot("dataset-narrow")
    assert clerk.faults == []
