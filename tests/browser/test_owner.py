"""An owner who is stopped, by clicking: an exception, files of every kind, and an entry
that releases by itself."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.desensitization import hostile, papers

TEACHERS = (
    "姓名,获奖名称,年度\n陈思远,教学成果一等奖,2024\n王雅琴,教学成果二等奖,2024\n"
    "李建国,教学成果一等奖,2023\n赵文静,教学成果二等奖,2023\n"
)
COUNTS = "学校名称,班级数\n示例第一小学,20\n示例第二小学,24\n示例第三小学,18\n"


def uploaded(person: Any, name: str, path: Path) -> None:
    person.go(f"/entry/{name}/resource/new")
    person.page.set_input_files("main input[type=file]", str(path))
    person.page.locator(
        "main button[value=done], main form button[type=submit]"
    ).first.click()
    person.page.locator("#files").wait_for()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.article(27, 31)
@pytest.mark.promise(1, 4)
def test_an_exception_is_asked_refused_and_granted(
    portal: Any, site: Any, visit: Any, tmp_path: Path
) -> None:
    compiler, officer = visit(portal.compiler), visit(portal.security_officer)
    entry = portal.entry(title="教学成果奖获奖名单")
    resource = portal.upload(entry, "获奖名单.csv", TEACHERS.encode())
    site.start_worker()
    compiler.go(f"/entry/{entry['name']}")
    compiler.sees("发现个人信息", seconds=120)
    compiler.page.locator(
        f'main a[href*="{resource["id"]}"][href*="check"]'
    ).first.click()
    compiler.shot("owner-check")
    check = compiler.page.url

    def ask(law: str) -> None:
        compiler.page.goto(check)
        link = compiler.page.locator('main a[href*="kind=exception"]').first
        compiler.page.goto(link.get_attribute("href"))
        compiler.fill(
            law=law,
            article="第五十三条",
            purpose="公示教学成果奖获奖人员",
            until=str(datetime.date.today() + datetime.timedelta(60)),
        )
        compiler.shot("owner-ask")
        compiler.click("提交申请")

    ask("")
    assert compiler.page.locator("main [name=purpose]").input_value() == (
        "公示教学成果奖获奖人员"
    ), "what was typed stays"
    compiler.shot("owner-ask-refused")
    ask("教学成果奖励条例")
    compiler.sees("由第二人决定")

    def waiting() -> None:
        officer.go("/desk")
        officer.sees("等待我决定的例外公开申请")
        officer.page.locator('main a[href*="/exceptions/"]').first.click()

    waiting()
    officer.shot("officer-decide")
    officer.fill(reason="公示期已过，不再公开姓名")
    officer.click("不予例外公开")
    officer.shot("officer-refused")
    compiler.page.goto(check)
    compiler.sees("公示期已过")

    ask("教学成果奖励条例")
    waiting()
    officer.fill(reason="条例规定公布获奖人员")
    officer.click("准予例外公开")
    officer.shot("officer-granted")
    compiler.go(f"/entry/{entry['name']}")
    compiler.sees("检测通过", seconds=90)
    compiler.shot("owner-passed")
    for person in (compiler, officer):
        assert not person.faults, person.faults


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.article(27)
@pytest.mark.promise(4)
def test_files_of_every_kind_are_read_or_said_not_to_be(
    portal: Any, site: Any, visit: Any, tmp_path: Path
) -> None:
    compiler, reviewer = visit(portal.compiler), visit(portal.second_reviewer)
    site.start_worker()
    for kind, content, words in (
        ("docx", papers.docx(), "检测通过"),
        ("pdf", papers.page(), "检测通过"),
        ("xlsx", hostile.encrypted_xlsx(), "无法读取"),
    ):
        path = tmp_path / f"小学一览表.{kind}"
        path.write_bytes(content)
        entry = portal.entry(title=f"小学一览表（{kind.upper()}）")
        uploaded(compiler, entry["name"], path)
        compiler.sees(words, seconds=120)
        compiler.shot(f"owner-{kind}")

    entry = portal.entry(title="各校班级数")
    portal.upload(entry, "各校班级数.csv", COUNTS.encode())
    portal.released(entry)
    reviewer.go(f"/entry/{entry['name']}")
    reviewer.shot("by-itself-before")
    reviewer.click("准予自动发布")
    reviewer.shot("by-itself")
    reviewer.sees("恢复逐版审核")
    for person in (compiler, reviewer):
        assert not person.faults, person.faults
