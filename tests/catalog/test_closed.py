"""Entries tell nothing to who may not know of them (promise 3).

Every reading action of CKAN and of ours is asked by strangers, with real references and
with made-up ones: the answers must be the same, word for word. Canaries are looked for
in all that lists.
"""

from __future__ import annotations

import inspect
import json
import re
import uuid
from urllib.parse import quote

import ckan.logic.action.get as core
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata import rooms
from ckanext.edudata.catalog import scope_search, scope_view, visibility
from tests.visitors import Visitor

CANARIES = ("金丝雀标题", "金丝雀关键词", "金丝雀文件", "canaryvalue", "金丝雀列")
ACTIVITY = "edudata scheming_datasets scheming_organizations datastore dcat activity"
WRITES = (
    "follow_dataset",
    "unfollow_dataset",
    "package_update",
    "package_patch",
    "package_revise",
    "package_delete",
    "package_owner_org_update",
    "package_collaborator_create",
    "package_relationship_create",
    "resource_create",
    "resource_update",
    "resource_patch",
    "resource_delete",
    "resource_view_create",
    "datastore_create",
    "datastore_upsert",
    "datastore_delete",
)
OTHERS = (
    "datastore_search",
    "datastore_info",
    "package_activity_list",
    "organization_activity_list",
    "recently_changed_packages_activity_list",
)


@pytest.fixture
def hidden(portal):
    portal.entry = portal.entry(title="金丝雀标题", keywords="金丝雀关键词")
    portal.resource = portal.upload(
        portal.entry, "金丝雀文件.csv", "金丝雀列,b\ncanaryvalue,1\n".encode()
    )
    portal.work()
    return portal


def _outcome(action, person, data, reference):
    context = {"user": person["name"] if person else ""}
    if person:
        context["auth_user_obj"] = model.User.get(person["id"])
    try:
        said = ("answered", repr(tk.get_action(action)(context, data)))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        words = getattr(error, "error_dict", None) or str(error)
        said = (type(error).__name__, str(words))
    model.Session.rollback()
    # When one's own data were taken out says nothing of what was asked.
    words = re.sub(r"('made_at': )'[^']+'", r"\1'now'", said[1])
    return said[0], words.replace(reference, "X")


def _data(reference):
    return {
        "id": reference,
        "resource_id": reference,
        "package_id": reference,
        "name_or_id": reference,
        "entity_id": reference,
        "object": reference,
        "subject": reference,
        "object_type": "package",
        "match": {"id": reference},
        "update": {"title": "x"},
        "task_type": "x",
        "key": "x",
        "type": "child_of",
        "reason": "x",
        "version": 1,
        "user_id": "x",
        "capacity": "editor",
        "view_type": "text_view",
        "title": "x",
    }


def _actions():
    local = inspect.getmembers(core, inspect.isfunction)
    names = [n for n, f in local if f.__module__ == core.__name__ and n[0] != "_"]
    ours = [n for n in rooms.functions("action") if n.startswith("edudata_")]
    return [*names, *ours, *WRITES, *OTHERS]


@pytest.mark.promise(3)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
@pytest.mark.parametrize("who", ["anonymous", "stranger", "outsider"])
def test_no_action_tells_a_real_reference_from_a_made_up_one(hidden, who):
    person = None if who == "anonymous" else getattr(hidden, who)
    real = {
        "id": hidden.entry["id"],
        "name": hidden.entry["name"],
        "resource": hidden.resource["id"],
    }
    made_up = {
        "id": str(uuid.uuid4()),
        "name": f"entry-{uuid.uuid4().hex}",
        "resource": str(uuid.uuid4()),
    }
    different = []
    for action in _actions():
        for kind in real:
            known = _outcome(action, person, _data(real[kind]), real[kind])
            unknown = _outcome(action, person, _data(made_up[kind]), made_up[kind])
            if known != unknown:
                different.append((action, kind, known[0], unknown[0]))
    assert different == []


LISTS = [
    ("package_list", {}),
    ("current_package_list_with_resources", {}),
    ("package_search", {"q": "金丝雀", "include_private": True}),
    ("package_search", {"include_private": True, "facet.field": ["title", "name"]}),
    ("package_search", {"q": "res_name:*", "fl": "title,res_name,data_dict"}),
    ("package_search", {"fq_list": ["+dataset_type:entry"], "include_private": True}),
    ("package_autocomplete", {"q": "金丝雀"}),
    ("resource_search", {"query": "name:金丝雀"}),
    ("tag_list", {"all_fields": True}),
    ("tag_list", {"query": "金丝雀"}),
    ("tag_autocomplete", {"query": "金丝雀"}),
    ("tag_search", {"query": "金丝雀"}),
    ("format_autocomplete", {"q": "c"}),
    ("organization_show", {"id": "xh", "include_datasets": True}),
    ("organization_list", {"all_fields": True, "include_dataset_count": True}),
    ("member_list", {"id": "xh"}),
    ("member_list", {"id": "xh", "object_type": "package"}),
    ("user_show", {"id": "compiler", "include_datasets": True}),
    ("user_activity_list", {"id": "compiler"}),
    ("organization_activity_list", {"id": "xh"}),
    ("recently_changed_packages_activity_list", {}),
    ("datastore_search", {"resource_id": "_table_metadata"}),
    ("datastore_search", {"resource_id": "_table_stats"}),
    ("edudata_entry_list", {}),
    ("edudata_audit_list", {}),
    ("dashboard_activity_list", {}),
]


