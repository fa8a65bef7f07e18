"""The demonstration is whole, and loading it again changes nothing."""

from __future__ import annotations

import json
import os

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from python_calamine import CalamineWorkbook

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.catalog.model import Entry
from ckanext.edudata.demo import acting, cast, living, stories
from ckanext.edudata.demo.acting import act
from ckanext.edudata.demo.cli import VARIABLE
from ckanext.edudata.opening.model import Release
from ckanext.edudata.requests.model import Request
from ckanext.edudata.units import who_may
from ckanext.edudata.units.model import RoleAssignment

pytestmark = pytest.mark.slow
COUNTED = (model.User, model.Group, model.Package, Entry, Release, Request, AuditRecord)


def counts() -> dict[str, int]:
    model.Session.remove()
    return {
        table.__name__: model.Session.scalar(
            sa.select(sa.func.count()).select_from(table)
        )
        for table in (*COUNTED, RoleAssignment)
    }


def roster_values() -> set[str]:
    """What must stay inside: names, numbers and mobiles of the roster."""
    data = living.files("ckanext.edudata.demo") / "data" / "roster.xlsx"
    book = CalamineWorkbook.from_path(str(data))
    rows = book.get_sheet_by_index(0).to_python()[2:]
    return {str(row[column]) for row in rows for column in (0, 3, 5)}


@pytest.mark.article(2, 5, 9, 27, 28, 38)
def test_the_whole_demonstration(load):
    output = load().output
    for person in cast.PEOPLE:
        account = model.User.get(person.name)
        assert account.validate_password(os.environ[VARIABLE])
        assert not account.sysadmin
        assert person.name in output
    held = set(model.Session.scalars(sa.select(RoleAssignment.role)))
    assert held == set(who_may.ROLES)
    inside = roster_values()
    assert not [value for value in inside if value in output]
    assert os.environ[VARIABLE] not in output

    listed = act("package_show", "", id="gaoxiao-mingdan")["resources"][0]
    table = act("datastore_search", "", resource_id=listed["id"], limit=1)
    assert table["total"] == 220
    assert table["records"][0]["学校标识码"] == "4111099001"
    found = act("package_search", "", q="高等学校")["results"]
    assert found[0]["name"] == "gaoxiao-mingdan"
    assert {entry["type"] for entry in found} == {"dataset"}

    states = {
        story.key: act(
            "edudata_entry_show",
            story.reviewer,
            id=living.find(story.values["title"], story.unit)["id"],
        )["state"]
        for story in stories.STORIES
    }
    assert states == {story.key: story.goal for story in stories.STORIES}

    conditional = act("package_show", "", id="wunianji-xueye")
    shown = json.dumps(conditional, ensure_ascii=False)
    assert not [value for value in inside if value in shown]
    real = next(r for r in conditional["resources"] if r["kind"] == "conditional")
    read = act("datastore_search", "researcher", resource_id=real["id"], limit=5)
    fields = {key for record in read["records"] for key in record}
    assert fields - {"_id"} == {"语文", "数学"}
    for person in ("stranger", ""):
        with pytest.raises(tk.NotAuthorized):
            act("datastore_search", person, resource_id=real["id"])

    mine = act("edudata_request_list", "researcher")
    assert mine["states"] == {"active": 1, "submitted": 1}
    inbox = act("edudata_request_list", "district-reviewer", inbox=True)
    assert inbox["count"] == 2


def test_again_and_interrupted(load, monkeypatch):
    """Interrupted anywhere it goes on; what people did meanwhile is left alone."""
    # The work in hand is cut off at the n-th call of an action, again and again.
    for stop in (2, 5, 11, 19, 30):
        calls = {"left": stop}

        def cut(action, person, /, calls=calls, **data):
            calls["left"] -= 1
            if calls["left"] < 0:
                raise KeyboardInterrupt
            return act(action, person, **data)

        with monkeypatch.context() as patch:
            patch.setattr(living, "act", cut)
            result = load(ok=False)
        if not result.exit_code:
            break
    load()
    once = counts()
    assert once["Release"] == 4
    assert once["Entry"] == len(stories.STORIES)
    assert once["Request"] == 2

    waiting = living.find("徐汇区幼儿园名录（示例）", "xuhui")["id"]
    act("edudata_entry_approve", "district-reviewer", id=waiting)
    given = act("edudata_role_list", "stranger")
    assert given == []
    mine = act("edudata_role_list", "leader")[0]
    acting.set_up("edudata_role_end", id=mine["id"])
    changed = counts()
    load()
    assert counts() == changed
    assert act("edudata_entry_show", "reviewer", id=waiting)["state"] == "approved"
    assert act("edudata_role_list", "leader") == []


def test_no_password_no_demonstration(load, monkeypatch):
    for value in ("", "short"):
        monkeypatch.setenv(VARIABLE, value)
        result = load(ok=False)
        assert result.exit_code == 1
        assert VARIABLE in result.output
    assert model.User.get("compiler") is None
    assert model.Group.get("shjw") is None


def test_a_taken_name_is_left_alone(load):
    theirs = factories.User(name="reviewer", password="their-own-password")
    result = load(ok=False)
    assert result.exit_code == 1
    assert "reviewer" in result.output
    known = model.User.get(theirs["id"])
    assert known.validate_password("their-own-password")
    assert act("edudata_role_list", "reviewer") == []


def test_another_password_is_taken_over(load, monkeypatch):
    monkeypatch.setattr(living, "live", lambda checks: None)
    monkeypatch.setattr("ckanext.edudata.demo.applying.apply", lambda: None)
    load()
    monkeypatch.setenv(VARIABLE, "another-password-2")
    load()
    assert model.User.get("compiler").validate_password("another-password-2")
