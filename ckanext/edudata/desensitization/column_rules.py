"""What one column holds, from its profile and its name."""

from __future__ import annotations

from itertools import chain

from . import headers, table_words
from .entities import ENTITIES
from .header_words import forms
from .profile import (
    LONE_NAME,
    SHOWN,
    ColumnProfile,
    HitTally,
    LoneName,
    first_rows,
)
from .recognizers.lone_names import Others
from .report import Finding

NAME_THRESHOLD = 0.55
#: Without a word in the header, a handful of cells must be clearer than many.
NAME_THRESHOLD_FEW, FEW = 0.75, 5
HEADER_WEIGHT = 0.4
#: A share of one column that makes numbers without a checksum credible.
COLUMN_SHARE = 0.5
DILUTED = 0.3
#: A dwelling has a lane, an estate or a unit besides the room, or is called so.
SURELY_HOME = 0.8
#: How often each word of a column stands there, to tell strangers by it, and what that
#: adds, in log-odds.
OFTEN, KIND, STRANGE = 4, 3.0, 1.5

# Column names that many other things have too: the cells must bear them out.
_AMBIGUOUS = frozenset(["name", "xm", "名字", "作者", "学生", "教师", "导师", "cym"])


def judge_column(
    sheet: str, column: ColumnProfile, about_persons: bool
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
            make_finding(name, sheet, column.name, rows, count, "cell", score, masked)
        )
    elif announced and _announced_counts(column, announced):
        findings.append(
            make_finding(
                announced.entity, sheet, column.name, column.fit_rows,
                column.fits, "cell", announced.score, column.fit_masked,
            )
        )  # fmt: skip
    for entity, tally in column.hits.items():
        if entity == LONE_NAME:
            if not name and (alone := _lone_names(column)):
                _add_lone(findings, sheet, column, alone)
        elif any(f.entity == entity for f in findings):
            _join(findings, entity, tally)
        elif (entity == "NAME_IN_TEXT" and name) or (
            entity == "ADDRESS" and announced and announced.entity == "HOME_ADDRESS"
        ):
            continue
        elif count := _credible(column, entity, tally):
            findings.append(
                make_finding(
                    entity, sheet, column.name, tally.rows, count, "cell",
                    tally.score, tally.masked,
                )
            )  # fmt: skip
    return findings


def _lone_names(column: ColumnProfile) -> list[LoneName]:
    """The cells that are names in a column of other things. Where each word of a column
    stands many times, one that stands there once is a stranger, and one that stands as
    often as the others is of their kind."""
    if not column.lone:
        return []
    usual = column.cells / max(1, column.sample.unique())
    cells = column.sample.cells
    others = Others((c[0], c[4]) for h, c in cells.items() if h not in column.lone)
    header = forms(column.label).bare
    found = []
    for lone in column.lone.values():
        odds = lone.odds - others.against(lone.form, header)
        if usual >= OFTEN:
            odds += -KIND if lone.times >= 0.5 * usual else STRANGE
        if odds > 0:
            found.append(lone)
    return found


def _add_lone(
    findings: list[Finding], sheet: str, column: ColumnProfile, names: list[LoneName]
) -> None:
    names = sorted(names, key=lambda lone: lone.rows)
    rows = first_rows([], chain.from_iterable(lone.rows for lone in names))
    count = sum(lone.times for lone in names)
    for same in findings:
        if same.entity == "NAME_IN_TEXT":
            same.count += count
            same.rows = first_rows(same.rows, rows)
            return
    findings.append(
        make_finding(
            "NAME_IN_TEXT", sheet, column.name, rows, count, "cell",
            max(round(lone.score, 2) for lone in names),
            list(dict.fromkeys(lone.shown for lone in names))[:SHOWN],
        )
    )  # fmt: skip


def _join(findings: list[Finding], entity: str, tally: HitTally) -> None:
    for finding in findings:
        if finding.entity == entity:
            finding.count = max(finding.count, tally.strong)
            finding.rows = sorted({*finding.rows, *tally.rows})[
                : len(finding.rows) or 20
            ]
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
    mobiles = column.hits.get("MOBILE")
    if rule.entity == "LANDLINE" and mobiles and mobiles.strong >= column.fits:
        # 联系电话 filled with mobiles has one finding, not two.
        return False
    return column.fits > 0


def _credible(column: ColumnProfile, entity: str, tally: HitTally) -> int:
    """How many cells of a column count for an entity; 0 where it is a mere likeness."""
    count = tally.strong
    share = (tally.strong + tally.weak) / max(1, column.cells)
    checked = entity in ("CN_RESIDENT_ID", "FOREIGNER_ID")
    if checked and share >= COLUMN_SHARE and column.sample.unique() >= 3:
        # 15 digits with true dates all the way down are no coincidence.
        count = count or tally.weak
    if not count or not tally.open_number:
        return count
    announced = tally.score >= 0.9
    like = sum(column.digit_lengths.get(size, 0) for size in tally.lengths)
    hits = sum(tally.lengths.values())
    if like and not announced and hits == tally.strong + tally.weak:
        limit = 0.95 if table_words.matches(table_words.CODE, column.label) else DILUTED
        if hits / like < limit:
            return 0
    return count


def make_finding(
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
