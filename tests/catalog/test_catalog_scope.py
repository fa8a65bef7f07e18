"""The catalog for units: metadata within the sharing scope, and nothing else."""

from __future__ import annotations

import itertools
import json
import random

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.catalog import scope, scope_search, scope_view
from ckanext.edudata.catalog.model_scope import CatalogLine
from ckanext.edudata.desensitization import texts
from ckanext.edudata.desensitization.model import Clearance
from tests.conftest import give

CSV = "学校名称,办学层次\n甲大学,本科\n乙大学,专科\n".encode()


def search(portal, person, **data):
    return portal.act("edudata_resource_catalog_search", person, **data)


def titles(portal, person, **data):
    return [item["title"] for item in search(portal, person, **data)["results"]]


@pytest.fixture
def listed(portal):
    portal.one = portal.entry(title="徐汇区中小学名单", keywords="学校,通讯录")
    portal.upload(portal.one, "内部文件名.csv", CSV)
    portal.approved(portal.one)
    return portal


@pytest.mark.article(10, 16, 22)
@pytest.mark.promise(3)
class TestCatalog:
    def test_members_of_other_units_see_what_was_approved_and_no_draft(self, listed):
        portal = listed
        found = search(portal, portal.outsider, q="中小学")
        assert [item["title"] for item in found["results"]] == ["徐汇区中小学名单"]
        assert found["facets"]["subject_database"] == {"school": 1}
        assert found["facets"]["unit"] == {portal.bureau["id"]: 1}
        portal.act(
            "package_patch",
            portal.compiler,
            id=portal.one["id"],
            title="徐汇区草稿标题",
            notes="草稿摘要。",
        )
        portal.work()
        assert titles(portal, portal.outsider) == ["徐汇区中小学名单"]
        assert search(portal, portal.outsider, q="草稿标题")["count"] == 0
        shown = portal.act(
            "edudata_resource_catalog_show", portal.outsider, id=portal.one["id"]
        )
        assert [item["name"] for item in shown["tables"][0]] == ["学校名称", "办学层次"]
        said = json.dumps(shown, ensure_ascii=False)
        for word in ("草稿", "内部文件名", "甲大学", "compiler", "sha256"):
            assert word not in said

    def test_a_part_of_the_words_is_enough_where_nothing_has_all(self, listed):
        found = search(listed, listed.outsider, q="全市中小学通讯录")
        assert (found["count"], found["loosely"]) == (1, True)
        assert search(listed, listed.outsider, q="办学层次")["count"] == 1
        assert search(listed, listed.outsider, q="幼儿园")["count"] == 0
        assert search(listed, listed.outsider, q="'):* | !%_\\")["count"] == 0

    def test_filters_go_with_the_tree(self, listed):
        for unit, count in (("shjw", 1), ("xh", 1), ("cn", 0), ("xhsy", 0), ("x", 0)):
            found = search(listed, listed.outsider, unit=unit)
            assert found["count"] == count
            assert sum(found["facets"]["unit"].values()) == count
        assert search(listed, listed.outsider, district="310104")["count"] == 0
        assert search(listed, listed.outsider, start=1)["results"] == []

    def test_no_role_no_catalog(self, listed):
        for person in (None, listed.stranger):
            for action in (
                "edudata_resource_catalog_search",
                "edudata_resource_catalog_show",
            ):
                with pytest.raises(tk.NotAuthorized):
                    listed.act(action, person, id=listed.one["id"])

    def test_sharing_less_counts_at_once_sharing_more_after_its_approval(self, listed):
        portal = listed
        one = {"id": portal.one["id"]}
        portal.act("package_patch", portal.compiler, **one, sharing_class="not_shared")
        assert titles(portal, portal.outsider) == []
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_resource_catalog_show", portal.outsider, **one)
        assert titles(portal, portal.compiler) == ["徐汇区中小学名单"]
        hint = portal.act("edudata_resource_catalog_hint", portal.compiler, **one)
        assert hint["why"] == "not_shared"
        portal.approved(portal.one)
        portal.act(
            "package_patch", portal.compiler, **one, sharing_class="unconditional"
        )
        assert titles(portal, portal.outsider) == []
        portal.approved(portal.one)
        assert titles(portal, portal.outsider) == ["徐汇区中小学名单"]
        assert portal.act("edudata_resource_catalog_hint", portal.compiler, **one)[
            "listed"
        ]

    def test_words_that_are_not_clear_are_not_listed(self, listed):
        portal = listed
        digest = model.Session.scalar(sa.select(CatalogLine.text_sha256))
        row = model.Session.scalar(
            sa.select(Clearance).where(Clearance.sha256 == digest)
        )
        row.withdrawn_at = sa.func.now()
        model.Session.commit()
        assert titles(portal, portal.outsider) == []
        hint = portal.act(
            "edudata_resource_catalog_hint", portal.compiler, id=portal.one["id"]
        )
        assert hint["why"] == "words"
        blocked = portal.entry(title="名单", notes="班主任欧阳金雀，手机13917654321。")
        portal.upload(blocked, "x.csv", CSV)
        portal.approved(blocked)
        for person in (portal.outsider, portal.compiler):
            assert search(portal, person)["count"] == 0

    def test_conditions_and_reasons_of_sharing_are_shown_once_they_were_read(
        self, listed
    ):
        said = {
            "sharing_class": "authorized",
            "sharing_condition": "仅限教育统计使用。",
            "sharing_reason": "涉及办学安全。",
            "sharing_basis": "《某条例》第八条",
        }
        one = {"id": listed.one["id"]}
        listed.act("package_patch", listed.compiler, **one, **said)
        listed.approved(listed.one)
        shown = listed.act("edudata_resource_catalog_show", listed.outsider, **one)
        assert {key: shown.get(key) for key in said} == said

    @pytest.mark.article(33)
    def test_what_waits_for_its_security_review_is_not_listed(self, portal):
        portal.one = portal.entry(
            title="重要数据",
            data_grade="important",
            opening_class="conditional",
            opening_ground="security_demands",
        )
        portal.upload(portal.one, "x.csv", CSV)
        portal.approved(portal.one)
        assert titles(portal, portal.outsider) == []
        portal.act(
            "edudata_entry_pass_security",
            portal.security_officer,
            id=portal.one["id"],
            reason="已核对分级和用途。",
        )
        assert titles(portal, portal.outsider) == ["重要数据"]

    @pytest.mark.article(2)
    def test_classified_words_leave_it(self, listed):
        tk.get_action("edudata_entry_forget")(
            {"ignore_auth": True}, {"id": listed.one["id"]}
        )
        model.Session.commit()
        assert model.Session.scalars(sa.select(CatalogLine)).all() == []

    def test_what_is_deleted_or_moved_is_followed_without_a_new_index(self, listed):
        portal = listed
        one = {"id": portal.one["id"]}
        portal.act("package_patch", portal.compiler, **one, sharing_scope="district")
        portal.approved(portal.one)
        school = portal.act("user_show", portal.stranger, id=portal.stranger["id"])
        give(school, "compiler", portal.school)
        assert titles(portal, portal.outsider) == []
        assert titles(portal, portal.stranger) == ["徐汇区中小学名单"]
        portal.act(
            "organization_patch",
            portal.coordinator,
            id=portal.school["id"],
            superior=portal.other["id"],
        )
        assert titles(portal, portal.stranger) == []
        portal.act("package_delete", portal.compiler, **one)
        assert titles(portal, portal.compiler) == []


