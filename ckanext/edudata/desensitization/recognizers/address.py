"""Address down to a door: road and number, lane, village group or building and room.

A place name alone is no address (区县, 街道 and school names must pass), so a
number of a door is demanded. GB/T 23705-2009 names the parts."""

from __future__ import annotations

from .base import TableRecognizer

_NUM = r"[0-9一二三四五六七八九十百]{1,6}"
_ROAD = r"[\u3400-\u9fff0-9]{1,12}?(?:路|街|道|大道|大街|胡同|巷|弄|里|支路)"


class AddressRecognizer(TableRecognizer):
    """上海市徐汇区天平路100弄3号502室; 某某村12组8号; 某某小区3栋2单元501."""

    ENTITY = "ADDRESS"
    CHINESE = True
    CONTEXT = ["住址", "地址", "家住", "住在", "现住", "户籍"]
    PATTERNS = [
        (
            "road and number",
            _ROAD + r"(?:[东南西北中]段?)? ?" + _NUM
            + r"(?:[-—~]\d{1,5})? ?(?:弄|号|巷|支弄)(?!线|楼市)",
            0.6,
        ),
        (
            "village and group",
            r"[\u3400-\u9fff]{1,8}(?:村|屯|庄|寨)" + _NUM + r"(?:组|队|社|号)",
            0.6,
        ),
        (
            "building and room",
            _NUM + r" ?(?:栋|幢|座|号楼|单元) ?(?:" + _NUM + r" ?单元 ?)?"
            r"[0-9]{2,5} ?(?:室|房|户|号)?(?![0-9年人])",
            0.5,
        ),
    ]  # fmt: skip
