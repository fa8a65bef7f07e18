"""Staff number, 工号 or 教工号: each employer's own, so only right after its name."""

from __future__ import annotations

import re

from .base import AFTER
from .numbers import GAP, NumberRecognizer

_WORD = (
    r"(?:工号|教工号|职工号|员工号|(?:教职工|职工|员工|教师|人事|人员)(?:编号|代码)|"
    r"教职工号|"
    r"(?<![A-Za-z])(?:staff|employee) ?(?:id|no\.?|number)(?![A-Za-z]))"
)


class StaffNumberRecognizer(NumberRecognizer):
    """工号:20100123."""

    ENTITY = "STAFF_NUMBER"
    CUE = re.compile(_WORD + GAP, re.I)
    PATTERNS = [
        (
            "named",
            _WORD + GAP
            + r"(?=[A-Z]{0,4}[0-9]{3})[A-Z]{0,4}[0-9][0-9A-Z\-]{2,14}[0-9A-Z]"
            + AFTER,
            0.7,
        )
    ]  # fmt: skip
