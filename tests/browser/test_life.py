"""One dataset's whole life, by clicking as each person on the real thing."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import xlsxwriter
from ckan.tests import factories
from python_calamine import CalamineWorkbook

from tests.desensitization import rosters

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "data" / "moe_universities_2025.xls"
MADE_UP = ROOT / "ckanext" / "edudata" / "demo" / "data" / "universities.xls"
LIST = PUBLISHED if PUBLISHED.exists() else MADE_UP

DESCRIBED = {
    "subject_database": "school",
    "update_cycle": "annual",
    "sharing_class": "unconditional",
    "data_class": "management",
    "data_grade": "general",
}


@pytest.fixture
def auditor(portal):
    """An audit administrator, who works with no data."""
    user = factories.User(name="auditor")
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("edudata_role_give")(
        {"ignore_auth": True, "user": site_user},
        {
            "user_id": user["id"],
            "unit_id": portal.commission["id"],
            "role": "audit_admin",
        },
    )
    return user


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.article(16, 27, 28, 31, 35)
@pytest.mark.promise(1, 2, 3)
def test_the_whole_life_of_a_dataset(portal, site, visit, tmp_path, auditor):
    compiler, reviewer = visit(portal.compiler), visit(portal.reviewer)
    public, outsider = visit(), visit(portal.outsider)

    listed = university_list(portal, site, compiler, reviewer)
    resource_id, first_row = everybody_reads(public, listed)

    roster = roster_is_blocked(portal, compiler, reviewer, tmp_path)
    nobody_else_sees_it([public, outsider], roster)
    desensitized(compiler)
    opened = conditional_release(compiler, reviewer, roster)

    conditional = sample_and_no_real_byte(public, opened, roster)
    researcher, stranger = visit(portal.researcher), visit(portal.stranger)
    token, request = grant(researcher, reviewer, visit, portal, conditional)
    exactly_two_fields(researcher, token, conditional["id"])
    for other in (public, stranger):
        refused(other, conditional["id"])
    revoked(reviewer, request)
    refused(researcher, conditional["id"], token=token)

    correction(compiler, reviewer, public, listed, resource_id, first_row, tmp_path)
    trail_tells(visit(auditor))
    for person in (compiler, reviewer, public, outsider, researcher, stranger):
        assert person.faults == [], person.name


def describe(person: Any, **values: str) -> None:
    """Fill the form of a new data resource."""
    person.go("/desk")
    person.click("新建数据资源")
    person.fill(title=values["title"], notes=values["notes"])
    person.choose(owner_org=values["unit"], **DESCRIBED)
    opening_class(person, values["opening_class"])
    person.pick("no_state_secret", "true")
    person.shot(f"form-{values['opening_class']}")
    person.click("下一步：上传文件")


def opening_class(person: Any, name: str) -> None:
    """Answer the three questions of Article 27; each is there when its turn comes."""
    person.pick("opening_law", "no")
    person.pick("opening_privacy", "no")
    demand = "security_demands" if name == "conditional" else "none"
    person.pick("opening_demand", demand)
    if name == "conditional":
        person.fill(opening_condition="从事教育研究的自然人、法人可以申请。")


def upload(person: Any, path: Path) -> None:
    person.page.set_input_files("main input[type=file]", path)


def university_list(portal: Any, site: Any, compiler: Any, reviewer: Any) -> str:
    """Steps 1 and 2: described, uploaded, checked, approved, released."""
    describe(
        compiler,
        title="全国普通高等学校名单",
        notes="全国普通高等学校的名称、标识码、主管部门、所在地和办学层次。",
        unit=portal.bureau["id"],
        opening_class="unconditional",
    )
    upload(compiler, LIST)
    compiler.click("上传并检测")
    compiler.sees("等待检测")
    compiler.shot("entry-waiting")
    site.start_worker()
    # The page follows the check by itself.
    compiler.sees("检测已全部完成", seconds=180)
    assert "检测通过" in compiler.text()
    compiler.shot("entry-checked")
    entry = compiler.page.url
    compiler.click("提交审核")
    compiler.sees("待审核")
    assert compiler.page.get_by_role("button", name="通过", exact=True).count() == 0
    approve_and_release(reviewer, "全国普通高等学校名单")
    return entry


def approve_and_release(reviewer: Any, title: str) -> str:
    """The reviewer finds it on the desk, approves and releases it."""
    reviewer.go("/desk")
    reviewer.shot("desk-reviewer")
    reviewer.page.locator("[aria-labelledby=to-review] ul").get_by_role(
        "link", name=re.compile(title)
    ).first.click()
    reviewer.click("通过")
    reviewer.sees("审核通过")
    reviewer.click("对社会开放")
    reviewer.sees("正在对社会开放")
    reviewer.shot("entry-released")
    link = reviewer.page.get_by_role("link", name="查看开放数据集")
    return link.get_attribute("href")


def everybody_reads(public: Any, entry: str) -> tuple[str, dict[str, Any]]:
    """Found in Chinese, previewed, downloaded, called; nobody logs in."""
    public.go("/")
    public.page.locator("input[name=q]").first.fill("高等学校名单")
    public.page.locator("input[name=q]").first.press("Enter")
    public.page.get_by_role("link", name="全国普通高等学校名单").first.click()
    table = public.page.locator("main table").first
    table.locator("thead th").first.wait_for()
    header = [cell.strip() for cell in table.locator("thead th").all_inner_texts()]
    assert header[:4] == ["序号", "学校名称", "学校标识码", "主管部门"]
    preview = table.locator("tbody tr").first.inner_text()
    public.shot("dataset-public")

    name = public.page.url.split("/dataset/")[1].split("#")[0]
    status, shown = public.ask("package_show", id=name)
    assert status == 200
    (resource,) = shown["result"]["resources"]
    download = public.context.request.get(resource["url"])
    lines = download.body().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("序号,学校名称,学校标识码")

    status, found = public.ask("datastore_search", resource_id=resource["id"])
    assert status == 200
    rows = found["result"]["records"]
    assert found["result"]["total"] == len(lines) - 1
    assert rows[0]["学校名称"] in preview
    for row in rows:
        assert re.fullmatch(r"\d{10}", row["学校标识码"]), "codes are text"
        assert not re.search(r"（\d+所）", str(row["序号"])), "a province row"
    # The entry behind it is nobody's business.
    assert public.go(entry) == 404
    return resource["id"], rows[0]


def roster_is_blocked(
    portal: Any, compiler: Any, reviewer: Any, tmp_path: Path
) -> dict[str, Any]:
    """Step 3: a class roster cannot be released in any class."""
    table = rosters.roster(120)
    path = rosters.write_xlsx(table, tmp_path / "七年级名册.xlsx")
    describe(
        compiler,
        title="七年级学生学业情况",
        notes="某校七年级学生的性别、班级和成绩。",
        unit=portal.bureau["id"],
        opening_class="unconditional",
    )
    upload(compiler, path)
    compiler.click("上传并检测")
    compiler.sees("发现个人信息", seconds=120)
    compiler.sees("检测已全部完成", seconds=60)
    entry = compiler.page.url.split("#")[0]
    compiler.click("查看原因和处理办法")
    compiler.shot("check-blocked")
    findings = compiler.text()
    for words in ("姓名", "身份证号", "家长手机", "任何类型都不能开放", "第 3–22 行"):
        assert words in findings
    for row in table[1:]:
        assert row[0] not in findings
        assert row[3] not in findings
        assert row[5] not in findings
    resource_id = compiler.page.url.rsplit("/", 1)[1]
    for name in ("unconditional", "conditional"):
        compiler.go(entry)
        compiler.click("修改说明信息")
        opening_class(compiler, name)
        compiler.click("保存")
        compiler.sees("检测已全部完成", seconds=120)
        compiler.click("提交审核")
        reviewer.go(entry)
        reviewer.click("通过")
        reviewer.sees("审核已通过")
        reviewer.click("对社会开放")
        reviewer.sees("个人信息检测", within=".edw-summary")
        reviewer.shot(f"release-refused-{name}")
    return {
        "entry": entry,
        "resource_id": resource_id,
        "names": [row[0] for row in table[1:]],
        "ids": [row[3] for row in table[1:]],
        "mobiles": [row[5] for row in table[1:]],
    }


def nobody_else_sees_it(people: list[Any], roster: dict[str, Any]) -> None:
    resource_id = roster["resource_id"]
    path = "/entry/" + roster["entry"].rsplit("/", 1)[1]
    for person in people:
        for address in (
            path,
            f"{path}/check/{resource_id}",
            f"{path}/desensitize/{resource_id}",
            f"{path}/resource/{resource_id}/download/data.xlsx",
            f"/datastore/dump/{resource_id}",
        ):
            assert person.go(address) in (403, 404), address
        for action in ("resource_show", "package_show"):
            assert person.ask(action, id=resource_id)[0] in (403, 404)
        for action in ("datastore_search", "datastore_info"):
            status, _ = person.ask(action, resource_id=resource_id, id=resource_id)
            assert status in (403, 404)
        _, found = person.ask("package_search", q="七年级学生学业情况")
        assert found["result"]["count"] == 0


def desensitized(compiler: Any) -> None:
    """Dropped and generalised; what comes out is restricted."""
    compiler.click("检测结果")
    compiler.click("生成脱敏数据")
    compiler.sees("出生年份", within="#preview")
    preview = compiler.text("#preview")
    assert "身份证号" not in preview
    compiler.page.get_by_label("班级").select_option("drop")
    compiler.click("预览结果")
    compiler.page.locator("#preview th", has_text="班级").wait_for(state="detached")
    compiler.shot("desensitize")
    compiler.click("生成")
    compiler.sees("已生成")
    compiler.sees("未指名个人，但有可能识别到具体的人", seconds=120)
    compiler.sees("检测已全部完成", seconds=60)
    compiler.shot("entry-desensitized")


def conditional_release(compiler: Any, reviewer: Any, roster: dict[str, Any]) -> str:
    """Step 4: classed conditional on a ground of Article 27, and released."""
    assert "有条件开放：对数据安全和处理能力要求较高" in compiler.text()
    compiler.click("提交审核")
    compiler.sees("待审核")
    return approve_and_release(reviewer, "七年级学生学业情况")


def sample_and_no_real_byte(
    public: Any, dataset: str, roster: dict[str, Any]
) -> dict[str, Any]:
    public.go(dataset)
    public.shot("dataset-conditional")
    page = public.text()
    assert "合成样例" in page
    status, shown = public.ask("package_show", id=dataset.rsplit("/", 1)[1])
    assert status == 200
    resources = {item["kind"]: item for item in shown["result"]["resources"]}
    assert set(resources) == {"conditional", "sample"}
    _, sample = public.ask("datastore_search", resource_id=resources["sample"]["id"])
    told = page + str(shown) + str(sample)
    for kind in ("names", "ids", "mobiles"):
        assert not [value for value in roster[kind] if value in told]
    assert public.ask("datastore_search", resource_id=roster["resource_id"])[0] != 200
    return {**resources["conditional"], "dataset": dataset}


def grant(
    researcher: Any, reviewer: Any, visit: Any, portal: Any, resource: dict[str, Any]
) -> tuple[str, str]:
    """Applied for two fields until a date, approved, carried out; a token."""
    last = datetime.date.today() + datetime.timedelta(days=60)
    researcher.go(resource["dataset"])
    researcher.page.locator(f"main a[href*='/apply/{resource['id']}']").first.click()
    # Who applies is asked once, then the form comes.
    researcher.pick("kind", "natural")
    researcher.fill(name="示例申请人", telephone="021-00000000", mail="a@example.com")
    researcher.page.locator("main form button[type=submit]").first.click()
    researcher.page.wait_for_url("**/apply/**")
    researcher.fill(
        purpose="研究初中阶段性别与学业成绩的关系。",
        scenario="由申请人本人在单位内网分析。",
        security="仅存放于加密硬盘，研究结束后删除。",
        results="研究报告一份，注明数据来源。",
        until=last.isoformat(),
    )
    for field in ("性别", "语文"):
        researcher.pick("fields", field)
    researcher.pick("agreed", "yes")
    researcher.fill(agreed_name="示例申请人")
    researcher.shot("apply")
    researcher.page.locator("main button[name=do][value=submit]").click()
    researcher.page.wait_for_url("**/requests/**")
    request = researcher.page.url
    reviewer.go("/desk")
    waiting = reviewer.page.locator("section[aria-labelledby=requests-waiting]")
    waiting.locator("ul a").first.click()
    reviewer.page.locator("[data-command=accept]").click()
    reviewer.shot("request-review")
    # As asked, by one click; for less there is a form below.
    reviewer.page.locator("[data-command=approve]").first.click()
    reviewer.page.locator(
        "#state[data-state=active], #state[data-state=approved]"
    ).wait_for()
    technician = visit(portal.technician)
    technician.go(request)
    if technician.page.locator("[data-command=provision]").count():
        technician.page.locator("[data-command=provision]").click()
        technician.page.locator(".flash-messages .alert").first.wait_for()
    researcher.go("/grants")
    researcher.page.locator("form[action$='/token'] button").first.click()
    token = researcher.page.locator("#token").inner_text()
    return token, request


def exactly_two_fields(researcher: Any, token: str, resource_id: str) -> None:
    status, found = researcher.ask(
        "datastore_search", token=token, resource_id=resource_id
    )
    assert status == 200
    records = found["result"]["records"]
    assert len(records) > 0
    assert {frozenset(row) - {"_id"} for row in records} == {
        frozenset({"性别", "语文"})
    }
    assert {row["性别"] for row in records} == {"男", "女"}


def refused(person: Any, resource_id: str, token: str = "") -> None:
    """403, with what to do."""
    status, answer = person.ask(
        "datastore_search", token=token, resource_id=resource_id
    )
    assert status == 403
    assert len(answer["error"]["message"]) > 10


def revoked(reviewer: Any, request: str) -> None:
    reviewer.go(request)
    reviewer.page.locator("details:has([data-command=revoke]) > summary").click()
    reviewer.page.locator("#revoke-reason").select_option("faulty")
    reviewer.page.locator("#revoke-words").fill("研究已经结束。")
    reviewer.page.locator("[data-command=revoke]").click()
    reviewer.page.locator(".flash-messages .alert").first.wait_for()
    reviewer.shot("request-revoked")


def corrected_list(path: Path) -> tuple[Path, str]:
    """The same list with the first university's name corrected."""
    book = CalamineWorkbook.from_path(LIST)
    rows = book.get_sheet_by_index(0).to_python()
    header = next(n for n, row in enumerate(rows) if row[1] == "学校名称")
    first = next(n for n, row in enumerate(rows) if n > header and row[1])
    rows[first][1] = f"{rows[first][1]}（更名）"
    made = xlsxwriter.Workbook(path)
    sheet = made.add_worksheet(book.sheet_names[0])
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    made.close()
    return path, rows[first][1]


