"""One button freezes releases and grants at once; only a second person undoes it."""

from __future__ import annotations

import contextlib
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.opening.model_freezes import Freeze
from ckanext.edudata.operations import freezing
from tests.conftest import give
from tests.delivery import conditional

ROWS = "\n".join(
    ["学校代码,学校名称,学生数", *(f"100{n},示例{n}中,{n}00" for n in (1, 2, 3)), ""]
)


@pytest.fixture
def data(portal: Any) -> Any:
    return conditional.released(portal)


@pytest.fixture
def request_granted(portal: Any, data: Any) -> dict[str, Any]:
    return conditional.granted(portal, data)


def refused(portal: Any, action: str, user: Any, **data: Any) -> None:
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError)):
        portal.act(action, user, **data)


def records(action: str) -> list[tuple[str, str]]:
    query = sa.select(AuditRecord).where(AuditRecord.action == action)
    return [(row.outcome, row.object_id) for row in model.Session.scalars(query)]


@pytest.mark.article(35)
@pytest.mark.promise(2, 5)
class TestConditional:
    def test_nobody_reads_until_a_second_person_lifts_it(
        self, portal: Any, data: Any, request_granted: Any
    ) -> None:
        def read() -> Any:
            return portal.act(
                "datastore_search", portal.researcher, resource_id=data.resource_id
            )

        give(portal.second_reviewer, "leader", portal.bureau)
        waiting = conditional.in_review(portal, data, portal.stranger)
        assert read()["total"] == 60
        refused(portal, "edudata_incident_freeze", portal.outsider, dataset_id=data.id)
        assert records("incident_freeze")[-1] == ("denied", data.id)
        made = portal.act(
            "edudata_incident_freeze", portal.security_officer, dataset_id=data.name
        )
        assert (made["grants"], made["versions"], made["settled"]) == (1, 1, True)
        with pytest.raises(tk.NotAuthorized):
            read()
        mine = portal.act(
            "edudata_request_show", portal.researcher, id=request_granted["id"]
        )
        assert mine["state"] == "frozen"
        # Neither is it undone by other ways.
        for action, user, values in (
            ("edudata_request_unfreeze", "reviewer", {"id": request_granted["id"]}),
            ("edudata_request_approve", "reviewer", {"id": waiting["id"]}),
            ("edudata_release", "reviewer", {"id": data.entry["id"]}),
            ("edudata_incident_freeze", "reviewer", {"dataset_id": data.id}),
            ("edudata_incident_lift", "reviewer", {"dataset_id": data.id}),
            ("edudata_incident_lift", "security_officer", {"dataset_id": data.id}),
        ):
            more = {"outcome": "open"} if action.endswith("lift") else {}
            refused(portal, action, getattr(portal, user), **values, **more)
            model.Session.rollback()
        assert ("denied", data.id) in records("incident_lift")
        with pytest.raises(tk.NotAuthorized):
            read()
        portal.act(
            "edudata_incident_lift",
            portal.second_reviewer,
            dataset_id=data.id,
            outcome="open",
        )
        assert read()["total"] == 60
        assert records("incident_lift")[-1] == ("done", data.id)

    def test_what_was_recalled_or_frozen_before_stays_frozen(
        self, portal: Any, data: Any, request_granted: Any
    ) -> None:
        give(portal.second_reviewer, "leader", portal.bureau)
        portal.act(
            "edudata_request_freeze",
            portal.reviewer,
            id=request_granted["id"],
            words="核查用途。",
        )
        portal.act(
            "edudata_incident_freeze", portal.security_officer, dataset_id=data.id
        )
        portal.act(
            "edudata_incident_lift",
            portal.second_reviewer,
            dataset_id=data.id,
            outcome="open",
        )
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                "datastore_search", portal.researcher, resource_id=data.resource_id
            )


