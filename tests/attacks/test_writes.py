"""Ways into open datasets and frozen tables that CKAN itself has no name for."""

from __future__ import annotations

import io
import itertools
import uuid

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from werkzeug.datastructures import FileStorage

LIST = "序号,学校名称,学校标识码\n1,甲大学,4131010001\n2,乙大学,4131010002\n"


@pytest.fixture
def released(portal):
    portal.made_from = portal.entry()
    portal.source = portal.upload(portal.made_from, "高校名单.csv", LIST.encode())
    done = portal.released(portal.made_from)
    portal.open = portal.act("package_show", None, id=done["dataset_id"])
    portal.public_id = portal.open["resources"][0]["id"]
    return portal


def _corrected(portal):
    """A second version; the id of the first one's frozen table."""
    portal.act(
        "resource_patch",
        portal.compiler,
        id=portal.source["id"],
        upload=portal.file("高校名单.csv", LIST + "3,丙大学,4131010003\n"),
    )
    portal.released(portal.made_from)
    versions = portal.act("edudata_release_list", None, id=portal.open["id"])
    return versions[1]["resources"][0]["table_id"]


def _names(portal, table_id):
    found = portal.act("datastore_search", None, resource_id=table_id)
    return [row["学校名称"] for row in found["records"]]


def _file():
    return FileStorage(io.BytesIO("学校名称\n假大学\n".encode()), "x.csv", "upload")


@pytest.mark.promise(1)
class TestForeignIds:
    """A file of an entry never gets an id that stands for something else."""

    @pytest.fixture(params=["public", "frozen", "withdrawn", "other unit", "free"])
    def foreign(self, request, released):
        if request.param == "public":
            return released.public_id
        if request.param == "frozen":
            return _corrected(released)
        if request.param == "other unit":
            return released.source["id"]
        if request.param == "free":
            return str(uuid.uuid4())
        released.act(
            "edudata_stop", released.reviewer, id=released.open["id"], reason="停"
        )
        return released.public_id

    def test_no_way_to_take_it(self, released, foreign):
        before = model.Session.get(model.Resource, foreign)
        owner = before.package_id if before else None
        mine = released.entry(
            released.outsider, owner_org=released.other["id"], title="我的"
        )
        new = {"id": foreign, "name": "占用"}
        copied = {k: v for k, v in mine.items() if k not in ("id", "name")}
        for action, data in (
            ("package_create", {**copied, "resources": [dict(new)]}),
            ("package_update", {**mine, "resources": [{**new, "upload": _file()}]}),
            (
                "package_revise",
                {"match": {"id": mine["id"]}, "update": {"resources": [dict(new)]}},
            ),
            ("resource_create", {**new, "package_id": mine["id"], "upload": _file()}),
            (
                "datastore_create",
                {
                    "resource": {"id": foreign, "package_id": mine["id"]},
                    "records": [{"a": 1}],
                },
            ),
        ):
            with pytest.raises(
                (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound)
            ):
                released.act(action, released.outsider, **data)
            model.Session.rollback()
        released.work()
        model.Session.expire_all()
        after = model.Session.get(model.Resource, foreign)
        assert (after.package_id if after else None) == owner


@pytest.mark.promise(1, 2)
class TestFrozenTables:
    """What was released is written by nothing, under any id it stands."""

    CALLS = {
        "datastore_upsert": {
            "force": True,
            "method": "insert",
            "records": [{"学校名称": "假大学"}],
        },
        "datastore_create": {"force": True, "records": [{"学校名称": "假大学"}]},
        "datastore_delete": {"force": True},
        "datastore_records_delete": {"force": True, "filters": {}},
        "datastore_run_triggers": {},
    }

    def test_an_earlier_version(self, released):
        frozen = _corrected(released)
        sysadmin = factories.Sysadmin()["name"]
        contexts = ({"user": sysadmin}, {"user": sysadmin, "ignore_auth": True})
        names = ({"resource_id": frozen}, {"resource_id": frozen, "id": frozen})
        for action, context, name in itertools.product(self.CALLS, contexts, names):
            data = {**self.CALLS[action], **name}
            context = dict(context)
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                tk.get_action(action)(context, data)
            model.Session.rollback()
        assert _names(released, frozen) == ["甲大学", "乙大学"]


