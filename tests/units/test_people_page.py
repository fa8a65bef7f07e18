"""People of a unit: giving and ending roles by clicking."""

from __future__ import annotations

import re

import pytest

from tests.conftest import give
from tests.visitors import Visitor, words


@pytest.fixture
def leader(app, portal):
    give(portal.second_reviewer, "leader", portal.bureau)
    return Visitor(app, portal.second_reviewer)


def held(portal, user):
    roles = portal.act("edudata_role_list", user, user_id=user["id"])
    return {role["role"] for role in roles}


def test_shows_who_holds_what_also_from_above(app, portal):
    page = Visitor(app, portal.compiler).text(
        f"/organization/{portal.school['name']}/people"
    )
    assert portal.compiler["fullname"] in page
    assert portal.bureau["title"] in page


def test_who_may_gives_a_role_until_a_date(leader, portal):
    url = f"/organization/{portal.bureau['name']}/people"
    sent = {"user_id": "stranger", "role": "supervisor", "until": "2099-12-31"}
    assert leader.post(url, sent).status_code == 302
    assert held(portal, portal.stranger) == {"supervisor"}
    assert "2099-12-31" in leader.text(url)


def test_without_a_date_a_role_holds_until_it_is_ended(leader, portal):
    url = f"/organization/{portal.bureau['name']}/people"
    sent = {"user_id": "stranger", "role": "compiler", "until": ""}
    assert leader.post(url, sent).status_code == 302
    assert held(portal, portal.stranger) == {"compiler"}


def test_ends_a_role(leader, portal):
    url = f"/organization/{portal.bureau['name']}/people"
    forms = re.findall(
        r'action="([^"]+/end)".*?aria-label="([^"]+)"', leader.text(url), re.DOTALL
    )
    (end,) = [to for to, label in forms if portal.technician["fullname"] in label]
    assert leader.post(end, page=url).status_code == 302
    assert held(portal, portal.technician) == set()


@pytest.mark.parametrize(
    "sent",
    [
        {"user_id": "nobody-of-this-name", "role": "compiler", "until": ""},
        {"user_id": "stranger", "role": "", "until": ""},
        {"user_id": "stranger", "role": "compiler", "until": "2001-01-01"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(leader, portal, sent):
    answer = leader.post(f"/organization/{portal.bureau['name']}/people", sent)
    assert answer.status_code == 422
    page = words(answer)
    assert "edw-summary" in page
    assert f'value="{sent["user_id"]}"' in page
    assert held(portal, portal.stranger) == set()


def test_administrators_are_not_offered_and_not_made(leader, portal):
    url = f"/organization/{portal.bureau['name']}/people"
    assert 'value="audit_admin"' not in leader.text(url)
    sent = {"user_id": "stranger", "role": "audit_admin", "until": ""}
    assert leader.post(url, sent).status_code == 403
    assert held(portal, portal.stranger) == set()


def test_who_may_not_sees_no_form_and_is_refused(app, portal):
    url = f"/organization/{portal.bureau['name']}/people"
    compiler = Visitor(app, portal.compiler)
    assert 'name="user_id"' not in compiler.text(url)
    sent = {"user_id": "stranger", "role": "reviewer"}
    assert compiler.post(url, sent).status_code == 403
    assert held(portal, portal.stranger) == set()


def test_is_not_for_other_units_nor_the_public(app, portal):
    url = f"/organization/{portal.bureau['name']}/people"
    assert Visitor(app, portal.outsider).get(url).status_code == 403
    assert "/user/login" in Visitor(app).get(url).location
    members = Visitor(app, portal.compiler).get("/organization/members/xh")
    assert members.location.endswith(url)


def test_without_its_token_is_refused(leader, portal):
    url = f"/organization/{portal.bureau['name']}/people"
    sent = {"user_id": "stranger", "role": "reviewer"}
    assert leader.client.post(url, data=sent).status_code == 400
    assert held(portal, portal.stranger) == set()
