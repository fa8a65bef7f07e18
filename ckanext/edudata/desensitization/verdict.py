"""From the profile of a file to its verdict: pure rules, no reading.

``clear``       nobody is in it: unconditional at most
``restricted``  nobody is identified, but people could be singled out (small groups,
                facts of single persons) or cells are small: conditional at most
``blocked``     personal data or a classification mark: open in no class
``unreadable``  not read to the last cell: open in no class
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from . import table_words as words
from .column_rules import COLUMN_SHARE, judge_column, make_finding
from .entities import ENTITIES
from .profile import LONE_NAME, ColumnProfile, HitTally, Profile, Sample, TableProfile
from .report import CheckOptions, ColumnInfo, Finding, TableInfo
from .ruleset import RULESET

__all__ = ["GROUNDS", "RULESET", "Judgement", "judge", "loosest_class", "worst"]

_CLASSES = {"clear": "unconditional", "restricted": "conditional"}
_NAMES_IN_CELLS = ("NAME_IN_TEXT", LONE_NAME)
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
        "PERSONAL_DOCUMENT",
        "PERSON_NAME",
        "BIRTH_DATE",
        "HOME_ADDRESS",
    ]
)

GROUNDS = {
    "personal": "Personal data were found.",
    "classified": "The file carries a classification mark.",
    "small_groups": "People could be singled out: the smallest group that shares all "
    "quasi-identifiers is smaller than the limit.",
    "individual": "Each row is one person, with facts that only concern that person.",
    "small_cells": "Numbers of people smaller than the limit stand in the table.",
}


def loosest_class(verdict: str) -> str:
    """The loosest opening class (Article 27) that a verdict permits."""
    return _CLASSES.get(verdict, "not_open")


def worst(verdicts: list[str]) -> str:
    order = ("clear", "restricted", "blocked", "unreadable")
    return max(verdicts, key=order.index, default="clear")


@dataclass
class Judgement:
    """Verdict, its grounds, findings and tables (without digests and paths)."""

    verdict: str
    grounds: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: list[TableInfo] = field(default_factory=list)

    @property
    def classified(self) -> bool:
        return "classified" in self.grounds


def judge(profile: Profile, options: CheckOptions) -> Judgement:
    """The verdict on a file from its profile."""
    findings, tables, grounds = _outside(profile.outside, ""), [], []
    for table in profile.tables:
        found, info, more = _judge_table(table, options)
        findings += found
        tables.append(info)
        grounds += more
    open_findings = [f for f in findings if not f.passed]
    if any(f.entity == "CLASSIFIED" for f in open_findings):
        grounds.insert(0, "classified")
    if any(f.entity != "CLASSIFIED" for f in open_findings):
        grounds.insert(0, "personal")
    grounds = list(dict.fromkeys(grounds))
    verdict = "restricted" if grounds else "clear"
    if open_findings:
        verdict = "blocked"
    return Judgement(verdict, grounds, findings, tables)


def _judge_table(
    table: TableProfile, options: CheckOptions
) -> tuple[list[Finding], TableInfo, list[str]]:
    counted = any(words.matches(words.COUNT, c.label) for c in table.columns)
    intrinsic = any(words.matches(words.INTRINSIC, c.label) for c in table.columns)
    findings: list[Finding] = []
    personal: dict[str, str] = {}
    works = _about_works(table)
    for each in table.columns:
        column = each
        if works and words.matches(words.AUTHOR, each.label):
            hits = {e: t for e, t in each.hits.items() if e not in _NAMES_IN_CELLS}
            column = replace(each, label="", fits=0, sample=Sample(), hits=hits)
        found = judge_column(table.sheet, column, intrinsic and not counted)
        findings += found
        if found:
            personal[column.name] = found[0].entity
    persons = _about_persons(table, findings, intrinsic, counted)
    institutions = not persons and _about_institutions(table)
    findings += _outside(table.outside, table.sheet)
    if institutions and options.institutions:
        for finding in findings:
            if finding.where == "cell" and ENTITIES[finding.entity].institutional:
                finding.passed = "institutions"
    small = 0 if persons else sum(c.small for c in table.columns)
    # A group can only be named small where people are told apart by something.
    k = table.k() if persons else None
    grounds = []
    if persons and k is not None and k < options.k:
        grounds.append("small_groups")
    if persons and any(words.matches(words.SENSITIVE, c.label) for c in table.columns):
        grounds.append("individual")
    if small:
        grounds.append("small_cells")
    info = TableInfo(
        sheet=table.sheet,
        header_row=table.header_row,
        columns=[
            _column_info(c, personal.get(c.name, ""), persons) for c in table.columns
        ],
        row_count=table.rows,
        digest="",
        left_out=table.left_out,
        hidden=table.hidden,
        institutions=institutions,
        persons=persons,
        k=k,
        small_cells=small,
    )
    return findings, info, grounds


def _column_info(column: ColumnProfile, entity: str, persons: bool) -> ColumnInfo:
    return ColumnInfo(
        name=column.name,
        label=column.label,
        type=column.types.guess(column.label),
        unique=column.sample.unique(),
        empty=column.empty,
        quasi_identifier=persons and words.is_quasi(column.label),
        sensitive=persons and words.matches(words.SENSITIVE, column.label),
        personal=bool(entity),
        entity=entity,
    )


def _about_persons(
    table: TableProfile, findings: list[Finding], intrinsic: bool, counted: bool
) -> bool:
    """Whether a row is a person: somebody is named in a column of its own, or there are
    facts that only a human being has, and no column that counts people."""
    named = {
        f.column
        for f in findings
        if f.entity in _PERSONAL and f.count >= max(1, table.rows * COLUMN_SHARE)
    }
    if named:
        return True
    told = [
        c
        for c in table.columns
        if words.is_quasi(c.label) or words.matches(words.SENSITIVE, c.label)
    ]
    return intrinsic and not counted and len(told) >= 2


def _about_works(table: TableProfile) -> bool:
    """Whether rows are published works, whose authors the works themselves name; not
    entries of a competition or works of a school's pupils."""

    def any_column(pattern: re.Pattern[str]) -> bool:
        return any(words.matches(pattern, c.label) for c in table.columns)

    if any_column(words.PUBLISHED):
        return not any_column(words.RIVAL)
    return any_column(words.WORK) and not any_column(words.ENTRANT)


def _about_institutions(table: TableProfile) -> bool:
    """Whether a row is an institution: a column of its names or codes, never twice."""
    sites = any(words.matches(words.SITE, c.label) for c in table.columns)
    for column in table.columns:
        if not words.matches(words.INSTITUTION_KEY, column.label):
            continue
        # A school with several sites has a row for each.
        least = 0.4 if sites else 0.9
        unique = column.sample.unique() >= least * column.cells
        full = column.cells >= 0.9 * table.rows > 0
        named = column.sample.mean(2) >= 0.7
        code = (
            column.types.integers >= 0.9 * column.cells and column.types.shortest >= 4
        )
        if unique and full and (named or code):
            return True
    return False


def _outside(places: dict[str, dict[str, HitTally]], sheet: str) -> list[Finding]:
    return [
        make_finding(
            entity,
            sheet,
            "",
            tally.rows,
            tally.strong,
            place,
            tally.score,
            tally.masked,
        )
        for place, hits in places.items()
        for entity, tally in hits.items()
        if tally.strong
    ]
