"""Profiles of parts merge into the profile of the whole, and keep no raw value."""

from __future__ import annotations

import csv
import json
from functools import reduce
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.desensitization.columns import column_names
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.profile import (
    SAMPLE,
    ColumnProfile,
    HitTally,
    Profile,
    TableProfile,
    key_id,
    keyed_hash,
)
from ckanext.edudata.desensitization.recognizers.person_name import (
    PersonNameRecognizer,
)
from ckanext.edudata.desensitization.report import CheckOptions
from ckanext.edudata.desensitization.tally import TableTally
from ckanext.edudata.desensitization.verdict import judge
from tests.desensitization.rosters import roster

KEY = b"a key for tests"
NAMES = PersonNameRecognizer()
ROSTER = roster(120)


def profile(rows: list[list[str]], first_row: int, labels: list[str]) -> Profile:
    """The profile of a part whose first row has this number."""
    columns = [
        ColumnProfile(n, label)
        for n, label in zip(column_names(labels), labels, strict=True)
    ]
    tally = TableTally(TableProfile("", columns, 1), KEY, NAMES, 5)
    numbers = list(range(first_row, first_row + len(rows)))
    tally.add([[cell or None for cell in row] for row in rows], numbers)
    return Profile(key_id(KEY), [tally.finish()])


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(1, 119), max_size=5))
def test_merging_parts_is_reading_the_whole(cuts: set[int]) -> None:
    header, body = ROSTER[0], ROSTER[1:]
    edges = [0, *sorted(cuts), len(body)]
    parts = [profile(body[a:b], a + 2, header) for a, b in pairwise(edges)]
    whole = profile(body, 2, header)
    assert reduce(Profile.merge, parts).to_dict() == whole.to_dict()


def test_merging_beyond_the_sample() -> None:
    rows = [[f"编号{n}", str(n % 97)] for n in range(3 * SAMPLE)]
    parts = [
        profile(rows[a : a + 1000], a + 2, ["a", "b"])
        for a in range(0, len(rows), 1000)
    ]
    merged, whole = reduce(Profile.merge, parts), profile(rows, 2, ["a", "b"])
    assert merged.to_dict() == whole.to_dict()
    sample = merged.tables[0].columns[0].sample
    assert abs(sample.unique() - len(rows)) < 0.15 * len(rows)
    assert merged.tables[0].columns[1].sample.unique() == 97


def test_the_verdict_is_of_the_merged_profile() -> None:
    # Neither part has a group of five; together every group has.
    rows = [["男", "七班"], ["女", "七班"]] * 3
    labels = ["性别", "班级"]
    one, two = profile(rows, 2, labels), profile(rows, 8, labels)
    assert judge(one, CheckOptions()).verdict == "restricted"
    assert judge(one.merge(two), CheckOptions()).verdict == "clear"


def test_json_and_back() -> None:
    whole = profile(ROSTER[1:], 2, ROSTER[0])
    data = json.loads(json.dumps(whole.to_dict()))
    assert Profile.from_dict(data).to_dict() == whole.to_dict()
    assert judge(Profile.from_dict(data), CheckOptions()) == judge(
        whole, CheckOptions()
    )


def test_no_raw_value_is_kept() -> None:
    said = json.dumps(profile(ROSTER[1:], 2, ROSTER[0]).to_dict(), ensure_ascii=False)
    for row in ROSTER[1:]:
        assert not any(row[place] in said for place in (0, 2, 3, 5))


def test_other_keys_and_other_columns_do_not_merge() -> None:
    with pytest.raises(ValueError, match="key"):
        Profile("a").merge(Profile("b"))
    with pytest.raises(ValueError, match="columns"):
        profile([["1"]], 2, ["a"]).merge(profile([["1"]], 2, ["b"]))
    assert keyed_hash(b"a", "王") != keyed_hash(b"b", "王")


def test_too_many_groups_count_as_one_person() -> None:
    table = TableProfile("", [], groups=dict.fromkeys(range(50001), 9))
    table.cap_groups()
    assert (table.k(), table.groups) == (1, {})


def test_a_tally_names_the_first_rows_only() -> None:
    tally = HitTally(rows=list(range(5, 25)))
    tally.merge(HitTally(rows=[1, 2, 30]))
    assert tally.rows == [1, 2, *range(5, 23)]


@pytest.mark.parametrize("processes", [2, 3])
def test_several_cores_say_what_one_says(processes: int, tmp_path: Path) -> None:
    """A late wide row, notes and a quoted line break lie across the parts."""
    path = tmp_path / "large.csv"
    rows = roster(9000)
    rows[4000][0] = "张三\n李四"
    rows[8000].append("13812345678")
    rows[8999] = ["合计", "9000"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    reports = []
    for cores in (1, processes):
        folder = tmp_path / str(cores)
        folder.mkdir()
        options = CheckOptions(key=KEY, processes=cores, parts_from=0, profile=True)
        report = check_file(path, path.name, options=options, workdir=folder)
        found = report.to_dict()
        copies = [Path(t["csv_path"] or "").read_bytes() for t in found["tables"]]
        for table in found["tables"]:
            del table["csv_path"]
        reports.append(({**found, "seconds": 0}, copies))
    assert reports[0] == reports[1]
    assert reports[0][0]["verdict"] == "blocked"
