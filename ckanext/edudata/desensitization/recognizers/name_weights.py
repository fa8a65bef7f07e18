"""How much a few characters alone look like the name of a person.

Log-odds of the characters by place, with a surname list (how the tables were made:
``data/make_name_weights.py``; from jieba's dictionary, MIT).
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_CJK = re.compile(r"[\u3400-\u9fff]{2,4}")
_SPACED = re.compile(r"([\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
#: 买买提·艾力, 卓玛·央金: minority and transliterated names.
_DOTTED = re.compile(r"[\u3400-\u9fff]{1,8}(?:[·.][\u3400-\u9fff]{1,8}){1,3}")
# Endings that make a short word a place or an institution and no person.
_NOT_NAME = re.compile(
    r".*(?:市|县|区|省|州|镇|乡|村|路|街|校|院|系|部|局|处|科|所|馆|厅|班|级|组|类|型|社|站|"
    r"学|课|费|率|数|量|号|码|票|员|师|生|人)$"
)


@lru_cache(maxsize=1)
def _tables() -> list[dict[str, float]]:
    return json.loads((_DATA / "name_weights.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    return frozenset((_DATA / "surnames.txt").read_text("utf-8").split())


def squeeze(text: str) -> str:
    """张 三 -> 张三: names are spaced to line up with three-character ones."""
    return _SPACED.sub(r"\1", text.strip())


@lru_cache(maxsize=65536)
def name_score(text: str) -> float:
    """Between 0 and 1; 0.5 is undecided. ``text`` is normalised."""
    text = squeeze(text)
    if _DOTTED.fullmatch(text):
        return 0.8
    if not _CJK.fullmatch(text):
        return 0.0
    size = 2 if text[:2] in surnames() and len(text) > 2 else 1
    given = text[size:]
    if text[:size] not in surnames() or len(given) > 2:
        return 0.02
    first, *rest = _tables()
    odds = first.get(text[:size], 0.0)
    # A given name of one character stands where its words end as often as they go on.
    odds += sum(table.get(char, 0.0) for table, char in zip(rest, given, strict=False))
    if _NOT_NAME.fullmatch(text):
        odds -= 2.5
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))
