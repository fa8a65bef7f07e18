"""Student and examinee numbers: 学号, 考生号 (registration for 高考: year, area of
GB/T 2260, kind and sequence, 14 digits), 准考证号. Schools number as they like, so
a word in front, or for 14 digits somewhere near, must name them."""

from __future__ import annotations

import re

from .base import AFTER, BEFORE
from .numbers import GAP, NumberRecognizer
from .resident_id import PROVINCES, true_date

_WORD = (
    r"(?:学号|学生(?:编号|证号|代码|ID)|考生(?:编号|号码|号)|准考证(?:编号|号码|号)?|"
    r"考号|"
    r"考籍号|会考号|报名(?:序)?号|学生卡号|校园卡号|一卡通(?:号|卡号)?|借书证号|饭卡号|"
    r"(?<![A-Za-z])(?:student|candidate|examinee) ?(?:id|no\.?|number)(?![A-Za-z]))"
)


class StudentNumberRecognizer(NumberRecognizer):
    """学号:20210102; 考生24310115150123."""

    ENTITY = "STUDENT_NUMBER"
    OPEN_NUMBER = True
    CONTEXT = [
        "考生",
        "准考证",
        "考号",
        "高考",
        "中考",
        "会考",
        "考籍",
        "报名号",
        "学号",
    ]
    CUE = re.compile(_WORD + GAP, re.I)
    PATTERNS = [
        (
            "named",
            _WORD + GAP
            + r"(?=[A-Z]{0,4}[0-9\-]{5})[A-Z]{0,4}[0-9][0-9A-Z\-]{3,18}[0-9A-Z]"
            + AFTER,
            0.7,
        ),
        (
            "14 digits",
            BEFORE + r"[0-2][0-9][1-6][0-9]{5}[0-9]{6}" + AFTER,
            0.2,
        ),
    ]  # fmt: skip

    def judge(self, text: str, start: int, end: int, base: float) -> float:
        found = text[start:end]
        if base > 0.5:
            # 准考证2024-06-07: the day of an examination.
            day = re.fullmatch(r"(?:19|20)\d\d-?\d\d-?\d\d", found)
            return 0 if day and "-" in found else base
        # 20220315093000 is a time of the day.
        time = true_date(found[:8]) and found[8:10] < "24" and found[10:12] < "60"
        return base if found[2:4] in PROVINCES and not time else 0
