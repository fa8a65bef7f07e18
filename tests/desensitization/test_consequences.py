"""What a new verdict on released data leads to: pure, no database."""

import pytest

from ckanext.edudata.desensitization.consequences import consequence, severe
from ckanext.edudata.desensitization.entities import ENTITIES
from ckanext.edudata.desensitization.report import (
    CheckReport,
    ColumnInfo,
    Finding,
    TableInfo,
)


def finding(entity, passed=""):
    return Finding(
        entity=entity,
        label="",
        sheet="一",
        column="甲",
        rows=[2],
        count=1,
        where="cell",
        score=1.0,
        masked=[],
        clause="",
        advice="",
        passed=passed,
    )


def report(verdict, *findings, persons=False, sensitive=(), classified=False):
    columns = [
        ColumnInfo(label, label, "text", 9, 0, sensitive=True) for label in sensitive
    ]
    table = TableInfo("一", 1, columns, 9, "", persons=persons)
    return CheckReport(
        sha256="",
        verdict=verdict,
        ruleset="",
        classified=classified,
        findings=list(findings),
        tables=[table],
    )


@pytest.mark.parametrize(
    ("verdict", "opened", "expected"),
    [
        ("clear", "unconditional", "fine"),
        ("clear", "conditional", "fine"),
        ("restricted", "conditional", "fine"),
        ("restricted", "unconditional", "date"),
        ("unreadable", "conditional", "date"),
        ("unreadable", "unconditional", "date"),
    ],
)
def test_the_class_decides_whether_there_is_a_consequence(verdict, opened, expected):
    assert consequence(report(verdict), opened) == expected


@pytest.mark.parametrize(
    "entity", ["CN_RESIDENT_ID", "PASSPORT", "STUDENT_REGISTRATION", "BANK_CARD",
               "MOBILE", "PERSONAL_DOCUMENT", "STUDENT_NUMBER"],
)  # fmt: skip
def test_identity_bank_and_telephone_are_stopped_in_every_class(entity):
    for opened in ("conditional", "unconditional"):
        assert consequence(report("blocked", finding(entity)), opened) == "stop"


@pytest.mark.parametrize("entity", ["PERSON_NAME", "NAME_IN_TEXT", "EMAIL", "ADDRESS"])
def test_other_findings_have_a_date(entity):
    assert consequence(report("blocked", finding(entity)), "unconditional") == "date"


def test_a_telephone_is_a_persons_in_a_table_about_persons():
    alone = report("blocked", finding("LANDLINE"))
    assert consequence(alone, "unconditional") == "date"
    of_persons = report("blocked", finding("LANDLINE"), persons=True)
    assert consequence(of_persons, "unconditional") == "stop"


def test_health_counts_in_tables_about_persons_only():
    health = report("restricted", persons=True, sensitive=["视力"])
    assert consequence(health, "unconditional") == "stop"
    assert consequence(health, "conditional") == "fine"
    marks = report("restricted", persons=True, sensitive=["语文"])
    assert consequence(marks, "unconditional") == "date"
    counted = report("restricted", persons=False, sensitive=["视力"])
    assert consequence(counted, "unconditional") == "date"


def test_what_passes_is_not_counted():
    excepted = report("blocked", finding("MOBILE", "exception"), finding("PERSON_NAME"))
    assert severe(excepted) == []
    assert consequence(excepted, "unconditional") == "date"


def test_a_classification_mark_is_stopped():
    marked = report("blocked", finding("CLASSIFIED"), classified=True)
    assert consequence(marked, "conditional") == "stop"


def test_an_entity_without_a_description_is_stopped():
    assert consequence(report("blocked", finding("NOT_NAMED")), "conditional") == "stop"


def test_every_identity_and_bank_clause_of_the_catalogue_is_known():
    numbers = {
        name
        for name, entity in ENTITIES.items()
        if "(identity)" in entity.clause or "(property)" in entity.clause
    }
    assert numbers == {
        name for name in numbers if severe(report("blocked", finding(name))) == [name]
    }
