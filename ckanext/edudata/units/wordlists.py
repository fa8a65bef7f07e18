"""Words of spreadsheets for codes: kinds of units, districts, roles, dates. Pure."""

from __future__ import annotations

import datetime
import re
import unicodedata

from ckanext.edudata.units import who_may
from ckanext.edudata.units.spreadsheet import plain

KINDS = {
    "municipal_commission": "市教委 市教育委员会",
    "district_bureau": "区教育局 教育局 区县教育局",
    "university": "高等学校 高校 大学 普通高等学校 普通高校 本科 高职 专科 高职(专科)",
    "vocational_school": "中职校 中职 中等职业学校 中专 职校 技校",
    "school": "中小学 小学 中学 初中 高中 完中 完全中学 九年一贯制学校 普通小学 "
    "普通初中 普通高中 十二年一贯制学校 特殊教育学校 专门学校",
    "kindergarten": "幼儿园 托儿所 托幼机构",
    "affiliated": "直属单位 直属事业单位",
    "department": "内设部门 处室 科室 部门 内设机构",
    "public_body": "其他公共管理和服务机构 其他机构",
    "voluntary": "参照执行的学校 自愿加入的学校 民办学校 中外合作办学",
}
_KINDS = {plain(word): key for key, words in KINDS.items() for word in words.split()}
_ROLES = {plain(role.label_zh): name for name, role in who_may.ROLES.items()}
_ROLES.update({plain(name): name for name in who_may.ROLES})
_ROLES.update(
    {
        plain(word): name
        for name, words in {
            "compiler": "编目人员",
            "reviewer": "审核员 审核人员",
            "leader": "领导 负责人",
            "coordinator": "数据管理协调员 协调员",
            "technician": "数据技术管理员 技术人员",
            "security_officer": "安全责任人 安全负责人",
            "supervisor": "监督考核人员",
        }.items()
        for word in words.split()
    }
)


def kind(text: str, labels: dict[str, str]) -> str | None:
    """Code of a kind of unit.

    :param labels: label in any language, as `plain` writes it → code
    """
    word = plain(text)
    return labels.get(word) or _KINDS.get(word) or None


def district(text: str, labels: dict[str, str]) -> str | None:
    """Code of a district: by code, name with or without 区, or with the city before.

    :param labels: label in any language, as `plain` writes it → code
    """
    word = re.sub(r"^上海市?(?=.)", "", plain(text)) or plain(text)
    if word in ("市", "全市", "上海", "上海市"):
        return "310000" if "310000" in labels.values() else None
    for attempt in (word, word + "区", word.removesuffix("区") + "新区"):
        if attempt in labels:
            return labels[attempt]
    return word if word in labels.values() else None


def roles(text: str) -> tuple[list[str], list[str]]:
    """Roles named in a cell, and the words that name none."""
    known, unknown = [], []
    for word in re.split(r"[、,，;；/|\s]+", text):
        if not word:
            continue
        name = _ROLES.get(plain(word))
        if name is None:
            unknown.append(word)
        elif name not in known:
            known.append(name)
    return known, unknown


_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?: 00:00(?::00)?)?")


def date(text: str) -> str | None:
    """A date as people write it, in ISO 8601; None for what is none."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    try:
        return datetime.date(*map(int, found.groups())).isoformat()
    except ValueError:
        return None
