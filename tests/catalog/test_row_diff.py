"""Rows compared as a slow and simple comparison would."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.catalog import row_diff, row_files

CELL = st.sampled_from(
    ["", "a", "b", "甲", '"', "x\ny", "x\r\ny", "\r", ",", "\x1f", "\\"]
)
ROW = st.tuples(CELL, CELL, CELL)
KEYED = st.dictionaries(st.integers(0, 12).map(lambda n: f"31{n:03}"), ROW, max_size=9)


def written(path: Path, header, rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([header, *rows])
    return path


def compared(old, new, *, header=("p", "q", "r"), other=None, columns=None):
    with tempfile.TemporaryDirectory() as folder:
        before = written(Path(folder, "old"), header, old)
        after = written(Path(folder, "new"), other or header, new)
        found = row_diff.compare(before, after, columns)
        found["shown"] = {
            "added": row_files.rows_at(after, found["samples"]["added"]),
            "removed": row_files.rows_at(before, found["samples"]["removed"]),
            "changed": [
                row_files.rows_at(before, [was]) + row_files.rows_at(after, [now])
                for was, now in found["samples"]["changed"]
            ],
        }
        return found


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=12), st.lists(ROW, max_size=12))
def test_without_a_key_rows_are_multisets(old, new):
    found = compared(old, new)
    if found["key"]:
        return
    before, after = Counter(old), Counter(new)
    assert found["added"] == (after - before).total()
    assert found["removed"] == (before - after).total()
    assert found["changed"] == 0
    assert found["reordered"] == (before == after and old != new)
    assert all(tuple(row) in after - before for row in found["shown"]["added"])
    assert all(tuple(row) in before - after for row in found["shown"]["removed"])


@settings(max_examples=150, deadline=None)
@given(KEYED, KEYED, st.randoms())
def test_with_a_key_rows_are_matched_by_it(old, new, random):
    before = [(key, *row) for key, row in old.items()]
    after = [(key, *row) for key, row in new.items()]
    random.shuffle(after)
    found = compared(before, after, header=("学校标识码", "p", "q", "r"))
    if found["key"] != "学校标识码":
        # Another unique column tells it in fewer changes, or one table is empty.
        cost = found["added"] + found["removed"] + found["changed"]
        keys = set(old) | set(new)
        assert cost <= sum(old.get(key) != new.get(key) for key in keys) or not (
            old and new
        )
        return
    assert found["added"] == len(set(new) - set(old))
    assert found["removed"] == len(set(old) - set(new))
    assert found["changed"] == sum(old[key] != new[key] for key in set(old) & set(new))
    for was, now in found["shown"]["changed"]:
        assert was[0] == now[0]
        assert was != now
    assert sum(found["columns"].values()) == sum(
        a != b
        for key in set(old) & set(new)
        for a, b in zip(old[key], new[key], strict=True)
    )


def test_a_counter_is_no_key_where_a_code_is_one():
    """A row put in at the top changes all numbers behind it, and nothing else."""
    old = [(str(n), f"31{n:03}", f"第{n}小学") for n in range(1, 50)]
    new = [("1", "31000", "新小学")] + [
        (str(n + 1), *rest) for n, (_, *rest) in enumerate(old, 1)
    ]
    found = compared(old, new, header=("序号", "学校标识码", "学校名称"))
    assert found["key"] == "学校标识码"
    assert (found["added"], found["removed"]) == (1, 0)
    assert found["columns"] == {"序号": 49}


def test_only_columns_of_both_are_compared_and_renamed_ones_together():
    found = compared(
        [("1", "甲", "x")],
        [("1", "甲", "new")],
        header=("代码", "校名", "旧"),
        other=("代码", "学校名称", "新"),
        columns={"代码": "代码", "校名": "学校名称"},
    )
    assert (found["added"], found["removed"], found["changed"]) == (0, 0, 0)


def test_a_table_of_one_column_keeps_its_empty_rows():
    found = compared([("a",), ("",)], [("a",), ("",), ("",)], header=("p",))
    assert (found["added"], found["removed"]) == (1, 0)


def test_nothing_in_common_is_all_new():
    found = compared([("1",)], [("2",), ("3",)], header=("p",), other=("q",))
    assert found["key"] is None


@pytest.mark.slow
def test_a_million_rows_do_not_hurt(tmp_path):
    """In a process of its own, to see its memory."""
    for name, changed in (("old", 0), ("new", 1000)):
        with tmp_path.joinpath(name).open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(["学校标识码", "名称", "区", "人数"])
            for n in range(500_000):
                told = n + 1 if changed and n % changed == 0 else n
                writer.writerow([f"31{n:08}", f"第{n}小学", "徐汇区", told])
    script = textwrap.dedent(
        """
        import re, sys, time
        from pathlib import Path
        from ckanext.edudata.catalog import row_diff, row_files
        begun = time.monotonic()
        found = row_diff.compare(Path(sys.argv[1]), Path(sys.argv[2]))
        # Of this program alone: what getrusage tells begins with the parent's.
        peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
        print(found["changed"], found["added"], found["removed"],
              int(peak[1]) // 1024,
              round(time.monotonic() - begun, 1))
        """
    )
    told = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "old", tmp_path / "new"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told[:3] == ["500", "0", "0"]
    assert int(told[3]) < 250, f"{told[3]} MB"
