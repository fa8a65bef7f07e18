"""Persons of a grant, their tokens and quotas, and how long a grant goes on."""

from __future__ import annotations

import csv
import datetime
import io

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.datastore.backend.postgres import get_write_engine
from redis.exceptions import ConnectionError as RedisDown

from ckanext.edudata.delivery import calls, holding, ordering, persons, tokens
from ckanext.edudata.delivery.model import Delivery, Grant, GrantToken
from tests.delivery import conditional

pytestmark = [pytest.mark.promise(2), pytest.mark.article(28, 30, 31)]
DAY = datetime.timedelta(days=1)
API = "/api/3/action/datastore_search"


@pytest.fixture
def named(portal, data):
    """A body's grant for two people, and who applied for it."""
    one, two = factories.User(name="member-one"), factories.User(name="member-two")
    grant = conditional.given(
        portal, data, persons=[one["id"], two["id"]], applicant_kind="legal",
        quota_rows=10,
    )  # fmt: skip
    return grant, one, two


def internal(action, grant, **values):
    return tk.get_action(action)(
        {"ignore_auth": True}, {"request_id": grant["request_id"], **values}
    )


def search(portal, user, data, **asked):
    return portal.act("datastore_search", user, resource_id=data.resource_id, **asked)


def token(portal, user, grant):
    made = portal.act("edudata_grant_token_create", user, grant_id=grant["id"])
    return made["token"]


def ask(app, data, secret, **params):
    return app.get(
        API,
        query_string={"resource_id": data.resource_id, **params},
        headers={"Authorization": secret},
    )


def test_who_may_read_at_first():
    assert persons.first([], "a", None) == ["a"]
    assert persons.first([], "a", "legal") == ["a"]
    assert persons.first(["b"], "a", "natural") == ["a", "b"]
    assert persons.first(["b", "c", "b"], "a", "legal") == ["b", "c"]
    assert persons.first(["b", "a"], "a", "unincorporated") == ["b", "a"]


def test_each_person_reads_by_their_own_token_and_is_on_record(
    app, portal, data, named
):
    grant, one, two = named
    reads = {person["user_id"] for person in grant["persons"]}
    assert reads == {one["id"], two["id"]}
    secrets = {user["id"]: token(portal, user, grant) for user in (one, two)}
    for number, user in enumerate((one, two), 1):
        assert ask(app, data, secrets[user["id"]], limit=number).status_code == 200
    rows = model.Session.execute(
        sa.select(Delivery.user_id, Delivery.rows).order_by(Delivery.id)
    ).all()
    assert rows == [(one["id"], 1), (two["id"], 2)]
    audited = model.Session.execute(
        sa.text("SELECT actor_id FROM edudata_audit WHERE action = 'delivery'")
    ).all()
    assert {row.actor_id for row in audited} == {one["id"], two["id"]}
    # Who applied for the body reads nothing, and sees who read what.
    with pytest.raises(tk.NotAuthorized):
        search(portal, portal.researcher, data)
    with pytest.raises(tk.ObjectNotFound):
        token(portal, portal.researcher, grant)
    seen = {
        user["name"]: portal.act("edudata_delivery_list", user, grant_id=grant["id"])
        for user in (portal.researcher, portal.security_officer, one)
    }
    assert [found["count"] for found in seen.values()] == [2, 2, 1]
    # A person sees themselves and their own tokens, not the others.
    shown = portal.act("edudata_grant_show", one, id=grant["id"])
    assert [person["user_id"] for person in shown["persons"]] == [one["id"]]
    assert [row["user_id"] for row in shown["tokens"]] == [one["id"]]
    whole = portal.act("edudata_grant_show", portal.researcher, id=grant["id"])
    assert len(whole["persons"]) == 2
    assert whole["tokens"] == []
    assert whole["purpose"]
    assert whole["agreement"] == "2026-1"
    with pytest.raises(tk.ObjectNotFound):
        portal.act("edudata_grant_show", portal.stranger, id=grant["id"])
    # One's tokens are one's own to end.
    portal.act("edudata_grant_token_end", two, grant_id=grant["id"])
    assert ask(app, data, secrets[one["id"]], limit=1).status_code == 200
    assert ask(app, data, secrets[two["id"]], limit=1).status_code == 403


def test_rows_of_a_day_are_counted_for_all_persons_together(portal, data, named):
    grant, one, two = named
    assert len(search(portal, one, data, limit=6)["records"]) == 6
    with pytest.raises(tk.NotAuthorized, match="4"):
        search(portal, two, data, limit=5)
    assert len(search(portal, two, data, limit=4)["records"]) == 4
    new = factories.User(name="member-three")
    internal("edudata_grant_person_add", grant, user_id=new["id"])
    with pytest.raises(tk.NotAuthorized):
        search(portal, new, data, limit=1)
    assert search(portal, new, data, limit=0)["total"] == 60


