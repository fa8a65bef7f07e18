"""What one column holds, from its profile and its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from .recognizers.lone_names import Others, doubted
from .report import Finding

NAME_THRESHOLD = 0.55
#: Without a word in the header, a handful of cells must be clearer than many.
NAME_THRESHOLD_FEW, FEW = 0.75, 5
HEADER_WEIGHT = 0.4
#: A share of one column that makes numbers without a checksum credible.
COLUMN_SHARE = 0.5
DILUTED = 0.7
#: A score that a word of the context has raised.
ANNOUNCED = 0.9
#: Digits of a resident ID given out before 1999.
OLD_ID = 15
_PHONES = frozenset(["MOBILE", "LANDLINE"])
_FEW_LIKE = 10
#: A dwelling has a lane, an estate or a unit besides the room, or is called so.
SURELY_HOME = 0.8
#: How often each word of a column stands there, to tell strangers by it, and what that
#: adds, in log-odds.
OFTEN, KIND, STRANGE = 4, 3.0, 1.5

_AREA = re.compile(r"对口|地段|范围|划片|片区|学区|服务区域|catchment", re.I)

# Column names that many other things have too: the cells must bear them out.
_AMBIGUOUS = frozenset(["name", "xm", "名字", "作者", "学生", "教师", "导师", "cym"])


#: Documents of which column names speak loosely, and numbers with a checksum.
_DOCUMENTS = frozenset(["CN_RESIDENT_ID", "PERSONAL_DOCUMENT", "FOREIGNER_ID"])
_PROVING = frozenset(["CN_RESIDENT_ID", "HMT_RESIDENCE_PERMIT", "FOREIGNER_ID"])


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
    elif (
        announced
        and _announced_counts(column, announced)
        and not _proven(column, announced)
    ):
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
        elif (
            entity == "ADDRESS"
            and tally.score < SURELY_HOME
            and _AREA.search(column.label)
        ):
            # The roads of a school's district are nobody's address.
            continue
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


def _proven(column: ColumnProfile, announced: headers.HeaderRule) -> bool:
    """Whether numbers that prove themselves say better than the column's name which
    document they are of (居住证号 over permits of HK residents)."""
    return announced.entity in _DOCUMENTS and any(
        entity in _PROVING
        and entity != announced.entity
        and tally.strong >= 0.9 * column.fits
        for entity, tally in column.hits.items()
    )


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
    doubts = sum(doubted(lone.score, lone.form) for lone in column.lone.values())
    for lone in column.lone.values():
        # Several are of one kind: places, or names that a column of names would hold.
        if doubts > 1 and doubted(lone.score, lone.form):
            continue
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
    if headers.last_name(column.label).strip().lower() in _AMBIGUOUS:
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
    weak = checked and share >= COLUMN_SHARE and column.sample.unique() >= 3
    # 15 digits with true dates all the way down are no coincidence.
    if weak:
        count = count or tally.weak
    # What proves itself by a checksum has that score without a word.
    if not tally.open_number or (tally.score >= ANNOUNCED and not checked):
        return count
    code = table_words.matches(table_words.CODE, column.label)
    limit = 0.95 if code else DILUTED
    for size, hits in tally.lengths.items():
        strong = tally.strong_lengths.get(size, 0)
        numbers = hits
        if entity in _PHONES:
            numbers = sum(
                column.hits[e].lengths.get(size, 0)
                for e in _PHONES & column.hits.keys()
            )
        like = _like(column.digit_lengths, size)
        if numbers >= limit * like:
            if size == OLD_ID and entity == "CN_RESIDENT_ID" and not weak and not code:
                # Alone among other things, a true area and date are no chance either.
                count += hits - strong
        elif not (entity == "CN_RESIDENT_ID" and _no_chance(strong, like)):
            count -= strong
    return max(0, count)


def _like(lengths: Mapping[int, int], size: int) -> int:
    """How many numbers of a column are of one kind with those of a length: in amounts
    and other numbers of every length the neighbours are, too."""
    near = [lengths.get(size + step, 0) for step in (-2, -1, 1, 2)]
    below, above = all(near[:2]), all(near[2:])
    spread = below or above or (near[1] and near[2])
    return lengths.get(size, 0) + (near[1] + near[2] if spread else 0)


def _no_chance(true: int, like: int) -> bool:
    """Whether so many numbers of 18 digits are true ones by more than the one chance in
    eleven that those with an area and a date have (numbers of permits)."""
    if like < _FEW_LIKE:
        return true > 0
    return true >= 0.25 * like or (like >= 50 and 0 < true <= 0.03 * like)


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
