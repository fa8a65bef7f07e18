"""The door: nothing but a release writes into an open dataset (promise 1)."""

from __future__ import annotations

import contextvars
import io
import threading

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

from ckanext.edudata.opening import door

LIST = "序号,学校名称,学校标识码\n1,甲大学,4131010001\n2,乙大学,4131010002\n"


@pytest.fixture
def released(portal):
    entry = portal.entry()
    portal.upload(entry, "高校名单.csv", LIST.encode())
    done = portal.released(entry)
    portal.open = tk.get_action("package_show")(
        {"ignore_auth": True}, {"id": done["dataset_id"]}
    )
    portal.made_from = entry
    return portal


def _writes(portal):
    """Each way of writing into an open dataset that CKAN has."""
    dataset, other = portal.open, portal.made_from
    resource = dataset["resources"][0]
    pid, rid = dataset["id"], resource["id"]
    upload = FileStorage(io.BytesIO(b"a,b\n1,2\n"), "x.csv", "upload")
    return {
        "package_update": {**dataset, "title": "换了"},
        "package_patch": {"id": pid, "title": "换了"},
        "package_patch by name": {"id": dataset["name"], "title": "换了"},
        "package_revise": {"match": {"id": pid}, "update": {"title": "换了"}},
        "package_revise by name": {
            "match__name": dataset["name"],
            "update__title": "换了",
        },
        "package_delete": {"id": pid},
        "dataset_purge": {"id": pid},
        "package_owner_org_update": {
            "id": pid,
            "organization_id": portal.other["id"],
        },
        "package_resource_reorder": {"id": pid, "order": [rid]},
        "bulk_update_private": {"datasets": [pid], "org_id": dataset["owner_org"]},
        "bulk_update_public": {"datasets": [pid], "org_id": dataset["owner_org"]},
        "bulk_update_delete": {"datasets": [pid], "org_id": dataset["owner_org"]},
        "resource_create": {"package_id": pid, "name": "x", "upload": upload},
        "resource_update": {**resource, "name": "换了"},
        "resource_update into": {
            "id": portal.private_resource,
            "package_id": pid,
            "name": "x",
        },
        "resource_patch": {"id": rid, "name": "换了"},
        "resource_delete": {"id": rid},
        "resource_view_create": {
            "resource_id": rid,
            "title": "x",
            "view_type": "text_view",
        },
        "resource_view_reorder": {"id": rid, "order": []},
        "resource_view_clear": {},
        "resource_create_default_resource_views": {"resource": resource},
        "package_create_default_resource_views": {"package": dataset},
        "package_relationship_create": {
            "subject": other["id"],
            "object": pid,
            "type": "child_of",
        },
        "datastore_create": {
            "resource_id": rid,
            "force": True,
            "records": [{"学校名称": "丙大学"}],
        },
        "datastore_create resource": {
            "resource": {"package_id": pid},
            "records": [{"a": 1}],
        },
        "datastore_upsert": {
            "resource_id": rid,
            "force": True,
            "method": "insert",
            "records": [{"学校名称": "丙大学"}],
        },
        "datastore_upsert by id": {
            "resource_id": portal.private_resource,
            "id": rid,
            "force": True,
            "method": "insert",
            "records": [{"学校名称": "丙大学"}],
        },
        "datastore_delete by id": {
            "resource_id": portal.private_resource,
            "id": rid,
            "force": True,
        },
        "datastore_create by id": {
            "resource_id": portal.private_resource,
            "id": rid,
            "force": True,
            "records": [{"学校名称": "丙大学"}],
        },
        "datastore_delete": {"resource_id": rid, "force": True},
        "datastore_records_delete": {"resource_id": rid, "force": True, "filters": {}},
        "datastore_run_triggers": {"resource_id": rid},
        "file_ownership_transfer": {
            "id": portal.file,
            "owner_type": "package",
            "owner_id": pid,
        },
        "file_create": {
            "name": "x",
            "storage": "edudata_released",
            "upload": upload,
        },
        "file_register": {"location": "x", "storage": "edudata_private"},
        "member_create": {
            "id": portal.group,
            "object": pid,
            "object_type": "package",
            "capacity": "public",
        },
        "member_delete": {
            "id": dataset["owner_org"],
            "object": pid,
            "object_type": "package",
        },
    }


