"""Catalog sheets: out, changed, in again; all of it or nothing."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
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
    entry = portal.act("package_show", portal.compiler, id=first["id"])
    assert (entry["update_cycle"], entry["title"]) == ("monthly", "=学校名录")
    search = portal.act(
        "package_search", portal.compiler, q="新的名录", include_private=True
    )
    assert "新的名录" in [item["title"] for item in search["results"]]
