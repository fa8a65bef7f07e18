"""Lives of applications over the real database: random people give random commands,
alone and at the same moment, days go by, the clock's job runs; the promises hold."""

from __future__ import annotations

import datetime
import itertools
import threading
from collections import Counter
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from ckanext.edudata.requests import book, jobs, states
from ckanext.edudata.requests.model import Request, RequestEvent
from tests.conftest import give
from tests.delivery import conditional

PEOPLE = ("applicant", "a", "b", "mediator", "other_mediator", "above", "stranger")
APPLICANTS = {"update", "submit", "resubmit", "withdraw", "end", "appeal", "renew"}
GIVEN = sorted(set(states.COMMANDS) - set(states.BY_TIME.values()) - {"renew"})
DECIDED = {"approve", "uphold", "overturn", "refuse", "return", "consent"}
BY_THE_TABLE = {(rule.source, rule.command, rule.target) for rule in states.TABLE}
GRANTS = {
    "active": "active", "frozen": "frozen", "revoked": "revoked",
    "expired": "expired", "ended": "ended",
}  # fmt: skip


class Clock:
    """The portal's clock, some days ahead."""

    def __init__(self) -> None:
        self.days = 0

    def now(self) -> datetime.datetime:
        ahead = datetime.timedelta(days=self.days)
        return datetime.datetime.now(datetime.timezone.utc) + ahead


