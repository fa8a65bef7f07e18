"""The demonstration's files are those that their script makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ckanext.edudata.demo import cast, stories
from ckanext.edudata.units import codes, who_may

FOLDER = Path(cast.__file__).parent / "data"


@pytest.fixture(scope="module")
def script():
    for name in ("faker", "xlwt", "xlsxwriter"):
        pytest.importorskip(name)
    spec = importlib.util.spec_from_file_location("make_data", FOLDER / "make_data.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cells(path: Path):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_files_are_as_made(script, tmp_path):
    script.make(tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    kept = sorted(p.name for p in FOLDER.iterdir() if p.suffix in FORMATS)
    assert made == kept
    for name in made:
        if name.endswith((".xls", ".xlsx")):
            assert cells(tmp_path / name) == cells(FOLDER / name)
        else:
            assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


FORMATS = {".csv", ".json", ".xls", ".xlsx"}


def test_no_school_of_the_real_list_is_in_it(script):
    source = Path(__file__).parents[3] / "shared/data/moe_universities_2025.xls"
    if not source.exists():
        pytest.skip("the Ministry's list is not on this machine")
    real = {row[1] for row in cells(source)} - {""}
    table = script.universities()[1]
    assert not real & {row[1] for row in table[1:]}
    assert not {row[2] for row in cells(source)} & {row[2] for row in table[1:]} - {""}


@pytest.mark.article(2, 5, 8, 9, 33, 38)
def test_units_and_people_are_those_of_the_measures():
    kinds = {unit.kind for unit in cast.UNITS}
    assert kinds >= {
        "municipal_commission", "department", "district_bureau", "university",
        "vocational_school", "school", "kindergarten",
    }  # fmt: skip
    for unit in cast.UNITS:
        if unit.code:
            assert codes.is_school_code(unit.code) or codes.is_credit_code(unit.code)
    names = {unit.name for unit in cast.UNITS}
    assert {unit.superior for unit in cast.UNITS} <= names | {""}
    held: dict[str, set[str]] = {}
    for person in cast.PEOPLE:
        for role, unit in person.roles:
            assert unit in names
            assert not who_may.conflict(held.get(person.name, set()), role)
            held.setdefault(person.name, set()).add(role)
    assert set.union(*held.values()) == set(who_may.ROLES)
    shown = cast.display_names()
    assert set(shown) == {person.name for person in cast.PEOPLE}
    assert len(set(shown.values())) == len(shown)


def test_nobody_reviews_what_they_compiled():
    assert all(story.compiler != story.reviewer for story in stories.STORIES)