def test_a_person_who_ends_reads_nothing_at_once(app, portal, data, named):
    grant, one, two = named
    secrets = [token(portal, user, grant) for user in (one, two)]
    found = internal("edudata_grant_person_end", grant, user_id=one["id"])
    ended = {row["user_id"]: row["ended_at"] for row in found[0]["persons"]}
    assert ended[one["id"]]
    assert not ended[two["id"]]
    assert ask(app, data, secrets[0], limit=1).status_code == 403
    assert ask(app, data, secrets[1], limit=1).status_code == 200
    with pytest.raises(tk.NotAuthorized):
        search(portal, one, data)
    with pytest.raises(tk.ObjectNotFound):
        portal.act("edudata_grant_show", one, id=grant["id"])
    assert portal.act("edudata_grant_list", one)["count"] == 0
    # Twice changes nothing; to come back takes a new token.
    internal("edudata_grant_person_end", grant, user_id=one["id"])
    internal("edudata_grant_person_add", grant, user_id=one["id"])
    internal("edudata_grant_person_add", grant, user_id=one["id"])
    assert ask(app, data, secrets[0], limit=1).status_code == 403
    assert search(portal, one, data, limit=1)["records"]
    audited = model.Session.execute(
        sa.text("SELECT action FROM edudata_audit WHERE action LIKE 'grant_person_%'")
    ).all()
    assert sorted(row.action for row in audited) == [
        "grant_person_add",
        "grant_person_end",
    ]
    with pytest.raises(tk.ValidationError):
        internal("edudata_grant_person_add", grant, user_id="nobody")
    for action in ("person_add", "person_end", "extend"):
        with pytest.raises(tk.NotAuthorized):
            portal.act(
                f"edudata_grant_{action}", portal.reviewer,
                request_id=grant["request_id"], user_id=one["id"],
                until="2030-01-01T00:00:00+08:00",
            )  # fmt: skip


def test_a_deleted_account_and_a_lost_grant_open_nothing(app, portal, data, grant):
    secret = token(portal, portal.researcher, grant)
    model.Session.execute(sa.update(GrantToken).values(grant_id="gone"))
    model.Session.commit()
    for path in (f"{API}?resource_id={data.resource_id}", "/api/3/action/status_show"):
        # Not an ordinary token of the account either.
        answer = app.get(path, headers={"Authorization": secret})
        assert answer.status_code == 403
    model.Session.execute(sa.update(model.User).values(state="deleted"))
    model.Session.commit()
    with pytest.raises(tk.NotAuthorized):
        search(portal, portal.researcher, data)


def test_calls_a_minute_are_counted_for_each_person(portal, data, monkeypatch):
    two = factories.User(name="member-two")
    conditional.given(portal, data, persons=[two["id"]], quota_calls=3)
    # All within one minute of the clock.
    monkeypatch.setattr(calls.time, "time", lambda: 1_900_000_000)
    for _ in range(3):
        search(portal, portal.researcher, data, limit=1)
    for _ in range(3):
        with pytest.raises(tk.NotAuthorized, match=r"3 .*20"):
            search(portal, portal.researcher, data, limit=1)
    with pytest.raises(tk.NotAuthorized):
        portal.act("datastore_info", portal.researcher, resource_id=data.resource_id)
    assert search(portal, two, data, limit=1)["records"]
    denied = model.Session.scalar(
        sa.text("SELECT count(*) FROM edudata_audit WHERE outcome = 'denied'")
    )
    # Once a minute, or whoever calls without end would fill the trail.
    assert denied == 1
    monkeypatch.setattr(calls.time, "time", lambda: 1_900_000_060)
    assert search(portal, portal.researcher, data, limit=1)["records"]


def test_what_cannot_be_counted_is_not_given(portal, data, grant, monkeypatch):
    def down():
        raise RedisDown("no Redis")

    monkeypatch.setattr(calls, "connect_to_redis", down)
    with pytest.raises(tk.NotAuthorized, match="cannot count"):
        search(portal, portal.researcher, data)
    assert model.Session.scalar(sa.select(sa.func.count(Delivery.id))) == 0


