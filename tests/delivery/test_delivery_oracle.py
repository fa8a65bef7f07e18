"""Whatever is asked by whatever grant: what is granted, all of it, nothing else.

Questions and grants are made by chance, put to the real `datastore_search` on the real
frozen table, and compared with what a few lines of Python say they should get.
"""

from __future__ import annotations

import csv
import io
import json

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.edudata.delivery import calls
from ckanext.edudata.delivery.model import Delivery, Grant
from tests.delivery import conditional

COLUMNS = list(conditional.COLUMNS)
OTHER = ("_id", "_full_text", "rank", "nothing", 'school" asc, "score')
COMPARE = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}
NUMBERS = st.integers(0, 420)
RANGE = st.dictionaries(st.sampled_from(sorted(COMPARE)), NUMBERS, min_size=1)
VALUES = {
    "school": st.sampled_from([*conditional.SCHOOLS, "无"]),
    "grade": st.sampled_from([f"{number}年级" for number in range(1, 10)]),
    "pupils": NUMBERS,
    "score": st.sampled_from([97.31, 60.0, 75.0]),
}
GRANTED = st.tuples(
    st.sets(st.sampled_from(COLUMNS), min_size=1),
    st.one_of(
        st.just({}),
        st.fixed_dictionaries(
            {"grade": st.lists(VALUES["grade"], min_size=1, max_size=5)}
        ),
        st.fixed_dictionaries({"pupils": RANGE}),
        st.fixed_dictionaries({"score": st.just({"lt": 80})}),
    ),
)


def one(name: str) -> st.SearchStrategy:
    wanted = [VALUES[name], st.lists(VALUES[name], max_size=3)]
    if name in ("pupils", "score"):
        wanted.append(RANGE)
    return st.one_of(*wanted).map(lambda value: {name: value})


FLAT = st.lists(st.sampled_from(COLUMNS).flatmap(one), max_size=2).map(
    lambda parts: {key: value for part in parts for key, value in part.items()}
)
FILTERS = st.one_of(
    FLAT,
    st.lists(FLAT.filter(bool), min_size=1, max_size=2),
    st.lists(FLAT.filter(bool), min_size=1, max_size=2).map(lambda p: {"$or": p}),
    st.sampled_from(OTHER).map(lambda name: {name: 1}),
)
# Mostly columns there are, so that enough questions are answered.
NAMES = st.one_of(st.sampled_from(COLUMNS * 3), st.sampled_from(OTHER))
WISHES = st.fixed_dictionaries(
    {"limit": st.sampled_from([0, 1, 7, 1000])},
    optional={
        "fields": st.lists(NAMES, min_size=1, max_size=3, unique=True),
        "filters": FILTERS,
        "sort": st.lists(
            st.tuples(NAMES, st.sampled_from(["", " asc", " desc nulls last"])).map(
                "".join
            ),
            max_size=2,
        ),
        "q": st.one_of(
            st.sampled_from(["示例一中", "97.31"]),
            st.fixed_dictionaries(
                {}, optional=dict.fromkeys(COLUMNS, VALUES["school"])
            ),
        ),
        "distinct": st.booleans(),
        "offset": st.sampled_from([0, 3]),
        "records_format": st.sampled_from(["objects", "lists", "csv", "tsv"]),
        "include_total": st.booleans(),
    },
)


def fits(row, condition):
    """Whether a row fits a filter of `datastore_search`."""
    if isinstance(condition, list):
        return any(fits(row, part) for part in condition)
    for name, wanted in condition.items():
        if name == "$or":
            if not fits(row, wanted):
                return False
        elif isinstance(wanted, dict):
            if not all(COMPARE[op](row[name], value) for op, value in wanted.items()):
                return False
        elif row[name] not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def names_in(condition):
    if isinstance(condition, list):
        return {name for part in condition for name in names_in(part)}
    found = set()
    for name, wanted in condition.items():
        found |= names_in(wanted) if name == "$or" else {name}
    return found


def asked_names(wish):
    q = wish.get("q")
    sort = {
        clause.split(" asc")[0].split(" desc")[0] for clause in wish.get("sort", [])
    }
    return {
        *wish.get("fields", []),
        *names_in(wish.get("filters", {})),
        *(sort if 'school" asc, "score' not in str(wish.get("sort")) else OTHER),
        *(q if isinstance(q, dict) else ()),
    }


