"""From the profile of a file to its verdict: pure rules, no reading.

``clear``       nobody is in it: unconditional at most
``restricted``  nobody is identified, but people could be singled out (small groups,
                facts of single persons) or cells are small: conditional at most
``blocked``     personal data or a classification mark: open in no class
``unreadable``  not read to the last cell: open in no class
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from . import headers
from .entities import ENTITIES
from .profile import ColumnProfile, HitTally, Profile, Sample, TableProfile
from .report import CheckOptions, ColumnInfo, Finding, TableInfo
from .ruleset import RULESET


__all__ = ["GROUNDS", "RULESET", "Judgement", "judge", "loosest_class", "worst"]

NAME_THRESHOLD = 0.55
#: Without a word in the header, a handful of cells must be clearer than many.
NAME_THRESHOLD_FEW, FEW = 0.75, 5
HEADER_WEIGHT = 0.4
#: A share of one column that makes numbers without a checksum credible.
COLUMN_SHARE = 0.5
DILUTED = 0.3

_CLASSES = {"clear": "unconditional", "restricted": "conditional"}
# Column names that many other things have too: the cells must bear them out.
_AMBIGUOUS = frozenset(["name", "xm", "名字", "作者", "学生", "教师", "导师", "cym"])
_PERSONAL = frozenset(
    "CN_RESIDENT_ID HMT_RESIDENCE_PERMIT HMT_TRAVEL_PERMIT FOREIGNER_ID PASSPORT "
    "STUDENT_REGISTRATION STUDENT_NUMBER STAFF_NUMBER PERSONAL_DOCUMENT PERSON_NAME "
    "BIRTH_DATE HOME_ADDRESS".split()
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
    if open_findings:
        verdict = "blocked"
    else:
        verdict = "restricted" if grounds else "clear"
    return Judgement(verdict, grounds, findings, tables)


def _judge_table(
    table: TableProfile, options: CheckOptions
) -> tuple[list[Finding], TableInfo, list[str]]:
    counted = any(headers.matches(headers.COUNT, c.label) for c in table.columns)
    intrinsic = any(headers.matches(headers.INTRINSIC, c.label) for c in table.columns)
    findings: list[Finding] = []
    personal: dict[str, str] = {}
    works = any(headers.matches(headers.WORK, c.label) for c in table.columns)
    for column in table.columns:
        if works and headers.matches(headers.AUTHOR, column.label):
            column = replace(column, label="", fits=0, sample=Sample())
        found = _judge_column(table, column, intrinsic and not counted)
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
    if persons and any(headers.matches(headers.SENSITIVE, c.label) for c in table.columns):
        grounds.append("individual")
    if small:
        grounds.append("small_cells")
    info = TableInfo(
        sheet=table.sheet,
        header_row=table.header_row,
        columns=[_column_info(c, personal.get(c.name, ""), persons) for c in table.columns],
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
        quasi_identifier=persons and headers.is_quasi(column.label),
        sensitive=persons and headers.matches(headers.SENSITIVE, column.label),
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
        if headers.is_quasi(c.label) or headers.matches(headers.SENSITIVE, c.label)
    ]
    return intrinsic and not counted and len(told) >= 2


def _about_institutions(table: TableProfile) -> bool:
    """Whether a row is an institution: a column of its names or codes, never twice."""
    for column in table.columns:
        if not headers.matches(headers.INSTITUTION_KEY, column.label):
            continue
        unique = column.sample.unique() >= 0.9 * column.cells
        full = column.cells >= 0.9 * table.rows > 0
        named = column.sample.mean(2) >= 0.7
        code = column.types.integers >= 0.9 * column.cells and column.types.shortest >= 4
        if unique and full and (named or code):
            return True
    return False


def _judge_column(
    table: TableProfile, column: ColumnProfile, about_persons: bool
) -> list[Finding]:
    findings: list[Finding] = []
    announced = headers.header_rule(column.label)
    name = _name_entity(column, announced, about_persons)
    if name:
        # Every filled cell of a column of names is a name.
        rows, count = column.rows, column.cells
        masked = column.fit_masked or column.name_masked
        score = 0.95 if announced else round(_name_mean(column), 2)
        findings.append(
            _finding(name, table.sheet, column.name, rows, count, "cell", score, masked)
        )
    elif announced and _announced_counts(column, announced):
        findings.append(
            _finding(
                announced.entity, table.sheet, column.name, column.fit_rows,
                column.fits, "cell", announced.score, column.fit_masked,
            )
        )  # fmt: skip
    for entity, tally in column.hits.items():
        if any(f.entity == entity for f in findings):
            _join(findings, entity, tally)
        elif (entity == "NAME_IN_TEXT" and name) or (
            entity == "ADDRESS" and any(f.entity == "HOME_ADDRESS" for f in findings)
        ):
            continue
        elif count := _credible(column, entity, tally):
            findings.append(
                _finding(
                    entity, table.sheet, column.name, tally.rows, count, "cell",
                    tally.score, tally.masked,
                )
            )  # fmt: skip
    return findings


def _join(findings: list[Finding], entity: str, tally: HitTally) -> None:
    for finding in findings:
        if finding.entity == entity:
            finding.count = max(finding.count, tally.strong)
            finding.rows = sorted({*finding.rows, *tally.rows})[: len(finding.rows) or 20]
            finding.score = max(finding.score, tally.score)


def _name_mean(column: ColumnProfile) -> float:
    return (column.sample.mean(0) + column.sample.mean(1)) / 2


def _name_entity(
    column: ColumnProfile, rule: headers.HeaderRule | None, about_persons: bool
) -> str:
    """``PERSON_NAME`` or ``OFFICER_NAME`` if a column holds names, else nothing."""
    if not column.cells:
        return ""
    mean, unique = _name_mean(column), column.sample.unique()
    if rule is None or rule.entity not in ("PERSON_NAME", "OFFICER_NAME"):
        if rule is not None and column.fits:
            return ""
        limit = NAME_THRESHOLD if unique >= FEW else NAME_THRESHOLD_FEW
        return "PERSON_NAME" if mean >= limit and unique >= 2 else ""
    if not column.fits:
        return ""
    borne_out = mean + HEADER_WEIGHT >= NAME_THRESHOLD
    if column.label.strip().lower() in _AMBIGUOUS:
        return rule.entity if borne_out or about_persons else ""
    # 联系人 filled with 教务处 is an office: many cells, and none that could be a name.
    if unique >= FEW and mean < 0.05 and column.sample.mean(2) > 0.6:
        return ""
    return rule.entity


def _announced_counts(column: ColumnProfile, rule: headers.HeaderRule) -> bool:
    if rule.entity in ("PERSON_NAME", "OFFICER_NAME"):
        return False
    return column.fits > 0


def _credible(column: ColumnProfile, entity: str, tally: HitTally) -> int:
    """How many cells of a column count for an entity; 0 where it is a mere likeness."""
    count = tally.strong
    share = (tally.strong + tally.weak) / max(1, column.cells)
    if entity in ("CN_RESIDENT_ID", "FOREIGNER_ID") and not count:
        # 15 digits with true dates all the way down are no coincidence.
        if share >= COLUMN_SHARE and column.sample.unique() >= 3:
            count = tally.weak
    if not count or not tally.open_number:
        return count
    announced = tally.score >= 0.9
    like = sum(column.digit_lengths.get(size, 0) for size in tally.lengths)
    hits = sum(tally.lengths.values())
    if like and not announced and hits == tally.strong + tally.weak:
        limit = 0.95 if headers.matches(headers.CODE, column.label) else DILUTED
        if hits / like < limit:
            return 0
    return count


def _outside(places: dict[str, dict[str, HitTally]], sheet: str) -> list[Finding]:
    return [
        _finding(
            entity, sheet, "", tally.rows, tally.strong, place, tally.score, tally.masked
        )
        for place, hits in places.items()
        for entity, tally in hits.items()
        if tally.strong
    ]


def _finding(
    entity: str,
    sheet: str,
    column: str,
    rows: list[int],
    count: int,
    where: str,
    score: float,
    masked: list[str],
) -> Finding:
    kind = ENTITIES[entity]
    return Finding(
        entity=entity,
        label=kind.label,
        sheet=sheet,
        column=column,
        rows=list(rows),
        count=count,
        where=where,
        score=score,
        masked=list(masked),
        clause=kind.clause,
        advice=kind.advice,
    )


