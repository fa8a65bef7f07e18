"""Resource codes (信息资源代码): by rule, unique, never given twice.

Rule (政务信息资源目录编制指南 2017): 类 1 digit, 项 2, 目 3, 细目 of any length, then
`/` and a sequence. 类 and 项 are those of `schemas/codes/categories.yaml`; 目 is the
subject database; 细目 is the category within it (000 without one), `-` and the unit:
its own code, or `U` and a number where it has none. The sequence counts in the unit.

    305003001-3131000123/000007

A code stays as it was given, also when the category, the unit or its code change.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import code_lists

PATTERN = re.compile(r"\d{3}(\d{3})(\d{3})-([0-9A-Z]{5,18})/(\d{6,9})")
_UNIT_CODE = re.compile(r"[0-9A-Z]{6,18}")


def compose(
    subject_database: str | None, category: str | None, unit: str, number: int
) -> str:
    """A code out of its parts. Pure.

    :param unit: the unit's part
    :param number: in the unit's sequence, from 1
    """
    rule = code_lists.code_list("categories")
    subject = rule["subjects"].get(subject_database or "", "000")
    detail = "000"
    if category and category.isdigit() and len(category) == 6:
        subject, detail = category[:3], category[3:]
    return f"{rule['class']}{rule['item']}{subject}{detail}-{unit}/{number:06d}"


def assign(
    unit_id: str, subject_database: str | None, category: str | None = None
) -> str:
    """The next code of a unit, in the caller's transaction.

    Others who ask for a code of the same unit wait until it ends; a rollback gives the
    number back.
    """
    part = _part(unit_id)
    return compose(subject_database, category, part, _take(part, 1))


def assign_many(unit_id: str, kinds: list[tuple[str | None, str | None]]) -> list[str]:
    """Codes for several entries of a unit at once.

    :param kinds: subject database and category of each
    """
    if not kinds:
        return []
    part = _part(unit_id)
    first = _take(part, len(kinds)) - len(kinds) + 1
    return [
        compose(subject, category, part, first + place)
        for place, (subject, category) in enumerate(kinds)
    ]


def _take(part: str, count: int) -> int:
    return model.Session.execute(
        sa.text(
            "INSERT INTO edudata_code_sequence AS s (part, last) VALUES (:part, :n) "
            "ON CONFLICT (part) DO UPDATE SET last = s.last + :n RETURNING last"
        ),
        {"part": part, "n": count},
    ).scalar_one()


def _part(unit_id: str) -> str:
    unit: Any = model.Session.get(model.Group, unit_id)
    code = ((unit.extras if unit else None) or {}).get("code", "").strip().upper()
    if _UNIT_CODE.fullmatch(code):
        return code
    number = model.Session.execute(
        sa.text(
            "INSERT INTO edudata_code_unit AS u (unit_id) VALUES (:unit) "
            "ON CONFLICT (unit_id) DO UPDATE SET unit_id = u.unit_id RETURNING number"
        ),
        {"unit": unit_id},
    ).scalar_one()
    return f"U{number:06d}"
