"""The made data on which quality is measured are what they say: a wrong label, a wrong
check digit or a look-alike that is a person's would make the figures worthless."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest

from benchmarks.made import SEEDS, WORDS, Case, Maker
from benchmarks.made_clean import KINDS, cell, clean
from benchmarks.made_files import FORMATS, RECORDS, written
from benchmarks.made_numbers import (
    DRESSES,
    LOOK_ALIKES,
    NUMBERS,
    broken,
    dresses_of,
    luhn,
    mod_11_2,
    said,
)
from benchmarks.made_people import (
    CELLS,
    FIELDS,
    NAMELESS,
    NAMES,
    ROSTERS,
    STYLES,
    counts,
    nameless,
    names,
    roster,
    school_list,
)
from benchmarks.quality_aims import missed
from benchmarks.quality_run import Runner, Score, Seen
from ckanext.edudata.desensitization.entities import ENTITIES
from ckanext.edudata.desensitization.recognizers.bank_card import luhn as luhn_true
from ckanext.edudata.desensitization.recognizers.resident_id import check_character
from ckanext.edudata.desensitization.sandbox import Sandbox

SIDES = sorted(SEEDS)


@pytest.fixture(params=SIDES)
def maker(request: pytest.FixtureRequest) -> Maker:
    return Maker(request.param, 1)


def test_the_standards_own_examples():
    # GB 11643-1999, annex; ISO/IEC 7812-1, the well-known example.
    assert mod_11_2("11010519491231002") == "11010519491231002X"
    assert mod_11_2("44052418800101001") == "440524188001010014"
    assert luhn("7992739871") == "79927398713"


def test_every_kind_of_personal_data_is_measured():
    measured = {n.entity for n in NUMBERS} | {entity for entity, _, _ in CELLS}
    same = {"PERSON_NAME", "OFFICER_NAME", "NAME_IN_TEXT", "ADDRESS"}
    assert set(ENTITIES) - same <= measured
    assert {"PERSON", "HOME_ADDRESS"} <= measured


@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: f"{n.entity} {n.form}")
def test_numbers_are_valid_and_dressed(number, maker):
    made = [number.make(maker) for _ in range(20)]
    assert len(set(made)) > 10
    for text in made:
        id_ = re.search(r"\d{17}[\dX]", text)
        if number.entity in ("CN_RESIDENT_ID", "HMT_RESIDENCE_PERMIT") and id_:
            assert check_character(id_[0][:17]) == id_[0][17]
        if number.entity == "BANK_CARD":
            assert luhn_true(text)
    for dress in dresses_of(number):
        assert DRESSES[dress](made[0])
        if number.words:
            assert said(maker, number, dress)


def test_broken_numbers_are_broken(maker):
    for _ in range(20):
        for entity, text in broken(maker):
            if entity in ("CN_RESIDENT_ID", "HMT_RESIDENCE_PERMIT"):
                month = text[10:14] < "1232"
                assert not (month and check_character(text[:17]) == text[17])
            else:
                assert not luhn_true(text)


def test_the_same_seed_makes_the_same_tables():
    first, again = (
        [clean(Maker("dev", 3), kind).rows for kind in KINDS] for _ in range(2)
    )
    assert first == again


def test_the_sides_share_no_words_and_no_names_of_columns():
    dev, report = (Maker(side, 1) for side in ("dev", "report"))
    for kind, words in WORDS.items():
        assert len(words) == len(set(words)), kind
        assert not set(dev.half(words)) & set(report.half(words)), kind
    heads = {}
    for maker in (dev, report):
        heads[maker.parity] = {
            kind: [columns.split("/")[maker.parity % (columns.count("/") + 1)]
                   for columns, _ in KINDS[kind][1]]
            for kind in KINDS
        }  # fmt: skip
    differ = sum(heads[0][kind] != heads[1][kind] for kind in KINDS)
    assert differ == len(KINDS)


def test_clean_tables_are_of_many_kinds_and_whole(maker):
    assert len(KINDS) >= 60
    for kind in KINDS:
        case = clean(maker, kind)
        assert len({len(row) for row in case.rows}) == 1, kind
        assert len(case.rows) >= 6
        assert not case.labels
        assert case.verdicts == ("clear",)
        assert "{" not in str(case.rows)


def test_look_alikes_are_made(maker):
    for what in LOOK_ALIKES.values():
        text = cell(maker, what) if isinstance(what, str) else what(maker)
        assert text


@pytest.mark.parametrize("style", STYLES)
def test_labels_of_rosters_name_their_columns(style, maker):
    for kind, fields in ROSTERS.items():
        case = roster(maker, kind, style)
        wide = len(fields.split())
        assert {len(row) for row in case.rows} == {wide}
        must = {place for place, _ in case.labels | case.spare if place >= 0}
        personal = {n for n, f in enumerate(fields.split()) if FIELDS[f][0]}
        assert must == personal
    for kind in NAMELESS:
        assert not any(e == "PERSON" for _, e in nameless(maker, kind, style).labels)


def test_small_cells_are_small_and_others_are_not(maker):
    def low(case: Case) -> int:
        cells = [c for row in case.rows for c in row[2:] if c.isdigit()]
        return sum(0 < int(c) < 5 for c in cells)

    assert low(counts(maker, small=True)) >= 3
    assert low(counts(maker, small=False)) == 0


def test_a_number_of_a_person_stands_in_the_school_list(maker):
    case = school_list(maker, "resident ID")
    row = case.rows[case.row - 1]
    assert any(re.fullmatch(r"\d{17}[\dX]", text) for text in row)
    assert not any(
        re.fullmatch(r"\d{17}[\dX]", text)
        for row in school_list(maker).rows
        for text in row
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_holds_every_cell(kind):
    rows = [["b", "c"], ["13800000000", "x1"], ["7", "last"]]
    name, data = written(rows, kind)
    assert name.count(".") == 1
    if kind in ("json", "ndjson", "geojson"):
        text = json.dumps([json.loads(line) for line in data.decode().splitlines()])
    elif zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner = [archive.read(n) for n in archive.namelist()]
            nested = [zipfile.ZipFile(io.BytesIO(b)) for b in inner if b[:2] == b"PK"]
            inner += [z.read(n) for z in nested for n in z.namelist()]
        text = b" ".join(inner).decode("utf-8", "replace")
    elif kind.startswith(("csv", "tsv", "txt")):
        codec = {"csv utf-8 bom": "utf-8-sig", "csv utf-16": "utf-16"}.get(
            kind, "utf-8"
        )
        sign = {"csv ;": ";", "tsv": "\t", "txt |": "|"}.get(kind, ",")
        read = list(csv.reader(io.StringIO(data.decode(codec)), delimiter=sign))
        assert read == rows
        return
    elif kind in ("xls", "parquet", "pdf"):
        return  # binary: test_a_needle_is_found_in_every_format reads them
    else:
        text = data.decode()
    assert all(c in text for c in ("13800000000", "last"))
    assert kind not in RECORDS or "x1" in text


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(warm=True) as warm:
        yield warm


@pytest.fixture
def run(sandbox, tmp_path) -> Runner:
    return Runner(sandbox, tmp_path)


def test_a_needle_is_found_in_every_format(run):
    rows = [["年度", "班级数", "编号"]] + [
        [str(y), "12", f"B{y}"] for y in range(1990, 2020)
    ]
    for kind in FORMATS:
        if kind == "csv big5":
            continue  # no simplified characters
        for place in (16, 30):
            table = [list(row) for row in rows]
            table[place][2] = "13817654329"
            assert run.file(*written(table, kind)).verdict == "blocked", kind
        assert run.file(*written(rows, kind)).verdict == "clear", kind


def test_an_archive_of_tables_says_the_same_as_each_alone(run):
    maker = Maker("dev", 5)
    cases = [clean(maker, kind) for kind in list(KINDS)[::12]]
    cases += [roster(maker, kind, "Chinese") for kind in list(ROSTERS)[::4]]
    cases += [counts(maker, True), names(maker, "Han", 12)]
    for case, together in run.cases(cases):
        (_, alone) = next(iter(run.cases([case])))
        assert together == alone


def test_scores_count_what_is_missed_and_what_is_invented():
    case = Case("roster", [["a", "b"]], {(0, "PERSON"), (1, "MOBILE")}, form="x")
    score = Score()
    score.table(case, Seen("blocked", [(0, "PERSON", [2], 1), (1, "EMAIL", [2], 1)]))
    rates = score.entities()
    assert rates["PERSON"] == (1, 1.0, 1.0, 1.0)
    assert rates["MOBILE"][2] == 0.0
    assert rates["EMAIL"][1] == 0.0
    assert missed({"people": score}, {}) == ["MOBILE >= .999/.999: 1.0000/0.0000"]


def test_an_honest_table_that_is_blocked_misses_an_aim():
    score = Score()
    score.clean(Case("clean: x", [["a"]], verdicts=("clear",)), Seen("blocked", []))
    assert missed({"clean": score}, {"y.csv": "blocked"}) == [
        "clean: x blocked 0: 1 of 1",
        "public y.csv blocked",
    ]


def test_a_needle_counts_only_at_its_row_and_where_the_file_is_stopped():
    case = Case("needle", [["a"], ["b"]], {(-2, "MOBILE")}, row=2, form="plain")
    for seen, hit in (
        (Seen("blocked", [(0, "MOBILE", [2], 1)]), 1),
        (Seen("blocked", [(0, "MOBILE", [1], 1)]), 0),
        (Seen("clear", [(0, "MOBILE", [2], 1)]), 0),
    ):
        score = Score()
        score.needle(case, seen)
        assert score.hit["MOBILE", "plain"] == hit


def test_names_are_of_their_kind(maker):
    assert "·" in maker.dotted()
    assert all(len(maker.name(n)) == n for n in (2, 3))
    assert re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", maker.pinyin())
    assert set(NAMES) >= {"Han", "minority", "pinyin", "English order", "compound"}