class Life(RuleBasedStateMachine):
    """The life of one application; `world` is what the test's fixtures made."""

    world: Any

    @initialize(
        second_consent=st.booleans(),
        at_once=st.booleans(),
        steps_in=st.booleans(),
        way=st.sampled_from(["interface", "copy"]),
    )
    def begin(self, second_consent, at_once, steps_in, way):
        self.world.clock.days = 0
        model.Session.execute(
            sa.text(
                "UPDATE edudata_role_assignment SET ended_at = now()"
                " WHERE ended_at IS NULL AND user_id <> ALL(:kept)"
            ),
            {"kept": [user["id"] for user in self.world.people.values()]},
        )
        model.Session.commit()
        prefix = "ckanext.edudata.requests."
        self.world.config[prefix + "second_consent"] = second_consent
        self.world.config[prefix + "provision_at_once"] = at_once
        self.world.config[prefix + "superior_when_overdue"] = steps_in
        applicant = factories.User()
        # Holds what it takes to decide: and still never decides this one.
        give(applicant, "reviewer", self.world.portal.bureau)
        give(applicant, "coordinator", self.world.portal.commission)
        conditional.known(self.world.portal, applicant)
        self.people = {**self.world.people, "applicant": applicant}
        self.steps_in = steps_in
        self.form = conditional.form(way=way, way_reason="离线统计。")
        self.id = self.world.portal.act(
            "edudata_request_create",
            applicant,
            resource_id=self.world.data.resource_id,
            **self.form,
        )["id"]
        told = self.give("applicant", "submit")
        assert told == "done"

    def shown(self, person: str) -> dict[str, Any] | None:
        try:
            return self.world.portal.act(
                "edudata_request_show", self.people[person], id=self.id
            )
        except tk.ObjectNotFound:
            return None

    def give(self, person: str, command: str, **more: Any) -> str:
        """The command as the person gives it: `done`, or what they are told."""
        values = {"id": self.id, **more}
        if command in ("submit", "resubmit", "update"):
            values.update(self.form)
        if command == "assign":
            values["assignee"] = self.world.people["a"]["name"]
        try:
            self.world.portal.act(
                f"edudata_request_{command}", self.people[person], **values
            )
        except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound) as error:
            return str(error) or "refused"
        return "done"

    def likely(self) -> list[tuple[str, str]]:
        """Steps that somebody may take now."""
        return [
            (person, command)
            for person in PEOPLE
            for command in (self.shown(person) or {}).get("commands", ())
            if command in GIVEN and command not in (*states.BESIDE, "update")
        ]

    def row(self) -> Request:
        model.Session.rollback()
        found = model.Session.get(Request, self.id, populate_existing=True)
        assert found is not None
        return found

    def events(self) -> list[RequestEvent]:
        query = sa.select(RequestEvent).where(RequestEvent.request_id == self.id)
        return list(model.Session.scalars(query.order_by(RequestEvent.id)))

    @rule(
        person=st.sampled_from(PEOPLE),
        command=st.sampled_from(GIVEN),
        words=st.sampled_from(["", "理由如下。"]),
        narrow=st.booleans(),
        stale=st.booleans(),
        pick=st.none() | st.integers(0, 20) | st.integers(0, 20),
    )
    def somebody_gives(self, person, command, words, narrow, stale, pick):
        likely = self.likely() if pick is not None else []
        if likely:
            # Mostly what somebody may do, so that lives get somewhere.
            person, command = likely[pick % len(likely)]
            words = "理由如下。"
        seen = self.shown(person)
        before = self.row()
        state, version = book.state_now(before), before.version
        overdue = bool(seen and seen["overdue"])
        count = len(self.events())
        more: dict[str, Any] = {"words": words}
        if stale and version > 1:
            more["version"] = version - 1
        if narrow and command in ("approve", "overturn"):
            more["fields"] = ["pupils"]
        told = self.give(person, command, **more)
        after = self.row()
        if told == "done":
            self.world.done[f"{command} in {state}"] += 1
            assert seen is not None
            assert command in seen["commands"]
            assert not more.get("version")
            self.superior(person, command, state, overdue)
        else:
            # Nothing has changed, and the state is named to who may know it.
            assert (after.version, len(self.events())) == (version, count)
            allowed = seen is not None and command in seen["commands"]
            late = self.world.clock.days > 80 or not words or "version" in more
            assert not allowed or late, (command, state, told)
            if seen is not None and not allowed and "version" not in more:
                label = states.STATES[state]
                personal = any(
                    states.GUARDS[name].msgid in told for name in states.GUARDS
                    if states.GUARDS[name].msgid
                )  # fmt: skip
                assert label in told or personal, told
        if command in states.BESIDE:
            assert after.version == version
        elif told == "done":
            assert after.version > version

    def superior(self, person: str, command: str, state: str, overdue: bool):
        """Those above decide in the owner's place only when it is time, or nobody
        is left there."""
        first = state in ("submitted", "in_review")
        if person != "above" or not first or command == "comment":
            return
        ids = {self.world.people[name]["id"]: name for name in ("a", "b")}
        refused = {
            ids.get(one.actor_id) for one in self.events() if one.command == "refuse"
        }
        assert refused >= {"a", "b"} or (self.steps_in and overdue)

    @rule(
        first=st.sampled_from(PEOPLE),
        second=st.sampled_from(PEOPLE),
        picks=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    )
    def two_at_the_same_moment(self, first, second, picks):
        wanted = []
        for person, pick in zip((first, second), picks, strict=True):
            seen = self.shown(person)
            likely = [
                one for one in (seen or {}).get("commands", ())
                if one in GIVEN and one not in states.BESIDE and one != "update"
            ]  # fmt: skip
            if likely and seen:
                wanted.append((person, likely[pick % len(likely)], seen["version"]))
        if len(wanted) < 2 or self.world.clock.days > 80:
            return
        before = len(self.events())
        model.Session.rollback()
        start, told = threading.Barrier(2), []

        def go(person: str, command: str, version: int) -> None:
            try:
                with self.world.app.flask_app.test_request_context():
                    start.wait(30)
                    told.append(
                        self.give(person, command, words="理由。", version=version)
                    )
            finally:
                model.Session.remove()

        threads = [threading.Thread(target=go, args=each) for each in wanted]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        # Both saw the same version: one wins, the other is told.
        assert len(told) == 2
        assert told.count("done") == 1, (wanted, told)
        self.row()
        assert len(self.events()) > before

    @rule(days=st.sampled_from([1, 6, 16]))
    def days_go_by(self, days):
        self.world.clock.days += days

    @rule()
    def the_job_runs_twice(self):
        model.Session.rollback()
        jobs.run_clocks()
        count = len(self.events())
        jobs.run_clocks()
        assert len(self.events()) == count

    @invariant()
    def promises(self):
        request = self.row()
        found = self.events()
        steps = [one for one in found if one.command not in states.BESIDE]
        assert steps[-1].target == request.state
        for one, following in itertools.pairwise(steps):
            assert following.source == one.target
        for one in found[1:]:
            assert (one.source, one.command, one.target) in BY_THE_TABLE
        self.on_record(found, request)
        self.fair(steps)
        self.grants(steps, request)
        mine = self.shown("applicant")
        assert mine is not None
        assert not any(one["detail"].get("internal") for one in mine["history"])
        assert self.shown("stranger") is None

    def on_record(self, found: list[RequestEvent], request: Request) -> None:
        kept = model.Session.execute(
            sa.text(
                "SELECT action, actor_id FROM edudata_audit WHERE object_id = :id"
                " AND outcome = 'done' AND object_type = 'request'"
                " AND action LIKE 'request_%' AND action <> 'request_update'"
                " ORDER BY id"
            ),
            {"id": request.id},
        )
        names = {f"request_{name}" for name in (*states.COMMANDS, "create")}
        recorded = [tuple(row) for row in kept if row[0] in names]
        wanted = [(f"request_{one.command}", one.actor_id) for one in found]
        assert recorded == wanted

    def fair(self, steps: list[RequestEvent]) -> None:
        applicant = self.people["applicant"]["id"]
        names = [one.command for one in steps]
        for one in steps[1:]:
            if one.actor_id is None:
                assert one.command in ("lapse", "expire", "provision")
            else:
                own = one.command in APPLICANTS
                assert own == (one.actor_id == applicant)
        assert names.count("appeal") <= 1
        if "appeal" in names:
            asked = names.index("appeal")
            refusers = {
                one.actor_id for one in steps[:asked] if one.command == "refuse"
            }
            parts = {one.actor_id for one in steps[:asked]}
            for one in steps[asked + 1 :]:
                assert one.command not in DECIDED or one.actor_id not in refusers
                if one.command in ("send_back", "escalate"):
                    assert one.actor_id not in parts
        for one, following in itertools.pairwise(steps):
            if following.command == "consent":
                assert one.actor_id != following.actor_id

    def grants(self, steps: list[RequestEvent], request: Request) -> None:
        held = model.Session.scalars(
            sa.text("SELECT state FROM edudata_grant WHERE request_id = :id"),
            {"id": request.id},
        ).all()
        provided = any(one.command == "provision" for one in steps)
        assert len(held) == provided
        if provided:
            assert {"approve", "overturn"} & {one.command for one in steps}
            assert list(held) == [GRANTS[request.state]]


@pytest.mark.promise(2, 5, 7)
@pytest.mark.article(24, 28)
def test_random_lives(app, portal, data, ckan_config, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(book, "now", clock.now)
    above, other_mediator = factories.User(), factories.User()
    give(above, "reviewer", portal.commission)
    give(other_mediator, "coordinator", portal.commission)
    people: dict[str, Any] = {
        "a": portal.reviewer,
        "b": portal.second_reviewer,
        "mediator": portal.coordinator,
        "other_mediator": other_mediator,
        "above": above,
        "stranger": portal.stranger,
    }
    give(portal.reviewer, "technician", portal.bureau)
    Life.world = SimpleNamespace(
        app=app,
        portal=portal,
        data=data,
        config=ckan_config,
        clock=clock,
        people=people,
        done=Counter(),
    )
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15,
            stateful_step_count=18,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Lives got somewhere: this is no test of refusals only.
    assert len(Life.world.done) >= 1, Life.world.done