@pytest.mark.promise(3)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
@pytest.mark.parametrize("who", ["anonymous", "stranger", "outsider"])
def test_no_list_holds_a_canary(hidden, who):
    """Titles, tags, names, ids and counts, in each way CKAN lists things."""
    person = None if who == "anonymous" else getattr(hidden, who)
    ids = (hidden.entry["id"], hidden.entry["name"], hidden.resource["id"])
    for action, data in LISTS:
        said = _outcome(action, person, dict(data), "\0")[1]
        found = [word for word in (*CANARIES, *ids) if word in said]
        assert not found, (action, data, found)


@pytest.mark.promise(3)
def test_counts_know_nothing_of_entries(hidden):
    """A number is an oracle as well."""
    for person in (None, hidden.stranger, hidden.outsider):
        search = hidden.act("package_search", person, q="*:*", include_private=True)
        assert search["count"] == 0
        unit = hidden.act("organization_show", person, id="xh")
        assert unit["package_count"] == 0
        for unit in hidden.act("organization_list", person, all_fields=True):
            assert unit["package_count"] == 0
        for query in ("金丝雀标题", "title:金*", "res_name:*", "capacity:private"):
            found = hidden.act("package_search", person, q=query, rows=0)
            assert found["count"] == 0


@pytest.mark.promise(3)
def test_pages_answer_as_for_what_does_not_exist(hidden, app):
    """404 and the same page for a real id and a made-up one."""
    pages = [
        "/entry/{id}",
        "/dataset/{id}",
        "/entry/edit/{id}",
        "/entry/{id}/resource/{rid}",
        "/entry/{id}/resource/{rid}/download/data.csv",
        "/dataset/{id}/resource/{rid}/download",
        "/datastore/dump/{rid}",
        "/entry/{id}/check/{rid}",
        "/api/3/action/package_show?id={id}",
        "/api/3/action/resource_show?id={rid}",
        "/api/3/action/datastore_search?resource_id={rid}",
        "/api/3/action/dataset_follower_count?id={id}",
        "/dataset/{id}.rdf",
        "/feeds/dataset.atom?q={id}",
    ]
    for page in pages:
        real = page.format(id=hidden.entry["id"], rid=hidden.resource["id"])
        other = {"id": str(uuid.uuid4()), "rid": str(uuid.uuid4())}
        known = app.get(real)
        unknown = app.get(page.format(**other))
        assert known.status_code == unknown.status_code, page
        assert not [word for word in CANARIES if word in known.body], page
        body = known.body.replace(hidden.entry["id"], other["id"])
        body = body.replace(hidden.resource["id"], other["rid"])
        assert _plain(body) == _plain(unknown.body), page


def _plain(body: str) -> str:
    """Without what changes from one request to the next."""
    return "\n".join(
        line
        for line in body.splitlines()
        if "_csrf_token" not in line and "csrf" not in line and "<updated>" not in line
    )


@pytest.mark.promise(3)
def test_a_name_in_use_cannot_be_found_out(portal):
    """Stock CKAN: "That URL is already in use" for a private dataset's name."""
    entry = portal.entry()
    data = {
        key: value
        for key, value in entry.items()
        if key not in ("id", "resources", "organization")
    }
    made = portal.act(
        "package_create", portal.outsider, **{**data, "owner_org": portal.other["id"]}
    )
    assert made["name"] != entry["name"]


@pytest.mark.promise(3)
def test_people_of_the_unit_do_see_it(hidden):
    """The veil is for others: its own people, and those above, find the entry."""
    for person in (hidden.compiler, hidden.reviewer, hidden.coordinator):
        shown = hidden.act("package_show", person, id=hidden.entry["id"])
        assert shown["title"] == "金丝雀标题"
        found = hidden.act("package_search", person, q="金丝雀", include_private=True)
        assert found["count"] == 1
    rows = hidden.act(
        "datastore_search", hidden.compiler, resource_id=hidden.resource["id"]
    )
    assert json.dumps(rows["records"], ensure_ascii=False).count("canaryvalue") == 1


