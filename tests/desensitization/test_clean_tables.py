"""Honest tables pass, whatever their words; lists of institutions under the rule."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from ckanext.edudata.desensitization.report import CheckReport
from tests.desensitization.clean_tables import INSTITUTIONS, KINDS, Kind

Check = Callable[..., CheckReport]
SEEDS = range(5)


def told(report: CheckReport) -> list[object]:
    found = [(f.column, f.entity, f.rows[:3]) for f in report.findings if not f.passed]
    return [*found, *(ground for table in report.tables for ground in table.grounds)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_clear(check: Check, kind: Kind, seed: int) -> None:
    report = check(kind(random.Random(seed)))
    assert (report.verdict, told(report)) == ("clear", [])


@pytest.mark.parametrize("kind", INSTITUTIONS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_institutions_pass_under_the_rule_only(
    check: Check, kind: Kind, seed: int
) -> None:
    table = kind(random.Random(seed))
    report = check(table, institutions=True)
    assert (report.verdict, told(report)) == ("clear", [])
    assert report.institutions
    assert check(table).verdict == "blocked"