def read(answer, wish, fields):
    """Rows of an answer in whichever format, as tuples of text."""
    records = answer["records"]
    kind = wish.get("records_format", "objects")
    if kind == "objects":
        assert all(list(row) == fields for row in records)
        records = [list(row.values()) for row in records]
    elif kind in ("csv", "tsv"):
        delimiter = "," if kind == "csv" else "\t"
        records = list(csv.reader(io.StringIO(records), delimiter=delimiter))
    return [tuple(map(plain, row)) for row in records]


def plain(value):
    try:
        return f"{float(value):.4f}"
    except ValueError:
        return value


@pytest.mark.promise(2)
@pytest.mark.article(28, 30)
def test_what_is_granted_and_nothing_else(portal, data, monkeypatch):
    monkeypatch.setattr(calls, "allowed", lambda grant: 0)
    grant = conditional.given(portal, data, fields=COLUMNS)
    table = [
        {**row, "pupils": int(row["pupils"]), "score": float(row["score"])}
        for row in data.rows
    ]
    seen = {"answered": 0, "refused": 0}

    @settings(
        max_examples=120,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(granted=GRANTED, wish=WISHES)
    def ask(granted, wish):
        fields, rows = granted
        model.Session.execute(
            sa.update(Grant)
            .where(Grant.id == grant["id"])
            .values(fields=sorted(fields), rows=rows)
        )
        model.Session.commit()
        before = model.Session.scalar(sa.select(sa.func.count(Delivery.id)))
        hidden = bool(asked_names(wish) - fields)
        whole = fields == set(COLUMNS)
        hidden = hidden or (isinstance(wish.get("q"), str) and not whole)
        problem = None
        try:
            answer = portal.act(
                "datastore_search",
                portal.researcher,
                resource_id=data.resource_id,
                **json.loads(json.dumps(wish)),
            )
        except tk.NotAuthorized:
            assert hidden
            seen["refused"] += 1
            assert before == model.Session.scalar(sa.select(sa.func.count(Delivery.id)))
            return
        except tk.ValidationError as error:
            # PostgreSQL sorts distinct rows by what it shows of them only.
            problem = error
        if problem:
            assert wish.get("distinct")
            assert data.table_id not in str(problem.error_dict)
            model.Session.rollback()
            return
        assert not hidden, wish
        seen["answered"] += 1
        shown = wish.get("fields") or [n for n in COLUMNS if n in fields]
        assert [field["id"] for field in answer["fields"]] == shown
        q = wish.get("q") or {}
        expected = [
            row
            for row in table
            if fits(row, rows)
            and fits(row, wish.get("filters") or {})
            and all(row[name] == word for name, word in dict(q).items())
        ] if not isinstance(q, str) else None  # fmt: skip
        got = read(answer, wish, shown)
        delivery = model.Session.scalars(
            sa.select(Delivery).order_by(Delivery.id.desc()).limit(1)
        ).one()
        assert delivery.rows == len(got)
        assert delivery.fields == shown
        if expected is None:
            return
        everything = [tuple(plain(row[name]) for name in shown) for row in expected]
        if wish.get("distinct"):
            everything = sorted(set(everything))
        if "total" in answer:
            assert answer["total"] == len(everything)
        else:
            assert wish.get("include_total") is False
        left = max(0, len(everything) - wish.get("offset", 0))
        assert len(got) == min(wish["limit"], left)
        rest = list(everything)
        for row in got:
            rest.remove(row)

    ask()
    assert min(seen.values()) >= 15, seen


@pytest.mark.promise(2)
def test_two_grants_cannot_be_joined_by_position(portal, data):
    """Each order tells of its own columns only."""
    orders = []
    for fields in (["school", "pupils"], ["grade", "pupils"]):
        request = conditional.given(portal, data, fields=fields)
        answer = portal.act(
            "datastore_search",
            portal.researcher,
            resource_id=data.resource_id,
            fields=fields,
            limit=1000,
        )
        orders.append([tuple(row.values()) for row in answer["records"]])
        conditional.moved(request, "ended")
    truth = {(row["school"], row["grade"], row["pupils"]) for row in data.rows}
    joined = {
        (school, grade, pupils)
        for (school, pupils), (grade, _) in zip(*orders, strict=True)
    }
    assert len(joined & truth) < len(truth) / 2
