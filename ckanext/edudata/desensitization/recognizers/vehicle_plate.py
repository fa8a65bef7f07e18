"""Vehicle registration plate (GA 36-2018): ordinary, new energy (eight characters),
学 警 挂 领 港 澳, armed police (WJ), and military plates where a word names them."""

from __future__ import annotations

from .base import AFTER
from .numbers import NumberRecognizer, inside_link

_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_C = "[A-HJ-NP-Z0-9]"


class VehiclePlateRecognizer(NumberRecognizer):
    """沪A12345, 沪A·D12345, 沪A1234学, 粤Z1234港, WJ沪12345."""

    ENTITY = "VEHICLE_PLATE"
    CONTEXT = ["车牌", "牌照", "号牌", "车号", "plate", "cph"]
    PATTERNS = [
        (
            "civil",
            _PROVINCE + r" ?[A-HJ-Z] ?[·. \-]? ?(?:"
            r"[DABCEFGHJK]" + _C + r"[0-9]{4}|[0-9]{5}[DABCEFGHJK]|"
            + _C + r"{4}[学警挂领港澳试超]|" + _C + r"{5}|"
            + _C + r"{1,3}[ \-·]" + _C + r"{2,4})" + AFTER,
            0.6,
        ),
        ("armed police", r"(?<![A-Za-z])WJ ?[0-9]{0,2}" + _PROVINCE
        + r"? ?[·\-]?[0-9]{4}[0-9XBTSHJD]"
         + AFTER, 0.6),
        ("military", r"(?<![A-Za-z0-9])[VKHBSLJNGCEZ][A-DJKMORTVY] ?[·\-]?[0-9]{5}"
        + AFTER, 0.2),
        ("embassy", r"(?:使 ?[0-9]{3} ?[·\-.]? ?[0-9]{3}|[0-9]{6} ?[使领])" + AFTER,
        0.2),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end]
        if base < 0.5 or found[:2].upper() == "WJ":
            return base
        # 川A教学楼 is none, nor 沪B2-20050123 (a business licence), nor a room.
        rest = "".join(c for c in found if c.isalnum())[2:]
        letters = sum(c.isascii() and c.isalpha() for c in rest)
        size = len(rest)
        if size not in (5, 6) or letters > 2 or rest.isalpha():
            return 0
        if size == 6 and not (rest[0].isalpha() or rest[-1].isalpha()):
            return 0
        if text[end : end + 1] == "-" or inside_link(text, start):
            return 0
        return base
