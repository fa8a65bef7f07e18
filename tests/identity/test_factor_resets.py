"""A lost second factor: two people, on record, and everything of before is over."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit.model import AuditRecord
from tests.conftest import give
from tests.identity.factors import ENTER, Clock, code, set_up
from tests.visitors import Visitor

PAGE = "/account/lost-factors"


@pytest.mark.clause("8.1.4.1 d")
@pytest.mark.ckan_config("ckanext.edudata.identity.second_factor", "obliged")
def test_two_people_reset_a_lost_factor(app, portal, monkeypatch):
    clock = Clock(monkeypatch)
    give(portal.second_reviewer, "leader", portal.bureau)
    give(portal.stranger, "leader", portal.other)
    reviewer = Visitor(app, portal.reviewer)
    old, codes = set_up(reviewer, clock)
    leader, officer = (
        Visitor(app, portal.second_reviewer),
        Visitor(app, portal.security_officer),
    )
    for each in (leader, officer):
        set_up(each, clock)

    ask, decide = "edudata_factor_reset_ask", "edudata_factor_reset_decide"
    for other in (portal.stranger, portal.outsider, portal.reviewer):
        with pytest.raises((tk.NotAuthorized, tk.ValidationError)):
            portal.act(ask, other, user_id="reviewer")
    assert leader.post(PAGE, {"user_id": "reviewer"}).status_code == 302
    (row,) = portal.act("edudata_factor_reset_list", portal.security_officer)
    with pytest.raises(tk.ValidationError):
        portal.act(ask, portal.security_officer, user_id="reviewer")
    said = {"id": row["id"], "decision": "consent"}
    for other in (portal.second_reviewer, portal.stranger, portal.reviewer):
        with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
            portal.act(decide, other, **said)
    assert portal.act("edudata_second_factor_show", portal.reviewer)["set_up"]
    sent = {"decision": "consent"}
    answer = officer.post(f"{PAGE}/{row['id']}/decide", sent, page=PAGE)
    assert answer.status_code == 302
    with pytest.raises(tk.ObjectNotFound):
        portal.act(decide, portal.security_officer, **said)

    state = portal.act("edudata_second_factor_show", portal.reviewer)
    assert (state["set_up"], state["codes_left"]) == (False, 0)
    assert reviewer.get("/account/second-factor/settings").status_code == 302
    anew = Visitor(app, portal.reviewer)
    clock.on()
    for used in (code(old, clock), codes[0]):
        assert anew.post(ENTER, {"code": used}).status_code == 422, "of the old device"
    set_up(anew, clock)
    kept = set(
        model.Session.scalars(
            sa.select(AuditRecord.action).where(
                AuditRecord.object_id == portal.reviewer["id"]
            )
        )
    )
    assert {"factor_reset_ask", "factor_reset_consent", "second_factor_set"} <= kept
    told = portal.act("edudata_notice_list", portal.reviewer)
    assert "factor_was_reset" in str(told)
