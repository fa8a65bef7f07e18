"""One sees, takes along and closes what is one's own."""

from __future__ import annotations

import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.requests.model_applicants import Applicant
from tests.delivery import conditional
from tests.visitors import PASSWORD, Visitor, words


@pytest.mark.clause("8.1.4.10 a", "8.1.4.11 b", "8.1.4.2 c")
def test_taken_along_and_closed(portal: Any, app: Any) -> None:
    data = conditional.released(portal)
    request = conditional.granted(portal, data)
    portal.act("datastore_search", portal.researcher, resource_id=data.resource_id)
    me = Visitor(app, portal.researcher)
    answer = me.post("/account/data/export", page="/account/data")
    found = json.loads(answer.data)
    assert found["applicant"]["telephone"] == conditional.PROFILE["telephone"]
    assert found["deliveries"][0]["rows"] == 60
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_account_export", None)
    # An application runs.
    answer = me.post("/account/close", {"password": PASSWORD}, page="/account/data")
    assert answer.status_code == 422
    portal.act("edudata_request_end", portal.researcher, id=request["id"])
    answer = me.post("/account/close", {"password": "wrong"}, page="/account/data")
    assert answer.status_code == 422
    other = Visitor(app)
    login = {"login": portal.researcher["name"], "password": PASSWORD}
    assert other.post("/user/login", login, page="/user/login").status_code == 302
    assert other.get("/account/data").status_code == 200
    answer = me.post("/account/close", {"password": PASSWORD}, page="/account/data")
    assert answer.status_code == 302, words(answer)
    assert me.get("/account/data").status_code == 302, "this session goes on"
    assert other.get("/account/data").status_code == 302, "the other session goes on"
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    assert user.state == "deleted"
    # Who has had data must be found if they are recalled; then the clock forgets.
    assert model.Session.scalar(sa.select(Applicant.user_id)) == user.id


@pytest.mark.clause("8.1.4.11 a")
def test_without_data_nothing_waits_and_a_role_is_ended_first(
    portal: Any, app: Any
) -> None:
    conditional.known(portal, portal.stranger)
    me = Visitor(app, portal.stranger)
    answer = me.post("/account/close", {"password": PASSWORD}, page="/account/data")
    assert answer.status_code == 302
    assert model.Session.scalar(sa.select(sa.func.count(Applicant.user_id))) == 0
    held = Visitor(app, portal.compiler)
    answer = held.post("/account/close", {"password": PASSWORD}, page="/account/data")
    assert answer.status_code == 422
    with pytest.raises(tk.ValidationError):
        portal.act("edudata_account_close", portal.compiler, password=PASSWORD)