def _prepare(portal):
    portal.private_resource = portal.made_from["id"]
    found = portal.act("package_show", portal.compiler, id=portal.made_from["id"])
    portal.private_resource = found["resources"][0]["id"]
    portal.group = factories.Group()["id"]
    file = model.File(
        name="x", location="x", storage="default", hash="", size=1, content_type="x"
    )
    model.Session.add(file)
    model.Session.commit()
    portal.file = file.id


def _persons(portal):
    sysadmin = factories.Sysadmin()
    yield "sysadmin", {"user": sysadmin["name"]}
    yield "ignore_auth", {"user": sysadmin["name"], "ignore_auth": True}
    yield "compiler", {"user": portal.compiler["name"]}


@pytest.mark.promise(1)
@pytest.mark.article(27, 28)
def test_no_write_goes_past_the_door(released):
    """Every path, as system administrator, past auth, and as the owner's compiler."""
    _prepare(released)
    before = _shown(released)
    passed = []
    for person, context in _persons(released):
        for name, data in _writes(released).items():
            try:
                tk.get_action(name.split()[0])(dict(context), dict(data))
            except tk.NotAuthorized:
                continue
            passed.append((person, name))
    assert passed == []
    assert _shown(released) == before


def _shown(portal):
    dataset = tk.get_action("package_show")(
        {"ignore_auth": True, "use_cache": False}, {"id": portal.open["id"]}
    )
    rows = portal.act(
        "datastore_search", None, resource_id=dataset["resources"][0]["id"]
    )
    return dataset, rows["records"]


def test_every_guarded_action_is_tried(released):
    """A path that is added to the table is added to the test."""
    _prepare(released)
    tried = {name.split()[0] for name in _writes(released)}
    # These need an object that this open dataset has not: a view, a relationship, a
    # collaborator, a file, a tag; they are looked up in the same way as those tried.
    without = {
        "tag_delete",
        "resource_view_update",
        "resource_view_delete",
        "package_relationship_update",
        "package_relationship_delete",
        "package_collaborator_create",
        "package_collaborator_delete",
        "file_delete",
        "file_rename",
        "file_pin",
        "file_unpin",
    }
    assert set(door.WRITES) - tried == without


@pytest.mark.promise(1)
def test_what_hangs_on_an_open_dataset_cannot_be_changed_either(released):
    """Views and files that got there by other means are still behind the door."""
    rid = released.open["resources"][0]["id"]
    view = model.ResourceView(
        resource_id=rid, title="x", view_type="text_view", order=0
    )
    file = model.File(
        name="x", location="y", storage="default", hash="", size=1, content_type="x"
    )
    model.Session.add_all([view, file])
    model.Session.flush()
    model.Session.add(
        model.FileOwner(
            file_id=file.id, owner_id=released.open["id"], owner_type="package"
        )
    )
    model.Session.commit()
    view_id, file_id = view.id, file.id
    for name, data in {
        "resource_view_update": {"id": view_id, "resource_id": rid, "title": "z"},
        "resource_view_delete": {"id": view_id},
        "file_delete": {"id": file_id},
        "file_rename": {"id": file_id, "name": "z"},
        "file_pin": {"id": file_id},
        "file_unpin": {"id": file_id},
        "package_collaborator_create": {
            "id": released.open["id"],
            "user_id": released.stranger["id"],
            "capacity": "editor",
        },
        "package_collaborator_delete": {
            "id": released.open["id"],
            "user_id": released.stranger["id"],
        },
        "package_relationship_update": {
            "subject": released.open["id"],
            "object": released.made_from["id"],
            "type": "child_of",
        },
        "package_relationship_delete": {
            "subject": released.open["id"],
            "object": released.made_from["id"],
            "type": "child_of",
        },
    }.items():
        with pytest.raises(tk.NotAuthorized):
            tk.get_action(name)({"ignore_auth": True, "user": ""}, data)


