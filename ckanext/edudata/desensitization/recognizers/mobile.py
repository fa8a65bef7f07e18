"""Mobile number of mainland China: 11 digits after the numbering plan of the Ministry
of Industry and Information Technology (电信网编号计划), with +86, 0086 or a leading 0,
and any separators."""

from __future__ import annotations

from .base import TableRecognizer, digits

#: Allotted prefixes, virtual operators, satellite (1349, 174x) and 192 included;
#: data-only numbers (14x for machines) are left out where no person holds them.
PREFIXES = frozenset(
    [str(n) for n in range(130, 140)]
    + ["145", "147", "148", "149"]
    + [str(n) for n in range(150, 160) if n != 154]
    + ["162", "165", "166", "167"]
    + ["170", "171", "172", "173", "174", "175", "176", "177", "178"]
    + [str(n) for n in range(180, 190)]
    + ["190", "191", "192", "193", "195", "196", "197", "198", "199"]
)
_SEP = r"[\s\-._/·]{0,2}"


class MobileRecognizer(TableRecognizer):
    """11 digits with an allotted prefix, alone or inside a text."""

    ENTITY = "MOBILE"
    OPEN_NUMBER = True
    CONTEXT = [
        "手机", "电话", "联系", "移动", "mobile", "phone", "tel", "致电", "微信", "sjh",
    ]  # fmt: skip
    PATTERNS = [
        (
            "11 digits",
            r"(?<![0-9])(?<!\d[.,])(?<![A-Za-z]\d)(?<![A-Za-z\d][-_.])"
            r"(?:(?:[+(]{0,2}|00)86[)]?" + _SEP + r"|0)?\(?1[3-9]\d\)?" + _SEP
            + r"(?:\d{4}" + _SEP + r"\d{4}|\d{3}" + _SEP + r"\d{5}"
            r"|\d{2}" + _SEP + r"\d{2}" + _SEP + r"\d{2}" + _SEP + r"\d{2}"
            r"|\d[ \-]\d{4}[ \-]\d{3})"
            r"(?![0-9A-Za-z])(?![.,]\d)(?!-\d{3})",
            0.6,
        )
    ]  # fmt: skip

    def validate_result(self, pattern_text: str) -> bool | None:
        number = digits(pattern_text)[-11:]
        if number[:3] not in PREFIXES or len(set(number)) <= 2:
            return False
        return None
