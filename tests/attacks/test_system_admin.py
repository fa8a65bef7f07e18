"""The system administrator sees nothing closed and touches neither audit nor grants.

Every action there is, CKAN's and ours, is asked with every reference that the portal
has; the list of actions is CKAN's own.
"""

from __future__ import annotations

import json

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.logic import _actions

from tests.conftest import give
from tests.delivery import conditional

CANARIES = (
    "金丝雀标题",
    "金丝雀文件",
    "canaryvalue",
    "金丝雀列",
    "金丝雀理由",
    conditional.CANARY,
)
KEPT = (
    "edudata_grant",
    "edudata_grant_person",
    "edudata_grant_token",
    "edudata_delivery",
    "edudata_audit_block",
    "edudata_audit_leaf",
    "edudata_clearance",
    "edudata_exception",
    "edudata_release",
    "edudata_request",
    "edudata_role_assignment",
    "edudata_factor_reset",
)


def _kept():
    found = {}
    for table in KEPT:
        rows = model.Session.execute(sa.text(f"SELECT t::text FROM {table} t"))
        found[table] = sorted(row[0] for row in rows)
    return found


def _trail():
    asked = "SELECT id::text, t::text FROM edudata_audit t"
    return dict(tuple(row) for row in model.Session.execute(sa.text(asked)))


def _data(reference, unit, user):
    return {
        "id": reference,
        "resource_id": reference,
        "package_id": reference,
        "dataset_id": reference,
        "name_or_id": reference,
        "entity_id": reference,
        "object": reference,
        "subject": reference,
        "grant_id": reference,
        "object_id": reference,
        "object_type": "package",
        "unit_id": unit,
        "owner_org": unit,
        "user_id": user,
        "user": user,
        "role": "audit_admin",
        "reason": "x",
        "decision": "consent",
        "version": 1,
        "code": "123456",
        "name": "x-y-z",
        "title": "x",
        "q": "金丝雀标题",
        "query": "name:金丝雀文件",
        "include_private": True,
        "limit": 50,
    }


def _asked(name, person, data):
    context = {"user": person["name"], "auth_user_obj": model.User.get(person["id"])}
    try:
        said = tk.get_action(name)(context, data)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
        said = getattr(error, "error_dict", None) or str(error)
    model.Session.rollback()
    words = json.dumps(said, default=str, ensure_ascii=False)
    for asked in ("q", "query"):
        words = words.replace(data.get(asked, "-"), "")
    return words


@pytest.mark.clause("8.1.4.2 d")
@pytest.mark.promise(3)
@pytest.mark.article(34)
def test_no_action_shows_closed_content_or_changes_what_is_kept(portal):
    admin = portal.stranger
    give(admin, "system_admin", portal.commission)
    data = conditional.released(portal)
    grant = conditional.given(portal, data)
    content = "金丝雀列,b\ncanaryvalue,1\n".encode()
    entry = portal.entry(title="金丝雀标题", notes="金丝雀理由说明文字。")
    file = portal.upload(entry, "金丝雀文件.csv", content)
    portal.work()
    # Who may sees what is looked for: the words are there to be found.
    for name in ("package_show", "edudata_entry_show"):
        assert CANARIES[0] in _asked(name, portal.compiler, {"id": entry["id"]})
    before, trail = _kept(), _trail()
    assert before["edudata_grant"]
    assert before["edudata_release"]
    ours = [entry["id"], file["id"], grant["id"]]
    unit = portal.bureau["id"]
    shown = []
    for name in sorted(_actions):
        core = not name.startswith("edudata_")
        for reference in [*ours[:2], grant["resource_id"]] if core else ours:
            words = _asked(name, admin, _data(reference, unit, admin["id"]))
            shown += [(name, word) for word in CANARIES if word in words]
    assert shown == []
    assert _kept() == before
    after = _trail()
    assert {key: after.get(key) for key in trail} == trail, "a record was altered"
