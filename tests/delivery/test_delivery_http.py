"""The same over HTTP: tokens bound to a grant, dumps, downloads, pages."""

from __future__ import annotations

import datetime
import itertools
import json
import re

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.delivery import dump
from ckanext.edudata.delivery.model import Delivery, Grant, GrantPerson
from tests.delivery import conditional

pytestmark = [pytest.mark.promise(2), pytest.mark.article(28, 30)]

API = "/api/3/action/"


def ask(app, action, token=None, data=None, **params):
    headers = {"Authorization": token} if token else {}
    return app.get(
        API + action,
        query_string={**({"resource_id": data.resource_id} if data else {}), **params},
        headers=headers,
    )


def deliveries():
    model.Session.remove()
    return list(model.Session.scalars(sa.select(Delivery).order_by(Delivery.id)))


class TestBoundToken:
    def test_it_opens_its_resource(self, app, portal, data, token):
        for action in ("datastore_search", "datastore_info"):
            found = ask(app, action, token, data)
            assert found.status_code == 200
            fields = found.json["result"]["fields"]
            assert [field["id"] for field in fields] == ["school", "pupils"]
            assert "private" in found.headers["Cache-Control"]
            assert "public" not in found.headers["Cache-Control"]
        posted = app.post(
            API + "datastore_search",
            json={"resource_id": data.resource_id, "limit": 3},
            headers={"Authorization": token},
        )
        assert len(posted.json["result"]["records"]) == 3

    def test_it_opens_nothing_else(self, app, portal, data, token):
        entry = portal.entry()
        for path in (
            "/api/3/action/package_show?id=" + data.id,
            "/api/action/package_search",
            "/api/3/action/status_show",
            "/api/3/action/user_show?id=" + portal.researcher["id"],
            "/api/3/action/edudata_request_list",
            "/api/3/action/edudata_grant_list",
            "/api/3/action/datastore_search_sql?sql=select+1",
            "/api/3/action/datastore_search?resource_id=_table_metadata",
            "/api/3/action/datastore_search?resource_id=" + data.table_id,
            f"/api/3/action/datastore_search?resource_id={data.resource_id}&id=other",
            "/api/util/status",
            "/datastore/dump/" + data.table_id,
            "/dataset/" + data.name,
            "/dataset/",
            "/requests",
            "/grants",
            "/user/edit",
            "/",
            "/zh_Hans_CN/requests",
            "/nothing/here",
        ):
            answer = app.get(path, headers={"Authorization": token})
            assert answer.status_code == 403, path
            assert data.table_id not in answer.body.replace(path, "")
        for action, values in (
            ("edudata_grant_token_create", {"grant_id": "x"}),
            ("edudata_request_withdraw", {"id": "x"}),
            ("api_token_create", {"user": portal.researcher["name"], "name": "more"}),
            ("package_patch", {"id": entry["id"]}),
            ("datastore_search", {"resource_id": entry["id"]}),
        ):
            for root in ("/api/action/", API):
                answer = app.post(
                    root + action, json=values, headers={"Authorization": token}
                )
                assert answer.status_code == 403, action
                assert answer.json["success"] is False

    def test_it_ends_with_its_grant(self, app, portal, data, token, grant):
        conditional.moved(grant, "revoked")
        for _ in range(2):
            assert ask(app, "datastore_search", token, data).status_code == 403
        assert ask(app, "status_show", token).status_code == 403
        left = model.Session.query(model.ApiToken).count()
        assert left == 0

    def test_it_is_refused_after_the_date_with_the_reason(
        self, app, portal, data, token, grant
    ):
        past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2)
        model.Session.execute(sa.update(Grant).values(until=past))
        model.Session.commit()
        answer = ask(app, "datastore_search", token, data)
        assert answer.status_code == 403
        assert past.date().isoformat() in answer.json["error"]["message"]
        assert deliveries() == []

    def test_ended_by_its_owner(self, app, portal, data, token, grant):
        portal.act("edudata_grant_token_end", portal.researcher, grant_id=grant["id"])
        assert ask(app, "datastore_search", token, data).status_code == 403
        assert ask(app, "package_search", token).status_code == 403

    def test_it_reads_by_its_own_grant_only(self, app, portal, data, token, grant):
        """A token of a narrow grant gains nothing from a wider one of its owner."""
        model.Session.execute(sa.update(Grant).values(state="frozen"))
        model.Session.commit()
        wide = list(conditional.COLUMNS)
        row = model.Session.get(Grant, grant["id"])
        names = set(Grant.__table__.c.keys()) - {"id", "fields", "state", "created_at"}
        other = Grant(**{name: getattr(row, name) for name in names}, fields=wide)
        model.Session.add(other)
        model.Session.flush()
        model.Session.add(
            GrantPerson(
                grant_id=other.id, user_id=row.user_id, resource_id=row.resource_id
            )
        )
        model.Session.commit()
        assert ask(app, "datastore_search", token, data).status_code == 403

    def test_it_is_made_by_its_holder_only(self, portal, grant):
        for user in (portal.stranger, portal.reviewer, None):
            with pytest.raises(tk.ObjectNotFound):
                portal.act("edudata_grant_token_create", user, grant_id=grant["id"])
        assert model.Session.query(model.ApiToken).count() == 0


