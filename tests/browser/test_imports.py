"""A clerk's work with workbooks and templates, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ckan.tests import factories

from tests.catalog.test_imports import HEAD, line, made
from tests.catalog.test_templates import workbook
from tests.conftest import give, make_unit

pytestmark = pytest.mark.article(16, 17)


def test_sheets_and_templates(portal: Any, visit: Any, tmp_path: Path) -> None:
    portal.entry(title="普通高等学校名单")
    school = make_unit("xx1", "示例第1小学", "school", portal.bureau["id"])
    make_unit("xx2", "示例第2小学", "school", portal.bureau["id"])
    clerk = factories.User(name="clerk")
    give(clerk, "compiler", school)
    wrong, right = tmp_path / "wrong.xlsx", tmp_path / "right.xlsx"
    rows = [line("课程表"), line("食谱", **{"更新周期": "每旬"}), line("校车", "别处")]
    wrong.write_bytes(made([HEAD, *rows]))
    right.write_bytes(made([HEAD, line("课程表"), line("食谱")]))

    who = visit(portal.compiler)
    who.go("/desk")
    who.shot("desk")
    who.click("表格导入导出")
    who.sees("导出表格")
    who.shot("imports")
    with who.page.expect_download() as taken:
        who.click("下载表格（.xlsx）")
    assert taken.value.suggested_filename.endswith(".xlsx")
    taken.value.save_as(tmp_path / "out.xlsx")
    who.page.set_input_files("#field-upload", wrong)
    who.pick("no_state_secret", "true")
    who.click("上传并核对")
    who.sees("有 2 行需要改正")
    who.sees("“每旬”不在代码表中")
    who.shot("wrong")
    who.click("上传改正后的表格")
    who.page.set_input_files("#field-upload", right)
    who.pick("no_state_secret", "true")
    who.click("上传并核对")
    who.sees("可以导入")
    who.shot("right")
    who.click("导入")
    who.sees("新增 2 项，变更 0 项。")
    who.shot("done")
    who.page.set_viewport_size({"width": 390, "height": 800})
    who.shot("done-narrow")
    who.page.set_viewport_size({"width": 1280, "height": 900})

    who.go("/templates/new")
    who.fill(title="小学通用目录")
    template = tmp_path / "template.xlsx"
    workbook([line("课程安排"), line("食堂食谱"), line("校车线路")]).save(template)
    who.page.set_input_files("#field-upload", template)
    who.pick("no_state_secret", "true")
    who.shot("template-new")
    who.click("生成模板")
    who.sees("下发给单位")
    who.pick("kinds", "school")
    who.shot("template")
    who.click("下发")
    who.sees("各单位进度")

    other = visit(clerk)
    other.go("/desk")
    other.sees("3 项待确认")
    other.shot("clerk-desk")
    other.page.locator("#desk-imports + ul a").first.click()
    other.sees("示例第1小学食堂食谱")
    other.shot("answer")
    other.page.get_by_role("link", name="修正：示例第1小学课程安排").click()
    other.fill(title="课程与作息安排")
    other.pick("no_state_secret", "true")
    other.shot("correct")
    other.click("保存修正")
    other.sees("已修正")
    other.page.locator("#declare-all").check()
    other.click("一键确认全部 2 项")
    other.sees("已答复 3 项，共 3 项")
    other.page.set_viewport_size({"width": 390, "height": 800})
    other.shot("answered-narrow")

    who.page.reload()
    who.sees("各单位进度")
    who.shot("progress")
    assert not who.faults
    assert not other.faults