@pytest.mark.promise(3)
def test_a_role_that_ended_shows_nothing_more(hidden):
    given = hidden.act("edudata_role_list", hidden.compiler)
    for role in given:
        tk.get_action("edudata_role_end")(
            {"ignore_auth": True, "user": ""}, {"id": role["id"]}
        )
    with pytest.raises(tk.ObjectNotFound):
        hidden.act("package_show", hidden.compiler, id=hidden.entry["id"])


DRAFT = "金丝雀草稿"
PERSON = ("欧阳金雀", "13917654321")
APPROVED = "校舍安全普查"
WITHIN = ("edudata_resource_catalog_search", "edudata_resource_catalog_show")
SHOWN = {
    *("id", "unit_id", "listed_at", "own", "open_dataset", "tables", "authoritative"),
    *(*scope_view.CODED, *scope_view.WORDS, *scope_view.SHAPED),
}


@pytest.fixture
def shared(portal):
    """An approved entry with canaries in data, file names, findings and its draft."""
    entry = portal.entry(title=APPROVED, notes="全区校舍的普查结果。")
    first = portal.upload(
        entry, "金丝雀文件.csv", "校舍,年份\ncanaryvalue,1990\n乙楼,1991\n".encode()
    )
    roster = "校舍,负责人,手机\n" + f"甲楼,{PERSON[0]},{PERSON[1]}\n" * 8
    second = portal.upload(entry, "金丝雀文件二.csv", roster.encode())
    approved = portal.approved(entry)
    portal.act(
        "package_patch", portal.compiler, id=entry["id"], title=DRAFT, notes=DRAFT
    )
    portal.act("resource_patch", portal.compiler, id=first["id"], description=DRAFT)
    portal.work()
    # Somebody of another unit who is about to collect the same.
    portal.theirs = portal.entry(
        portal.outsider, title="校舍的安全普查", owner_org=portal.other["id"]
    )
    digests = [item["sha256"] for item in approved["content"]["resources"]]
    portal.entry_made, portal.resource = entry, first
    portal.canaries = (
        *("canaryvalue", "金丝雀", *PERSON, *digests),
        *(first["id"], second["id"], entry["name"], approved["digest"]),
    )
    # Members of units know each other (`member_list`), but not by an entry.
    portal.people = ("compiler", portal.compiler["id"], portal.compiler["fullname"])
    return portal


def _scoped(portal, scope):
    """Put the entry into a scope, approved anew, with the same draft after it."""
    values = {"sharing_scope": "all"}
    if scope == "out":
        units = json.dumps([portal.school["id"]])
        values = {"sharing_scope": "named", "sharing_units": units}
    portal.act("package_patch", portal.compiler, id=portal.entry_made["id"], **values)
    portal.act(
        "package_patch",
        portal.compiler,
        id=portal.entry_made["id"],
        title=APPROVED,
        notes="全区校舍的普查结果。",
    )
    portal.approved(portal.entry_made)
    portal.act(
        "package_patch", portal.compiler, id=portal.entry_made["id"], title=DRAFT
    )
    portal.work()


READS = [
    *LISTS,
    *(
        ("edudata_resource_catalog_search", data)
        for data in (
            {},
            {"q": DRAFT},
            {"q": "金丝雀文件 canaryvalue 欧阳金雀"},
            {"q": "compiler"},
            {"q": APPROVED},
            {"unit": "xh", "rows": 100},
            {"subject_database": "school", "sharing_class": "unconditional"},
        )
    ),
    ("package_search", {"q": APPROVED, "include_private": True}),
    (
        "package_search",
        {"q": APPROVED, "fq": "capacity:private", "facet.field": ["id"]},
    ),
    ("package_autocomplete", {"q": APPROVED}),
    ("resource_search", {"query": "name:校舍"}),
    ("organization_show", {"id": "xh", "include_dataset_count": True}),
    ("edudata_source_case_list", {}),
]


def _leaks(portal, person):
    """What a person learns of the entry that they should not, and by what."""
    entry, found = portal.entry_made["id"], []
    reads = [*READS, ("edudata_source_list", {"id": portal.theirs["id"]})]
    for action in ("package_show", "resource_show", *WITHIN[1:]):
        reads += [(action, {"id": ref}) for ref in (entry, portal.resource["id"])]
    for action, data in reads:
        said = _outcome(action, person, dict(data), "\0")[1]
        seen = [word for word in portal.canaries if word in said]
        if action in (*WITHIN, "edudata_source_list"):
            seen += [word for word in portal.people if word in said]
        else:
            for typed in ("q", "id"):
                said = said.replace(data.get(typed) or "\0", "")
            seen += [word for word in (entry, APPROVED) if word in said]
        found += [(action, str(data), word) for word in seen]
    return found


