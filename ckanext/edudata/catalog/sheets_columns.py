"""Columns of the catalog sheets, from the schema of entries and a person's units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import sheets, sheets_words
from ckanext.edudata.catalog.sheets import Column
from ckanext.edudata.units import people

#: Labels of the parts of an information item, English message ids, and what others
#: call them.
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("Name of the column", ("字段名称", "字段名", "列名", "信息项英文名称")),
    "label": ("Chinese name", ("中文名称", "信息项名称", "信息项", "字段中文名")),
    "type": ("Type", ("数据类型", "类型", "字段类型")),
    "length": ("Length", ("数据长度", "长度", "字段长度")),
    "unit": ("Unit of measure", ("计量单位", "度量单位")),
    "codes": ("Code list", ("代码表", "字典", "值域")),
    "required": ("Required", ("必填", "是否必填")),
    "personal": ("Personal information", ("个人信息", "是否个人信息")),
    "element": ("Standard element", ("标准数据元", "数据元")),
    "description": ("Description", ("说明", "描述", "备注")),
}
_TYPES = (
    *(("文本", "text"), ("字符型", "text"), ("字符串", "text"), ("字符", "text")),
    *(("整数", "integer"), ("整型", "integer"), ("整数型", "integer")),
    *(("数字", "numeric"), ("数值", "numeric"), ("数值型", "numeric")),
    *(("日期", "date"), ("日期型", "date"), ("小数", "numeric")),
)


def compiled_units(user_id: str | None) -> dict[str, dict[str, str]]:
    """Units that the person compiles for, by id: `{id, name, title, code}`."""
    return units_of(people.all_units_where(user_id, ["compiler"]))


def units_of(ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Active units by id, in the order of their titles."""
    group: Any = model.Group
    rows = model.Session.execute(
        sa.select(group.id, group.name, group.title, group.extras["code"].astext)
        .where(
            group.id.in_(list(ids)),
            group.is_organization.is_(True),
            group.state == "active",
        )
        .order_by(group.title)
    )
    return {
        row[0]: {"id": row[0], "name": row[1], "title": row[2], "code": row[3] or ""}
        for row in rows
    }


def of_entries(
    units: Mapping[str, Mapping[str, str]], *, own: bool = True
) -> list[Column]:
    """Columns of the sheet of resources.

    :param units: those that may be chosen as owner
    :param own: with the columns of the entry's id and owner
    """
    schema = tk.h.scheming_get_dataset_schema("entry")
    found = [Column(sheets.NUMBER, tk._("No."))]
    if own:
        found.insert(
            0, Column(sheets.ID, tk._("Identifier (do not change)"), locked=True)
        )
    for field in sheets.fields_of(schema):
        name = field["field_name"]
        if not own and name in ("owner_org", "resource_code"):
            continue
        found.append(_column(field, units))
    return found


def _column(field: Mapping[str, Any], units: Mapping[str, Mapping[str, str]]) -> Column:
    name, kind = field["field_name"], sheets.kind_of(field)
    choices: tuple[tuple[str, str], ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    if kind == "unit":
        choices = tuple((key, unit["title"]) for key, unit in units.items())
        also = tuple(_names(units))
    elif kind == "units":
        choices = tuple(
            (key, unit["title"]) for key, unit in units_of(_all_units()).items()
        )
    elif kind in ("choice", "choices"):
        offered = list(tk.h.scheming_field_choices(field) or [])
        choices = tuple(
            (str(item["value"]), sheets_words.label(item["label"])) for item in offered
        )
        also = tuple(
            (words, str(item["value"]))
            for item in offered
            for words in _languages(item["label"])
        )
    return Column(
        name=name,
        label=sheets_words.label(field.get("label") or name),
        kind=kind,
        choices=choices,
        required=bool(field.get("required")),
        help=sheets_words.label(field.get("help_text") or "") or "",
        locked=name == "resource_code",
        also=also,
        headings=tuple(_languages(field.get("label"))),
    )


def _languages(label: Any) -> list[str]:
    """A label in all its languages: a sheet may come from another one's page."""
    return [str(words) for words in label.values()] if isinstance(label, dict) else []


def _all_units() -> list[str]:
    group: Any = model.Group
    return list(
        model.Session.scalars(
            sa.select(group.id).where(
                group.is_organization.is_(True), group.state == "active"
            )
        )
    )


def of_items() -> list[Column]:
    """Columns of the sheet of information items."""
    keys = {
        "resource_number": (tk._("No. of the resource"), "资源序号"),
        "resource_title": (tk._("Title of the resource"), "数据资源名称"),
        "file_id": (tk._("Identifier of the file (do not change)"), "文件标识"),
        "file": (tk._("Name of the file"), "文件名称"),
    }
    found = [
        Column(
            name,
            words[0],
            locked=name == "file_id",
            required=name == "resource_number",
            headings=words[1:],
        )
        for name, words in keys.items()
    ]
    types = tuple((t["value"], t["label"]) for t in tk.h.edudata_item_types())
    for name, (label, others) in PARTS.items():
        kind, choices, also = "text", (), ()
        if name == "type":
            kind, choices, also = "choice", types, _TYPES
        elif name in ("required", "personal"):
            kind = "yes"
        found.append(
            Column(
                name,
                tk._(label),
                kind,
                choices,
                required=name == "name",
                also=also,
                headings=others,
            )
        )
    return found


def _names(units: Mapping[str, Mapping[str, str]]) -> Iterable[tuple[str, str]]:
    """A unit's identifier and code, beside its name."""
    for key, unit in units.items():
        yield unit["name"], key
        if unit["code"]:
            yield unit["code"], key
