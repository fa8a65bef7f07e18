"""What CKAN 2.12 does by itself: the experiments that the design answers.

Each passes on CKAN without us. Beside each stands the test that shows it closed, in
`tests/opening` or `tests/catalog`. A newer CKAN that closes one itself fails here: then
ours may go.
"""

from __future__ import annotations

import uuid
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib.search import clear_all
from ckan.tests import factories
from sqlalchemy import event

from ckanext.edudata.guard import resetting
from ckanext.edudata.identity import changing
from tests.conftest import guards

STOCK = "datastore activity"
LISTENING = (
    ("after_update", changing._changed),
    ("after_insert", changing._made),
    ("before_update", resetting._used),
)


@pytest.fixture
def unheard():
    """What other tests had listen to accounts would look for our tables."""
    taken = [each for each in LISTENING if event.contains(model.User, *each)]
    for each in taken:
        event.remove(model.User, *each)
    yield
    for each in taken:
        event.listen(model.User, *each)


@pytest.fixture
def stock(unheard, reset_db, with_plugins, migrate_db_for):
    """CKAN with its own plugins, an organization and people in and out of it."""
    _empty(reset_db)
    migrate_db_for("activity")
    clear_all()
    yield
    model.Session.remove()
    _empty(reset_db)


def _empty(reset_db):
    # Guards of our tables would refuse; they may stand there from other tests.
    guards("DISABLE")
    reset_db()
    guards("ENABLE")


@pytest.fixture
def private(stock):
    """A private dataset with a tag and a table, made by an editor."""
    editor = factories.User()
    stranger = factories.User()
    org = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])
    dataset = _act(
        "package_create",
        editor,
        name="2026-expelled-pupils",
        title="隐藏",
        owner_org=org["id"],
        private=True,
        tags=[{"name": "hiddentag"}],
    )
    table = _act(
        "datastore_create",
        editor,
        resource={"package_id": dataset["id"]},
        records=[{"pupil": "x"}],
    )
    return {
        "editor": editor,
        "stranger": stranger,
        "org": org,
        "dataset": dataset,
        "table": table["resource_id"],
    }


def _act(action, user, **data):
    context = {"user": user["name"] if user else "", "ignore_auth": False}
    if user:
        context["auth_user_obj"] = model.User.get(user["id"])
    return tk.get_action(action)(context, data)


@pytest.mark.ckan_config("ckan.plugins", STOCK)
@pytest.mark.ckan_config("ckan.datastore.public_table_search", ["_table_metadata"])
class TestMaking:
    """tests/opening/test_door.py::TestCreate"""

    def test_a_type_that_nobody_configured_makes_a_public_dataset(self, private):
        made = _act(
            "package_create",
            private["editor"],
            name="past-all-forms",
            type="foo",
            owner_org=private["org"]["id"],
        )
        assert (made["type"], made["private"]) == ("foo", False)
        assert _act("package_show", None, id=made["id"])["name"] == "past-all-forms"

    @pytest.mark.parametrize("how", ["sysadmin", "ignore_auth"])
    def test_auth_functions_are_passed_by(self, private, how):
        """tests/opening/test_door.py::test_no_write_goes_past_the_door"""
        if how == "sysadmin":
            context = {"user": factories.Sysadmin()["name"]}
        else:
            context = {"user": private["stranger"]["name"], "ignore_auth": True}
        changed = tk.get_action("package_patch")(
            context, {"id": private["dataset"]["id"], "private": False}
        )
        assert changed["private"] is False

    def test_an_id_may_be_a_list(self, private):
        """tests/attacks/test_writes.py::TestSpellings"""
        tk.get_action("dataset_purge")(
            {"user": factories.Sysadmin()["name"]},
            {"id": [private["dataset"]["id"]]},
        )
        assert model.Package.get(private["dataset"]["id"]) is None

    def test_a_new_file_takes_any_free_id(self, private):
        """tests/attacks/test_writes.py::TestForeignIds"""
        wanted = str(uuid.uuid4())
        made = _act(
            "resource_create",
            private["editor"],
            package_id=private["dataset"]["id"],
            id=wanted,
            url="http://127.0.0.1/x",
        )
        assert made["id"] == wanted


@pytest.mark.ckan_config("ckan.plugins", STOCK)
@pytest.mark.ckan_config("ckan.datastore.public_table_search", ["_table_metadata"])
class TestTelling:
    """tests/catalog/test_closed.py"""

    def test_the_list_of_tables_names_a_private_one(self, private):
        found = _act("datastore_search", None, resource_id="_table_metadata")
        names = {row["name"] for row in found["records"]}
        assert private["table"] in names

    def test_the_list_of_tags_names_a_private_one(self, private):
        assert "hiddentag" in _act("tag_list", None)

    def test_the_activity_of_a_person_tells_of_it(self, private):
        """Labels are kept as they were written: what is private now was public."""
        made = _act(
            "package_create",
            private["editor"],
            name="public-at-first",
            owner_org=private["org"]["id"],
        )
        _act("package_patch", private["editor"], id=made["id"], private=True)
        found = _act(
            "user_activity_list", private["stranger"], id=private["editor"]["id"]
        )
        assert made["id"] in {item["object_id"] for item in found}

    def test_the_number_of_followers_tells_that_it_is_there(self, private):
        assert _act("dataset_follower_count", None, id=private["dataset"]["id"]) == 0
        with pytest.raises(tk.ValidationError):
            _act("dataset_follower_count", None, id=str(uuid.uuid4()))

    def test_its_name_is_taken(self, private):
        other = factories.Organization(
            users=[{"name": private["stranger"]["name"], "capacity": "editor"}]
        )
        with pytest.raises(tk.ValidationError) as refused:
            _act(
                "package_create",
                private["stranger"],
                name=private["dataset"]["name"],
                owner_org=other["id"],
            )
        assert "name" in refused.value.error_dict

    def test_refused_is_not_absent(self, private):
        """The API answers 403 for the one and 404 for the other."""
        with pytest.raises(tk.NotAuthorized):
            _act("package_show", None, id=private["dataset"]["id"])
        with pytest.raises(tk.ObjectNotFound):
            _act("package_show", None, id=str(uuid.uuid4()))

    def test_everybody_with_an_account_lists_all(self, private):
        """tests/attacks/test_leaks.py::TestPeople"""
        found = _act("user_list", private["stranger"])
        assert private["editor"]["id"] in {user["id"] for user in found}
        members = _act("member_list", None, id=private["org"]["id"])
        assert private["editor"]["id"] in {member[0] for member in members}


FORM = Path(__file__).with_name("form.yaml").as_uri()


@pytest.mark.ckan_config("ckan.plugins", f"{STOCK} scheming_datasets")
@pytest.mark.ckan_config("scheming.dataset_schemas", FORM)
@pytest.mark.ckan_config("scheming.presets", "ckanext.scheming:presets.json")
class TestTakingOver:
    """test_door.py::TestEntries::test_another_unit_cannot_take_it_over_by_its_name"""

    def test_a_form_without_the_name_validator_gives_it_away(self, private):
        thief = private["stranger"]
        other = factories.Organization(
            users=[{"name": thief["name"], "capacity": "editor"}]
        )
        _act(
            "package_create",
            thief,
            name=private["dataset"]["name"],
            title="拿走",
            owner_org=other["id"],
        )
        taken = model.Package.get(private["dataset"]["id"])
        assert (taken.title, taken.owner_org) == ("拿走", other["id"])