@pytest.mark.promise(1)
class TestGroupsAndTags:
    """What stands on an open dataset from outside: groups, units, tags."""

    @pytest.mark.parametrize(
        "action", ["group_create", "group_update", "organization_create"]
    )
    def test_no_group_takes_packages_in(self, released, action):
        sysadmin = factories.Sysadmin()["name"]
        group = factories.Group()
        data = {"name": f"g-{uuid.uuid4().hex[:8]}", "title": "组", "kind": "school"}
        if action == "group_update":
            data = {"id": group["id"], "name": group["name"]}
        data["packages"] = [
            {"id": released.open["id"], "name": released.open["name"]},
            {"id": released.made_from["id"], "name": released.made_from["name"]},
        ]
        before = _members(released)
        for context in ({"user": sysadmin}, {"user": sysadmin, "ignore_auth": True}):
            try:
                tk.get_action(action)(context, dict(data))
            except (tk.NotAuthorized, tk.ValidationError):
                model.Session.rollback()
        assert _members(released) == before

    def test_no_unit_gains_or_loses_a_package(self, released):
        before = _members(released)
        sysadmin = factories.Sysadmin()["name"]
        for action, which, unit in itertools.product(
            ("member_create", "member_delete"),
            ("open", "made_from"),
            ("other", "bureau"),
        ):
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                tk.get_action(action)(
                    {"user": sysadmin, "ignore_auth": True},
                    {
                        "id": getattr(released, unit)["id"],
                        "object": getattr(released, which)["id"],
                        "object_type": "package",
                        "capacity": "organization",
                    },
                )
        assert _members(released) == before

    def test_tags_stay(self, portal):
        entry = portal.entry(keywords="高校,名单")
        portal.upload(entry, "高校名单.csv", LIST.encode())
        done = portal.released(entry)
        shown = portal.act("package_show", None, id=done["dataset_id"])
        assert len(shown["tags"]) == 2
        sysadmin = factories.Sysadmin()["name"]
        for reference in (shown["tags"][0]["name"], shown["tags"][1]["id"]):
            for context in (
                {"user": sysadmin},
                {"user": sysadmin, "ignore_auth": True},
            ):
                with pytest.raises(tk.NotAuthorized):
                    tk.get_action("tag_delete")(context, {"id": reference})
        again = portal.act("package_show", None, id=done["dataset_id"])
        assert again["tags"] == shown["tags"]


def _members(portal):
    ids = (portal.open["id"], portal.made_from["id"])
    rows = model.Session.query(model.Member).filter(model.Member.table_id.in_(ids))
    return sorted((row.group_id, row.table_id, row.state) for row in rows)


