"""One number of a person is found wherever a file can keep it (issue: to the last
cell). The same files without it are clear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ckanext.edudata.desensitization.report import CheckReport
from tests.desensitization import papers, places

Check = Callable[..., CheckReport]


def found(check: Check, folder: Path, name: str, made: places.Made) -> None:
    path = folder / name
    path.write_bytes(made[0]())
    report = check(path)
    assert report.reason is None
    wheres = {finding.where for finding in report.findings}
    assert report.verdict == "blocked"
    assert made[1] in wheres


@pytest.mark.parametrize("place", places.XLSX)
def test_xlsx(place: str, tmp_path: Path, check: Check) -> None:
    found(check, tmp_path, "表.xlsx", places.XLSX[place])


@pytest.mark.parametrize("place", places.XLS)
def test_xls(place: str, tmp_path: Path, check: Check) -> None:
    found(check, tmp_path, "表.xls", places.XLS[place])


@pytest.mark.parametrize("place", places.ODS)
def test_ods(place: str, tmp_path: Path, check: Check) -> None:
    found(check, tmp_path, "表.ods", places.ODS[place])


@pytest.mark.parametrize("place", papers.DOCX)
def test_docx(place: str, tmp_path: Path, check: Check) -> None:
    found(check, tmp_path, "文.docx", papers.DOCX[place])


@pytest.mark.parametrize("place", papers.PDF)
def test_pdf(place: str, tmp_path: Path, check: Check) -> None:
    found(check, tmp_path, "文.pdf", papers.PDF[place])


@pytest.mark.parametrize(
    ("name", "maker"),
    [("文.docx", papers.docx), ("文.pdf", papers.page)],
)
def test_a_document_without_it(
    name: str, maker: Callable[[], bytes], tmp_path: Path, check: Check
) -> None:
    path = tmp_path / name
    path.write_bytes(maker())
    report = check(path)
    assert report.verdict == "clear"
    table = report.tables[-1]
    assert table.sheet == "表1"
    assert table.row_count == len(places.ROWS) - 1
    assert [c.label for c in table.columns] == places.ROWS[0]


@pytest.mark.parametrize(
    ("name", "maker"),
    [("表.xlsx", places.xlsx), ("表.xls", places.xls), ("表.ods", places.ods)],
)
def test_the_same_without_it(
    name: str, maker: Callable[[], bytes], tmp_path: Path, check: Check
) -> None:
    path = tmp_path / name
    path.write_bytes(maker())
    report = check(path)
    assert report.verdict == "clear"
    assert report.tables[0].row_count == len(places.ROWS) - 1
    assert report.tables[0].header_row == 1
