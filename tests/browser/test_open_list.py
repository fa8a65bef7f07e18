"""The open list in a real browser: published from the desk, read by everybody."""

from __future__ import annotations

import pytest

from tests.opening.conftest import lists  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


def _wide(person):
    """Nothing on the page is wider than the window."""
    return person.page.evaluate(
        "document.documentElement.scrollWidth <= window.innerWidth"
    )


@pytest.mark.slow
@pytest.mark.article(16, 26, 27)
def test_from_the_desk_to_everybody(lists, visit):  # noqa: F811 - the fixture
    portal = lists.portal
    reviewer = visit(portal.reviewer)
    reviewer.go("/desk")
    reviewer.sees("待公布的开放清单")
    reviewer.shot("open-list-desk")
    reviewer.page.locator("section[aria-labelledby=open-lists] a.edw-row").first.click()
    reviewer.sees("首版清单共 4 个条目")
    reviewer.shot("open-list-draft")
    reviewer.click("公布第 1 版")
    reviewer.sees("开放清单第 1 版已向社会公布")
    reviewer.shot("open-list-version-reviewer")

    lists.stop("xuhui-xiaoxue")
    public = visit(None)
    public.go("/")
    public.click("开放清单", within=".edu-nav")
    public.sees("上海教育数据开放清单")
    assert _wide(public)
    public.shot("open-list-shanghai")
    public.choose(kind="stopped")
    public.click("搜索")
    public.sees("共 1 个条目")
    public.page.locator(".edu-ol__unit").first.click()
    public.sees("徐汇区教育局数据开放清单")
    public.sees("已停止开放")
    public.shot("open-list-unit")
    public.page.emulate_media(media="print")
    public.shot("open-list-unit-print")
    public.page.emulate_media(media="screen")
    public.page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/open-list", "/open-list/xh", "/open-list/xh/1"):
        public.go(address)
        assert _wide(public), address
    public.shot("open-list-unit-narrow")
    public.go("/open-list")
    public.shot("open-list-shanghai-narrow")
    public.page.set_viewport_size({"width": 1280, "height": 900})

    reviewer.go("/desk/open-list")
    reviewer.shot("open-list-desk-all")
    reviewer.click("公布所选单位的清单")
    reviewer.sees("已完成：共 1 个单位，公布 1 份清单")
    reviewer.shot("open-list-run")
    public.go("/open-list/xh/compare?from=1&to=2")
    public.sees("无条件开放")
    public.shot("open-list-compare")
    public.go("/organization/xh")
    public.sees("第 2 版")
    public.shot("open-list-of-unit-page")

    reviewer.go("/open-list/xh/1")
    reviewer.page.get_by_role("link", name="撤回：幼儿园名录").click()
    reviewer.click("确认撤回")
    reviewer.page.locator(".edw-summary").wait_for()
    reviewer.fill(reason="名称有误。")
    reviewer.shot("open-list-withdraw")
    reviewer.click("确认撤回")
    reviewer.sees("已撤回，相关文字不再出现")
    public.go("/open-list/xh")
    assert "幼儿园名录" not in public.text()
    public.sees("条目已撤回")
    public.shot("open-list-withdrawn")
    assert not public.faults + reviewer.faults
