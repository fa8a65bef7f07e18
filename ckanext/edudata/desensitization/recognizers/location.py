"""Precise position of a person (GB/T 35273-2020 Annex B: whereabouts): a pair of
coordinates in China with four and more decimals beside words of a home or a person.
Coordinates of schools are public."""

from __future__ import annotations

from .numbers import NumberRecognizer

_LONGITUDE = r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])\.[0-9]{4,15}"
_LATITUDE = r"(?:[1-4][0-9]|5[0-4]|[3-9])\.[0-9]{4,15}"
_BETWEEN = (
    r"[ \t°EN度]{0,3}[,，、;/ \t][ \t]{0,2}"
    r"(?:北纬|东经|纬度|经度|lat|lng|lon)?[:= \t]{0,2}"
)


class LocationRecognizer(NumberRecognizer):
    """家庭位置 121.473701,31.230416."""

    ENTITY = "LOCATION"
    # 家庭教育指导站, 家长学校 and 居住区 are places, too.
    CONTEXT = [
        "家庭住", "家庭位", "家庭坐", "家庭定", "家庭经", "家庭地", "住址", "住所",
        "家住", "居住地",
        "居住在", "住在", "现居", "签到位置", "打卡位置", "家长位置", "家长定位",
        "本人", "学生位置",
        "学生定位", "行踪", "轨迹", "home address", "home location",
    ]  # fmt: skip
    PATTERNS = [
        ("east first", r"(?<![0-9.])" + _LONGITUDE + _BETWEEN + _LATITUDE
        + r"(?![0-9])", 0.2),
        ("north first", r"(?<![0-9.])" + _LATITUDE + _BETWEEN + _LONGITUDE
        + r"(?![0-9])", 0.2),
    ]  # fmt: skip
