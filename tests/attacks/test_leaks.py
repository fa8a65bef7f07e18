"""Raw values and entries where nobody looks: logs, queues, lists of people."""

from __future__ import annotations

import contextlib
import inspect
import itertools
import json
import logging
import uuid
import zlib

import ckan.logic as logic
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import uploader
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories

from ckanext.edudata import settings, storage
from ckanext.edudata.desensitization import jobs
from ckanext.edudata.desensitization.model import Check
from tests.catalog.test_closed import WITHIN, _outcome, _scoped, shared

__all__ = ["shared"]

ACTIVITY = "edudata scheming_datasets scheming_organizations datastore dcat activity"
PERSON = ("欧阳金雀", "13917654321")
ROSTER = (
    "学号,姓名,手机\n" + "".join(f"{n},欧阳金雀,13917654321\n" for n in range(1, 9))
).encode()


def _everywhere(engine):
    """All that stands in the tables of a database, as text."""
    with engine.connect() as connection:
        names = connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        return {
            name: "\n".join(
                connection.scalars(sa.text(f'SELECT t::text FROM "{name}" t')).all()
            )
            for name in names
        }


def _queue():
    """All that stands in Redis, jobs unpacked."""
    found = []
    redis = connect_to_redis()
    for key in redis.scan_iter("*"):
        kind = redis.type(key)
        values = [key]
        if kind == b"hash":
            values += [item for pair in redis.hgetall(key).items() for item in pair]
        elif kind == b"list":
            values += redis.lrange(key, 0, -1)
        elif kind == b"string":
            values.append(redis.get(key))
        for value in values:
            with contextlib.suppress(zlib.error):
                value = zlib.decompress(value)
            found.append(value.decode("utf-8", "replace"))
    return "\n".join(found)


@pytest.mark.promise(3, 4)
@pytest.mark.article(13, 36)
class TestRawValues:
    def test_none_is_stored_beside_the_data(self, portal):
        entry = portal.entry()
        made = portal.upload(entry, "名单.csv", ROSTER)
        portal.work()
        check = portal.act(
            "edudata_check_show", portal.compiler, resource_id=made["id"]
        )
        assert check["verdict"] == "blocked"
        for name, text in _everywhere(model.ensure_engine()).items():
            assert not [value for value in PERSON if value in text], name
        assert not [value for value in PERSON if value in _queue()]

    def test_nor_of_a_file_without_a_header(self, portal):
        entry = portal.entry()
        made = portal.upload(entry, "名单.csv", ROSTER.split(b"\n", 1)[1])
        portal.work()
        check = portal.act(
            "edudata_check_show", portal.compiler, resource_id=made["id"]
        )
        assert check["permits"] == "not_open"
        for name, text in _everywhere(model.ensure_engine()).items():
            assert not [value for value in PERSON if value in text], name

    @pytest.mark.parametrize(
        "point",
        [
            "ckanext.edudata.datastore._load",
            "ckanext.edudata.storage.keep",
            "ckanext.edudata.desensitization.jobs._fetch",
            "ckanext.edudata.desensitization.sandbox.Sandbox._ask",
        ],
    )
    def test_none_is_logged_when_something_breaks(
        self, portal, caplog, monkeypatch, point
    ):
        """The database and the readers quote cells in what they say."""
        entry = portal.entry()
        made = portal.upload(entry, "名单.csv", ROSTER)

        def breaks(*args, **values):
            raise sa.exc.DataError("COPY", None, ValueError(f"line 2: {PERSON}"))

        monkeypatch.setattr(point, breaks)
        with caplog.at_level(logging.DEBUG):
            portal.work()
        check = portal.act(
            "edudata_check_show", portal.compiler, resource_id=made["id"]
        )
        assert (check["state"], check["verdict"]) == ("done", "unreadable")
        text = caplog.text + json.dumps(check, ensure_ascii=False)
        assert not [value for value in PERSON if value in text]
        for name, stored in _everywhere(model.ensure_engine()).items():
            assert not [value for value in PERSON if value in stored], name

    def test_the_loader_quotes_no_cell(self, portal, tmp_path):
        from ckanext.edudata import datastore

        path = tmp_path / "table.csv"
        path.write_text("a,b\n1,欧阳金雀\n1,2,13917654321\n", encoding="utf-8")
        columns = [{"id": key, "label": key, "type": "text"} for key in "ab"]
        with pytest.raises(datastore.NotLoadedError) as refused:
            datastore.load(str(path), columns, str(uuid.uuid4()))
        said = "".join(_chain(refused.value))
        assert not [value for value in PERSON if value in said]

    def test_a_job_takes_an_id_and_nothing_else(self):
        assert list(inspect.signature(jobs.run_check).parameters) == ["check_id"]


def _chain(error):
    import traceback

    return traceback.format_exception(error)


