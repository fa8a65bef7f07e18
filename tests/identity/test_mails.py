"""Opening an account and a new password by mail: no oracle, one hour, once."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer

from ckanext.edudata.identity import captcha, mails
from ckanext.edudata.identity.model import AccountMail
from tests.identity.test_log_in import forget, try_in
from tests.visitors import Visitor, words

pytestmark = [
    pytest.mark.usefixtures("with_plugins"),
    pytest.mark.clause("8.1.4.1 a"),
    pytest.mark.ckan_config("smtp.server", "127.0.0.1:1"),
    pytest.mark.ckan_config("smtp.mail_from", "portal@example.com"),
]
NEW = "Blue-Kettle-27"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: Any) -> Any:
    forget()
    # What the worker would do is done by `work` below.
    monkeypatch.setattr(mails.tk, "enqueue_job", lambda *args, **options: None)


@pytest.fixture
def box(monkeypatch: Any) -> list[tuple[str, str]]:
    """What would have been mailed: address and text."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(
        mailer,
        "mail_recipient",
        lambda name, address, subject, body, **more: sent.append((address, body)),
    )
    return sent


def work() -> None:
    for mail_id in model.Session.scalars(sa.select(AccountMail.id)).all():
        mails.send(mail_id)


def solve(page: str) -> str:
    question = re.search(r'for="field-answer">([^<]+)<', page)
    assert question is not None
    text = question[1]
    numbers = [
        _number(each) for each in re.findall(r"[〇一二三四五六七八九十\d]+", text)
    ]
    if "加" in text or "plus" in text:
        return str(sum(numbers))
    if "减" in text or "minus" in text:
        return str(numbers[0] - numbers[1])
    return str(max(numbers[:3]))


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    digits = "〇一二三四五六七八九"
    tens, dot, ones = text.partition("十")
    if not dot:
        return digits.index(text)
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones or "〇"))


def ask(visitor: Visitor, url: str, *, right: bool = True, **data: str) -> Any:
    page = words(visitor.get(url))
    token = re.search(r'name="token" value="([^"]+)"', page)
    csrf = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    assert csrf is not None
    sent = {"token": token[1], "answer": solve(page) if right else "x", **data}
    return visitor.client.post(url, data={**sent, "_csrf_token": csrf[1]})


def link(body: str) -> str:
    found = re.search(r"https?://[^/]+(/\S+)", body)
    assert found is not None
    return found[1]


def test_a_password_is_set_by_mail(portal: Any, app: Any, box: Any) -> None:
    anybody = Visitor(app)
    pages = [
        words(ask(anybody, "/user/reset", user=name))
        for name in ("researcher", "nobody-at-all", "nobody@example.com")
    ]
    bare = {re.sub(r'(value|nonce|content)="[^"]*"', "", page) for page in pages}
    assert len(bare) == 1
    work()
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    assert [address for address, _ in box] == [user.email]
    rows = model.Session.query(AccountMail).all()
    assert all(row.asked == "" for row in rows)
    there = link(box[0][1])
    assert all(row.key_digest not in there for row in rows if row.key_digest)
    assert words(anybody.get(there)).count('name="new"') == 1
    data = {"new": "short", "again": "short"}
    assert 'id="error-new"' in words(anybody.post(there, data))
    data = {"new": NEW, "again": NEW}
    assert anybody.post(there, data).status_code == 302
    # Once.
    assert anybody.get(there).status_code == 404
    assert try_in(anybody, "researcher", NEW).status_code == 302


def test_a_link_ends_after_an_hour(portal: Any, app: Any, box: Any) -> None:
    anybody = Visitor(app)
    ask(anybody, "/user/reset", user="researcher")
    work()
    there = link(box[0][1])
    assert anybody.get(there).status_code == 200
    model.Session.execute(
        sa.text("UPDATE edudata_account_mail SET expires_at = now() - interval '1 s'")
    )
    model.Session.commit()
    assert anybody.get(there).status_code == 404
    assert anybody.get("/account/reset/anything").status_code == 404
    assert anybody.get("/user/reset/researcher?key=anything").status_code == 404


def test_the_public_opens_accounts(portal: Any, app: Any, box: Any) -> None:
    anybody = Visitor(app)
    wrong = ask(anybody, "/account/register", right=False, email="new@example.com")
    assert 'id="error-answer"' in words(wrong)
    assert 'value="new@example.com"' in words(wrong)
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    for address in ("new@example.com", user.email or ""):
        ask(anybody, "/account/register", email=address)
    # A program that fills in everything gets the same page and no mail.
    trapped = ask(anybody, "/account/register", email="bot@example.com", website="x")
    assert trapped.status_code == 200
    work()
    assert {address for address, _ in box} == {"new@example.com", user.email}
    texts = dict(box)
    assert "/account/register/" not in texts[user.email or ""]
    there = link(texts["new@example.com"])
    data = {"fullname": "示例", "new": NEW, "again": NEW}
    assert anybody.post(there, data).status_code == 302
    assert anybody.get(there).status_code == 404
    made = model.User.by_email("new@example.com")
    assert made is not None
    assert made.name.startswith("p-")
    assert made.is_active
    assert try_in(anybody, "new@example.com", NEW).status_code == 302


def test_an_answer_serves_once(portal: Any, app: Any) -> None:
    with app.flask_app.test_request_context("/"):
        text, token = captcha.question()
        answer = solve(f'for="field-answer">{text}<')
        assert not captcha.solved("made-up", answer)
        assert captcha.solved(token, answer)
        assert not captcha.solved(token, answer)


def test_an_address_is_changed_by_its_owner(portal: Any, app: Any, box: Any) -> None:
    me = Visitor(app, portal.researcher)
    data = {"fullname": "示例", "email": "moved@example.com", "old": "Wrong-Horse-9"}
    assert 'id="error-old"' in words(me.post("/user/edit/researcher", data))
    from tests.visitors import PASSWORD

    data["old"] = PASSWORD
    assert me.post("/user/edit/researcher", data).status_code == 302
    work()
    assert [address for address, _ in box] == ["moved@example.com"]
    there = link(box[0][1])
    assert Visitor(app, portal.stranger).get(there).status_code == 404
    assert me.post(there).status_code == 302
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    model.Session.refresh(user)
    assert user.email == "moved@example.com"


def test_an_invitation_sets_the_first_password(portal: Any, app: Any) -> None:
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    user.state = model.State.PENDING
    mailer.create_reset_key(user)
    user = model.User.get(portal.researcher["id"])
    assert user is not None
    there = f"/user/reset/{user.id}?key={user.reset_key}"
    anybody = Visitor(app)
    assert anybody.post(there, {"new": NEW, "again": NEW}).status_code == 302
    assert anybody.get(there).status_code == 404
    assert try_in(anybody, "researcher", NEW).status_code == 302
