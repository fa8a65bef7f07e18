"""The people whom a body names: asked, confirmed by themselves, removed at once."""

from __future__ import annotations

import uuid

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback.model import Notice
from ckanext.edudata.requests.model_applicants import RequestPerson
from tests.delivery import conditional
from tests.requests import profiles
from tests.requests.visiting import Caller

pytestmark = [pytest.mark.article(28), pytest.mark.promise(2)]


@pytest.fixture
def visit(app, portal, account_token):
    """Makes a visitor: `get` and `post` as this person."""
    return lambda user: Caller(app, account_token(user) if user else None)


@pytest.fixture
def draft(portal, data):
    profiles.keep(portal, portal.researcher, profiles.BODY)
    return portal.act(
        "edudata_request_create",
        portal.researcher,
        resource_id=data.resource_id,
        **conditional.form(),
    )


def name(portal, draft, given, who="成员", person=None):
    return portal.act(
        "edudata_request_person_name",
        person or portal.researcher,
        application_id=draft["application_id"],
        given=given,
        name=who,
    )


def give(portal, command, person, naming, **data):
    return portal.act(
        f"edudata_request_person_{command}", person, id=naming["id"], **data
    )


def confirm(portal, person, naming):
    agreed = {"agreed": True, "agreed_name": "示例成员"}
    return give(portal, "confirm", person, naming, **agreed)


def decided(portal, draft):
    for command, person in (
        ("submit", portal.researcher),
        ("accept", portal.reviewer),
        ("approve", portal.reviewer),
    ):
        portal.act(f"edudata_request_{command}", person, id=draft["id"])


def reads(portal, data, person):
    try:
        portal.act("datastore_search", person, resource_id=data.resource_id)
    except tk.NotAuthorized:
        return False
    return True


def told(user):
    query = sa.select(Notice.kind).where(Notice.user_id == user["id"])
    return list(model.Session.scalars(query.order_by(Notice.created_at)))


class TestNaming:
    def test_whether_there_is_an_account_is_not_told(self, portal, draft):
        mail = model.User.get(portal.stranger["id"]).email
        known = name(portal, draft, mail.upper())
        unknown = name(portal, draft, "nobody@example.cn")
        by_name = name(portal, draft, portal.stranger["name"])

        def public(row):
            return {k: v for k, v in row.items() if k not in ("id", "given")} | {
                "invited_at": ""
            }

        assert public(known) == public(unknown) == public(by_name)
        # Only one of the two names of the account leads to it.
        rows = {row.id: row for row in model.Session.query(RequestPerson)}
        assert rows[known["id"]].user_id == portal.stranger["id"]
        assert rows[by_name["id"]].user_id is None
        assert told(portal.stranger) == ["person_named"]
        assert mail.lower() not in str([vars(row) for row in rows.values()]).lower()
        with pytest.raises(tk.ValidationError, match="already"):
            name(portal, draft, "NOBODY@example.cn")
        details = str(list(model.Session.scalars(sa.select(AuditRecord.detail))))
        assert "nobody" not in details

    def test_bodies_only_so_many_and_not_when_it_is_over(
        self, portal, draft, data, monkeypatch, ckan_config
    ):
        monkeypatch.setitem(ckan_config, "ckanext.edudata.persons.most", 1)
        name(portal, draft, "one")
        with pytest.raises(tk.ValidationError, match="At most 1"):
            name(portal, draft, "two")
        with pytest.raises(tk.ValidationError):
            name(portal, draft, "x" * 300)
        with pytest.raises(tk.ValidationError):
            name(portal, draft, "two", who="\u202e")
        conditional.known(portal, portal.stranger)
        own = portal.act(
            "edudata_request_create",
            portal.stranger,
            resource_id=data.resource_id,
            **conditional.form(),
        )
        with pytest.raises(tk.ValidationError, match="bodies"):
            name(portal, own, "two", person=portal.stranger)
        portal.act("edudata_request_submit", portal.researcher, id=draft["id"])
        portal.act("edudata_request_withdraw", portal.researcher, id=draft["id"])
        with pytest.raises(tk.ValidationError, match="over"):
            name(portal, draft, "two")

    def test_nobody_else_sees_or_answers(self, portal, draft):
        naming = name(portal, draft, portal.stranger["name"])
        made_up = {"id": str(uuid.uuid4())}
        for person in (portal.outsider, portal.reviewer, portal.technician):
            for command in ("confirm", "decline", "end"):
                for each in (naming, made_up):
                    with pytest.raises(tk.ObjectNotFound):
                        give(portal, command, person, each)
            with pytest.raises(tk.ObjectNotFound):
                name(portal, draft, "x", person=person)
            with pytest.raises(tk.ObjectNotFound):
                portal.act(
                    "edudata_request_person_list",
                    person,
                    application_id=draft["application_id"],
                )
        for person in (portal.researcher, portal.outsider):
            with pytest.raises(tk.ObjectNotFound):
                give(portal, "confirm", person, naming)
        with pytest.raises(tk.NotAuthorized):
            give(portal, "confirm", None, naming)
        assert portal.act("edudata_request_person_mine", portal.outsider) == []
        seen = portal.act("edudata_request_person_mine", portal.stranger)
        assert seen[0]["body"] == profiles.BODY["name"]
        for canary in profiles.CANARIES:
            assert canary not in str(seen)

    def test_who_decides_sees_them_on_record(self, portal, draft):
        name(portal, draft, portal.stranger["name"], who="李成员")
        portal.act("edudata_request_submit", portal.researcher, id=draft["id"])
        seen = portal.act(
            "edudata_request_person_list",
            portal.reviewer,
            application_id=draft["application_id"],
            with_names=True,
        )
        assert (seen[0]["name"], seen[0]["account"]) == ("李成员", "")
        query = sa.select(AuditRecord).where(AuditRecord.action == "applicant_look")
        assert model.Session.scalars(query).one().detail["what"] == "persons"


