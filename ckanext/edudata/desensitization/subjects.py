"""What the rows of a table are about: persons, institutions, published works, or
numbers of people. From its profile and what was found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from . import people_words
from . import table_words as words
from .column_rules import COLUMN_SHARE, SURELY_HOME
from .profile import ColumnProfile, TableProfile
from .report import Finding

#: A row is a person where one of these fills a column.
_PERSONAL = frozenset(
    [
        "CN_RESIDENT_ID",
        "HMT_RESIDENCE_PERMIT",
        "HMT_TRAVEL_PERMIT",
        "FOREIGNER_ID",
        "PASSPORT",
        "STUDENT_REGISTRATION",
        "STUDENT_NUMBER",
        "STAFF_NUMBER",
        "TEACHER_CERTIFICATE",
        "MILITARY_ID",
        "POLICE_ID",
        "SOCIAL_SECURITY",
        "DRIVING_LICENCE",
        "PERSONAL_DOCUMENT",
        "PERSON_NAME",
        "BIRTH_DATE",
        "HOME_ADDRESS",
        "LOCATION",
    ]
)
#: Of the combinations that the columns allow, so many rows make a grid of figures.
_GRID = 0.8
#: Rows from which on a table with fewer combinations is no table of rules.
_MANY = 20


@dataclass(frozen=True)
class Subject:
    """``quasi`` and ``sensitive`` are columns; they only count for persons."""

    persons: bool = False
    institutions: bool = False
    quasi: tuple[ColumnProfile, ...] = ()
    sensitive: tuple[ColumnProfile, ...] = ()


def about(table: TableProfile, findings: list[Finding]) -> Subject:
    quasi = tuple(c for c in table.columns if words.is_quasi(c.label))
    sensitive = tuple(
        c for c in table.columns if words.is_sensitive(c.label) and c.cells
    )
    filled = _filled(table, findings)
    if key_column(table) and not _names_persons(table, filled):
        return Subject(institutions=True)
    persons = bool(filled) or _tells_persons(table, quasi, sensitive)
    return Subject(persons, not persons and bool(key_column(table)), quasi, sensitive)


def counts_people(table: TableProfile) -> bool:
    """Whether cells of the table are numbers of people."""
    labels = [c.label for c in table.columns]
    if any(people_words.roles(labels)):
        return True
    if any(
        words.matches(words.COUNT, c.label)
        and not words.matches(words.OF_ONE, c.label)
        and _numeric(c)
        for c in table.columns
    ):
        # 合计 beside marks is the sum of the marks; alone it is a number of somebody.
        others = [
            c
            for c in table.columns
            if _numeric(c)
            and not words.matches(words.COUNT, c.label)
            and not words.is_quasi(c.label)
            and not words.matches(words.CODE_LIKE, c.label)
        ]
        return not any(words.matches(words.SENSITIVE, c.label) for c in others)
    return False


def _filled(table: TableProfile, findings: list[Finding]) -> set[str]:
    """Columns that one kind of personal data fills."""
    filled: set[str] = set()
    for found in findings:
        many = found.count >= max(1, table.rows * COLUMN_SHARE)
        # 天平路100号502室 may be an office.
        sure = found.entity != "HOME_ADDRESS" or found.score >= SURELY_HOME
        if many and sure and found.entity in _PERSONAL and found.where == "cell":
            filled.add(found.column)
    return filled


def _names_persons(table: TableProfile, filled: set[str]) -> bool:
    """Whether a row with an institution's name is a person of it all the same: more
    than the name of whom to ask for stands there."""
    labels = {c.name: c.label for c in table.columns}
    if any(not _is_contact(labels.get(column, "")) for column in filled):
        return True
    if counts_people(table):
        return False
    return any(
        words.is_intrinsic(c.label) and c.cells and not _is_contact(c.label)
        for c in table.columns
    )


def _is_contact(label: str) -> bool:
    """校长, 联系人, 法定代表人身份证号: of somebody who stands for an institution."""
    return words.matches(words.CONTACT, label)


def _tells_persons(
    table: TableProfile,
    quasi: tuple[ColumnProfile, ...],
    sensitive: tuple[ColumnProfile, ...],
) -> bool:
    """Whether nobody is named, but a row is a person: there are facts that only one
    human being has, and no figures about many."""
    if counts_people(table) or _is_grid(table, quasi):
        return False
    told = {c.name for c in (*quasi, *sensitive)}
    if any(words.is_intrinsic(c.label) and c.cells for c in table.columns):
        things = any(
            words.matches(words.THING_NAME, c.label) and _is_key(table, c)
            for c in table.columns
            if c not in quasi
        )
        return len(told) >= 2 and not things
    own = [c for c in sensitive if _own_fact(c)]
    if not own or len(told) < 2 or table.rows < 2:
        return False
    others = [
        c for c in table.columns if c not in own and c.cells and not _is_order(table, c)
    ]
    classes = [c for c in others if words.matches(words.CLASS, c.label)]
    if any(_is_key(table, c) for c in others):
        return False
    return (
        bool(classes)
        or (len(own) >= 2 and all(c in sensitive or _numeric(c) for c in others))
        or _stand_again(table, others)
    )


def _stand_again(table: TableProfile, others: list[ColumnProfile]) -> bool:
    """Many rows for what is the same but for facts of persons: no rule and no figure
    stands twice."""
    if any(
        words.matches(pattern, c.label)
        for c in table.columns
        for pattern in (words.NORM, words.RATE)
    ):
        return False
    kinds = prod(max(1, c.sample.unique()) for c in others if not _numeric(c))
    return table.rows >= _MANY and table.rows > kinds


def _own_fact(column: ColumnProfile) -> bool:
    """Marks by subject must be numbers: 语文 may also hold publishers or hours."""
    if not words.matches(words.OWN_FACT, column.label):
        return False
    subject = words.matches(words.SUBJECT, column.label)
    return not subject or (_numeric(column) and column.types.longest >= 2)


def _is_key(table: TableProfile, column: ColumnProfile) -> bool:
    """One value for each row, so rows are what this column names."""
    return (
        column.cells >= 0.9 * table.rows
        and column.sample.unique() >= 0.9 * column.cells
        and not _numeric(column)
    )


def _is_order(table: TableProfile, column: ColumnProfile) -> bool:
    """序号 and made-up numbers of persons."""
    return words.matches(words.ORDER, column.label) or (
        _is_unique(table, column) and words.matches(words.CODE_LIKE, column.label)
    )


def _is_unique(table: TableProfile, column: ColumnProfile) -> bool:
    return column.sample.unique() >= 0.9 * column.cells > 0


def _numeric(column: ColumnProfile) -> bool:
    return column.types.numbers >= 0.5 * max(1, column.cells)


def _is_grid(table: TableProfile, quasi: tuple[ColumnProfile, ...]) -> bool:
    """Each combination of sex, grade and so on stands once, or as often as the others
    beside a norm: figures or rules for groups, and no list of persons."""
    sizes = set(table.groups.values())
    if len(sizes) != 1 or not quasi:
        return False
    others = [
        c
        for c in table.columns
        if c not in quasi and c.cells and not words.matches(words.ORDER, c.label)
    ]
    if any(_own_fact(c) and not _numeric(c) for c in others):
        return False
    norm = any(words.matches(words.NORM, c.label) for c in others)
    rates = [c for c in others if words.matches(words.RATE, c.label)]
    if norm or (rates and all(c in rates for c in others if _numeric(c))):
        return True
    combinations = prod(max(1, c.sample.unique()) for c in quasi)
    return sizes == {1} and len(quasi) >= 2 and table.rows >= _GRID * combinations > 1


def key_column(table: TableProfile) -> ColumnProfile | None:
    """The column of names or codes of institutions that never come twice."""
    sites = any(words.matches(words.SITE, c.label) for c in table.columns)
    for column in table.columns:
        sure = words.matches(words.INSTITUTION_KEY, column.label)
        if not sure and not words.matches(words.INSTITUTION_LIKE, column.label):
            continue
        # A school with several sites has a row for each.
        least = 0.4 if sites else 0.9
        unique = column.sample.unique() >= least * column.cells
        full = column.cells >= 0.9 * table.rows > 0
        if unique and full and _is_named(column, sure):
            return column
    return None


def _is_named(column: ColumnProfile, sure: bool) -> bool:
    if column.sample.mean(2) >= 0.7:
        return True
    if not sure:
        return False
    if re.search(r"码|code|urn|\bid$|dm$", column.label, re.I):
        return column.types.shortest >= 4 and column.sample.mean(3) < 0.1
    # The column says so, and its cells are not such words as a name could be.
    return column.sample.mean(0) < 0.3 and not _numeric(column)
