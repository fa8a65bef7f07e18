"""Words for people about a check: pure, no database."""

import datetime

import pytest

from ckanext.edudata.desensitization import desensitize, plain, report, verdict

NOW = datetime.datetime(2026, 9, 1, 8, 0, 30, tzinfo=datetime.timezone.utc)


def test_tells_share_cells_and_time_left():
    check = {
        "started_at": "2026-09-01T08:00:00+00:00",
        "progress": {"done": 25, "total": 100, "cells": 5000, "rows": 500},
    }
    told = plain.progress(check, NOW)
    assert (told["percent"], told["cells"], told["seconds_left"]) == (25, 5000, 90)


def test_tells_nothing_that_it_does_not_know():
    told = plain.progress({"progress": None}, NOW)
    assert told["percent"] is None
    assert told["seconds_left"] is None
    told = plain.progress({"progress": {"done": 10, "total": None}}, NOW)
    assert told["percent"] is None


def test_never_says_all_is_done_while_it_runs():
    told = plain.progress({"progress": {"done": 100, "total": 100}}, NOW)
    assert told["percent"] == 99


def test_tells_of_a_worker_that_does_not_begin():
    check = {"state": "queued", "queued_at": "2026-09-01T08:00:00+00:00"}
    assert not plain.progress(check, NOW)["waits_long"]
    later = NOW + datetime.timedelta(minutes=5)
    assert plain.progress(check, later)["waits_long"]


def test_what_was_not_read_is_not_called_closed_for_good():
    assert plain.permits("unreadable", "not_open") != plain.PERMITS["not_open"]
    assert plain.permits("blocked", "not_open") == plain.PERMITS["not_open"]


def test_advice_fits_the_place():
    finding = {"entity": "MOBILE", "where": "comment", "advice": "Remove this column."}
    assert "comment" in plain.advice(finding)
    assert plain.advice({**finding, "where": "cell"}) == "Remove this column."
    marked = {**finding, "entity": "CLASSIFIED", "where": "note"}
    assert plain.advice(marked) == "Remove this column."
    assert set(plain.ADVICE) == set(plain.PLACES) - {"cell"}


def test_a_reason_with_values_that_do_not_fit_is_still_told():
    reason = {"msgid": "Larger than {limit}.", "values": {}}
    assert plain.filled(reason, str) == "Larger than {limit}."
    assert plain.filled({**reason, "values": {"limit": 5}}, str) == "Larger than 5."


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], ""),
        ([3], "3"),
        ([3, 4, 5], "3–5"),
        ([9, 3, 4, 12, 13], "3–4, 9, 12–13"),
    ],
)
def test_shortens_rows(rows, words):
    assert plain.ranges(rows) == words


def test_every_verdict_has_its_words():
    assert set(plain.VERDICTS) == set(plain.TONES) == set(report.VERDICTS)
    assert set(plain.PERMITS) == {
        verdict.loosest_class(name) for name in report.VERDICTS
    }


def test_groups_findings_by_column():
    findings = [
        {"sheet": "一", "column": "甲", "where": "cell", "entity": "MOBILE"},
        {"sheet": "一", "column": "乙", "where": "cell", "entity": "EMAIL"},
        {"sheet": "一", "column": "甲", "where": "cell", "entity": "EMAIL"},
    ]
    groups = plain.by_column(findings)
    assert [(g["column"], len(g["findings"])) for g in groups] == [("甲", 2), ("乙", 1)]


COLUMNS = [
    {"name": "姓名", "entity": "PERSON_NAME", "type": "text"},
    {"name": "成绩", "entity": "", "type": "integer"},
    {"name": "住址", "entity": "HOME_ADDRESS", "type": "text"},
]


def test_makes_a_plan_that_can_be_carried_out():
    form = {
        "step-0": "mask",
        "step-1": "generalise:band",
        "size-1": "20",
        "step-2": "generalise:district",
    }
    plan = desensitize.Plan.from_dict(plain.plan_of(COLUMNS, form))
    assert plan.columns["姓名"] == desensitize.Step("mask", entity="PERSON_NAME")
    assert plan.columns["成绩"].size == 20
    assert plan.columns["住址"].kind == "district"


def test_what_the_form_leaves_out_is_dropped():
    plan = plain.plan_of(COLUMNS, {"step-1": "keep"})
    assert plan["columns"]["姓名"]["action"] == "drop"


@pytest.mark.parametrize(
    "form",
    [
        {"step-0": "publish"},
        {"step-1": "generalise:band", "size-1": "0"},
        {"step-1": "generalise:band", "size-1": "many"},
    ],
)
def test_refuses_what_is_no_plan(form):
    with pytest.raises(ValueError, match=r"\w"):
        plain.plan_of(COLUMNS, form)


def test_offers_each_way_to_generalise_and_knows_its_own_choices():
    for column in COLUMNS:
        offered = plain.offered(column)
        assert set(offered) <= set(plain.CHOICES)
        for choice in offered:
            step = plain.plan_of([column], {"step-0": choice})["columns"]
            assert plain.choice_of(step[column["name"]]) == choice


def test_the_headline_says_what_passes_and_by_what():
    def told(found, *passed):
        report = {"verdict": found, "findings": [{"passed": p} for p in passed]}
        return plain.headline(report)

    assert told("clear") == "No personal data found"
    assert plain.headline({"verdict": "clear"}) == "Passes the check"
    assert told("clear", "author", "quasi") == "No personal data found"
    assert "standing rule" in told("clear", "institutions", "quasi")
    assert "exception" in told("clear", "exception", "exception")
    both = told("clear", "institutions", "exception")
    assert "standing rule" in both
    assert "exception" in both
    assert told("blocked", "institutions", "") == "Personal data found"
    assert plain.headline({"verdict": None}) == "Could not be read"
