"""A call that lacks something is the caller's mistake; a fault of ours stays one."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
from ckan.logic.action import get

from ckanext.edudata.guard import nonsense

STUMBLED = ("group_autocomplete", "user_invite", "group_member_create")


def test_what_ckan_stumbles_over_is_refused(app, portal):
    client = app.flask_app.test_client()
    for action in STUMBLED:
        answer = client.post(f"/api/3/action/{action}", json={})
        assert answer.status_code == 409, action
        assert answer.json["error"]["__type"] == "Validation Error"
        assert "KeyError" not in answer.get_data(as_text=True)
    answer = client.post("/api/3/action/group_show", json={"id": {"a": [1]}})
    assert answer.status_code in (404, 409)
    with pytest.raises(KeyError):
        # Stock CKAN: a failure of the portal, for everybody to call forth.
        get.group_autocomplete({"ignore_auth": True}, {})


def test_a_fault_of_the_portal_stays_one():
    code = compile("def f(c, d):\n    return d['x']", "/ckanext/edudata/x.py", "exec")
    found: dict = {}
    exec(code, found)
    with pytest.raises(KeyError):
        nonsense.careful(found["f"])({}, {})
    code = compile("def f(c, d):\n    return d['x']", "/ckan/logic/x.py", "exec")
    exec(code, found)
    with pytest.raises(tk.ValidationError):
        nonsense.careful(found["f"])({}, {})