class TestReading:
    def test_each_by_themselves_and_no_longer_when_removed(self, portal, draft, data):
        first = name(portal, draft, portal.stranger["name"])
        second = name(portal, draft, portal.outsider["name"])
        with pytest.raises(tk.ValidationError) as error:
            give(portal, "confirm", portal.stranger, first)
        assert set(error.value.error_dict) == {"agreed", "agreed_name"}
        confirm(portal, portal.stranger, first)
        assert not reads(portal, data, portal.stranger)
        decided(portal, draft)
        assert reads(portal, data, portal.stranger)
        assert not reads(portal, data, portal.outsider)
        # Of a body, only those who were named.
        assert not reads(portal, data, portal.researcher)
        # Named before the decision, confirmed after it.
        confirm(portal, portal.outsider, second)
        assert reads(portal, data, portal.outsider)
        assert told(portal.researcher).count("person_confirmed") == 2

        (grant,) = portal.act("edudata_grant_list", portal.stranger)["results"]
        made = portal.act(
            "edudata_grant_token_create", portal.stranger, grant_id=grant["id"]
        )
        assert made["token"]
        give(portal, "end", portal.researcher, first)
        assert not reads(portal, data, portal.stranger)
        assert model.Session.get(model.ApiToken, made["jti"]) is None
        assert "person_removed" in told(portal.stranger)
        with pytest.raises(tk.ValidationError):
            confirm(portal, portal.stranger, first)
        give(portal, "end", portal.outsider, second)
        assert not reads(portal, data, portal.outsider)
        assert "person_left" in told(portal.researcher)
        with pytest.raises(tk.ValidationError):
            give(portal, "end", portal.researcher, second)

    def test_nobody_reads_until_one_has_confirmed(self, portal, draft, data):
        naming = name(portal, draft, portal.stranger["name"])
        decided(portal, draft)
        assert not reads(portal, data, portal.researcher)
        give(portal, "decline", portal.stranger, naming)
        assert not reads(portal, data, portal.stranger)
        assert "person_declined" in told(portal.researcher)

    def test_named_later_waits_for_a_reviewer(self, portal, draft, data):
        decided(portal, draft)
        assert reads(portal, data, portal.researcher)
        naming = name(portal, draft, portal.stranger["name"])
        confirm(portal, portal.stranger, naming)
        assert not reads(portal, data, portal.stranger)
        assert "review_person" in told(portal.reviewer)
        wrong = {"request_id": str(uuid.uuid4())}
        with pytest.raises(tk.ObjectNotFound):
            give(portal, "admit", portal.reviewer, naming, **wrong)
        right = {"request_id": draft["id"]}
        for person in (portal.researcher, portal.stranger, portal.technician):
            with pytest.raises(tk.ObjectNotFound):
                give(portal, "admit", person, naming, **right)
        give(portal, "admit", portal.reviewer, naming, **right)
        assert reads(portal, data, portal.stranger)
        assert "person_admitted" in told(portal.stranger)

    def test_an_account_that_is_gone_holds_nothing_up(self, portal, draft, data):
        gone = factories.User()
        naming = name(portal, draft, gone["name"])
        confirm(portal, gone, naming)
        user = model.User.get(gone["id"])
        user.state = "deleted"
        model.Session.commit()
        decided(portal, draft)
        assert not reads(portal, data, portal.researcher)


class TestPages:
    def test_the_whole_way(self, portal, draft, data, visit):
        me, member = visit(portal.researcher), visit(portal.stranger)
        path = f"/applications/{draft['application_id']}/persons"
        assert visit(None).get(path).status_code == 302
        assert visit(portal.outsider).get(path).status_code == 404
        wrong = me.post(path, given="", name="李成员")
        assert wrong.status_code == 422
        assert "李成员" in wrong.body
        evil = "<script>alert(1)</script>"
        sent = me.post(path, given=portal.stranger["name"], name=evil)
        assert sent.status_code == 302
        page = me.get(path)
        assert evil not in page.body
        assert "&lt;script&gt;alert(1)" in page.body
        assert {"private", "no-store"} <= page.cache_control.keys()
        assert profiles.BODY["name"] in member.get("/applications/named").body
        naming = portal.act("edudata_request_person_mine", portal.stranger)[0]
        answer = f"/applications/named/{naming['id']}"
        refused = member.post(answer, do="confirm", agreed_name="示例成员")
        assert refused.status_code == 422
        assert "示例成员" in refused.body
        agreed = {"agreed": "yes", "agreed_name": "示例成员"}
        assert visit(portal.outsider).post(answer, do="confirm").status_code == 404
        assert member.post(answer, do="confirm", **agreed).status_code == 302
        decided(portal, draft)
        assert "/grants" in member.get("/applications/named").body
        look = visit(portal.reviewer).get(f"/requests/{draft['id']}/applicant")
        assert portal.stranger["name"] in look.body
        late = name(portal, draft, portal.outsider["name"])
        confirm(portal, portal.outsider, late)
        admit = f"/requests/{draft['id']}/persons/{late['id']}/admit"
        look = visit(portal.reviewer).get(f"/requests/{draft['id']}/applicant")
        assert admit in look.body
        assert visit(portal.reviewer).post(admit).status_code == 302
        assert reads(portal, data, portal.outsider)
        assert me.post(path, end=late["id"]).status_code == 302
        assert not reads(portal, data, portal.outsider)
