"""What differs in description, files and structure; pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.catalog import version_diff

NAME = st.sampled_from(["代码", "校名", "学校名称", "人数", "教师数", "区", "x", "y"])
COLUMN = st.fixed_dictionaries(
    {
        "id": NAME,
        "label": NAME,
        "type": st.sampled_from(["text", "integer"]),
        "length": st.none() | st.integers(1, 3),
    }
)
TABLE = st.lists(COLUMN, max_size=6, unique_by=lambda column: column["id"])


@pytest.mark.article(14)
@given(TABLE, TABLE)
def test_every_column_is_accounted_for_once(old, new):
    found = version_diff.structure(old, new)
    assert len(found.columns) == len(set(found.columns.values()))
    assert len(found.columns) + len(found.removed) == len(old)
    assert len(found.columns) + len(found.added) == len(new)
    before = {column["id"]: column for column in old}
    after = {column["id"]: column for column in new}
    for was, now in found.columns.items():
        if was != now:
            assert before[was]["type"] == after[now]["type"]
    same = [{k: v for k, v in column.items() if v} for column in old] == [
        {k: v for k, v in column.items() if v} for column in new
    ]
    if same:
        assert not found
    if {c["id"]: c for c in old} != {c["id"]: c for c in new} and not same:
        differ = any(
            (before[key].get(name) or None) != (after[key].get(name) or None)
            for key in before.keys() & after.keys()
            for name in ("label", "type", "length")
        )
        assert bool(found) == (differ or before.keys() != after.keys())


def test_lengths_code_lists_and_rules_are_structure_too():
    """Article 14 names them: 数据长度、数据类型、字典表变化、验证逻辑."""
    columns = [{"id": "code", "label": "学校标识码", "type": "text"}]
    old = version_diff.described(
        columns, [{"name": "code", "length": 10, "codes": "a", "required": False}]
    )
    new = version_diff.described(
        [{**columns[0], "type": "integer"}],
        [{"name": "code", "length": 12, "codes": "b", "required": True}],
    )
    found = version_diff.structure(old, new)
    assert {change["attribute"] for change in found.changed} == {
        "type",
        "length",
        "codes",
        "required",
    }


@pytest.mark.parametrize(
    ("old", "new", "renamed"),
    [
        ("校名", "学校名称", True),
        ("教师数", "教职工数", True),
        ("区", "备注", False),
    ],
)
def test_a_name_much_alike_is_probably_the_same_column(old, new, renamed):
    before = [{"id": "c", "label": "代码", "type": "text"}]
    found = version_diff.structure(
        [*before, {"id": "o", "label": old, "type": "text"}],
        [{"id": "n", "label": new, "type": "text"}, *before],
    )
    assert bool(found.renamed) is renamed
    assert bool(found.added) is not renamed


def test_a_file_that_was_uploaded_anew_meets_its_predecessor():
    old = {"resources": [{"id": "1", "name": "名单"}, {"id": "2", "name": "图"}]}
    new = {"resources": [{"id": "3", "name": "名单"}, {"id": "4", "name": "表"}]}
    pairs = version_diff.file_pairs(old, new)
    assert [(a and a["id"], b and b["id"]) for a, b in pairs] == [
        ("1", "3"),
        (None, "4"),
        ("2", None),
    ]


def test_an_empty_value_is_no_value():
    found = version_diff.metadata({"a": "", "b": "x"}, {"a": None, "b": "y", "c": []})
    assert found == [{"field": "b", "old": "x", "new": "y"}]