@pytest.mark.article(35)
@pytest.mark.promise(1, 5)
class TestOpen:
    @pytest.fixture
    def released(self, portal: Any) -> dict[str, Any]:
        entry = portal.entry()
        portal.upload(entry, "学校.csv", ROWS.encode())
        found = portal.released(entry)
        shown = portal.act("package_show", None, id=found["dataset_id"])
        return {**found, "entry": entry, "resource": shown["resources"][0]}

    def ways(self, portal: Any, app: Any, released: dict[str, Any]) -> list[bool]:
        """Which of the public's ways to the data are open."""
        id, resource = released["dataset_id"], released["resource"]["id"]
        found = []
        with contextlib.suppress(tk.ObjectNotFound, tk.NotAuthorized):
            found.append(
                portal.act("datastore_search", None, resource_id=resource)["total"] == 3
            )
        shown = portal.act("package_show", None, id=id)
        found += [bool(shown["resources"])]
        hits = portal.act("package_search", None, q="", include_private=True)
        found += [any(each["resources"] for each in hits["results"])]
        for address in (
            f"/dataset/{id}/resource/{resource}/download",
            f"/datastore/dump/{resource}",
        ):
            found.append(app.get(address).status_code == 200)
        versions = portal.act("edudata_release_list", None, id=id)
        return [*found, any(each["resources"] for each in versions)]

    def test_all_ways_close_and_open_again(
        self, portal: Any, app: Any, released: dict[str, Any]
    ) -> None:
        id = released["dataset_id"]
        before = portal.act("package_show", None, id=id)
        assert all(self.ways(portal, app, released))
        portal.act("edudata_incident_freeze", portal.reviewer, dataset_id=id)
        assert not any(self.ways(portal, app, released))
        page = app.get(f"/dataset/{released['dataset_name']}")
        assert portal.act("package_show", None, id=id)["stop_reason"] in page.body
        refused(
            portal,
            "edudata_incident_lift",
            portal.reviewer,
            dataset_id=id,
            outcome="open",
        )
        portal.act(
            "edudata_incident_lift",
            portal.security_officer,
            dataset_id=id,
            outcome="open",
        )
        assert all(self.ways(portal, app, released))
        after = portal.act("package_show", None, id=id)
        assert after["resources"] == before["resources"]

    def test_closed_also_while_search_is_gone(
        self,
        portal: Any,
        app: Any,
        released: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def gone(*args: Any, **values: Any) -> None:
            raise search.SearchIndexError("gone")

        id = released["dataset_id"]
        with monkeypatch.context() as now:
            now.setattr(freezing.search, "rebuild", gone)
            made = portal.act("edudata_incident_freeze", portal.reviewer, dataset_id=id)
            assert not made["settled"]
            assert portal.act("package_show", None, id=id)["resources"] == []
        tk.get_action("edudata_freeze_settle")({"ignore_auth": True}, {})
        assert not any(self.ways(portal, app, released))
        assert model.Session.scalar(sa.select(Freeze.settled_at)) is not None

    def test_a_stop_within_is_final_and_other_rules_open_nothing(
        self, portal: Any, app: Any, released: dict[str, Any]
    ) -> None:
        id, officer = released["dataset_id"], portal.security_officer
        portal.act("edudata_incident_freeze", portal.reviewer, dataset_id=id)
        row = model.Session.scalars(sa.select(Freeze)).one()
        rules, row.ruleset = row.ruleset, "another"
        model.Session.commit()
        refused(portal, "edudata_incident_lift", officer, dataset_id=id, outcome="open")
        model.Session.scalars(sa.select(Freeze)).one().ruleset = rules
        model.Session.commit()
        portal.act("edudata_stop", portal.reviewer, id=id, reason="数据有误。")
        assert portal.act("package_show", None, id=id)["stop_reason"] == "数据有误。"
        refused(portal, "edudata_incident_lift", officer, dataset_id=id, outcome="open")
        # Whoever froze and stopped does not get it out by releasing anew either.
        refused(portal, "edudata_release", portal.reviewer, id=released["entry"]["id"])
        portal.act("edudata_incident_lift", officer, dataset_id=id, outcome="stopped")
        assert not any(self.ways(portal, app, released))
