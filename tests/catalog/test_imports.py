"""Catalog sheets: out, changed, in again; all of it or nothing."""

from __future__ import annotations

import base64
import io
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from werkzeug.datastructures import FileStorage

from ckanext.edudata.catalog import sheets, sheets_read

pytestmark = pytest.mark.article(16, 17)


def taken_out(portal: Any, user: Any = None, **data: Any) -> bytes:
    found = portal.act(
        "edudata_catalog_sheet",
        user or portal.compiler,
        unit_id=portal.bureau["id"],
        **data,
    )
    return base64.b64decode(found["content"])


def rows_of(book: bytes, tmp_path: Any) -> dict[str, list[list[str | None]]]:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book)
    found = sheets_read.read(str(path))
    assert not found.reason
    return found.sheets


def made(sheet: list[list[str]], items: list[list[str]] | None = None) -> bytes:
    """A workbook as somebody makes it by hand: headings, and rows below."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for name, rows in ((sheets.ENTRIES, sheet), (sheets.ITEMS, items or [])):
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, text in enumerate(row):
                    page.write(number, place, text)
    return target.getvalue()


def brought(portal: Any, content: bytes, user: Any = None, **data: Any) -> Any:
    upload = FileStorage(io.BytesIO(content), "目录.xlsx", "upload")
    data = {"no_state_secret": "true", **data}
    found = portal.act(
        "edudata_import_create", user or portal.compiler, upload=upload, **data
    )
    return shown(portal, found["id"], user)


def shown(portal: Any, import_id: str, user: Any = None) -> Any:
    return portal.act("edudata_import_show", user or portal.compiler, id=import_id)


def confirmed(portal: Any, found: Any, user: Any = None) -> Any:
    user = user or portal.compiler
    portal.act("edudata_import_run", user, id=found["id"], sha256=found["sha256"])
    return shown(portal, found["id"], user)


HEAD = ["名称", "摘要", "数据归属单位", "主题数据库", "更新周期", "开放类型"]
HEAD += ["共享类型", "数据分类", "数据级别", "关键词"]


def line(title: str, unit: str = "徐汇区教育局", **other: str) -> list[str]:
    cells = dict(
        zip(
            HEAD[:6],
            [title, f"{title}的摘要。", unit, "学校", "每年", "无条件开放"],
            strict=True,
        )
    )
    cells |= {"共享类型": "无条件共享", "数据分类": "教育管理", "数据级别": "一般数据"}
    cells |= other
    return [cells.get(name, "") for name in HEAD]


def test_a_sheet_goes_out_and_comes_back_changed(portal: Any, tmp_path: Any) -> None:
    first = portal.entry(title="=学校名录", keywords="学校,名录")
    portal.entry(title="食堂名录", owner_org=portal.school["id"])
    book = taken_out(portal)
    rows = rows_of(book, tmp_path)[sheets.ENTRIES]
    assert rows[0][0] == "id"
    assert "名称*" in rows[1]
    same = brought(portal, book)
    assert same["state"] == "checked"
    assert same["counts"]["unchanged"] == 2
    assert not same["counts"].get("changed")
    title, cycle = rows[0].index("title"), rows[0].index("update_cycle")
    mine = next(row for row in rows[2:] if row[0] == first["id"])
    assert mine[title] == "'=学校名录"
    mine[cycle] = "每月"
    new = line("新的名录")
    sheet = [rows[0], *rows[2:]]
    by_name = dict(zip(HEAD, new, strict=True))
    labels = [str(cell).rstrip("*") for cell in rows[1]]
    sheet.append([by_name.get(label, "") for label in labels])
    found = brought(portal, made([[c or "" for c in row] for row in sheet]))
    assert (found["counts"]["new"], found["counts"]["changed"]) == (1, 1), found
    change = next(row for row in found["rows"] if row["outcome"] == "changed")
    assert [(c["field"], c["old"], c["new"]) for c in change["changes"]] == [
        ("update_cycle", "每年", "每月")
    ]
    assert (
        portal.act("package_show", portal.compiler, id=first["id"])["update_cycle"]
        == "annual"
    )
    done = confirmed(portal, found)
    assert done["state"] == "done"
    assert done["settled"]
    # Its words belong to the entries now; the import keeps none.
    kept = sa.text(
        "SELECT cells::text || items::text || coalesce(title, '') || "
        "coalesce(data::text, '') FROM edudata_import_row WHERE import_id = :id"
    )
    left = model.Session.scalars(kept, {"id": done["id"]})
    assert set(left) == {"{}[]"}
    assert sorted(row["title"] for row in done["rows"]) == [
        "=学校名录",
        "新的名录",
        "食堂名录",
    ]
    entry = portal.act("package_show", portal.compiler, id=first["id"])
    assert (entry["update_cycle"], entry["title"]) == ("monthly", "=学校名录")
    search = portal.act(
        "package_search", portal.compiler, q="新的名录", include_private=True
    )
    assert "新的名录" in [item["title"] for item in search["results"]]


def test_errors_name_row_and_column_and_nothing_is_written(portal: Any) -> None:
    foreign = portal.entry(portal.outsider, owner_org=portal.other["id"], title="他区")
    head = ["id", *HEAD]
    rows = [
        ["", *line("课程表", **{"更新周期": "每旬"})],
        [foreign["id"], *line("他区", "长宁区教育局")],
        ["entry-that-is-none", *line("没有")],
        ["", *line("别处", "长宁区教育局")],
        ["", *line("缺摘要", **{"摘要": ""})],
        ["", *line("缺依据", **{"开放类型": "非开放"})],
        ["", *line("好的")],
        ["", *line("好的")],
    ]
    found = brought(portal, made([head, *rows]))
    assert found["counts"]["wrong"] == 7
    assert found["counts"]["new"] == 1
    said = {
        row["number"]: [e["column"] for e in row["errors"]] for row in found["rows"]
    }
    assert said[2] == ["update_cycle"]
    assert said[3] == said[4] == ["id"]
    # What exists elsewhere is answered as what does not exist at all.
    messages = {
        row["number"]: [e["message"] for e in row["errors"]] for row in found["rows"]
    }
    assert messages[3] == messages[4]
    assert said[5] == ["owner_org"]
    assert said[6] == ["notes"]
    assert "opening_ground" in said[7]
    assert said[9] == ["title"]
    with pytest.raises(tk.ValidationError):
        confirmed(portal, found)
    count = sa.text("SELECT count(*) FROM package WHERE type = 'entry'")
    assert model.Session.scalar(count) == 1


def test_information_items_go_out_and_come_back(portal: Any, tmp_path: Any) -> None:
    entry = portal.entry(title="名单")
    portal.upload(
        entry, "名单.csv", "学校名称,学生数\n示例小学,300\n示例中学,500\n".encode()
    )
    portal.work()
    book = taken_out(portal)
    assert brought(portal, book)["counts"]["unchanged"] == 1
    rows = rows_of(book, tmp_path)
    items = rows[sheets.ITEMS]
    label, kind = items[0].index("label"), items[0].index("unit")
    assert [row[label] for row in items[2:]] == ["学校名称", "学生数"]
    items[3] = [*items[3], *[None] * len(items[0])][: len(items[0])]
    items[3][label], items[3][kind] = "在校学生数", "人"
    plain = [[[cell or "" for cell in row] for row in rows[name]] for name in
             (sheets.ENTRIES, sheets.ITEMS)]  # fmt: skip
    found = brought(
        portal, made(plain[0][:1] + plain[0][2:], plain[1][:1] + plain[1][2:])
    )
    assert found["counts"].get("changed") == 1, found
    assert confirmed(portal, found)["state"] == "done"
    kept = portal.act("package_show", portal.compiler, id=entry["id"])["resources"][0]
    second = kept["information_items"][1]
    assert (second["name"], second["label"], second["unit"]) == (
        "学生数", "在校学生数", "人"
    )  # fmt: skip
    assert kept["url_type"] == "upload"


def test_sheets_and_imports_are_ones_own(portal: Any) -> None:
    found = brought(portal, made([HEAD, line("课程表")]))
    for other in (portal.outsider, portal.reviewer, portal.researcher):
        with pytest.raises((tk.ObjectNotFound, tk.NotAuthorized)):
            shown(portal, found["id"], other)
        with pytest.raises(tk.NotAuthorized):
            taken_out(portal, other)
    with pytest.raises(tk.ValidationError) as undeclared:
        brought(portal, made([HEAD, line("课程表")]), no_state_secret="")
    assert "no_state_secret" in undeclared.value.error_dict
    portal.act("edudata_import_withdraw", portal.compiler, id=found["id"])
    assert shown(portal, found["id"])["rows"] == []
