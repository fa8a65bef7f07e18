"""Fixtures of the pure tests: they need no service.

pytest -p no:ckan -p no:ckan_fixtures --confcutdir=tests/desensitization tests/desensitization
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ckanext.edudata.desensitization.engine import check_file
from ckanext.edudata.desensitization.report import CheckOptions, CheckReport
from ckanext.edudata.desensitization.sandbox import Sandbox

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One warm child for all tests: a cold one costs seconds for each file."""
    with Sandbox(warm=True) as running:
        yield running


@pytest.fixture
def check(sandbox: Sandbox, tmp_path: Path) -> Callable[..., CheckReport]:
    """Check a file, or rows written as CSV first."""

    def run(source: Path | list[list[str]], **options: object) -> CheckReport:
        if isinstance(source, list):
            from tests.desensitization.rosters import write_csv

            source = write_csv(source, tmp_path / "table.csv")
        settings = CheckOptions(key=b"a key for tests", **options)  # type: ignore[arg-type]
        folder = tmp_path / "copies"
        folder.mkdir(exist_ok=True)
        return check_file(
            source, source.name, options=settings, workdir=folder, sandbox=sandbox
        )

    return run


@pytest.fixture
def real() -> Callable[[str], Path]:
    """A real table that is not part of the project; skips where it is missing."""

    def find(name: str) -> Path:
        path = REAL / name
        if not path.exists():
            pytest.skip(
                f"{name} is not in ../shared/data: this real table is not tried"
            )
        return path

    return find
