"""From the profile of a file to its verdict: pure rules, no reading.

``clear``       nobody is in it: unconditional at most
``restricted``  nobody is identified, but people could be singled out (small groups,
                facts of single persons) or cells are small: conditional at most
``blocked``     personal data or a classification mark: open in no class
``unreadable``  not read to the last cell: open in no class
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import headers
from . import table_words as words
from .column_rules import judge_column, make_finding
from .institutions import may_pass
from .profile import LONE_NAME, ColumnProfile, HitTally, Profile, Sample, TableProfile
from .report import FIRST_ROWS, CheckOptions, ColumnInfo, Finding, TableInfo
from .ruleset import RULESET
from .subjects import Subject, about, counts_people, key_column

__all__ = ["GROUNDS", "RULESET", "Judgement", "judge", "loosest_class", "worst"]

_CLASSES = {"clear": "unconditional", "restricted": "conditional"}
_NAMES_IN_CELLS = ("NAME_IN_TEXT", LONE_NAME)
#: Between a column's label and an entity in ``CheckOptions.exceptions``.
SEPARATOR = "\x1f"

GROUNDS = {
    "personal": "Personal data were found.",
    "classified": "The file carries a classification mark.",
    "small_groups": "People could be singled out: the smallest group that shares all "
    "quasi-identifiers is smaller than the limit.",
    "individual": "Each row is one person, with facts that only concern that person.",
    "small_cells": "Numbers of people smaller than the limit stand in the table.",
    "complementary_cells": "Numbers of people that were hidden, or left out, can be "
    "worked out from a total and the numbers beside it, and are smaller than the "
    "limit.",
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
    intrinsic = any(words.is_intrinsic(c.label) for c in table.columns)
    people = intrinsic and not counts_people(table)
    findings: list[Finding] = []
    personal: dict[str, str] = {}
    works = _about_works(table)
    for each in table.columns:
        column = each
        if works and words.matches(words.AUTHOR, each.label):
            hits = {e: t for e, t in each.hits.items() if e not in _NAMES_IN_CELLS}
            column = replace(each, label="", fits=0, sample=Sample(), hits=hits)
        found = judge_column(table.sheet, column, people)
        findings += found
        if found:
            personal[column.name] = found[0].entity
    subject = about(table, findings)
    findings += _outside(table.outside, table.sheet)
    _let_pass(table, findings, subject, options)
    grounds = _grounds(table, subject, options)
    info = TableInfo(
        sheet=table.sheet,
        header_row=table.header_row,
        columns=[
            _column_info(c, personal.get(c.name, ""), subject) for c in table.columns
        ],
        row_count=table.rows,
        digest="",
        left_out=table.left_out,
        hidden=table.hidden,
        institutions=subject.institutions,
        persons=subject.persons,
        k=table.k() if subject.persons else None,
        small_cells=sum(g["count"] for g in grounds if g["code"] == "small_cells"),
        grounds=grounds,
    )
    return findings, info, [g["code"] for g in grounds]


def _let_pass(
    table: TableProfile,
    findings: list[Finding],
    subject: Subject,
    options: CheckOptions,
) -> None:
    """The standing rule for institutions, then the exceptions that were granted."""
    columns = {c.name: c for c in table.columns}
    key = key_column(table) if subject.institutions else None
    for finding in findings:
        column = columns.get(finding.column)
        if key and options.institutions and may_pass(finding, column, key):
            finding.passed = "institutions"
        elif column and finding.where == "cell" and finding.entity != "CLASSIFIED":
            names = {column.label, column.label.strip(), column.name}
            asked = {f"{name}{SEPARATOR}{finding.entity}" for name in names if name}
            if not asked.isdisjoint(options.exceptions):
                finding.passed = "exception"
    if subject.persons:
        _told_apart(columns, findings)


def _told_apart(columns: dict[str, ColumnProfile], findings: list[Finding]) -> None:
    """A column of birth dates names nobody by itself: where nothing else in a table
    about persons does, it is one of the things that tell them apart, and k decides."""
    # What an exception lets pass still says who it is.
    dates = [f for f in findings if f.entity == "BIRTH_DATE" and f.where == "cell"]
    own = [c for f in dates if (c := columns.get(f.column)) and _is_of_births(c)]
    if dates and len(own) == len(findings):
        for finding in dates:
            finding.passed = finding.passed or "quasi"


def _is_of_births(column: ColumnProfile) -> bool:
    rule = headers.header_rule(column.label)
    return rule is not None and rule.entity == "BIRTH_DATE" and column.fits > 0


def _grounds(
    table: TableProfile, subject: Subject, options: CheckOptions
) -> list[dict[str, Any]]:
    """Why a table in which nobody is named is not for everyone, and which columns."""
    grounds: list[dict[str, Any]] = []
    if subject.persons:
        # A group can only be named small where people are told apart by something.
        k = table.k()
        if k is not None and k < options.k:
            small = sum(n < options.k for n in table.groups.values())
            grounds.append(_ground("small_groups", subject.quasi, small or table.rows))
        if subject.sensitive:
            count = max(c.cells for c in subject.sensitive)
            grounds.append(_ground("individual", subject.sensitive, count))
        return grounds
    if table.cells is None:
        return grounds
    found = table.cells.result()
    for code, counts, rows in (
        ("small_cells", found.small, found.small_rows),
        ("complementary_cells", found.complementary, found.complementary_rows),
    ):
        if counts:
            columns = [table.columns[place] for place in counts]
            first = sorted({row for some in rows.values() for row in some})
            grounds.append(
                _ground(code, columns, sum(counts.values()), first[:FIRST_ROWS])
            )
    return grounds


def _ground(
    code: str,
    columns: Sequence[ColumnProfile],
    count: int,
    rows: Sequence[int] = (),
) -> dict[str, Any]:
    return {
        "code": code,
        "columns": [c.name for c in columns],
        "count": count,
        "rows": list(rows),
    }


def _column_info(column: ColumnProfile, entity: str, subject: Subject) -> ColumnInfo:
    return ColumnInfo(
        name=column.name,
        label=column.label,
        type=column.types.guess(column.label),
        unique=column.sample.unique(),
        empty=column.empty,
        quasi_identifier=subject.persons and column in subject.quasi,
        sensitive=subject.persons and column in subject.sensitive,
        personal=bool(entity),
        entity=entity,
    )


def _about_works(table: TableProfile) -> bool:
    """Whether rows are published works, whose authors the works themselves name; not
    entries of a competition or works of a school's pupils."""

    def any_column(pattern: re.Pattern[str]) -> bool:
        return any(words.matches(pattern, c.label) for c in table.columns)

    if any_column(words.PUBLISHED):
        return not any_column(words.RIVAL)
    return any_column(words.WORK) and not any_column(words.ENTRANT)


def _outside(places: dict[str, dict[str, HitTally]], sheet: str) -> list[Finding]:
    """Findings outside the cells. Who made a document is told and passes: the office
    that publishes it signs for it, and nearly every old workbook names somebody."""
    found = [
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
    for finding in found:
        if finding.where == "author":
            finding.where, finding.passed = "property", "author"
    return found
