"""Address of a dwelling: lane, house and room; estate, building and room; village,
group and house. What an institution's address has not, so that one among the addresses
of a list of schools is seen. GB/T 23705-2009 names the parts."""

from __future__ import annotations

from .base import TableRecognizer

_N = r"[0-9]{1,5}"
_CN = r"[0-9一二三四五六七八九十]{1,4}"
_ROOM = r"[0-9]{2,4}[A-Za-z]? ?(?:室|房(?!间)|户)"
_ESTATE = (
    r"(?:小区|新村|[一二三四五六七八九十]村|公寓|花园|花苑|家园|佳苑|名苑|雅苑|馨苑|"
    r"丽苑|嘉苑|新苑|"
    r"华庭|名邸|别墅|家属院|家属楼|教工楼|教师楼)"
)


class HomeAddressRecognizer(TableRecognizer):
    """天平路100弄3号502室, 田林新村12号301室, 3栋2单元501, 某村3组12号; less sure of
    天平路100号502室, which an office in a building has too."""

    ENTITY = "HOME_ADDRESS"
    CHINESE = True
    PATTERNS = [
        (
            "lane, house and room",
            rf"(?<![0-9]){_N} ?支?弄 ?(?:{_N} ?支弄 ?)?{_N} ?(?:号楼?|栋|幢)?[ ,-]?"
            rf"(?:[0-9]{{1,2}} ?楼 ?)?{_ROOM}",
            0.9,
        ),
        (
            "estate, house and room",
            rf"{_ESTATE} ?{_CN} ?(?:号楼?|栋|幢|座|#)[ ,-]?(?:{_CN} ?单元 ?)?{_ROOM}",
            0.9,
        ),
        (
            "unit and room",
            rf"{_CN} ?单元 ?[0-9]{{3,4}}(?![0-9]) ?(?:室|房|户|号)?",
            0.9,
        ),
        (
            "village, group and house",
            rf"[村屯庄寨][\u3400-\u9fff]{{0,4}}?{_CN} ?(?:村民)?"
            rf"小?[组队社] ?{_N} ?[号户]",
            0.9,
        ),
        (
            "house and room",
            rf"[路街道弄巷里段村]{_N} ?(?:号|栋|幢)[ ,-]?(?:[0-9]{{1,3}} ?(?:栋|"
            rf"幢) ?)?{_ROOM}",
            0.65,
        ),
    ]
