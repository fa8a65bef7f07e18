"""What a grant lets its holder see: the pure decision."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.delivery import grants

NOW = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
COLUMNS = {"school": "text", "grade": "text", "pupils": "numeric", "score": "numeric"}


def terms(**changed):
    known = {
        "state": "active",
        "starts": NOW - DAY,
        "until": NOW + DAY,
        "columns": COLUMNS,
        "fields": ("pupils", "school"),
    }
    return grants.Terms(**{**known, **changed})


def code(judged):
    return judged.code if isinstance(judged, grants.Refused) else None


def test_without_a_wish_the_granted_fields_in_the_tables_order():
    judged = grants.decide(terms(), NOW, grants.Wish())
    assert judged.fields == ["school", "pupils"]
    assert judged.filters == {}


@pytest.mark.promise(2)
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"starts": NOW + DAY}, "early"),
        ({"until": NOW}, "expired"),
        ({"until": NOW - DAY}, "expired"),
        ({"state": "frozen"}, "frozen"),
        ({"state": "revoked"}, "revoked"),
        ({"state": "ended"}, "ended"),
        ({"state": "whatever"}, "revoked"),
        ({"stopped": True}, "stopped"),
        ({"fields": ("gone",)}, "stopped"),
        ({"rows": {"gone": ["x"]}}, "stopped"),
    ],
)
def test_no_reading_outside_its_time_and_state(changed, expected):
    assert code(grants.decide(terms(**changed), NOW, grants.Wish())) == expected


@pytest.mark.promise(2)
@pytest.mark.parametrize(
    "wish",
    [
        {"fields": ["school", "score"]},
        {"fields": ["_id"]},
        {"fields": ["rank"]},
        {"filters": {"score": 90}},
        {"filters": {"score": {"gt": 90}}},
        {"filters": {"_id": {"lt": 5}}},
        {"filters": [{"school": "示例一中"}, {"score": 90}]},
        {"filters": {"$or": [{"school": "x"}, {"$and": [{"score": 90}]}]}},
        {"filters": {"$$score": 1}},
        {"sort": ["score desc"]},
        {"sort": ["school", '"score" desc nulls last']},
        {"sort": ["_id"]},
        {"q": {"score": "90"}},
        {"q": {"school": "一中", "grade": "9"}},
        {"fields": ["score"], "distinct": True},
    ],
)
def test_a_field_not_granted_answers_no_question(wish):
    assert code(grants.decide(terms(), NOW, grants.Wish(**wish))) == "field"


@pytest.mark.promise(2)
def test_a_field_not_granted_is_not_told_from_one_that_is_not_there():
    hidden = grants.decide(terms(), NOW, grants.Wish(fields=["score"]))
    absent = grants.decide(terms(), NOW, grants.Wish(fields=["nothing"]))
    assert hidden.msgid == absent.msgid
    assert hidden.values["fields"] == absent.values["fields"]


@pytest.mark.parametrize(
    "filters",
    [
        "school",
        ["school"],
        {"$or": {"school": "x"}},
        {"$not": [{"school": "x"}]},
        {"school": {"$or": [{"score": 1}]}},
        {"school": [{"like": "x"}]},
        {"$or": ["school"]},
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(filters):
    assert code(grants.decide(terms(), NOW, grants.Wish(filters=filters))) == "filter"


def test_search_over_whole_rows_needs_whole_rows():
    assert code(grants.decide(terms(), NOW, grants.Wish(q="一中"))) == "search"
    whole = terms(fields=tuple(COLUMNS))
    assert grants.decide(whole, NOW, grants.Wish(q="一中")).q == "一中"


def test_a_copy_is_granted_apart():
    assert code(grants.decide(terms(), NOW, grants.Wish(copy=True))) == "copy"
    assert code(grants.decide(terms(way="copy"), NOW, grants.Wish(copy=True))) is None


@pytest.mark.promise(2)
def test_granted_rows_stand_beside_what_is_asked():
    narrowed = terms(rows={"grade": ["1年级"]})
    assert grants.decide(narrowed, NOW, grants.Wish()).filters == {"grade": ["1年级"]}
    asked = grants.decide(narrowed, NOW, grants.Wish(filters={"school": "x"}))
    assert asked.filters == {"$and": [{"grade": ["1年级"]}, {"school": "x"}]}
    either = grants.decide(narrowed, NOW, grants.Wish(filters=[{"school": "x"}]))
    assert either.filters == {
        "$and": [{"grade": ["1年级"]}, {"$or": [{"school": "x"}]}]
    }


@pytest.mark.promise(2)
def test_order_follows_the_table_only_where_all_of_it_is_granted():
    assert grants.decide(terms(), NOW, grants.Wish()).sort == [
        '"school" asc',
        '"pupils" asc',
    ]
    chosen = grants.Wish(sort=["pupils desc nulls last"])
    assert grants.decide(terms(), NOW, chosen).sort == [
        '"pupils" desc nulls last',
        '"school" asc',
    ]
    whole = terms(fields=tuple(COLUMNS))
    assert grants.decide(whole, NOW, grants.Wish()).sort is None
    some = terms(fields=tuple(COLUMNS), rows={"grade": ["1年级"]})
    assert grants.decide(some, NOW, grants.Wish()).sort is not None
    distinct = grants.Wish(fields=["school"], distinct=True)
    assert grants.decide(terms(), NOW, distinct).sort == ['"school" asc']


NAMES = st.sampled_from([*COLUMNS, "_id", "rank", "_full_text", "other"])
FILTERS = st.recursive(
    st.dictionaries(
        NAMES, st.one_of(st.integers(), st.lists(st.integers())), max_size=3
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["$or", "$and"]), st.lists(inner, max_size=3), max_size=2
        ),
    ),
    max_leaves=6,
)


@pytest.mark.promise(2)
@given(
    granted=st.sets(st.sampled_from(sorted(COLUMNS)), min_size=1),
    fields=st.one_of(st.none(), st.lists(NAMES, max_size=4)),
    filters=FILTERS,
    sort=st.lists(NAMES, max_size=3),
    q=st.one_of(st.none(), st.text(max_size=3), st.dictionaries(NAMES, st.text())),
    distinct=st.booleans(),
)
def test_whatever_is_asked_only_what_is_granted(
    granted, fields, filters, sort, q, distinct
):
    wish = grants.Wish(fields, filters, sort, q, distinct)
    judged = grants.decide(terms(fields=tuple(granted)), NOW, wish)
    if isinstance(judged, grants.Refused):
        return
    assert set(judged.fields) <= granted
    assert set(grants.filter_fields(judged.filters)) <= granted
    assert {clause.split('"')[1] for clause in judged.sort or []} <= granted
    assert judged.sort is not None or granted == set(COLUMNS)
    if isinstance(judged.q, dict):
        assert set(judged.q) <= granted
    elif judged.q:
        assert granted == set(COLUMNS)
