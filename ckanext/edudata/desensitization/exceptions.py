"""Exceptions (例外公开审批): what passes although it is personal, and by whose word.

Pure. A check is made under a *basis*: `{k, small_cell, rule, exceptions}`, where `rule`
is the id of the standing rule for institutions in force, or None, and `exceptions` are
`[{id, place, column, entity, evidence}]`. A clearance keeps the part of it that it
rests on: `{k, small_cell, rule, exceptions: [id, ...]}`.

`place` is where a finding stands (`Finding.where`), `column` the label of the column,
or the field of a description. In a cell an exception is for the column and the entity,
whatever the cells say (design: inside the column it is kept only while the entity is
the same). Elsewhere it says that *these words* are not personal: `evidence` binds it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .columns import column_names
from .entities import ENTITIES
from .report import CheckReport, Finding

EXCEPTION = "exception"
NOT_PERSONAL = "not_personal"
KINDS = {
    EXCEPTION: "Exception with a legal basis",
    NOT_PERSONAL: "Not personal data (false alarm)",
}
WAYS = {
    "correct": "Will be corrected in the file",
    "desensitize": "Desensitized data will be made",
    EXCEPTION: "An exception is asked for",
    NOT_PERSONAL: "Reported as not personal",
}
SCOPES = {
    "file": "This file only",
    "unit": "This element in all files of the unit",
}
STATES = {
    "requested": "Waiting for a decision",
    "granted": "In force",
    "refused": "Refused",
    "withdrawn": "Withdrawn before a decision",
    "ended": "Ended",
}
ENDS = {
    "date": "its date has passed",
    "withdrawn": "it was withdrawn",
    "changed": "the column no longer holds what it was granted for",
}
NEVER = frozenset({"CLASSIFIED"})
"""What no exception can be for: it is no personal data but a state secret (Art. 2)."""

MINORS_STAGES = frozenset(
    {"preschool", "primary", "junior_secondary", "senior_secondary", "vocational"}
    | {"special", "all"}
)


@dataclass(frozen=True)
class Transition:
    """A command in the life of an exception: from where, to where, who by permission.

    `second`: only by somebody who neither asked nor compiled the file.
    """

    source: str
    target: str
    permission: str
    second: bool = False


TRANSITIONS = {
    "grant": Transition("requested", "granted", "exception_decide", second=True),
    "refuse": Transition("requested", "refused", "exception_decide", second=True),
    "withdraw": Transition("requested", "withdrawn", "exception_request"),
    "end": Transition("granted", "ended", "exception_withdraw"),
}


def not_second(
    actor: str | None, asked_by: str | None, compilers: Collection[str]
) -> str | None:
    """Why *actor* is not the second person that decides, as a message id."""
    if not actor:
        return "Only a person can decide"
    if actor == asked_by:
        return "Whoever asked for an exception does not decide it"
    if actor in compilers:
        return "Whoever compiled the data does not decide exceptions from the check"
    return None


def refused_kind(kind: str, place: str, entity: str) -> str | None:
    """Why there can be no exception of this kind here, as a message id."""
    if entity in NEVER:
        return "There is no exception for state secrets"
    if kind == EXCEPTION and place != "cell":
        return (
            "An exception is for a column. Take the personal data out of this place, "
            "or say that they are none."
        )
    return None


def warnings(entity: str, school_stage: str | None) -> list[str]:
    """What whoever asks and decides must know, as message ids; gravest first."""
    kind = ENTITIES.get(entity)
    clause = kind.clause if kind else ""
    found = []
    if "Annex B" in clause:
        found.append(
            "These are sensitive personal data (GB/T 35273-2020, Annex B). Once public "
            "they can be used to harm or defraud people, and nothing brings them back. "
            "Grant this only where a law names exactly these data to be published."
        )
    if school_stage in MINORS_STAGES or "Art. 31" in clause:
        found.append(
            "Minors may be among these people. Personal data of children under 14 are "
            "sensitive and need their guardians' consent (PIPL Art. 28, 31)."
        )
    return found


def label_of(finding: Mapping[str, Any], tables: Iterable[Mapping[str, Any]]) -> str:
    """The column's label as its file has it; its name in the table without one."""
    for table in tables:
        if table["sheet"] == finding["sheet"]:
            for column in table["columns"]:
                if column["name"] == finding["column"]:
                    return str(column["label"] or column["name"])
    return str(finding["column"])