def test_a_grant_goes_on_while_its_renewal_waits(portal, data, ckan_config):
    now = datetime.datetime.now(datetime.timezone.utc)
    grant = conditional.given(portal, data, until=now + 2 * DAY)
    row = model.Session.get(Grant, grant["id"])

    def until():
        model.Session.refresh(row)
        return row.until - now

    assert not grant["extended"]
    (longer,) = internal("edudata_grant_extend", grant, until=now + 20 * DAY)
    assert longer["extended"]
    assert until() == 20 * DAY
    internal("edudata_grant_extend", grant, until=now + 5 * DAY)
    assert until() == 20 * DAY
    internal("edudata_grant_extend", grant, until=now + 5000 * DAY)
    assert until() == 92 * DAY
    assert row.fields == ["school", "pupils"]
    conditional.moved(grant, "frozen")
    assert not holding.extend(row, now + 91 * DAY)
    conditional.moved(grant, "revoked")
    model.Session.refresh(row)
    assert not holding.extend(row, now + 900 * DAY)
    row.state, row.until = "active", now - DAY
    # What is over stays over.
    assert not holding.extend(row, now + 30 * DAY)
    model.Session.rollback()


def test_the_index_is_used_and_made_once(portal, data, grant):
    row = model.Session.get(Grant, grant["id"])
    names = ordering.order(row)
    assert names == ["school", "pupils"]
    before = search(portal, portal.researcher, data, limit=60)["records"]
    assert ordering.prepare(row.table_id, names)
    assert ordering.prepare(row.table_id, names)
    assert search(portal, portal.researcher, data, limit=60)["records"] == before
    with get_write_engine().begin() as connection:
        made = connection.scalars(
            sa.text(
                "SELECT indexdef FROM pg_indexes WHERE tablename = :table"
                " AND indexname LIKE 'edudata_order_%'"
            ),
            {"table": row.table_id},
        ).all()
        assert len(made) == 1
        connection.exec_driver_sql('CREATE TABLE "odd" ("100%% ""a" text, b text)')
        connection.exec_driver_sql("INSERT INTO odd (b) VALUES (repeat('长', 3000000))")
    try:
        assert ordering.prepare("odd", ['100% "a'])
        assert not ordering.prepare("gone", ["a"])
        assert not ordering.prepare("odd", [])
    finally:
        with get_write_engine().begin() as connection:
            connection.exec_driver_sql('DROP TABLE "odd"')


def test_pages_of_the_record(app, portal, data, grant, account_token):
    for limit in (1, 2, 3):
        search(
            portal, portal.researcher, data, limit=limit,
            filters={"school": "示例一中"},
        )  # fmt: skip
    unit = portal.bureau["id"]

    def page(user, path="/deliveries", **params):
        return app.get(
            path,
            query_string=params,
            headers={"Authorization": account_token(user)},
        )

    owner = page(portal.security_officer, unit=unit, person="researcher")
    assert owner.body.count('data-way="interface"') == 3
    assert "示例一中" in owner.body
    nobody = page(portal.security_officer, unit=unit, person="no-such-person")
    assert "data-way" not in nobody.body
    early = page(portal.security_officer, unit=unit, until="2020-01-01")
    assert "data-way" not in early.body
    wrong = page(portal.security_officer, unit=unit, since="yesterday")
    assert wrong.status_code == 200
    assert "data-way" not in wrong.body
    for user, asked in (
        (portal.stranger, unit),
        (portal.researcher, unit),
        (portal.security_officer, portal.other["id"]),
    ):
        for path in ("/deliveries", "/deliveries.csv"):
            answer = page(user, path, unit=asked, since="yesterday")
            assert answer.status_code == 403
            assert "学校成绩" not in answer.body
    mine = page(portal.researcher)
    assert mine.body.count('data-way="interface"') == 3
    file = page(portal.researcher, "/deliveries.csv", way="interface")
    assert file.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert len(rows) == 4
    assert [row[10] for row in rows[1:]] == ["3", "2", "1"]
    assert data.table_id not in file.data.decode()
    assert "data-way" not in page(portal.stranger).body


def test_the_page_of_grants_tells_purpose_terms_and_persons(
    app, portal, named, account_token
):
    grant, one, _ = named

    def page(user):
        return app.get("/grants", headers={"Authorization": account_token(user)}).body

    applicant, person = page(portal.researcher), page(one)
    for body in (applicant, person):
        assert "研究年级规模" in body
        assert "2026-1" in body
        assert grant["request_number"] in body
    assert f"/grants/{grant['id']}/token" not in applicant
    assert f"/grants/{grant['id']}/token" in person
    assert "/requests/" not in person.split("edw-card", 1)[1].split("</section>")[0]


def test_bound_is_one_grant_and_one_person(app, portal, data, named):
    grant, one, _ = named
    secret = token(portal, one, grant)
    jti = model.Session.scalars(sa.select(GrantToken.jti)).one()
    with app.flask_app.test_request_context():
        tokens.remember({"jti": jti})
        assert tokens.bound() == tokens.Bound(
            grant["id"], one["id"], data.resource_id, False
        )
        for odd in ({}, {"jti": None}, {"jti": 5}, {"jti": ["x"]}, None):
            assert tokens.remember(odd) is odd
    assert ask(app, data, secret, limit=1).status_code == 200