@pytest.mark.promise(3)
def test_the_database_decides_as_the_rule_does(portal):
    """Random entries, viewers and trees: SQL and the pure rule say the same."""
    rng = random.Random(5)
    known = scope_search.units()
    units = list(known.units)
    ids = []
    for number in range(60):
        package = model.Package(
            name=f"e{number}",
            title=f"E{number}",
            type="entry",
            private=True,
            owner_org=rng.choice(units),
        )
        model.Session.add(package)
        model.Session.flush()
        sharing = [
            scope.Sharing(
                rng.choice(["unconditional", "authorized", "not_shared", "odd"]),
                rng.choice([*scope.SCOPES, "odd"]),
                frozenset(rng.sample(units, rng.randint(0, 2))),
            )
            for _ in range(2)
        ]
        values = {
            f"{when}_{part}": value
            for when, one in zip(("approved", "working"), sharing, strict=True)
            for part, value in (
                ("class", one.sharing_class),
                ("scope", one.scope),
                ("units", sorted(one.units)),
            )
        }
        model.Session.add(
            CatalogLine(
                entry_id=package.id,
                version_id="v",
                number=1,
                title=package.title,
                text_sha256="clear",
                grams=sa.func.array_to_tsvector(sa.cast(["e"], sa.ARRAY(sa.Text))),
                **values,
            )
        )
        ids.append((package.id, package.owner_org, *sharing))
    _clear("clear")
    model.Session.flush()
    for size in (0, 1, 2):
        for held in itertools.combinations(units, size):
            viewer = scope.Viewer.of(held, known)
            wanted = {key for key, *entry in ids if scope.sees(*entry, viewer, known)}
            condition = scope_search.seen(viewer, known)
            rows = scope_search.lines(CatalogLine.entry_id, condition=condition)
            assert set(model.Session.scalars(rows)) == wanted
    model.Session.rollback()


def _clear(digest):
    from ckanext.edudata.desensitization import rules

    model.Session.add(
        Clearance(
            check_id="c",
            entry_id="e",
            resource_id="e",
            sha256=digest,
            ruleset=rules.code(),
            permits="unconditional",
            tables=[],
            basis={"k": 1000, "small_cell": 1000, "rule": None, "exceptions": []},
        )
    )


@pytest.mark.promise(3)
class TestView:
    def test_only_named_fields_of_their_shape_come_out(self):
        content = {
            **dict.fromkeys((*scope_view.CODED, *scope_view.WORDS), "canary"),
            **dict.fromkeys(scope_view.SHAPED, "canary x"),
            "owner_org": "canary-unit",
            "something_new": "canary",
            "contact_phone": "13917654321",
            "resources": [
                {
                    "id": "canary-id",
                    "name": "canary-file",
                    "sha256": "canary-sha",
                    "information_items": [
                        {"name": "a", "label": "b", "type": "x y", "codes": "canary"}
                    ],
                },
                {"not_released": "true", "information_items": [{"name": "canary"}]},
            ],
        }
        found = scope_view.view(content, texts.FIELDS)
        words = set(scope_view.WORDS) & set(texts.FIELDS)
        assert set(found) == {*scope_view.CODED, *words, "tables"}
        assert found["tables"] == [
            [
                {
                    **{"name": "a", "label": "b", "description": ""},
                    **{"type": "", "element": "", "required": False},
                }
            ]
        ]