@pytest.fixture
def hidden(portal):
    portal.entry_made = portal.entry(title="金丝雀标题", keywords="金丝雀关键词")
    portal.resource = portal.upload(
        portal.entry_made, "金丝雀文件.csv", "金丝雀列,b\ncanaryvalue,1\n".encode()
    )
    portal.work()
    return portal


def _data(reference, unit, group):
    return {
        "id": reference,
        "resource_id": reference,
        "package_id": reference,
        "entry_id": reference,
        "dataset_id": reference,
        "name_or_id": reference,
        "entity_id": reference,
        "object": reference,
        "object_id": reference,
        "subject": reference,
        "owner_id": reference,
        "owner_type": "package",
        "datasets": [reference],
        "org_id": unit,
        "organization_id": unit,
        "object_type": "package",
        "match": {"id": reference},
        "update": {"title": "x"},
        "packages": [{"id": reference}],
        "texts": {"x": "x"},
        "task_type": "x",
        "key": "x",
        "type": "child_of",
        "user_id": "x",
        "username": "x",
        "capacity": "editor",
        "view_type": "text_view",
        "activity_type": "new",
        "title": "x",
        "name": group,
        "records": [],
        "plan": {},
        "reason": "x",
        "version": 1,
        "force": True,
    }


def _telling(portal, person):
    """Actions that tell a real reference to the entry from a made-up one."""
    unit = portal.bureau["id"]
    entry = portal.entry_made
    real = (entry["id"], entry["name"], portal.resource["id"])
    made_up = (str(uuid.uuid4()), f"entry-{uuid.uuid4().hex}", str(uuid.uuid4()))
    tk.get_action("status_show")
    different = []
    for action in sorted(logic._actions):
        if action in ("get_site_user", "user_create", "user_invite"):
            continue
        for known, unknown in zip(real, made_up, strict=True):
            name = f"g{uuid.uuid4().hex[:8]}"
            one = _outcome(action, person, _data(known, unit, name), known)
            two = _outcome(action, person, _data(unknown, unit, name), unknown)
            if one != two:
                different.append((action, one, two))
    return different


@pytest.mark.promise(3)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
class TestOracles:
    @pytest.mark.parametrize("who", ["anonymous", "stranger", "outsider"])
    def test_no_action_at_all_tells_a_real_reference(self, hidden, who):
        """Every action that is registered, CKAN's, the plugins' and ours."""
        person = None if who == "anonymous" else getattr(hidden, who)
        assert _telling(hidden, person) == []

    @pytest.mark.article(22, 23)
    @pytest.mark.parametrize("scope", ["in", "out"])
    def test_nor_of_what_is_shared_but_the_catalog_within_its_scope(
        self, shared, scope
    ):
        """Approved metadata are for members of units within the scope, and the id by
        which the catalog lists them; outside of it these two tell nothing either."""
        _scoped(shared, scope)
        told = {action for action, *_ in _telling(shared, shared.outsider)}
        within = set(WITHIN) if scope == "in" else set()
        assert told == within

    @pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {"id": x}])
    def test_nor_where_the_reference_is_no_text(self, hidden, wrap):
        different = []
        for action in (
            "package_show",
            "resource_show",
            "package_update",
            "package_patch",
            "package_delete",
            "dataset_follower_count",
            "follow_dataset",
            "datastore_search",
            "datastore_info",
            "package_activity_list",
            "edudata_entry_show",
            "edudata_check_show",
            "edudata_release_list",
            "resource_view_list",
        ):
            for real in (hidden.entry_made["id"], hidden.resource["id"]):
                other = str(uuid.uuid4())
                data = [
                    {key: wrap(ref) for key in ("id", "resource_id")}
                    for ref in (real, other)
                ]
                known = _outcome(action, hidden.stranger, data[0], real)
                unknown = _outcome(action, hidden.stranger, data[1], other)
                if known != unknown:
                    different.append((action, known, unknown))
        assert different == []

    def test_activities_tell_nothing(self, hidden, app):
        released = hidden.entry(title="公开的名单")
        hidden.upload(released, "名单.csv", "学校名称\n甲大学\n乙大学\n".encode())
        hidden.released(released)
        secret = (
            *("金丝雀标题", "金丝雀文件", "金丝雀列", "canaryvalue"),
            *(hidden.entry_made["id"], hidden.resource["id"], released["id"]),
            released["name"],
        )
        rows = model.Session.execute(sa.text("SELECT id, object_id FROM activity"))
        for activity_id, _ in rows.all():
            for action in ("activity_show", "activity_data_show", "activity_diff"):
                for person in (None, hidden.stranger, hidden.outsider):
                    said = _outcome(
                        action,
                        person,
                        {
                            "id": activity_id,
                            "include_data": True,
                            "object_type": "package",
                        },
                        "\0",
                    )
                    assert not [word for word in secret if word in said[1]], action
        for person in (None, hidden.stranger, hidden.outsider):
            for action, data in (
                ("recently_changed_packages_activity_list", {"limit": 50}),
                ("user_activity_list", {"id": "compiler"}),
                ("user_activity_list", {"id": tk.config["ckan.site_id"]}),
                ("organization_activity_list", {"id": "xh"}),
                ("dashboard_activity_list", {}),
            ):
                said = _outcome(action, person, data, "\0")
                assert not [word for word in secret if word in said[1]], action