def evidence_of(finding: Mapping[str, Any]) -> str:
    """What tells a finding outside the cells from another there; no way back to it."""
    told = [finding["sheet"], finding["count"], finding["rows"], finding["masked"]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def covers(
    exception: Mapping[str, Any],
    finding: Mapping[str, Any],
    tables: Iterable[Mapping[str, Any]],
) -> bool:
    """Whether an exception is for this finding."""
    if (exception["place"], exception["entity"]) != (
        finding["where"],
        finding["entity"],
    ):
        return False
    if finding["entity"] in NEVER:
        return False
    label, name = label_of(finding, tables), finding["column"]
    # A released table has the column's name for its header.
    released = label == name and column_names([exception["column"]]) == [name]
    if exception["column"] not in (label, label.strip()) and not released:
        return False
    return finding["where"] == "cell" or exception["evidence"] == evidence_of(finding)


def applies(
    exception: Mapping[str, Any],
    *,
    unit_id: str | None,
    resource_id: str,
    elements: Mapping[str, str],
) -> bool:
    """Whether a granted exception is for this file of this unit.

    :param elements: standard element by label of the column, where one is named
    """
    if exception["unit_id"] != unit_id:
        return False
    if exception["resource_id"] == resource_id:
        return True
    if exception["scope"] != "unit" or exception["place"] != "cell":
        return False
    here = elements.get(exception["column"], "")
    return not (here and exception["element"] and here != exception["element"])


def keys(exceptions: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """As `CheckOptions.exceptions` takes them: label, U+001F, entity."""
    cells = [item for item in exceptions if item["place"] == "cell"]
    return tuple(sorted({f"{item['column']}\x1f{item['entity']}" for item in cells}))


def pass_excepted(
    report: CheckReport, exceptions: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Let the findings pass that an exception is for, and no other; judge again.

    :returns: the exception (its id) by the finding's place in `report.findings`
    """
    if report.verdict == "unreadable":
        return {}
    granted = list(exceptions)
    tables = [_table(table) for table in report.tables]
    used: dict[str, str] = {}
    for place, finding in enumerate(report.findings):
        told = _told(finding)
        found = [item for item in granted if covers(item, told, tables)]
        if found and finding.passed in ("", EXCEPTION):
            finding.passed = EXCEPTION
            used[str(place)] = found[0]["id"]
        elif finding.passed == EXCEPTION:
            finding.passed = ""
    open_findings = [finding for finding in report.findings if not finding.passed]
    if open_findings:
        report.verdict = "blocked"
        if any(f.entity not in NEVER for f in open_findings):
            report.grounds = list(dict.fromkeys(["personal", *report.grounds]))
    else:
        report.grounds = [code for code in report.grounds if code != "personal"]
        report.verdict = "restricted" if report.grounds else "clear"
    return used


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "where": finding.where,
        "sheet": finding.sheet,
        "column": finding.column,
        "entity": finding.entity,
        "count": finding.count,
        "rows": list(finding.rows),
        "masked": list(finding.masked),
    }


def _table(table: Any) -> dict[str, Any]:
    columns = [{"name": c.name, "label": c.label} for c in table.columns]
    return {"sheet": table.sheet, "columns": columns}


def rests_on(
    basis: Mapping[str, Any], report: CheckReport, used: Mapping[str, str]
) -> dict[str, Any]:
    """What a clearance rests on: only so much of the basis as the report needed."""
    by_rule = any(finding.passed == "institutions" for finding in report.findings)
    return {
        "k": basis["k"],
        "small_cell": basis["small_cell"],
        # Without one in force nothing should have passed: then it holds never.
        "rule": (basis["rule"] or "none") if by_rule else None,
        "exceptions": sorted(set(used.values())),
    }


def same_basis(one: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    """Whether two checks read the same content in the same way.

    Exceptions outside the cells are applied to the report, see `pass_excepted`.
    """
    if not one:
        return False

    def told(basis: Mapping[str, Any]) -> tuple[Any, ...]:
        rule = basis["rule"] is not None
        return basis["k"], basis["small_cell"], rule, keys(basis["exceptions"])

    return told(one) == told(other)


def holds(
    rests: Mapping[str, Any] | None,
    *,
    k: int,
    small_cell: int,
    rule: str | None,
    exceptions: Collection[str],
) -> bool:
    """Whether a clearance still counts under today's settings.

    A setting that was raised since voids it; a lower one asks for less than it kept.

    :param rule: id of the standing rule in force
    :param exceptions: ids of those in force here
    """
    if not rests:
        return False
    return (
        rests["k"] >= k
        and rests["small_cell"] >= small_cell
        and rests["rule"] in (None, rule)
        and set(rests["exceptions"]) <= set(exceptions)
    )


def ended_by_content(
    granted: Iterable[Mapping[str, Any]], report: CheckReport
) -> list[str]:
    """Ids of a file's exceptions whose column no longer holds their entity."""
    if report.verdict == "unreadable":
        return []
    tables = [_table(table) for table in report.tables]
    told = [_told(finding) for finding in report.findings]
    return [
        item["id"]
        for item in granted
        if not any(covers(item, finding, tables) for finding in told)
    ]
