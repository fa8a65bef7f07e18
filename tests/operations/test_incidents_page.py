"""The pages of incidents: opened, noted, frozen with one button, lifted by another."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.operations.model_incidents import Incident
from tests.conftest import give
from tests.delivery import conditional
from tests.visitors import Visitor, words


@pytest.mark.article(35)
def test_an_incident_is_handled_by_pages(portal: Any, app: Any) -> None:
    data = conditional.released(portal)
    give(portal.second_reviewer, "leader", portal.bureau)
    officer = Visitor(app, portal.security_officer)
    typed = {
        "unit_id": portal.bureau["id"],
        "kind": "leak",
        "level": "considerable",
        "first_sign_at": "2026-01-05T08:30",
        "words": "夜间有大量读取。",
        "dataset": data.name,
        "personal": "true",
        "people": "many",
    }
    page = officer.post("/incidents/new", data=typed)
    assert page.status_code == 422
    assert "夜间有大量读取。" in words(page)
    officer.post("/incidents/new", data={**typed, "people": "12"})
    incident = model.Session.scalars(sa.select(Incident)).one()
    address = f"/incidents/{incident.id}"
    page = officer.get(address)
    assert page.status_code == 200
    assert "夜间有大量读取。" in words(page)
    values = {"dataset_id": data.id, "incident_id": incident.id}
    officer.post("/incidents/freeze", values, page=address)
    assert portal.act("package_show", None, id=data.id)["resources"] == []
    assert officer.get("/incidents").status_code == 200
    desk = officer.text("/desk")
    for part in ('href="/incidents"', "edw-tag--danger", "edw-tag--warning"):
        assert part in desk
    assert 'href="/incidents"' not in Visitor(app, portal.researcher).text("/desk")
    page = officer.post(
        f"{address}/move", {"command": "close", "words": "好。"}, page=address
    )
    assert page.status_code == 422
    outsider = Visitor(app, portal.outsider)
    assert outsider.get(address).status_code == 404
    assert (
        outsider.post("/incidents/freeze", values, page="/incidents").status_code == 403
    )
    leader = Visitor(app, portal.second_reviewer)
    leader.post(
        "/incidents/lift",
        {"dataset_id": data.id, "outcome": "open"},
        page="/incidents",
    )
    assert portal.act("package_show", None, id=data.id)["resources"]
    plan = f"/incidents/plan/{portal.bureau['id']}"
    assert (
        leader.post(plan, {"what": "publish", "words": "先冻结。"}).status_code == 302
    )
    assert "先冻结。" in leader.text(plan)
    assert officer.post(f"{address}/export", page=address).data[:2] == b"PK"
