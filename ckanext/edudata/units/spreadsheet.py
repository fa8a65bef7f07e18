"""A spreadsheet of units or people: from the file to rows of text. Pure.

Reads XLSX, XLS and CSV (UTF-8 or GB 18030). The table may stand below titles, and its
columns are named as people name them. Texts are English message ids.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 100
HEADER_WITHIN = 30

UNIT_COLUMNS = {
    "title": "单位名称 学校名称 机构名称 学校全称 单位全称 名称 学校 单位 "
    "name unit title",
    "code": "学校标识码 统一社会信用代码 学校标识码或统一社会信用代码 学校(机构)标识码 "
    "单位代码 学校代码 机构代码 标识码 信用代码 代码 code",
    "kind": "单位类型 单位类别 学校类型 学校类别 机构类型 类型 类别 kind type",
    "district": "行政区 行政区划 行政区划代码 所在区 所属区 所在区县 区县 区 district",
    "superior": "上级单位 上级单位名称 上级单位代码 上级主管单位 上级 "
    "隶属单位 隶属关系 "
    "superior parent",
    "name": "标识 英文标识 网址标识 identifier slug",
    "description": "简介 单位简介 说明 description",
    "acting_office": "归口科室 代办科室 actingoffice",
    "coordinating_department": "数据管理协调部门 协调部门 coordinatingdepartment",
    "technical_department": "数据技术管理部门 技术部门 technicaldepartment",
    "office_name": "联系部门 联系科室 办公部门 contactoffice office",
    "office_phone": "办公电话 办公室电话 联系电话 电话 officetelephone telephone",
    "office_email": "办公邮箱 单位邮箱 联系邮箱 电子邮箱 邮箱 officemail",
    "office_address": "办公地址 单位地址 学校地址 通信地址 地址 address",
}
PEOPLE_COLUMNS = {
    "fullname": "姓名 人员姓名 name fullname person",
    "account": "账号 帐号 用户名 登录名 account username",
    "email": "邮箱 电子邮箱 邮件 邮箱地址 电子邮件 email mail",
    "unit": "单位 单位名称 单位代码 所在单位 学校 学校名称 学校标识码 unit",
    "roles": "角色 岗位角色 担任角色 roles role",
    "until": "有效期至 截止日期 任期至 到期日期 至 until",
}


class UnreadableError(Exception):
    """The file cannot be used; the message id says why and what to do."""


@dataclass
class Table:
    """A table found in a file: what it lists, its columns by field, its rows.

    ``rows`` are `(number of the row in the sheet, {field: text}, {header: text})`.
    """

    sheet: str
    kind: str
    headers: dict[str, tuple[int, str]]
    unused: list[str]
    rows: list[tuple[int, dict[str, str], dict[str, str]]]
    skipped: list[int] = field(default_factory=list)


def tables(content: bytes, file_name: str) -> tuple[list[Table], list[str]]:
    """Tables of units and people in a file, and the names of its other sheets.

    :raises UnreadableError: neither XLSX, XLS nor CSV, damaged, too large, or without
        any table that has the columns
    """
    if len(content) > MOST_BYTES:
        raise UnreadableError("The file is larger than 20 MB; divide it")
    found, others = [], []
    for name, rows in _sheets(content, file_name):
        table = _table(name, rows)
        if table is None:
            others.append(name)
        else:
            found.append(table)
    if not found:
        raise UnreadableError(
            "No table of units or people was found: units need a column with their "
            "name, people a column with account or mail and one with roles"
        )
    return found, others


def _sheets(content: bytes, file_name: str) -> list[tuple[str, list[list[str]]]]:
    if content[:4] == b"PK\x03\x04":
        _unpacked(content)
        return _book(content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _book(content)
    if b"\x00" in content[:4096]:
        raise UnreadableError("This is no spreadsheet: give an XLSX, XLS or CSV file")
    return [(file_name.rsplit(".", 1)[0] or "CSV", _delimited(content))]


def _unpacked(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(item.file_size for item in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableError("The file is damaged; save it again") from error
    if size > MOST_UNPACKED:
        raise UnreadableError("The file is larger than 20 MB; divide it")


def _book(content: bytes) -> list[tuple[str, list[list[str]]]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        found, long = [], False
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > MOST_ROWS + HEADER_WITHIN:
                long = True
                break
            rows = sheet.to_python(skip_empty_area=False)
            found.append((name, [_texts(row) for row in rows]))
    except python_calamine.PasswordError as error:
        raise UnreadableError("The file has a password; save it without one") from error
    except Exception as error:
        raise UnreadableError("The file is damaged; save it again") from error
    if long:
        raise UnreadableError("More than 20,000 rows; divide the file")
    return found


def _delimited(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableError("Save the file as CSV in UTF-8")
    first = text[:4096]
    delimiter = max(",;\t，", key=first.count)
    try:
        rows = [
            _texts(row)
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise UnreadableError("The file is damaged; save it again") from error
    if len(rows) > MOST_ROWS + HEADER_WITHIN:
        raise UnreadableError("More than 20,000 rows; divide the file")
    return rows


def _texts(row: list[Any]) -> list[str]:
    return [text_of(value) for value in row[:MOST_COLUMNS]]


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, dates as in ISO 8601."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    # What is pasted from elsewhere brings line ends and wide spaces.
    return re.sub(r"[\s\u3000\ufeff]+", " ", str(value)).strip()


def plain(text: str) -> str:
    """Words as they are compared: without width, spaces, case, stars and colons."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s*:：_\-]", "", folded)


