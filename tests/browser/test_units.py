"""The tree of units by clicking: imported, walked, moved; roles and undertakings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.units.sheets import PEOPLE, UNITS, book, school_code


def workbook(tmp_path: Any) -> str:
    units = [
        [*UNITS, "归口科室"],
        ["徐汇区教育局信息科", "", "科室", "徐汇区", "徐汇区教育局", ""],
    ]
    units += [
        [
            f"徐汇区第{n}小学",
            school_code(n),
            "小学",
            "徐汇区",
            "徐汇区教育局",
            "徐汇区教育局信息科",
        ]
        for n in range(1, 121)
    ]
    people = [
        PEOPLE,
        ["张明", "zhangming", "zm@example.edu.cn", "徐汇区教育局信息科", "编目员", ""],
        [
            "李华",
            "lihua",
            "lh@example.edu.cn",
            "徐汇区第1小学",
            "安全管理责任人",
            "2099-12-31",
        ],
    ]
    path = tmp_path / "徐汇区单位与人员.xlsx"
    path.write_bytes(book(("单位", units), ("人员", people)).read())
    return str(path)


def faulty(tmp_path: Any) -> str:
    rows = [UNITS, ["错误小学", "12", "马戏团", "徐汇区", "没有的局"]]
    path = tmp_path / "有错误.xlsx"
    path.write_bytes(book(("单位", rows)).read())
    return str(path)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.article(2, 5, 33, 37, 38)
def test_a_district_by_clicking(portal, site, visit, tmp_path):
    coordinator, public = visit(portal.coordinator), visit()
    page = coordinator.page

    coordinator.go("/organization/")
    coordinator.shot("tree_small")
    coordinator.click("导入电子表格")
    coordinator.shot("import_form")
    page.set_input_files("#field-upload", faulty(tmp_path))
    coordinator.click("查看将发生的变化")
    coordinator.sees("B 学校标识码")
    coordinator.shot("import_errors")
    coordinator.click("提交改正后的文件")
    page.set_input_files("#field-upload", workbook(tmp_path))
    coordinator.click("查看将发生的变化")
    coordinator.sees("徐汇区第1小学")
    coordinator.shot("import_look")
    coordinator.click("全部导入")
    coordinator.sees("已全部导入")
    coordinator.shot("import_done")

    public.go("/organization/")
    public.shot("tree")
    public.page.locator("main a.edu-unit__in").first.click()
    public.go("/organization/?at=xh")
    public.sees("徐汇区第1小学")
    public.shot("tree_at")
    public.go("/organization/?q=" + school_code(7))
    public.sees("徐汇区第7小学")
    public.shot("tree_search")
    public.go("/organization/xh")
    public.shot("unit")
    assert "zhangming" not in public.page.content()
    assert public.go("/organization/xh/people") == 200
    assert "/user/login" in public.page.url

    coordinator.go(f"/organization/{school_code(1)}")
    coordinator.shot("unit_coordinator")
    coordinator.click("人员与角色")
    coordinator.sees("李华")
    coordinator.shot("people")
    page.fill("#field-find", "stranger")
    page.locator("form[role=search] .btn").click()
    coordinator.shot("people_found")
    page.locator("#found a").first.click()
    page.select_option("#field-role", "compiler")
    coordinator.click("确认授予")
    coordinator.sees("stranger", within="main table")
    coordinator.go("/organization/xh/people/below?role=security_officer&lacking=1")
    coordinator.shot("below_lacking")
    coordinator.go("/organization/xh/people/below")
    coordinator.shot("below")

    coordinator.go(f"/organization/{school_code(2)}/place")
    coordinator.shot("place")
    page.fill("#field-superior", "徐汇区第2小学")
    coordinator.click("移动")
    coordinator.sees("不能")
    coordinator.shot("place_refused")
    page.fill("#field-superior", "长宁区教育局")
    coordinator.click("移动")
    public.go(f"/organization/{school_code(2)}")
    public.sees("长宁区教育局", within=".edu-crumbs")
    coordinator.go(f"/organization/{school_code(2)}/place")
    coordinator.shot("place_moved")
    page.fill("#field-end_reason", "并入其他学校")
    coordinator.click("停用")
    assert public.go(f"/organization/{school_code(2)}") == 410
    public.shot("ended")

    coordinator.go("/organization/xh/posts?below=1")
    coordinator.sees("李华")
    coordinator.shot("posts_missing")
    page.fill("#field-person_name", "王强")
    page.fill("#field-company", "某某信息公司")
    page.fill("#field-post", "数据库运维")
    page.select_option("#field-kind", "undertaking")
    page.fill("#field-made_on", "2025-09-01")
    page.fill("#field-valid_until", "2026-08-31")
    page.locator("#record .btn-primary").click()
    coordinator.sees("某某信息公司")
    coordinator.shot("posts")
    coordinator.go("/organization/edit/xhsy")
    coordinator.shot("edit")
    coordinator.go("/organization/new?superior=xh")
    coordinator.shot("new")
    for person in (coordinator, public):
        person.page.set_viewport_size({"width": 390, "height": 844})
    for name, address in (
        ("m_people", f"/organization/{school_code(1)}/people"),
        ("m_tree", "/organization/?at=xh"),
        ("m_import", "/units/import/"),
        ("m_posts", "/organization/xh/posts"),
    ):
        coordinator.go(address)
        coordinator.shot(name)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, (address, wide)
    for person in (coordinator, public):
        assert person.faults == []
