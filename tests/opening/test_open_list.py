"""What stands in an open list, and what changed between two. Pure."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.edudata.opening import open_list, open_list_diff

SECRET = "金丝雀"
CLASSES = ("unconditional", "conditional", "not_open")
yes = st.sampled_from(["true", "True", True, "false", False, None, ""])
day = st.sampled_from([None, "", "2027-03-01"])
word = st.text(max_size=8)


@st.composite
def contents(draw, marked):
    """Content of an entry; whatever may not appear holds the secret word."""
    hidden = word.map(lambda text: f"{text}{SECRET}")
    return {
        "title": draw(word.filter(str.strip)) + ("" if marked else SECRET),
        "notes": draw(hidden),
        "keywords": draw(hidden),
        "opening_basis": draw(hidden),
        "opening_condition": draw(hidden),
        "sharing_reason": draw(hidden),
        "contact_office": draw(hidden),
        "subject_database": draw(hidden),
        "resource_code": draw(hidden),
        "opening_class": draw(st.sampled_from(CLASSES)),
        "opening_ground": draw(st.sampled_from([None, "privacy", "law", "timeliness"])),
        "opening_plan_date": draw(day),
        "open_list_publishable": draw(yes) if marked else draw(st.none()),
        "open_list_reason": draw(word) if marked else draw(hidden),
    }


@st.composite
def entries(draw):
    marked = draw(st.booleans())
    release = None
    if draw(st.booleans()):
        release = {
            "state": draw(st.sampled_from(["live", "stopped"])),
            "dataset_id": draw(st.uuids()).hex,
            "stopped_on": draw(st.sampled_from([None, "2026-11-01"])),
            "dataset": {
                "title": draw(word),
                "opening_class": draw(st.sampled_from(CLASSES)),
                "opening_way": draw(st.sampled_from([None, "download", "interface"])),
                "update_cycle": draw(st.sampled_from([None, "annual"])),
                "notes": SECRET,
                "contact_phone": SECRET,
                "opening_condition": draw(word),
            },
        }
    return {
        "entry_id": str(draw(st.uuids())),
        "approved": draw(st.none() | contents(marked)),
        "marked": draw(st.booleans()),
        "release": release,
    }


some = st.lists(entries(), max_size=8, unique_by=lambda entry: entry["entry_id"])


@pytest.mark.article(27)
@pytest.mark.promise(3)
@settings(max_examples=300, deadline=None)
@given(some)
def test_nothing_appears_that_is_neither_released_nor_marked(found):
    lines = open_list.make(found)
    by_key = {open_list.key(entry["entry_id"]): entry for entry in found}
    assert len({line["key"] for line in lines}) == len(lines)
    for line in lines:
        entry = by_key[line["key"]]
        assert SECRET not in json.dumps(line, ensure_ascii=False)
        assert set(line["fields"]) <= set(open_list.FIELDS)
        assert line["title"].strip()
        if line["kind"] in ("planned", "closed"):
            assert entry["marked"]
            assert str(entry["approved"]["open_list_publishable"]).lower() == "true"
            assert line["dataset_id"] is None
            allowed = {
                "planned": {"opening_class", "planned_date"},
                "closed": {"opening_class", "opening_ground", "reason"},
            }
            assert set(line["fields"]) <= allowed[line["kind"]]
        else:
            assert line["dataset_id"] == entry["release"]["dataset_id"]
            live = entry["release"]["state"] == "live"
            assert (line["kind"] == "stopped") == (not live)
        public = {key: line[key] for key in ("key", "kind", "title", "fields")}
        assert entry["entry_id"] not in json.dumps(public, ensure_ascii=False)


@settings(max_examples=200, deadline=None)
@given(some)
def test_a_list_does_not_depend_on_the_order_of_entries(found):
    assert open_list.make(found) == open_list.make(reversed(found))


def _apply(old, diff):
    """The later list, from the earlier one and what changed."""
    now = {line["key"]: line for line in old}
    for line in diff["removed"]:
        del now[line["key"]]
    for line in diff["added"]:
        now[line["key"]] = line
    for item in diff["changed"]:
        before = now[item["key"]]
        fields, changed = dict(before["fields"]), {"title": before["title"]}
        changed["kind"] = before["kind"]
        for each in item["fields"]:
            if each["field"] in ("title", "kind"):
                changed[each["field"]] = each["new"]
            elif each["new"]:
                fields[each["field"]] = each["new"]
            else:
                fields.pop(each["field"], None)
        now[item["key"]] = {**before, **changed, "fields": fields}
    return now


@pytest.mark.article(27)
@settings(max_examples=300, deadline=None)
@given(some, st.data())
def test_a_list_and_what_changed_give_the_next(found, data):
    later = [data.draw(entries()) | {"entry_id": e["entry_id"]} for e in found[1:]]
    later += data.draw(some)
    old, new = open_list.make(found), open_list.make(later)
    new = list({line["key"]: line for line in new}.values())
    diff = open_list_diff.diff(old, new)
    names = ("key", "kind", "title", "fields")
    made = {
        key: {name: line[name] for name in names}
        for key, line in _apply(old, diff).items()
    }
    assert made == {line["key"]: {name: line[name] for name in names} for line in new}
    assert diff["same"] + len(diff["changed"]) + len(diff["added"]) == len(new)
    nothing = open_list_diff.diff(new, new)
    assert nothing["same"] == len(new)
    assert open_list_diff.waiting(new, new) == 0
    back = open_list_diff.diff(new, old)
    assert [x["key"] for x in back["added"]] == [x["key"] for x in diff["removed"]]


@pytest.mark.promise(3)
def test_withdrawn_words_are_in_no_comparison():
    line = {"key": "a", "kind": "closed", "title": SECRET, "fields": {"reason": SECRET}}
    gone = {"key": "a", "kind": "closed", "title": "", "fields": {}, "withdrawn": True}
    for old, new in (([line], [gone]), ([gone], [line]), ([gone], [gone])):
        found = open_list_diff.diff(old, new)
        assert SECRET not in json.dumps(found, ensure_ascii=False)
        assert found["withdrawn"] == ["a"]
    assert open_list_diff.waiting([gone], [line]) == 1
    assert open_list_diff.waiting([gone], [gone | {"withdrawn": False}]) == 1


def test_what_a_line_said_cannot_be_guessed_from_its_digest():
    line = {"key": "a", "kind": "closed", "title": "甲", "fields": {}}
    one, other = (open_list.line_digest(line, nonce) for nonce in ("1" * 32, "2" * 32))
    assert one != other
    assert open_list.mark(line, "secret") != open_list.mark(line, "another")
    changed = line | {"title": "乙"}
    assert open_list.mark(line, "secret") != open_list.mark(changed, "secret")


@pytest.mark.parametrize(
    ("kind", "chosen", "ways"),
    [
        ("unconditional", None, ["download", "interface"]),
        ("unconditional", "interface", ["interface"]),
        ("unconditional", "download_interface", ["download", "interface"]),
        ("conditional", None, ["application"]),
        ("conditional", "interface", ["application", "interface"]),
    ],
)
def test_ways(kind, chosen, ways):
    assert open_list.ways(kind, chosen) == ways
