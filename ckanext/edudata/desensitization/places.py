"""Provinces and the names that their cities and districts end in (GB/T 2260)."""

from __future__ import annotations

import re

_MUNICIPALITIES = "北京|天津|上海|重庆"
_PROVINCES = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|"
    "广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
)
_REGIONS = "内蒙古|广西|西藏|宁夏|新疆"
_SHANGHAI = (
    "黄浦|徐汇|长宁|静安|普陀|虹口|杨浦|闵行|宝山|嘉定|浦东|金山|松江|青浦|奉贤|"
    "崇明|卢湾|闸北|南汇"
)
_WORD = r"[\u3400-\u9fff]"
#: What no name of a district holds: there the road or the estate begins.
_NOT = r"(?:路|街|弄|巷|号|室|栋|幢|楼|村|镇|乡|道|苑|园|里|小区|社区|省|市|县|区)"
_CITY = rf"(?:(?!{_NOT}){_WORD}){{1,9}}?"
_PROVINCE = re.compile(
    rf"({_MUNICIPALITIES})市?|({_PROVINCES})(?!市)省?|"
    rf"({_REGIONS})(?:(?:壮族|回族|维吾尔)?自治区)?|(香港|澳门)(?:特别行政区)?"
)
_PREFECTURE = re.compile(rf"{_CITY}(?:市(?!辖区|场|政)|自治州|地区|盟)")
_COUNTY = re.compile(
    rf"市辖区|{_CITY}(?:新区|(?<!小)(?<!社)(?<!校)(?<!园)(?<!厂)(?<!库)区(?!域)|自治县|县|自治旗|旗|林区|特区)"
)
_SECOND_CITY = re.compile(rf"{_CITY}市(?!场|政)")
_OWN = re.compile(rf"(?:上海市?)?({_SHANGHAI})(?:新区|区|县)?")


def district_of(text: str) -> str:
    """The part of an address down to the district or county; down to the city where
    none is named, ``""`` where not even that is."""
    text = re.sub(r"^(?:中国|中华人民共和国|地址|住址|家庭住址)[:： ]*", "", text)
    text = re.sub(r"[\s,，、\-]+", "", text)
    found, rest = "", text
    if province := _PROVINCE.match(rest):
        found, rest = province[0], rest[province.end() :]
    for pattern in (_PREFECTURE, _COUNTY):
        if part := pattern.match(rest):
            found, rest = found + part[0], rest[part.end() :]
            # 江苏省苏州市昆山市: a city of the county's rank.
            second = None if _COUNTY.match(rest) else _SECOND_CITY.match(rest)
            if pattern is _PREFECTURE and second:
                return found + second[0]
    if found and found != text[: len(found)]:
        return ""
    own = _OWN.match(text)
    if own and len(found) < len(own[0]):
        return own[0]
    return found
