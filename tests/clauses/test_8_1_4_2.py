"""8.1.4.2 Access control: few rights, three administrators, down to fields and rows."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model

from ckanext.edudata.units import who_may
from tests.conftest import give
from tests.delivery import conditional


@pytest.mark.clause("8.1.4.2 a", "8.1.4.2 d")
def test_the_three_administrators_exclude_each_other_and_work_with_data() -> None:
    for one, other in combinations(sorted(who_may.ADMINISTRATORS), 2):
        assert who_may.conflict({one}, other) == one
    for one in who_may.ADMINISTRATORS:
        for other in who_may.OF_UNIT:
            assert who_may.conflict({one}, other) == one
            assert who_may.conflict({other}, one) == other
    data = {"entry_read", "finding_read", "release", "grant_provision", "delivery_read"}
    for permission in data:
        assert not who_may.roles_for(permission) & who_may.ADMINISTRATORS
    # Who runs the system neither reads nor proves the trail.
    for permission in ("audit_read", "audit_verify"):
        assert "system_admin" not in who_may.roles_for(permission)


@pytest.mark.clause("8.1.4.2 d", "8.1.4.2 e")
def test_roles_are_given_by_who_may_and_on_record(portal: Any) -> None:
    wanted = {
        "user_id": portal.stranger["id"],
        "unit_id": portal.bureau["id"],
        "role": "reviewer",
    }
    for user in (portal.compiler, portal.stranger, portal.outsider):
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_role_give", user, **wanted)
        model.Session.rollback()
    give(portal.second_reviewer, "leader", portal.bureau)
    portal.act("edudata_role_give", portal.second_reviewer, **wanted)
    found = tk.get_action("edudata_audit_list")(
        {"ignore_auth": True}, {"action": "role_give", "limit": 1}
    )["records"][0]
    assert found["actor_id"] == portal.second_reviewer["id"]


@pytest.mark.clause("8.1.4.2 f", "8.1.4.2 g", "8.1.4.11 b")
def test_a_grant_opens_fields_and_rows_to_one_person(portal: Any) -> None:
    data = conditional.released(portal)
    conditional.given(portal, data, rows={"school": ["示例一中"]})
    found = portal.act(
        "datastore_search", portal.researcher, resource_id=data.resource_id
    )
    assert {row["school"] for row in found["records"]} == {"示例一中"}
    assert {"school", "pupils"} == {field["id"] for field in found["fields"]}
    for user in (portal.stranger, None):
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            portal.act("datastore_search", user, resource_id=data.resource_id)
        model.Session.rollback()