@pytest.mark.promise(1)
class TestCreate:
    """No package of any type is public except through the door."""

    @pytest.fixture(autouse=True)
    def _portal(self, portal):
        self.portal = portal
        self.data = {
            key: value
            for key, value in portal.entry().items()
            if key not in ("id", "name", "type", "private", "resources")
        }

    def _create(self, **data):
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
        return tk.get_action("package_create")(context, {**self.data, **data})

    def test_a_missing_type_means_entry(self):
        made = self._create(private=False)
        assert made["type"] == "entry"
        assert made["private"] is True

    @pytest.mark.parametrize("kind", ["foo", "harvest", "Dataset", "entry "])
    def test_a_type_without_schema_is_refused(self, kind):
        """Stock CKAN makes a public dataset of type="foo"."""
        with pytest.raises(tk.ValidationError):
            self._create(type=kind)

    def test_a_dataset_is_refused(self):
        with pytest.raises(tk.NotAuthorized):
            self._create(type="dataset", name="past-the-door")
        assert model.Package.get("past-the-door") is None

    def test_a_dataset_is_refused_while_the_door_is_open_for_another(self):
        with door.opened("another"), pytest.raises(tk.NotAuthorized):
            self._create(type="dataset", name="past-the-door")

    def test_names_of_entries_are_opaque(self):
        made = self._create(name="2026-expelled-pupils")
        assert made["name"].startswith("entry-")
        assert model.Package.get("2026-expelled-pupils") is None


@pytest.mark.promise(1)
class TestEntries:
    """An entry stays private, whatever is said."""

    @pytest.mark.parametrize(
        "change",
        [
            {"private": False},
            {"private": "false"},
            {"state": "active", "private": 0},
            {"type": "dataset", "private": False},
        ],
    )
    def test_update_and_patch(self, portal, change):
        entry = portal.entry()
        for context in (
            {"user": portal.compiler["name"]},
            {"user": factories.Sysadmin()["name"], "ignore_auth": True},
        ):
            tk.get_action("package_patch")(context, {"id": entry["id"], **change})
            package = model.Package.get(entry["id"])
            assert (package.private, package.type) == (True, "entry")

    def test_revise(self, portal):
        entry = portal.entry()
        tk.get_action("package_revise")(
            {"user": portal.compiler["name"]},
            {"match__id": entry["id"], "update__private": "false"},
        )
        assert model.Package.get(entry["id"]).private

    def test_bulk(self, portal):
        entry = portal.entry()
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("bulk_update_public")(
                {"user": factories.Sysadmin()["name"]},
                {"datasets": [entry["id"]], "org_id": entry["owner_org"]},
            )
        assert model.Package.get(entry["id"]).private

    def test_another_unit_cannot_take_it_over_by_its_name(self, portal):
        """`name` keeps package_name_validator: stock forms without it allow this."""
        entry = portal.entry()
        mine = portal.act(
            "package_create",
            portal.outsider,
            **{
                **{k: v for k, v in entry.items() if k not in ("id", "resources")},
                "owner_org": portal.other["id"],
            },
        )
        assert mine["name"] != entry["name"]
        with pytest.raises(tk.ObjectNotFound):
            portal.act("package_patch", portal.outsider, id=entry["name"], title="拿走")
        with pytest.raises(tk.ObjectNotFound):
            portal.act(
                "package_update", portal.outsider, name=entry["name"], title="拿走"
            )

    def test_no_link_instead_of_an_upload(self, portal):
        entry = portal.entry()
        with pytest.raises(tk.ValidationError):
            portal.act(
                "resource_create",
                portal.compiler,
                package_id=entry["id"],
                url="http://127.0.0.1/secret.csv",
                name="x",
            )

    def test_no_alias(self, portal):
        entry = portal.entry()
        with pytest.raises(tk.ValidationError):
            tk.get_action("datastore_create")(
                {"ignore_auth": True, "user": ""},
                {
                    "resource": {"package_id": entry["id"]},
                    "aliases": ["any_free_id"],
                    "records": [{"a": 1}],
                },
            )


class TestTheDoorItself:
    def test_it_names_one_package(self):
        with door.opened("a"):
            assert door.is_open("a")
            assert not door.is_open("b")
        assert not door.is_open("a")

    def test_it_closes_when_the_release_fails(self):
        with pytest.raises(RuntimeError), door.opened("a"):
            raise RuntimeError
        assert not door.is_open("a")

    def test_another_thread_finds_it_shut(self):
        seen = []
        with door.opened("a"):
            thread = threading.Thread(target=lambda: seen.append(door.is_open("a")))
            thread.start()
            thread.join()
        assert seen == [False]

    def test_it_is_no_key_of_a_context(self, released):
        for key in ("edudata_door", "door", "opened", "releasing"):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action("package_patch")(
                    {"ignore_auth": True, "user": "", key: released.open["id"]},
                    {"id": released.open["id"], "title": "换了"},
                )

    def test_a_copied_context_keeps_it_for_fresh_contexts(self):
        with door.opened("a"):
            copied = contextvars.copy_context()
        assert copied.run(door.is_open, "a")
        assert not door.is_open("a")