def correction(
    compiler: Any,
    reviewer: Any,
    public: Any,
    entry: str,
    resource_id: str,
    first_row: dict[str, Any],
    tmp_path: Path,
) -> None:
    """Step 6: what is released stays until the correction is released."""
    path, new_name = corrected_list(tmp_path / "更正名单.xlsx")
    compiler.go(entry)
    compiler.click("更正或替换")
    compiler.sees("保持不变")
    upload(compiler, path)
    compiler.shot("replace")
    compiler.click("保存")
    compiler.sees("检测已全部完成", seconds=180)
    compiler.sees(new_name)
    compiler.shot("entry-corrected")

    def first() -> Any:
        _, found = public.ask("datastore_search", resource_id=resource_id, limit=1)
        return found["result"]["records"][0]["学校名称"]

    assert first() == first_row["学校名称"]
    compiler.click("提交审核")
    compiler.sees("待审核")
    assert first() == first_row["学校名称"]
    dataset = approve_and_release(reviewer, "全国普通高等学校名单")
    assert first() == new_name
    assert public.go(dataset) == 200
    assert new_name in public.text()
    assert public.go(f"{dataset}/version/1") == 200
    assert first_row["学校名称"] in public.text()
    assert new_name not in public.text()
    public.shot("version-1")


def trail_tells(auditor: Any) -> None:
    """Every decision and delivery stands in the trail, for those who read it."""
    auditor.go("/audit")
    auditor.shot("audit")
    for code in (
        "entry_submit",
        "entry_approve",
        "release",
        "desensitize",
        "check",
        "request_submit",
        "request_approve",
        "request_revoke",
        "delivery",
    ):
        auditor.go(f"/audit?action={code}")
        assert auditor.page.locator("main tbody tr").count() > 0, code
    auditor.go("/audit?action=delivery")
    assert "已拒绝" in auditor.text()
