"""The list of clauses and the tests that name them belong together."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

import make_levels
from security_clauses import CLAUSES


def test_every_clause_that_a_test_names_is_in_the_list() -> None:
    known = {clause.number for clause in CLAUSES}
    known |= {number.split(" ")[0] for number in known}
    assert set(make_levels.marked()) <= known


def test_every_clause_that_software_carries_has_a_test() -> None:
    found = make_levels.marked()
    bare = [
        clause.number
        for clause in CLAUSES
        if clause.carried == "software" and not make_levels.evidence(clause, found)
    ]
    assert bare == []