@pytest.mark.promise(3)
@pytest.mark.article(22, 23)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
class TestSharingScope:
    @pytest.mark.parametrize("scope", ["in", "out"])
    def test_metadata_within_the_scope_and_by_two_actions_only(self, shared, scope):
        _scoped(shared, scope)
        people = (None, shared.stranger, shared.outsider)
        for person in people:
            assert _leaks(shared, person) == []
        found = shared.act("edudata_resource_catalog_search", shared.outsider)
        mine = shared.act("edudata_resource_catalog_search", shared.compiler)
        assert mine["count"] == 1
        shown = _outcome(
            "edudata_resource_catalog_show",
            shared.outsider,
            {"id": shared.entry_made["id"]},
            "\0",
        )
        if scope == "out":
            assert found["count"] == 0
            assert not any(found["facets"].values())
            assert shown[0] == "NotFound"
            return
        assert found["results"][0]["title"] == APPROVED
        assert shown[0] == "answered"
        item = shared.act(
            "edudata_resource_catalog_show",
            shared.outsider,
            id=shared.entry_made["id"],
        )
        assert set(item) <= SHOWN
        assert [row["name"] for row in item["tables"][1]] == ["校舍", "负责人", "手机"]

    def test_the_probe_sees_a_leak_where_a_guard_is_off(self, shared, monkeypatch):
        _scoped(shared, "out")
        assert _leaks(shared, shared.outsider) == []
        before = shared.act("edudata_resource_catalog_search", shared.outsider)
        with monkeypatch.context() as off:
            off.setattr(scope_search, "seen", lambda viewer, known: sa.true())
            after = shared.act("edudata_resource_catalog_search", shared.outsider)
            assert (before["count"], after["count"]) == (0, 1)
        _scoped(shared, "in")
        with monkeypatch.context() as off:
            off.setattr(scope_view, "view", lambda content, read, items=True: content)
            words = {word for _, _, word in _leaks(shared, shared.outsider)}
            assert {"金丝雀", shared.resource["id"]} <= words
        labels = visibility.user_labels(model.User.get(shared.compiler["id"]))
        with monkeypatch.context() as off:
            off.setattr(visibility, "user_labels", lambda user: labels)
            actions = {action for action, *_ in _leaks(shared, shared.outsider)}
            assert {"package_show", "package_search", "resource_show"} <= actions

    def test_pages_and_feeds(self, shared, app):
        _scoped(shared, "in")
        entry, rid = shared.entry_made["id"], shared.resource["id"]
        pages = [
            f"/entry/{entry}",
            f"/entry/{entry}/sources",
            f"/entry/{entry}/resource/{rid}/download/x.csv",
            f"/entry/{entry}/check/{rid}",
            f"/dataset/{entry}",
            f"/dataset/{entry}.rdf",
            f"/datastore/dump/{rid}",
            "/dataset?q=校舍",
            "/organization/xh",
            "/feeds/dataset.atom",
            "/feeds/organization/xh.atom",
            "/feeds/custom.atom?q=校舍",
            "/desk",
            "/resource-catalog?q=" + DRAFT,
        ]
        for person in (None, shared.stranger, shared.outsider):
            visitor = Visitor(app, person)
            for page in pages:
                said = visitor.get(page).get_data(as_text=True)
                said = said.replace(entry, "").replace(rid, "")
                said = said.replace(quote(DRAFT), "").replace(DRAFT, "", 9)
                found = [word for word in shared.canaries if word in said]
                assert not found, (page, found)
                if page != "/desk":
                    assert APPROVED not in said, page
            listed = visitor.get("/resource-catalog")
            item = visitor.get(f"/resource-catalog/{entry}")
            if person is shared.outsider:
                assert APPROVED in listed.get_data(as_text=True)
                for answer in (listed, item):
                    said = answer.get_data(as_text=True)
                    assert not [w for w in shared.canaries if w in said]
                    assert "max-age" not in answer.headers.get("Cache-Control", "")
            else:
                wanted = 404 if person else 302
                assert [listed.status_code, item.status_code] == [wanted, wanted]


def test_a_hidden_entry_costs_the_database_what_nothing_costs(portal):
    """Of one shape and number are the questions, so their time tells nothing."""
    asked: list[str] = []

    def note(connection, cursor, statement, parameters, context, many):
        asked.append(statement)

    def questions(reference: str) -> list[str]:
        model.Session.remove()
        del asked[:]
        with pytest.raises(tk.ObjectNotFound):
            portal.act("package_show", portal.outsider, id=reference)
        return list(asked)

    entries = [portal.entry()["id"] for _ in range(2)]
    engine = model.ensure_engine()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        questions(str(uuid.uuid4()))
        real = [questions(entry) for entry in entries]
        assert real[0] == real[1] == questions(str(uuid.uuid4()))
        assert any("resource" in statement for statement in real[0])
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
