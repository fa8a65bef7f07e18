"""The spreadsheet to fill in: units and people, with drop-downs and an explanation."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

LAST_ROW = 5000

UNIT_HEADERS = (
    ("单位名称*", 32),
    ("学校标识码或统一社会信用代码", 26),
    ("单位类型*", 16),
    ("行政区", 12),
    ("上级单位*", 28),
    ("归口科室", 22),
    ("联系部门", 16),
    ("办公电话", 16),
    ("办公邮箱", 24),
    ("办公地址", 32),
    ("简介", 32),
)
PEOPLE_HEADERS = (
    ("姓名", 14),
    ("账号", 18),
    ("邮箱", 28),
    ("单位*", 30),
    ("角色*", 18),
    ("有效期至", 14),
)
NOTES = (
    "带 * 的列必须填写；可以增加其他列，导入时不使用。",
    "“单位”表每行一个单位。已有的单位按代码（没有代码时按名称）对上，空白单元格不改动原有内容。",
    "“上级单位”和“归口科室”写单位的名称或代码，可以是本平台已有的单位，也可以是本表中的任何一行。",
    "“人员”表每行一个人。新账号不设密码：导入后向邮箱发出设置密码的链接。已有账号只增加角色，不改姓名和邮箱。",
    "一个人有几个角色时，用顿号隔开，例如：编目员、审核人；在几个单位任职时写几行。",
    "系统管理员、安全管理员、审计管理员三者不得由同一人担任，也不得兼任其他角色。",
    "联系部门、电话、邮箱只写单位的，不写个人的；不得填写手机号码。",
    "先试导入：系统逐行逐列指出错误，列出将要发生的变化；确认后一次导入，有一处错误则全部不导入。",
)


def template(
    kinds: list[str], districts: list[str], roles: list[str], superiors: list[str]
) -> bytes:
    """An XLSX workbook.

    :param kinds: words for the drop-down of 单位类型; so the others
    :param superiors: names of units that the person may put others below
    """
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(made, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#EAF2FD", "border": 1})
        text = book.add_format({"num_format": "@"})
        units = _sheet(book, "单位", UNIT_HEADERS, head, text)
        people = _sheet(book, "人员", PEOPLE_HEADERS, head, text)
        lists = book.add_worksheet("选项")
        lists.hide()
        sources = {}
        for column, words in enumerate((kinds, districts, roles, superiors)):
            for row, word in enumerate(words[:LAST_ROW]):
                lists.write_string(row, column, word)
            letter = "ABCD"[column]
            last = max(1, min(len(words), LAST_ROW))
            sources[column] = f"=选项!${letter}$1:${letter}${last}"
        _choose(units, 2, sources[0])
        _choose(units, 3, sources[1])
        _choose(units, 4, sources[3], strict=False)
        _choose(people, 3, sources[3], strict=False)
        _choose(people, 4, sources[2], strict=False)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 100)
        for row, note in enumerate(NOTES):
            notes.write_string(row, 0, f"{row + 1}. {note}")
    return made.getvalue()


def _sheet(book: Any, name: str, headers: Any, head: Any, text: Any) -> Any:
    sheet = book.add_worksheet(name)
    for column, (header, width) in enumerate(headers):
        # Codes and dates stay as they are typed.
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, header, head)
    sheet.freeze_panes(1, 0)
    return sheet


def _choose(sheet: Any, column: int, source: str, *, strict: bool = True) -> None:
    sheet.data_validation(
        1,
        column,
        LAST_ROW,
        column,
        {
            "validate": "list",
            "source": source,
            "error_type": "stop" if strict else "information",
            "error_title": "请从列表中选择",
            "error_message": "请从下拉列表中选择。"
            if strict
            else "列表中没有；也可以写名称或代码，几个角色用顿号隔开。",
        },
    )
