"""A second factor at the log-in: set up, asked for, lost, and never guessed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.identity.model_factors import RecoveryCode, SecondFactor
from tests.identity.factors import ENTER, Clock, code, set_up
from tests.visitors import Visitor

OBLIGED = pytest.mark.ckan_config("ckanext.edudata.identity.second_factor", "obliged")


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def inside(visitor):
    return visitor.get("/account/second-factor/settings").status_code == 200


@OBLIGED
@pytest.mark.clause("8.1.4.1 d")
def test_a_role_obliges_to_a_second_factor(app, portal, clock):
    reviewer = Visitor(app, portal.reviewer)
    assert not inside(reviewer)
    # Nothing else answers before, neither pages nor the API.
    for page in ("/desk", "/organization/xh/people"):
        assert reviewer.get(page).status_code in (302, 403), page
    asked = reviewer.get("/api/3/action/edudata_role_list")
    assert asked.status_code == 403
    secret, codes = set_up(reviewer, clock)
    assert len(codes) == 10
    assert inside(reviewer)

    again = Visitor(app, portal.reviewer)
    assert not inside(again)
    used = code(secret, clock)
    assert again.post(ENTER, {"code": used}).status_code == 422, "taken twice"
    clock.on()
    assert again.post(ENTER, {"code": code(secret, clock)}).status_code == 302
    assert inside(again)

    third = Visitor(app, portal.reviewer)
    assert third.post(ENTER, {"code": codes[0].upper()}).status_code == 302
    fourth = Visitor(app, portal.reviewer)
    assert fourth.post(ENTER, {"code": codes[0]}).status_code == 422, "good once"
    researcher = Visitor(app, portal.researcher)
    assert inside(researcher), "who holds no role is not obliged"
    assert portal.act("edudata_second_factor_show", portal.reviewer)["codes_left"] == 9


@OBLIGED
@pytest.mark.clause("8.1.4.1 b")
def test_codes_are_not_guessed(app, portal, clock):
    secret, _ = set_up(Visitor(app, portal.reviewer), clock)
    clock.on()
    visitor = Visitor(app, portal.reviewer)
    for _ in range(5):
        assert visitor.post(ENTER, {"code": "000000"}).status_code == 422
    right = code(secret, clock)
    answer = visitor.post(ENTER, {"code": right})
    assert answer.status_code == 422, "shut after five wrong ones, also for right ones"
    clock.on(31)
    assert visitor.post(ENTER, {"code": code(secret, clock)}).status_code == 302


@OBLIGED
def test_nothing_of_a_factor_is_readable_in_the_database(app, portal, clock):
    secret, codes = set_up(Visitor(app, portal.reviewer), clock)
    rows = "".join(
        str(row)
        for table in (SecondFactor, RecoveryCode)
        for row in model.Session.execute(sa.select(table.__table__))
    )
    assert "f1." in rows
    assert secret not in rows
    assert not [each for each in codes if each.replace("-", "") in rows]