@pytest.mark.promise(3, 5)
class TestUnits:
    """CKAN's capacities follow from roles, and an entry keeps its unit."""

    @pytest.mark.parametrize("action", ["organization_update", "organization_patch"])
    def test_an_update_names_no_people(self, portal, action):
        unit = tk.get_action("organization_show")(
            {"ignore_auth": True}, {"id": portal.bureau["id"]}
        )
        users = [{"name": portal.stranger["name"], "capacity": "admin"}]
        for context in (
            {"user": portal.coordinator["name"]},
            {"user": factories.Sysadmin()["name"], "ignore_auth": True},
        ):
            try:
                tk.get_action(action)(dict(context), {**unit, "users": users})
            except (tk.NotAuthorized, tk.ValidationError):
                model.Session.rollback()
        rows = model.Session.query(model.Member).filter_by(
            group_id=portal.bureau["id"], table_name="user", state="active"
        )
        held = {row.table_id for row in rows}
        assert portal.stranger["id"] not in held
        assert portal.compiler["id"] in held

    def test_an_entry_is_not_moved_past_its_people(self, portal):
        entry = portal.entry()
        for user in (factories.Sysadmin(), portal.compiler, portal.outsider):
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                tk.get_action("package_owner_org_update")(
                    {"user": user["name"]},
                    {"id": entry["id"], "organization_id": portal.other["id"]},
                )
        with pytest.raises(tk.ValidationError):
            portal.act(
                "package_patch",
                portal.compiler,
                id=entry["id"],
                owner_org=portal.other["id"],
            )
        assert model.Package.get(entry["id"]).owner_org == portal.bureau["id"]

    def test_a_unit_that_has_entries_is_not_deleted(self, portal):
        entry = portal.entry()
        sysadmin = factories.Sysadmin()["name"]
        for action in ("organization_delete", "organization_purge"):
            with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
                tk.get_action(action)(
                    {"user": sysadmin, "ignore_auth": True},
                    {"id": portal.bureau["id"]},
                )
            model.Session.rollback()
        assert model.Package.get(entry["id"]).owner_org == portal.bureau["id"]


@pytest.mark.promise(1)
class TestSpellings:
    """The package is named in odd ways."""

    def test_revise(self, released):
        pid, name = released.open["id"], released.open["name"]
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
        for data in (
            {"match": "{}", "match__id": pid, "update__title": "换了"},
            {"match": {}, "match__id": pid, "update__title": "换了"},
            {"match": f'{{"id": "{pid}"}}', "update": '{"title": "换了"}'},
            {"match__name": name, "filter": ["+resources"], "update__title": "换了"},
            {
                "match__id": pid,
                "update__resources__0__name": "换了",
            },
            {"match__id": pid, "update__resources__extend": [{"name": "x"}]},
        ):
            with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
                tk.get_action("package_revise")(dict(context), data)
            model.Session.rollback()
        assert released.act("package_show", None, id=pid) == released.open

    @pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {"id": x}])
    def test_ids_that_are_no_strings(self, released, wrap):
        pid, rid = released.open["id"], released.public_id
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
        for action, data in {
            "package_patch": {"id": wrap(pid), "title": "换了"},
            "package_update": {**released.open, "id": wrap(pid), "title": "换了"},
            "package_delete": {"id": wrap(pid)},
            "dataset_purge": {"id": wrap(pid)},
            "resource_patch": {"id": wrap(rid), "name": "换了"},
            "resource_delete": {"id": wrap(rid)},
            "datastore_upsert": {
                "resource_id": wrap(rid),
                "force": True,
                "records": [{"学校名称": "假"}],
                "method": "insert",
            },
            "datastore_delete": {"resource_id": wrap(rid), "force": True},
        }.items():
            try:
                tk.get_action(action)(dict(context), data)
            except Exception:  # noqa: BLE001 - refused in whatever way
                model.Session.rollback()
            else:
                pytest.fail(action)
        assert released.act("package_show", None, id=pid) == released.open
        assert _names(released, rid) == ["甲大学", "乙大学"]

    def test_a_resource_by_its_name(self, released):
        """CKAN takes a resource's name for its id."""
        name = released.open["resources"][0]["name"]
        released.act(
            "resource_patch", released.compiler, id=released.source["id"], name="另名"
        )
        context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
        for action, data in {
            "resource_patch": {"id": name, "name": "换了"},
            "resource_update": {"id": name, "name": "换了"},
            "resource_delete": {"id": name},
            "resource_view_create": {
                "resource_id": name,
                "title": "x",
                "view_type": "text_view",
            },
            "datastore_upsert": {
                "resource_id": name,
                "force": True,
                "records": [{"学校名称": "假"}],
                "method": "insert",
            },
        }.items():
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                tk.get_action(action)(dict(context), data)
        assert released.act("package_show", None, id=released.open["id"]) == (
            released.open
        )
