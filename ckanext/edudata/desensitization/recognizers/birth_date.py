"""Date of birth in a sentence (出生于2012年3月4日). In a column of its own it is known
by the column's name, see ``headers``.

Born before 1920 are those of whom history tells."""

from __future__ import annotations

from .base import TableRecognizer

_YEAR = r"(?:19[2-9][0-9]|20[0-3][0-9])"
_MONTH = r"(?:1[0-2]|0?[1-9])(?![0-9])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_NUMERAL = "〇○零0一二三四五六七八九"
_CHINESE = (
    rf"[一二][{_NUMERAL}]{{3}} ?年 ?[元正冬腊一二三四五六七八九十]{{1,2}} ?月"
    r"(?: ?[初廿卅一二三四五六七八九十]{1,3} ?[日号]?)?"
)
_FULL = (
    rf"(?:{_YEAR} ?[-./年] ?{_MONTH} ?[-./月] ?{_DAY} ?[日号]?|"
    rf"(?<![0-9]){_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])|"
    rf"(?<![0-9])['’]?[0-9]{{2}} ?年 ?{_MONTH} ?月(?: ?{_DAY} ?[日号])?|"
    rf"{_YEAR} ?[-./年] ?{_MONTH}(?: ?月份?)?|{_CHINESE})"
)
_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = r"[0-3]?[0-9](?:st|nd|rd|th)?"
_ENGLISH = (
    rf"(?:{_NAME} {_ORDINAL},? ?{_YEAR}|{_ORDINAL}(?: of)?[ -]{_NAME},?[ -]{_YEAR}|"
    rf"{_NAME},? {_YEAR}|{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}|"
    rf"[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:{_YEAR}|[0-9]{{2}})(?![0-9]))"
)
_CALENDAR = r"(?:\(?[公农阳阴]历\)? ?)?"


class BirthDateRecognizer(TableRecognizer):
    """生于二〇一二年三月四日; 2012.3.4生; 12年3月4日出生; born on March 4, 2012."""

    ENTITY = "BIRTH_DATE"
    PATTERNS = [
        (
            "word before",
            r"(?:出生(?:日期|年月日?|时间|日|于|在)?|(?<![诞发产新学考医师招业究养先男女习中科士校届等长])生于|生日|生辰|(?<![a-z])dob)"
            rf" ?(?:[:=为是在]|\(|应为)? ?{_CALENDAR}{_FULL}",
            0.7,
        ),
        (
            "word after",
            rf"{_FULL} ?(?:出生|生(?=[^\u3400-\u9fff]|$|于|人(?:[^\u3400-\u9fff]|$)))",
            0.7,
        ),
        (
            "birthday without a year",
            rf"(?<!校)生日 ?[:为是在]? ?{_CALENDAR}{_MONTH} ?月 ?{_DAY} ?[日号]",
            0.6,
        ),
        (
            "in English",
            r"(?<![a-z])(?:born(?: (?:on|in))?|birth ?date|date of birth|birthday|dob|"
            rf"d\.o\.b\.?)(?: ?[:=(]| is| was)? ?{_ENGLISH}",
            0.7,
        ),
    ]
