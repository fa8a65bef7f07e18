"""Passwords: what will do, what was used, when one is due."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.identity import cli, passwords, policy, sessions, sleeping
from tests.identity.test_log_in import forget, try_in
from tests.visitors import PASSWORD, Visitor, words

pytestmark = [pytest.mark.clause("8.1.4.1 a"), pytest.mark.clause("8.1.4.2 c")]
NEW = "Blue-Kettle-27"


@pytest.fixture(autouse=True)
def fresh() -> Any:
    forget()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Ab1-", policy.SHORT),
        ("onlysmallletters", policy.PLAIN),
        ("Wangfang-2026!", policy.NAMED),
        ("Password2026!", policy.GUESSED),
        ("Aa1Aa1Aa1Aa1", policy.GUESSED),
        ("A1-" + "x" * 300, policy.LONG),
    ],
)
def test_what_will_not_do(password: str, said: str) -> None:
    found = policy.problems(password, 10, ["wangfang", "王芳", "wf@example.com"])
    assert said in [text for text, _ in found]


def test_what_will_do() -> None:
    assert policy.problems(NEW, 10, ["wangfang", None]) == []
    assert policy.problems("短了", 1)[0][0] == policy.SHORT


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_judged(password: str, about: list[str]) -> None:
    for text, numbers in policy.problems(password, 10, about):
        assert text.format(**numbers)


def change(me: Visitor, old: str, new: str, again: str | None = None) -> Any:
    data = {"old": old, "new": new, "again": new if again is None else again}
    return me.post("/account/password", data)


@pytest.mark.usefixtures("with_plugins")
def test_a_password_is_changed_by_its_owner(portal: Any, app: Any) -> None:
    me, elsewhere = Visitor(app, portal.researcher), Visitor(app)
    assert try_in(elsewhere, "researcher", PASSWORD).status_code == 302
    assert 'id="error-old"' in words(change(me, "Wrong-Horse-9", NEW))
    assert 'id="error-new"' in words(change(me, PASSWORD, "short"))
    assert 'id="error-again"' in words(change(me, PASSWORD, NEW, "Other-Kettle-1"))
    assert change(me, PASSWORD, NEW).status_code == 302
    # Here one stays; elsewhere it is over.
    assert me.get("/account/sessions").status_code == 200
    assert elsewhere.get("/account/sessions").status_code == 302
    # What was used does not come back.
    assert 'id="error-new"' in words(change(me, NEW, PASSWORD))
    assert 'id="error-new"' in words(change(me, NEW, NEW))


@pytest.mark.usefixtures("with_plugins")
def test_actions_are_no_way_round(portal: Any) -> None:
    me = portal.researcher
    for more in ({"password": NEW}, {"email": "else@example.com"}):
        with pytest.raises(tk.ValidationError):
            portal.act("user_patch", me, id=me["id"], **more)
    portal.act("user_patch", me, id=me["id"], fullname="示例")


@pytest.mark.usefixtures("with_plugins")
def test_who_holds_a_role_changes_it_in_time(
    portal: Any, app: Any, ckan_config: Any
) -> None:
    me = Visitor(app, portal.compiler)
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    for person in (portal.compiler, portal.researcher):
        Visitor(app, person)
        sessions.noted(person["id"], password_at=long_ago)
    model.Session.commit()
    assert not passwords.must_change(portal.researcher["id"])
    me = Visitor(app)
    assert try_in(me, "compiler", PASSWORD).status_code == 302
    assert me.get("/desk").headers["Location"].endswith("/account/password")
    assert me.client.post("/api/3/action/status_show").status_code in (400, 403)
    assert change(me, PASSWORD, NEW).status_code == 302
    assert me.get("/desk").status_code == 200


@pytest.mark.usefixtures("with_plugins")
def test_a_password_that_was_given_is_replaced(portal: Any, ckan_config: Any) -> None:
    ckan_config["ckanext.edudata.environment"] = "production"
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    user.password = PASSWORD
    model.Session.commit()
    assert passwords.must_change(user.id)


@pytest.mark.usefixtures("with_plugins")
def test_unused_accounts_fall_asleep(portal: Any, app: Any) -> None:
    for person in (portal.compiler, portal.researcher):
        Visitor(app, person)
        user = model.User.get(person["id"])
        assert user is not None
        long_ago = datetime.datetime(2020, 1, 1)
        user.created = user.last_active = long_ago
        moment = long_ago.replace(tzinfo=datetime.timezone.utc)
        sessions.noted(user.id, last_login_at=moment, password_at=moment)
    model.Session.commit()
    assert tk.get_action("edudata_account_sweep")({"ignore_auth": True}, {})["asleep"]
    answer = try_in(Visitor(app), "compiler", PASSWORD)
    assert answer.status_code == 200
    assert 'id="error-login"' in words(answer)
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_account_wake", portal.outsider, id="compiler")
    run = CliRunner().invoke
    asleep = run(cli.accounts_asleep)
    assert asleep.exit_code == 0
    lines = asleep.output.splitlines()
    assert {line.split()[0] for line in lines[:-1]} == {"compiler", "researcher"}
    refused = run(cli.account_wake, ["compiler", "--by", "outsider"])
    assert (refused.exit_code, sleeping.is_asleep(portal.compiler["id"])) == (1, True)
    assert run(cli.account_wake, ["nobody-at-all"]).exit_code == 1
    woken = run(cli.account_wake, ["researcher"])
    assert woken.exit_code == 0
    assert not sleeping.is_asleep(portal.researcher["id"])
    record = model.Session.query(AuditRecord).filter_by(action="account_wake").one()
    assert record.object_id == portal.researcher["id"]
    assert run(cli.account_wake, ["researcher"]).exit_code == 0
    portal.act("edudata_account_wake", portal.coordinator, id="compiler")
    assert try_in(Visitor(app), "compiler", PASSWORD).status_code == 302
