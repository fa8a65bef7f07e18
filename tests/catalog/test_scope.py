"""Who sees the metadata of an entry: the rule, and that the database follows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.catalog import grams, scope

KINDS = {
    "sh": ("municipal_commission", ""),
    "office": ("department", "sh"),
    "xh": ("district_bureau", "sh"),
    "xh-dept": ("department", "xh"),
    "xh-school": ("school", "xh"),
    "cn": ("district_bureau", "sh"),
    "cn-school": ("school", "cn"),
    "uni": ("university", "sh"),
    "uni-dept": ("department", "uni"),
    "body": ("public_body", ""),
}
TREE = scope.Tree(KINDS)
UNITS = st.sampled_from(sorted(KINDS))
SHARINGS = st.builds(
    scope.Sharing,
    st.sampled_from(["unconditional", "authorized", "not_shared", "", "other"]),
    st.sampled_from([*scope.SCOPES, "", "other"]),
    st.frozensets(UNITS, max_size=3),
)


def viewer(*held):
    return scope.Viewer.of(held, TREE)


def who_sees(owner, sharing):
    return {
        unit
        for unit in KINDS
        if scope.sees(owner, sharing, sharing, viewer(unit), TREE)
    }


@pytest.mark.article(22, 23)
@pytest.mark.promise(3)
class TestRule:
    def test_all_units_see_what_is_shared_with_all(self):
        assert who_sees("xh-school", scope.Sharing("unconditional")) == set(KINDS)
        assert who_sees("xh-school", scope.Sharing("authorized")) == set(KINDS)

    def test_what_is_not_shared_is_for_the_owners_people(self):
        seen = who_sees("xh-school", scope.Sharing("not_shared"))
        assert seen == {"xh-school", "xh", "sh"}

    def test_district_is_the_level_all_below_it_and_those_above(self):
        seen = who_sees("xh-school", scope.Sharing("unconditional", scope.DISTRICT))
        assert seen == {"sh", "xh", "xh-dept", "xh-school"}
        seen = who_sees("uni-dept", scope.Sharing("unconditional", scope.DISTRICT))
        assert seen == {"sh", "uni", "uni-dept"}
        seen = who_sees("office", scope.Sharing("unconditional", scope.DISTRICT))
        assert seen == set(KINDS) - {"body"}

    def test_named_units_with_their_internal_departments(self):
        sharing = scope.Sharing("authorized", scope.NAMED, frozenset({"xh"}))
        assert who_sees("uni-dept", sharing) == {
            *("xh", "xh-dept"),
            *("sh", "uni", "uni-dept"),
        }

    def test_a_wider_scope_waits_a_narrower_one_counts_at_once(self):
        wide, narrow = scope.Sharing("unconditional"), scope.Sharing("not_shared")
        for approved, working in ((wide, narrow), (narrow, wide)):
            assert not scope.sees("xh", approved, working, viewer("cn"), TREE)
            assert scope.sees("xh", approved, working, viewer("xh"), TREE)


@pytest.mark.promise(3)
class TestProperties:
    @given(UNITS, SHARINGS, SHARINGS)
    def test_nobody_without_a_unit(self, owner, approved, working):
        assert not scope.sees(owner, approved, working, scope.Viewer(), TREE)
        assert not scope.sees(owner, approved, working, viewer("gone"), TREE)

    @given(UNITS, SHARINGS, SHARINGS, st.lists(UNITS, min_size=1, max_size=3))
    def test_the_owners_people_always_others_within_both(
        self, owner, approved, working, held
    ):
        told = scope.sees(owner, approved, working, viewer(*held), TREE)
        own = any(owner in TREE.down(unit) for unit in held)
        shared = {approved.sharing_class, working.sharing_class} <= scope.SHARED
        assert own <= told
        assert told <= (own or shared)
        assert scope.sees(owner, working, approved, viewer(*held), TREE) == told

    @given(UNITS, SHARINGS, st.lists(UNITS, min_size=1, max_size=2), UNITS)
    def test_more_roles_never_show_less(self, owner, sharing, held, more):
        before = scope.sees(owner, sharing, sharing, viewer(*held), TREE)
        after = scope.sees(owner, sharing, sharing, viewer(*held, more), TREE)
        assert before <= after

    @given(st.dictionaries(UNITS, st.tuples(st.just("department"), UNITS)))
    def test_circles_in_the_tree_end(self, units):
        tree = scope.Tree(units)
        for unit in units:
            assert tree.level(unit) in units
            assert tree.body(unit) in units
            assert unit in tree.down(unit)

    @given(st.text(max_size=40))
    def test_any_words_make_a_query(self, text):
        found = set(grams.grams(text))
        for term in grams.asked(text):
            word = term.removesuffix(":*").strip("'")
            assert not set(word) & set("'\\")
            assert any(gram.startswith(word) for gram in found)