class TestOtherTokens:
    def test_the_account_token_reads_and_strangers_get_403(
        self, app, portal, data, grant, account_token
    ):
        mine = account_token(portal.researcher)
        assert ask(app, "datastore_search", mine, data).status_code == 200
        assert ask(app, "package_show", mine, id=data.id).status_code == 200
        for token in (account_token(portal.stranger), None, "worthless"):
            answer = ask(app, "datastore_search", token, data)
            assert answer.status_code == 403
            assert "/dataset/xuexiao-chengji" in answer.json["error"]["message"]
        jsonp = ask(app, "datastore_search", mine, data, callback="steal")
        assert jsonp.status_code == 403
        sql = ask(
            app, "datastore_search_sql", mine, sql=f'SELECT * FROM "{data.table_id}"'
        )
        assert sql.status_code in (400, 403, 404)


class TestDump:
    def dump(self, app, data, token=None, **params):
        headers = {"Authorization": token} if token else {}
        return app.get(
            f"/datastore/dump/{data.resource_id}", query_string=params, headers=headers
        )

    @pytest.fixture
    def copy_token(self, portal, data, account_token):
        conditional.given(portal, data, way="copy")
        return account_token(portal.researcher)

    def test_four_formats_with_the_granted_fields(self, app, portal, data, copy_token):
        for name in ("csv", "tsv", "json", "xml"):
            answer = self.dump(app, data, copy_token, format=name)
            assert answer.status_code == 200
            assert conditional.CANARY not in answer.body
            assert data.table_id not in answer.body
            assert data.table_id not in str(answer.headers)
            assert "score" not in answer.body
            assert "private" in answer.headers["Cache-Control"]
            assert answer.body.count("示例") == 60
        lines = self.dump(app, data, copy_token).body.splitlines()
        assert lines[0] == "school,pupils"
        assert len(lines) == 61
        found = json.loads(self.dump(app, data, copy_token, format="json").body)
        assert [field["id"] for field in found["fields"]] == ["school", "pupils"]
        rows = deliveries()
        assert [row.way for row in rows[:4]] == [
            *("dump_csv", "dump_tsv", "dump_json", "dump_xml")
        ]
        assert {(row.outcome, row.rows) for row in rows} == {("done", 60)}

    def test_parts_of_it(self, app, portal, data, copy_token):
        part = self.dump(app, data, copy_token, limit=5, offset=58)
        assert len(part.body.splitlines()) == 3
        some = self.dump(app, data, copy_token, filters='{"school": "示例一中"}')
        assert "示例二中" not in some.body
        none = self.dump(app, data, copy_token, filters='{"school": "无"}')
        assert none.body.strip() == "school,pupils"
        assert self.dump(app, data, copy_token, format="pdf").status_code == 400

    def test_pages_within_a_dump(self, app, portal, data, copy_token, monkeypatch):
        monkeypatch.setattr("ckanext.edudata.delivery.dump.PAGE_ROWS", 7)
        lines = self.dump(app, data, copy_token).body.splitlines()
        assert sorted(lines[1:]) == sorted(
            f"{row['school']},{row['pupils']}" for row in data.rows
        )

    def test_a_revocation_ends_a_dump_that_is_running(
        self, app, portal, data, copy_token, monkeypatch
    ):
        monkeypatch.setattr("ckanext.edudata.delivery.dump.PAGE_ROWS", 7)
        response = app.flask_app.test_client().get(
            f"/datastore/dump/{data.resource_id}",
            headers={"Authorization": copy_token},
            buffered=False,
        )
        pages = response.iter_encoded()
        next(pages)
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text("UPDATE edudata_grant SET state = 'revoked'"))
        with pytest.raises(tk.NotAuthorized):
            list(pages)
        (row,) = deliveries()
        assert row.outcome == "broken"
        assert row.rows == 7

    def test_refused(self, app, portal, data, grant, account_token):
        tokens = {
            "anonymous": None,
            "stranger": account_token(portal.stranger),
            "interface only": account_token(portal.researcher),
        }
        for token, name in itertools.product(tokens.values(), dump.FORMATS):
            answer = self.dump(app, data, token, format=name)
            assert answer.status_code == 403
            assert "示例" not in answer.body
            assert data.table_id not in answer.body
        assert deliveries() == []

    def test_wrong_fields(self, app, portal, data, copy_token):
        for params in (
            {"fields": "score"},
            {"sort": "score"},
            {"filters": '{"score": 97.31}'},
            {"q": conditional.CANARY},
            {"q": '{"score": "97.31"}'},
            {"fields": "score", "distinct": "true"},
        ):
            assert self.dump(app, data, copy_token, **params).status_code == 403
        assert deliveries() == []

    def test_frozen_tables_and_metadata_are_nobodys(
        self, app, portal, data, copy_token
    ):
        for name in (data.table_id, "_table_metadata", "nothing"):
            answer = app.get(
                f"/datastore/dump/{name}", headers={"Authorization": copy_token}
            )
            assert answer.status_code == 404


