"""Service figures: right, and telling of no single applicant (Art. 28, 41)."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.requests import chart_figures, counting_figures
from ckanext.edudata.requests.clocks import Calendar
from ckanext.edudata.requests.counting_figures import History, K, Step
from ckanext.edudata.requests.model import Application, Request, RequestEvent
from tests.visitors import Visitor

pytestmark = pytest.mark.article(28, 41)
MONDAY = datetime.date(2026, 3, 2)
BETWEEN = Calendar().between


def day(number):
    return MONDAY + datetime.timedelta(days=number)


def life(start, *steps):
    """Steps of an application: `(day, command, source, target, reason)`."""
    return [Step(day(start + n), *rest) for n, *rest in steps]


def answered(start, accepted=True, after=2, reason=None):
    target, command = ("approved", "approve") if accepted else ("refused", "refuse")
    return life(
        start,
        (0, "submit", "draft", "submitted"),
        (1, "accept", "submitted", "in_review"),
        (after, command, "in_review", target, reason),
    )


def history(lives):
    """Lives in the order in which they were decided."""
    found = History()
    for order, steps in enumerate(lives):
        found.add([replace(step, order=order) for step in steps], BETWEEN)
    return found


class TestCounting:
    def test_the_days_of_the_applicant_do_not_count(self):
        steps = life(
            0,
            (0, "submit", "draft", "submitted"),
            (1, "accept", "submitted", "in_review"),
            (2, "return", "in_review", "returned", "papers"),
            (21, "resubmit", "returned", "in_review"),
            (22, "approve", "in_review", "awaiting_consent"),
            (23, "consent", "awaiting_consent", "approved"),
        )
        found = counting_figures.decided(steps, BETWEEN)
        # Monday to Wednesday, and three weeks later from Monday to Wednesday.
        assert (found.days, found.accepted, found.day) == (4, True, day(23))

    def test_a_weekend_does_not_count(self):
        assert counting_figures.decided(answered(4, after=3), BETWEEN).days == 1

    def test_what_is_not_decided_is_no_decision(self):
        waiting = answered(0)[:2]
        withdrawn = [*waiting, Step(day(2), "withdraw", "in_review", "withdrawn")]
        found = history([waiting, withdrawn, []])
        assert (len(found.submitted), found.decisions) == (2, [])

    def test_the_first_decision_counts_and_its_review_apart(self):
        steps = [
            *answered(0, accepted=False, reason="purpose"),
            Step(day(3), "appeal", "refused", "mediation"),
            Step(day(4), "escalate", "mediation", "superior_review"),
            Step(day(5), "overturn", "superior_review", "approved"),
        ]
        found = history([steps])
        assert [decision.accepted for decision in found.decisions] == [False]
        assert [(r.day, r.outcome) for r in found.reviews] == [(day(5), "overturned")]

    def test_figures_of_a_year(self):
        lives = [
            answered(n, accepted=n % 2 == 0, after=2, reason="risk") for n in range(20)
        ]
        told = history(lives).told()[2026]
        assert (told.applications, told.decisions) == (20, 20)
        assert told.acceptance == {"percent": 50, "bound": "exact"}
        assert told.reasons == [{"code": "risk", "count": 10}]
        assert not told.other_reasons

    def test_fewer_than_k_are_not_told(self):
        told = history([answered(n, accepted=False) for n in range(K - 1)]).told()[2026]
        assert told.applications is None
        assert (told.decisions, told.acceptance, told.median_days) == (0, None, None)
        assert (told.reasons, told.other_reasons) == ([], False)

    def test_none_or_all_are_told_as_bounds(self):
        all_of_them = history([answered(n) for n in range(K)]).told()[2026]
        assert all_of_them.acceptance == {"percent": 90, "bound": "least"}
        none = history([answered(n, accepted=False) for n in range(K)]).told()[2026]
        assert none.acceptance == {"percent": 10, "bound": "most"}

    def test_rare_reasons_are_not_told_apart(self):
        lives = [answered(n, accepted=False, reason="risk") for n in range(K)]
        lives += [answered(K, accepted=False, reason="record")]
        lives += [answered(K + 1 + n) for n in range(4)]
        told = history(lives).told()[2026]
        assert told.reasons == [{"code": "risk", "count": K}]
        assert told.other_reasons

    def test_a_total_tells_of_no_owner_with_few(self):
        """One decision at B, five at A: what both make together is A's alone."""
        few = history([answered(0, accepted=False, reason="record")])
        many = history([answered(1 + n) for n in range(K)])
        told = counting_figures.together([few, many])[2026]
        assert told.applications == K + 1
        assert (told.decisions, told.acceptance) == (K, many.told()[2026].acceptance)
        assert not told.other_reasons

    def test_nor_by_what_is_left_of_reasons(self):
        risky = [answered(n, accepted=False, reason="risk") for n in range(K)]
        one = history(risky)
        other = history([*risky[:2], *(answered(n) for n in range(3))])
        told = counting_figures.together([one, other])[2026]
        assert told.reasons == [{"code": "risk", "count": K}]
        assert told.other_reasons
        both = counting_figures.together([one, history(risky)])[2026]
        assert both.reasons == [{"code": "risk", "count": 2 * K}]


LIVES = st.lists(
    st.builds(
        answered,
        st.integers(0, 900),
        st.booleans(),
        st.integers(1, 30),
        st.sampled_from(["risk", "purpose", None]),
    ),
    max_size=30,
)


