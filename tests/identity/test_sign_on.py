"""Signing in by an institution, against a provider that also lies."""

from __future__ import annotations

import re
import time

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.identity import keeping_sign_on, oidc
from ckanext.edudata.units import people
from tests.conftest import give
from tests.identity.provider import CLIENT, SECRET, Provider
from tests.visitors import Visitor, words

PREFIX = "ckanext.edudata.identity.oidc."
BACK = "/account/sign-on/back"


@pytest.fixture
def provider(portal, ckan_config, monkeypatch):
    found = Provider()
    monkeypatch.setitem(ckan_config, PREFIX + "issuer", found.issuer)
    monkeypatch.setitem(ckan_config, PREFIX + "client_id", CLIENT)
    monkeypatch.setitem(ckan_config, PREFIX + "client_secret", SECRET)
    oidc._kept.clear()
    yield found
    found.stop()


def link(app, provider, user, subject):
    visitor = Visitor(app, user)
    page = words(visitor.post("/account/sign-in/link", page="/account/sign-in"))
    found = re.search(r'href="(http://127[^"]+/authorize[^"]+)"', page)
    assert found, page
    visitor.get(BACK, query_string=provider.log_in(found[1], subject))
    return visitor


def begun(visitor):
    answer = visitor.get("/account/sign-on")
    assert answer.status_code == 302
    return answer.location


def inside(visitor):
    return visitor.get("/account/sign-in").status_code == 200


def why():
    asked = sa.select(AuditRecord.detail["why"].as_string()).where(
        AuditRecord.action == "institution_sign_on"
    )
    return model.Session.scalars(asked.order_by(AuditRecord.id.desc())).first()


@pytest.mark.clause("8.1.4.1 d")
def test_who_linked_their_account_logs_in_and_nobody_else(app, portal, provider):
    stranger = Visitor(app)
    # The same mail address as an account here opens nothing.
    user = model.User.get(portal.researcher["id"])
    user.email = "somebody@example.edu.cn"
    model.Session.commit()
    answer = stranger.get(BACK, query_string=provider.log_in(begun(stranger), "s-1"))
    assert answer.status_code == 200
    assert not inside(stranger)

    link(app, provider, portal.researcher, "s-1")
    back = Visitor(app)
    taken = provider.log_in(begun(back), "s-1")
    assert back.get(BACK, query_string=taken).status_code == 302
    assert inside(back)
    # An answer is good once, and in the browser that asked only.
    thief = Visitor(app)
    begun(thief)
    thief.get(BACK, query_string=taken)
    assert not inside(thief)
    assert why() == "state"
    # One account there opens one here.
    link(app, provider, portal.stranger, "s-1")
    assert portal.act("edudata_institution_account_list", portal.stranger) == []
    (mine,) = portal.act("edudata_institution_account_list", portal.researcher)
    portal.act("edudata_institution_account_end", portal.researcher, id=mine["id"])
    gone = Visitor(app)
    gone.get(BACK, query_string=provider.log_in(begun(gone), "s-1"))
    assert not inside(gone)


def _now():
    return int(time.time())


LIES = {
    "nonce": [{"nonce": "other"}, {"nonce": None}],
    "issuer": [{"iss": "https://evil.example"}],
    "audience": [{"aud": "another"}, {"aud": []}, {"aud": None}],
    "party": [{"azp": "another"}, {"aud": [CLIENT, "another"]}],
    "expired": [{"exp": _now() - 3600}],
    "exp": [{"exp": None}, {"exp": "2099"}],
    "issued_at": [{"iat": _now() + 3600}, {"iat": _now() - 86400}],
    "not_yet": [{"nbf": _now() + 3600}],
    "subject": [{"sub": ""}, {"sub": None}, {"sub": ["s-1"]}, {"sub": "s\n1"}],
}


@pytest.mark.clause("8.1.4.1 d")
def test_a_lying_provider_opens_nothing(app, portal, provider):
    link(app, provider, portal.researcher, "s-1")
    for expected, lies in LIES.items():
        for lie in lies:
            provider.lies = lie
            visitor = Visitor(app)
            taken = provider.log_in(begun(visitor), "s-1")
            visitor.get(BACK, query_string=taken)
            assert not inside(visitor), lie
            assert why() == expected, lie
    provider.lies = {}
    for trick in ("none", "public_key_as_secret", "client_secret", "other_key"):
        provider.trick = trick
        visitor = Visitor(app)
        visitor.get(BACK, query_string=provider.log_in(begun(visitor), "s-1"))
        assert not inside(visitor), trick
        assert why() == "signature", trick
    provider.trick = ""
    visitor = Visitor(app)
    mixed = {**provider.log_in(begun(visitor), "s-1"), "iss": "https://evil.example"}
    visitor.get(BACK, query_string=mixed)
    assert why() == "mixed_up"
    oidc._kept.clear()
    provider.told_issuer = "https://evil.example"
    begun(Visitor(app))
    assert why() == "issuer"
    provider.told_issuer = ""
    oidc._kept.clear()
    assert not inside(visitor)
    visitor.get(BACK, query_string=provider.log_in(begun(visitor), "s-1"))
    assert inside(visitor), "the truth opens"


@pytest.mark.clause("8.1.5")
@pytest.mark.article(34)
def test_the_administrators_are_three_people_whatever_accounts_they_have(portal):
    top = portal.commission
    give(portal.researcher, "system_admin", top)
    keeping_sign_on.link(portal.researcher["id"], "https://sso", "p-1")
    (first,) = keeping_sign_on.of(portal.researcher["id"])
    keeping_sign_on.end(portal.researcher["id"], first["id"])
    # A second account of the same person, by a link that has ended.
    keeping_sign_on.link(portal.stranger["id"], "https://sso", "p-1")
    with pytest.raises(tk.ValidationError):
        give(portal.stranger, "audit_admin", top)
    # The first one sleeps or is gone: it is still the same person.
    user = model.User.get(portal.researcher["id"])
    user.state = "deleted"
    model.Session.commit()
    with pytest.raises(tk.ValidationError):
        give(portal.stranger, "security_admin", top)
    with pytest.raises(tk.ValidationError):
        give(portal.stranger, "reviewer", portal.bureau)
    assert people.units_where(portal.stranger["id"], ["audit_admin"]) == []
    # And the other way: roles first, then one person's sign-on for both.
    give(portal.technician, "technician", portal.bureau)
    user.state = "active"
    model.Session.commit()
    keeping_sign_on.link(portal.technician["id"], "https://sso", "p-2")
    (second,) = keeping_sign_on.of(portal.technician["id"])
    keeping_sign_on.end(portal.technician["id"], second["id"])
    with pytest.raises(tk.ValidationError):
        keeping_sign_on.link(portal.researcher["id"], "https://sso", "p-2")