class TestPages:
    def test_the_download_page_says_how_to_apply(self, app, portal, data, grant):
        for path in ("download", "download/data.csv"):
            answer = app.get(f"/dataset/{data.name}/resource/{data.resource_id}/{path}")
            assert answer.status_code == 403
            assert f"/dataset/{data.name}/apply/{data.resource_id}" in answer.body

    def test_ones_grants_and_a_token_shown_once(
        self, app, portal, data, grant, account_token
    ):
        mine = {"Authorization": account_token(portal.researcher)}
        page = app.get("/grants", headers=mine)
        assert grant["request_number"] in page.body
        assert data.table_id not in page.body
        made = app.post(f"/grants/{grant['id']}/token", headers=mine)
        assert made.headers["Cache-Control"].startswith("no-store") or (
            "private" in made.headers["Cache-Control"]
        )
        secret = re.search(r'<code id="token">([^<]+)</code>', made.body)
        assert ask(app, "datastore_search", secret.group(1), data).status_code == 200
        assert secret.group(1) not in app.get("/grants", headers=mine).body
        theirs = {"Authorization": account_token(portal.stranger)}
        assert grant["request_number"] not in app.get("/grants", headers=theirs).body
        answer = app.post(f"/grants/{grant['id']}/token", headers=theirs)
        assert answer.status_code == 404

    def test_deliveries_are_seen_by_their_receiver_and_the_owner(
        self, app, portal, data, grant, account_token
    ):
        ask(app, "datastore_search", account_token(portal.researcher), data)
        for user, seen in (
            (portal.researcher, True),
            (portal.security_officer, True),
            (portal.stranger, False),
            (portal.outsider, False),
        ):
            page = app.get(
                "/deliveries", headers={"Authorization": account_token(user)}
            )
            assert page.status_code == 200
            assert ('data-way="interface"' in page.body) == seen, user["name"]
        for user in (portal.stranger, portal.outsider):
            denied = app.get(
                "/api/3/action/edudata_delivery_list",
                query_string={"unit_id": portal.bureau["id"]},
                headers={"Authorization": account_token(user)},
            )
            assert denied.status_code == 403