@pytest.mark.promise(3)
class TestPeople:
    """Names of those who work with the data are for those who work with them."""

    @pytest.mark.parametrize("who", ["anonymous", "stranger", "researcher"])
    def test_no_list_of_people(self, portal, who):
        person = None if who == "anonymous" else getattr(portal, who)
        ids = (portal.compiler["id"], portal.compiler["fullname"])
        for action, data in (
            ("user_list", {}),
            ("user_autocomplete", {"q": "compiler"}),
            ("user_show", {"id": "compiler"}),
            ("member_list", {"id": "xh"}),
            ("member_list", {"id": "xh", "object_type": "user"}),
            ("organization_show", {"id": "xh", "include_users": True}),
            ("organization_show", {"id": "xh"}),
            (
                "organization_list",
                {"all_fields": True, "include_users": True},
            ),
            ("organization_list_for_user", {"id": "compiler"}),
            ("edudata_role_list", {"unit_id": "xh"}),
            ("edudata_role_list", {"user_id": "compiler"}),
            ("user_follower_list", {"id": "compiler"}),
        ):
            said = _outcome(action, person, dict(data), "\0")[1]
            assert not [word for word in ids if word in said], (action, data, said)

    def test_of_a_person_that_is_not_there_the_same_is_said(self, portal):
        for action in (
            "user_show",
            "organization_list_for_user",
        ):
            known = _outcome(action, portal.stranger, {"id": "compiler"}, "compiler")
            other = _outcome(action, portal.stranger, {"id": "nobody-x"}, "nobody-x")
            assert known == other, action

    def test_people_of_units_find_each_other(self, portal):
        assert portal.act("user_autocomplete", portal.coordinator, q="compiler")
        shown = portal.act("user_show", portal.stranger, id=portal.stranger["id"])
        assert shown["name"] == portal.stranger["name"]


@pytest.mark.promise(3)
def test_a_unit_that_moves_takes_its_entries_out_of_sight(portal):
    """The index keeps who may see an entry; it must follow the tree."""
    tk.get_action("edudata_role_give")(
        {"ignore_auth": True, "user": ""},
        {
            "user_id": portal.compiler["id"],
            "unit_id": portal.school["id"],
            "role": "compiler",
        },
    )
    entry = portal.entry(title="金丝雀标题", owner_org=portal.school["id"])

    def seen(person):
        found = portal.act("package_search", person, q="金丝雀", include_private=True)
        return [item["id"] for item in found["results"]]

    assert seen(portal.reviewer) == [entry["id"]]
    assert seen(portal.outsider) == []
    unit = tk.get_action("organization_show")(
        {"ignore_auth": True}, {"id": portal.school["id"]}
    )
    portal.act(
        "organization_patch",
        portal.coordinator,
        id=unit["id"],
        superior=portal.other["id"],
    )
    assert seen(portal.reviewer) == []
    assert seen(portal.outsider) == [entry["id"]]


@pytest.mark.promise(3)
def test_no_upload_is_made_a_file_of_somebody(portal):
    """CKAN registers what lies in a storage, and then serves it to its owner."""
    entry = portal.entry()
    made = portal.upload(entry, "名单.csv", ROSTER)
    portal.work()
    assert not model.Session.query(model.File).all()
    shown = portal.act("resource_show", portal.compiler, id=made["id"])
    upload = uploader.get_resource_uploader(dict(shown))
    check = model.Session.scalar(
        sa.select(Check).where(Check.resource_id == made["id"])
    )
    keys = [table["csv_path"] for table in check.report["tables"]]
    places = [(settings.PRIVATE, str(storage.location(key))) for key in keys]
    raw = str(upload.get_path(made["id"]))
    resources = tk.config["ckan.files.default_storages.resource"]
    places += [(resources, raw), (resources, raw.split("/resources/")[-1])]
    sysadmin = factories.Sysadmin()["name"]
    contexts = ({"user": sysadmin}, {"user": sysadmin, "ignore_auth": True})
    for context, (name, location) in itertools.product(contexts, places):
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("file_register")(
                dict(context), {"location": location, "storage": name}
            )
        model.Session.rollback()
    assert not model.Session.query(model.File).all()
