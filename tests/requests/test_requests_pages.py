"""The pages of applications, without JavaScript."""

from __future__ import annotations

import re

import pytest
from ckan import model
from ckan.config.middleware import flask_app

from ckanext.edudata.requests.model import Request
from tests.delivery import conditional

pytestmark = pytest.mark.article(28)
SCRIPT = "<script>alert(1)</script>"


def filled(**changed):
    form = {**conditional.form(), "agreed": "yes", "do": "submit", **changed}
    return {key: value for key, value in form.items() if value is not None}


def buttons(page):
    return set(re.findall(r'data-command="(\w+)"', page.body))


class TestApplying:
    def test_the_whole_way(self, portal, data, visit):
        path = f"/dataset/{data.name}/apply/{data.resource_id}"
        anonymous, me = visit(None), visit(portal.researcher)
        conditional.known(portal, portal.researcher)
        login = anonymous.get(path)
        assert login.status_code == 302
        assert "/user/login" in login.location
        assert anonymous.get("/requests").status_code == 302
        page = me.get(path)
        for label in ("学校", "年级", "人数", "平均分", "仅限教育研究。"):
            assert label in page.body

        wrong = me.post(path, **filled(security=None, until="2020-01-01", agreed=None))
        assert wrong.status_code == 400
        for field in ("security", "until", "agreed"):
            assert f'href="#field-{field}"' in wrong.body
            assert f'id="error-{field}"' in wrong.body
        assert conditional.form()["purpose"] in wrong.body
        assert re.search(r'value="pupils" id="column-3" checked', wrong.body)
        assert not re.search(r'value="score"[^>]* checked', wrong.body)

        saved = me.post(path, **filled(do="update", purpose=SCRIPT, agreed=None))
        assert saved.status_code == 302
        again = me.get(path)
        assert SCRIPT not in again.body
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in again.body
        sent = me.post(path, **filled(purpose=SCRIPT))
        assert sent.status_code == 302
        assert re.search(r"/requests/[0-9a-f-]{36}$", sent.location)
        assert model.Session.query(Request).one().state == "submitted"
        mine = me.get(sent.location)
        assert 'data-state="submitted"' in mine.body
        assert SCRIPT not in mine.body
        assert buttons(mine) == {"withdraw", "comment"}
        assert me.get(path).status_code == 302
        assert visit(portal.stranger).get(sent.location).status_code == 404
        assert "QS-" in me.get("/applications").body

    def test_nothing_to_apply_for(self, portal, data, visit):
        me = visit(portal.researcher)
        for resource_id in (data.table_id, "nothing"):
            path = f"/dataset/{data.name}/apply/{resource_id}"
            assert me.get(path).status_code == 404


class TestReviewing:
    def test_buttons_come_from_the_table(self, portal, data, visit):
        request = conditional.submitted(portal, data)
        path = f"/requests/{request['id']}"
        reviewer = visit(portal.reviewer)
        inbox = reviewer.get("/requests")
        assert request["number"] in inbox.body
        assert request["number"] not in visit(portal.outsider).get("/requests").body
        theirs = visit(portal.stranger).get("/requests")
        assert theirs.location.endswith("/requests/mine")
        page = reviewer.get(path)
        beside = {"assign", "comment"}
        assert buttons(page) == {"accept", "return", "refuse", *beside}
        assert buttons(visit(portal.technician).get(path)) == {"comment"}
        assert conditional.form()["purpose"] in page.body
        done = reviewer.post(path + "/accept", version=request["version"])
        assert done.status_code == 302
        found = buttons(reviewer.get(path))
        assert found == {"approve", "return", "refuse", *beside}

        stale = reviewer.post(path + "/refuse", words="不予", version="1")
        assert stale.status_code == 409
        silent = reviewer.post(path + "/approve", fields="pupils", until="")
        assert silent.status_code == 409
        assert 'id="error-words"' in silent.body
        assert not re.search(r'value="school"[^>]* checked', silent.body)
        done = reviewer.post(
            path + "/approve", fields="pupils", words="按需授予。", quota_rows="500"
        )
        assert done.status_code == 302
        page = reviewer.get(path)
        assert 'data-state="active"' in page.body
        assert buttons(page) == {"freeze", "revoke", "comment"}
        mine = visit(portal.researcher).get(path)
        assert buttons(mine) == {"end", "renew", "comment"}
        assert "按需授予。" in mine.body
        assert portal.reviewer["name"] not in mine.body
        assert reviewer.post(path + "/revoke").status_code == 409
        assert reviewer.post(path + "/expire").status_code in (403, 404)
        assert reviewer.post(path + "/end").status_code == 403
        assert reviewer.post(path + "/explode").status_code == 404

    def test_narrowing_rows(self, portal, data, visit):
        request = conditional.in_review(portal, data)
        path = f"/requests/{request['id']}"
        done = visit(portal.reviewer).post(
            path + "/approve", fields=["school", "pupils"], words="限定学校。",
            row_field="school", row_values="示例一中\r\n示例二中\r\n",
        )  # fmt: skip
        assert done.status_code == 302
        found = portal.act(
            "datastore_search", portal.researcher, resource_id=data.resource_id
        )
        wanted = ("示例一中", "示例二中")
        assert found["total"] == sum(row["school"] in wanted for row in data.rows)


def test_a_post_from_elsewhere_is_refused(app, portal, data, monkeypatch):
    request = conditional.submitted(portal, data)
    monkeypatch.setattr(flask_app.csrf, "_exempt_views", set())
    client = app.flask_app.test_client()
    user = model.User.get(portal.researcher["id"])
    user.password = "Synthetic-pass-1"
    model.Session.commit()
    field = re.compile(r'name="_csrf_token"[^>]*(?:value|content)="([^"]+)"')
    login = client.get("/user/login").get_data(as_text=True)
    client.post(
        "/user/login",
        data={
            "login": user.name,
            "password": "Synthetic-pass-1",
            "_csrf_token": field.search(login).group(1),
        },
    )
    path = f"/requests/{request['id']}"
    page = client.get(path)
    assert page.status_code == 200
    assert client.post(path + "/withdraw").status_code == 400
    token = field.search(page.get_data(as_text=True)).group(1)
    done = client.post(path + "/withdraw", data={"_csrf_token": token})
    assert done.status_code == 302
