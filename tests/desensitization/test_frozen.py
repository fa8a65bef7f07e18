"""A table frozen: what is known at its head is proved, what follows is found."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.desensitization import frozen, sealing
from ckanext.edudata.desensitization.canonical import table_digest
from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.profile import Profile
from ckanext.edudata.desensitization.report import CheckOptions
from ckanext.edudata.desensitization.whole import merged, report

LABELS = ["编号", "说明"]
CELLS = st.one_of(
    st.none(),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
    ),
    st.sampled_from(["a,b", 'say "x"', "two\nlines", "two\r\nlines", "；", "\t", " "]),
)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=30)


def _dump(path: Path, rows: list[list[str | None]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(LABELS)
        writer.writerows(rows)
    return path


@given(head=ROWS, more=ROWS)
@settings(deadline=None, max_examples=60)
def test_what_follows_is_what_came(
    tmp_path_factory: pytest.TempPathFactory,
    head: list[list[str | None]],
    more: list[list[str | None]],
) -> None:
    folder = tmp_path_factory.mktemp("frozen")
    known = table_digest(LABELS, head)
    now = frozen.freeze(
        _dump(folder / "dumped.csv", head + more),
        folder / "now.csv",
        before=len(head),
        digest=known,
    )
    assert now.same
    assert now.rows == len(head) + len(more)
    assert now.digest == table_digest(LABELS, head + more)
    part = folder / "part.parquet"
    assert frozen.write_part(now, LABELS, part, whole=False) == len(more)
    columns = pq.read_table(part).to_pydict()
    assert [list(row) for row in zip(*columns.values(), strict=True)] == more


@pytest.mark.parametrize(
    "rows",
    [
        [["1", "x"], ["2", "乙"]],
        [["2", "乙"], ["1", "甲"]],
        [["1", "甲"]],
        [["1", "甲 "], ["2", "乙"], ["3", "丙"]],
    ],
)
def test_what_was_changed_is_seen(tmp_path: Path, rows: list[list[str | None]]) -> None:
    known = table_digest(LABELS, [["1", "甲"], ["2", "乙"]])
    dumped = _dump(tmp_path / "dumped.csv", rows)
    now = frozen.freeze(dumped, tmp_path / "now.csv", before=2, digest=known)
    assert not now.same


def test_sealed_and_damaged() -> None:
    key, profile = os.urandom(32), Profile("id")
    sealed = sealing.seal("secret", key, profile)
    assert sealing.unseal("secret", sealed) == (key, profile)
    assert sealing.unseal("another", sealed) is None
    assert sealing.unseal("secret", sealed[:-8] + b"AAAAAAA=") is None
    with pytest.raises(ValueError, match="secret"):
        sealing.seal("", key, profile)


def test_the_whole_is_judged_as_if_read_at_once(tmp_path: Path) -> None:
    rows: list[list[str | None]] = []
    rows.extend([str(n), f"第{n}号楼"] for n in range(1, 60))
    rows.append(["60", "值班电话 13812345678"])
    known = table_digest(LABELS, rows[:50])
    now = frozen.freeze(
        _dump(tmp_path / "dumped.csv", rows),
        tmp_path / "now.csv",
        before=50,
        digest=known,
    )

    def read(path: Path, before: int) -> Profile:
        options = CheckOptions(profile=True, key=b"k" * 32, rows_before=before)
        found = check_file(path, path.name, options=options).profile
        assert found is not None
        return Profile.from_dict(found)

    stock = frozen.freeze(
        _dump(tmp_path / "stock.csv", rows[:50]),
        tmp_path / "known.csv",
        before=0,
        digest="",
    )
    paths = [tmp_path / f"{name}.parquet" for name in ("stock", "part", "all")]
    frozen.write_part(stock, LABELS, paths[0], whole=True)
    frozen.write_part(now, LABELS, paths[1], whole=False)
    frozen.write_part(now, LABELS, paths[2], whole=True)
    both = merged(read(paths[0], 0), read(paths[1], 50), "")
    at_once = read(paths[2], 0)
    assert both is not None
    both.outside = at_once.outside = {}
    told = [report(each, CheckOptions(), now, "") for each in (both, at_once)]
    assert told[0] == told[1]
    assert told[0].verdict == "blocked"
    assert told[0].findings[0].rows == [61]


def test_an_empty_line_is_a_row_of_one_column(tmp_path: Path) -> None:
    dumped = tmp_path / "dumped.csv"
    dumped.write_text("说明\n甲\n\n乙\n", "utf-8")
    known = table_digest(["说明"], [["甲"], [None]])
    now = frozen.freeze(dumped, tmp_path / "now.csv", before=2, digest=known)
    assert (now.same, now.rows) == (True, 3)