@given(LIVES, st.data())
def test_no_difference_of_two_pages_tells_of_fewer_than_k(lives, data):
    """As decisions come in one by one, what is told of outcomes changes by whole
    groups of K only, and a group that was told of stays as it is."""
    if lives and data.draw(st.booleans()):
        # Many on one day: what came first stays first.
        lives = [lives[0]] * len(lives)
    at = data.draw(st.integers(0, len(lives)))

    def outcomes(some):
        return {
            year: (told.decisions, told.median_days, told.acceptance, told.reasons)
            for year, told in history(some).told().items()
            if told.decisions
        }

    groups_then, groups_now = len(lives[:at]) // K, len(lives) // K
    then, now = outcomes(lives[:at]), outcomes(lives)
    assert sum(told[0] for told in then.values()) == K * groups_then
    assert sum(told[0] for told in now.values()) == K * groups_now
    if groups_then == groups_now:
        assert then == now


@given(LIVES, LIVES)
def test_a_total_is_what_is_told_of_owners(one, other):
    """Decisions, and reasons up to groups of K, are sums of what stands beside it."""
    owners = [history(one), history(other)]
    apart = [owner.told() for owner in owners]
    for year, told in counting_figures.together(owners).items():
        here = [each[year] for each in apart if year in each]
        assert told.decisions == sum(each.decisions for each in here)
        for reason in told.reasons:
            known = sum(
                each["count"]
                for owner in here
                for each in owner.reasons
                if each["code"] == reason["code"]
            )
            left = reason["count"] - known
            assert left == 0 or left >= K


@given(st.lists(st.tuples(st.integers(2000, 2100), st.integers(1, 9999)), max_size=12))
def test_the_chart_stays_in_its_frame(rows):
    rows = [{"year": y, "decisions": n, "median_days": 1.0} for y, n in rows]
    found = chart_figures.columns(rows)
    assert len(found) <= chart_figures.COLUMNS
    for one in found:
        assert 0 <= one["x"] <= one["x"] + one["width"] <= chart_figures.WIDTH + 0.1
        assert chart_figures.TOP - 0.1 <= one["y"] <= chart_figures.BASE


def kept(portal, steps, unit, number):
    """An application as the database keeps it."""
    application = Application(user_id=portal.researcher["id"], number=f"T-{number}")
    model.Session.add(application)
    model.Session.flush()
    request = Request(
        application_id=application.id,
        number=f"T-{number}",
        user_id=portal.researcher["id"],
        unit_id=unit["id"],
        dataset_id="d",
        resource_id=f"r-{number}",
        release_id="x",
        state=steps[-1].target,
    )
    model.Session.add(request)
    model.Session.flush()
    for step in steps:
        at = datetime.datetime.combine(
            step.day, datetime.time(4), datetime.timezone.utc
        )
        model.Session.add(
            RequestEvent(
                request_id=request.id,
                at=at,
                command=step.command,
                source=step.source,
                target=step.target,
                reason=step.reason,
                words="因为涉及申请人张三",
            )
        )
    model.Session.commit()


@pytest.fixture
def decided(portal):
    """Ten decisions of the bureau, three of another unit."""
    for n in range(10):
        kept(portal, answered(n, accepted=n < 6, reason="risk"), portal.bureau, n)
    for n in range(3):
        kept(portal, answered(n), portal.other, 20 + n)
    return portal


class TestPages:
    def test_everybody_sees_them_without_persons(self, app, decided):
        visitor = Visitor(app)
        page = visitor.text("/service-figures")
        assert decided.bureau["title"] in page
        assert "60" in page
        assert "<svg" in page
        for secret in (
            decided.researcher["id"],
            "张三",
            "T-1",
            decided.researcher["name"],
        ):
            assert secret not in page
        found = json.loads(visitor.get("/service-figures.json").data)
        assert found["k"] == K
        rows = {row["unit_name"]: row for row in found["figures"]}
        assert rows["xh"]["decisions"] == 10
        assert rows["xh"]["acceptance"] == {"percent": 60, "bound": "exact"}
        # Four refusals are too few to say why.
        assert rows["xh"]["reasons"] == []
        assert rows["cn"]["decisions"] == 0
        assert rows["cn"]["applications"] is None
        assert rows[None]["decisions"] == 10
        sheet = visitor.get("/service-figures.csv").data.decode("utf-8-sig")
        assert decided.bureau["title"] in sheet
        assert "张三" not in sheet

    def test_by_owner_and_year(self, app, decided):
        visitor = Visitor(app)
        body = visitor.text("/service-figures?unit=xh").split("<tbody>")[1]
        assert decided.other["title"] not in body
        assert "<tbody>" not in visitor.text("/service-figures?year=1999")
        assert visitor.get("/service-figures?unit=nobody").status_code == 404
        assert visitor.get("/service-figures?year=x").status_code == 200
        assert visitor.get("/service-figures.csv?unit=xh&year=2026").status_code == 200

    def test_a_new_decision_is_counted_at_once(self, decided):
        before = tk.get_action("edudata_request_figures")({}, {"unit_id": "cn"})
        for n in range(2):
            kept(decided, answered(5 + n), decided.other, 30 + n)
        after = tk.get_action("edudata_request_figures")({}, {"unit_id": "cn"})
        assert before["figures"][0]["decisions"] == 0
        assert after["figures"][0]["decisions"] == K

    def test_the_units_page_tells_of_its_own(self, app, decided):
        page = Visitor(app).text("/organization/xh")
        assert "/service-figures?unit=xh" in page
        assert "/service-figures?unit=cn" not in Visitor(app).text("/organization/cn")

    def test_without_any_application(self, app, portal):
        visitor = Visitor(app)
        assert "<tbody>" not in visitor.text("/service-figures")
        assert json.loads(visitor.get("/service-figures.json").data)["figures"] == []