def _named(columns: dict[str, str]) -> dict[str, str]:
    return {
        plain(word): key for key, words in columns.items() for word in words.split()
    }


_UNITS, _PEOPLE = _named(UNIT_COLUMNS), _named(PEOPLE_COLUMNS)


def _columns(row: list[str], known: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Field → (place, header); of two columns for one field the first counts, except
    that a code beats a name where either will do."""
    found: dict[str, tuple[int, str]] = {}
    for place, header in enumerate(row):
        bare = re.sub(r"[(（].*?[)）]$", "", header)
        key = known.get(plain(header)) or known.get(plain(bare))
        if key and key not in found:
            found[key] = (place, header)
    return found


def _table(sheet: str, rows: list[list[str]]) -> Table | None:
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        headers = _columns(row, _PEOPLE)
        if "roles" in headers and ("account" in headers or "email" in headers):
            return _filled(sheet, "people", headers, rows, number)
        headers = _columns(row, _UNITS)
        if "title" in headers and len([cell for cell in row if cell]) > 1:
            return _filled(sheet, "units", headers, rows, number)
    return None


def _filled(
    sheet: str,
    kind: str,
    headers: dict[str, tuple[int, str]],
    rows: list[list[str]],
    number: int,
) -> Table:
    header = rows[number]
    used = {place for place, _ in headers.values()}
    table = Table(
        sheet=sheet,
        kind=kind,
        headers=headers,
        unused=[
            name for place, name in enumerate(header) if name and place not in used
        ],
        rows=[],
    )
    for place, row in enumerate(rows[number + 1 :], number + 2):
        filled = [cell for cell in row if cell]
        if not filled:
            continue
        # A line with one cell in a table of many columns is a heading (北京市（92所）).
        if len(filled) == 1 and len(used) > 1:
            table.skipped.append(place)
            continue
        values = {
            key: row[column] if column < len(row) else ""
            for key, (column, _) in headers.items()
        }
        if plain(filled[0]) in ("合计", "总计", "小计"):
            table.skipped.append(place)
            continue
        table.rows.append(
            (place, values, {h: row[c] for c, h in enumerate(header) if c < len(row)})
        )
    return table


def letter(place: int) -> str:
    """The letter of a column from 0: A, B … Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
