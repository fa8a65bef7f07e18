"""The trail as a page: who reads it, and of what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ckan import model

from ckanext.edudata.audit import trail, words
from tests.conftest import give
from tests.visitors import Visitor


@pytest.fixture
def auditor(app, portal):
    give(portal.stranger, "audit_admin", portal.commission)
    return Visitor(app, portal.stranger)


def test_audit_administrators_read_all_and_filter(auditor, portal):
    entry = portal.entry()
    page = auditor.text("/audit")
    assert entry["id"][:8] in page
    assert portal.compiler["fullname"] in page
    given = auditor.text("/audit?action=role_give").split("<tbody>")[1]
    assert entry["id"][:8] not in given
    of_it = auditor.text(f"/audit?object_id={entry['id']}").split("<tbody>")[1]
    assert of_it.count("<tr>") >= 1


def test_a_supervisor_reads_of_the_units_they_supervise(app, portal):
    give(portal.researcher, "supervisor", portal.other)
    mine = portal.entry(portal.outsider, owner_org=portal.other["id"])
    theirs = portal.entry()
    supervisor = Visitor(app, portal.researcher)
    page = supervisor.text("/audit")
    assert mine["id"][:8] in page
    assert theirs["id"][:8] not in page
    asked = supervisor.text(f"/audit?object_id={theirs['id']}")
    assert "<tbody>" not in asked
    url = f"/audit?unit_id={portal.bureau['id']}"
    assert supervisor.get(url).status_code == 403


def test_pages_through_older_records(auditor, portal):
    for number in range(60):
        trail.record(
            "check", actor_id=None, object_type="resource", object_id=f"file-{number}"
        )
    model.Session.commit()
    page = auditor.text("/audit")
    assert "before=" in page
    older = page.split("/audit?before=")[1].split('"')[0]
    assert auditor.text(f"/audit?before={older}").count("<tr>") > 1


def test_is_for_nobody_else(app, portal):
    assert Visitor(app, portal.compiler).get("/audit").status_code == 403
    assert Visitor(app, portal.reviewer).get("/audit").status_code == 403
    assert "/user/login" in Visitor(app).get("/audit").location


def test_every_kind_of_thing_on_the_trail_has_a_word():
    root = Path(words.__file__).parents[1]
    used = {
        kind
        for file in root.rglob("*.py")
        for kind in re.findall(r'object_type="(\w+)"', file.read_text("utf-8"))
    }
    assert len(used) > 10
    assert used - set(words.OBJECTS) == set()
