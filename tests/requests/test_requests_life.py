"""The application's life, by its actions."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest

from tests.delivery import conditional


@pytest.mark.article(28)
def test_from_draft_to_grant(portal, data):
    draft = portal.act(
        "edudata_request_create", portal.researcher, resource_id=data.resource_id
    )
    assert draft["state"] == "draft"
    assert draft["number"].startswith("QS-")
    with pytest.raises(tk.ValidationError) as error:
        portal.act("edudata_request_submit", portal.researcher, id=draft["id"])
    assert {"purpose", "fields", "until", "agreed"} <= set(error.value.error_dict)
    assert "applicant_kind" in error.value.error_dict
    conditional.known(portal, portal.researcher)
    request = portal.act(
        "edudata_request_submit",
        portal.researcher,
        id=draft["id"],
        **conditional.form(),
    )
    assert request["state"] == "submitted"
    request = portal.act("edudata_request_accept", portal.reviewer, id=draft["id"])
    assert request["state"] == "in_review"
    request = portal.act("edudata_request_approve", portal.reviewer, id=draft["id"])
    assert request["state"] == "active"
    found = portal.act(
        "datastore_search", portal.researcher, resource_id=data.resource_id
    )
    assert [field["id"] for field in found["fields"]] == ["school", "pupils"]
    assert found["total"] == 60
