"""No row is lost between the file and the clean copy."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.report import CheckOptions
from ckanext.edudata.desensitization.sandbox import Sandbox

NEEDLE = "13812345678"


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with Sandbox(warm=True) as warm:
        yield warm


def copied(report: Any) -> list[list[list[str]]]:
    found = []
    for table in report.tables:
        with open(table.csv_path, encoding="utf-8", newline="") as stream:
            found.append(list(csv.reader(stream)))
    return found


def test_a_record_with_one_value_stays_a_row(tmp_path: Path, sandbox: Sandbox) -> None:
    rows = [{"school": f"示例{n}小学", "stage": "小学", "pupils": n} for n in range(20)]
    rows.append({"school": "备注：示例二十小学"})
    path = tmp_path / "list.json"
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    report = check_file(path, path.name, workdir=tmp_path, sandbox=sandbox)
    assert report.rows == 21
    assert len(copied(report)[0]) == 22


@pytest.mark.parametrize("blank", [3, 250, 9000])
def test_blank_rows_above_hide_nothing(
    tmp_path: Path, sandbox: Sandbox, blank: int
) -> None:
    text = "\n" * blank + f"学校,备注\n示例小学,{NEEDLE}\n"
    path = tmp_path / "late.csv"
    path.write_text(text, "utf-8")
    report = check_file(path, path.name, workdir=tmp_path, sandbox=sandbox)
    assert report.verdict == "blocked"
    assert report.findings[0].rows == [blank + 2]
    packed = tmp_path / "late.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("clean.csv", "学校,班数\n示例小学,12\n")
        archive.write(path, "late.csv")
    options = CheckOptions(key=b"k")
    assert check_file(packed, "a.zip", options=options, sandbox=sandbox).verdict == (
        "blocked"
    )
