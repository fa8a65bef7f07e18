"""Applicants: kept once and sealed; seen by themselves and by who decides; deleted."""

from __future__ import annotations

import datetime
import logging

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from click.testing import CliRunner

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.requests import forgetting_applicants, sealed
from ckanext.edudata.requests import keeping_applicants as keeping
from ckanext.edudata.requests.cli_applicants import applicants
from ckanext.edudata.requests.model import Request
from ckanext.edudata.requests.model_applicants import Applicant
from tests.delivery import conditional
from tests.requests import profiles
from tests.requests.visiting import Caller

pytestmark = [pytest.mark.article(28), pytest.mark.promise(3)]
OTHERS = (
    *("stranger", "outsider", "compiler", "technician", "coordinator"),
    *("second_reviewer", "security_officer"),
)


@pytest.fixture
def visit(app, portal, account_token):
    """Makes a visitor: `get` and `post` as this person."""
    return lambda user: Caller(app, account_token(user) if user else None)


def shown(portal, person, **data):
    return portal.act("edudata_applicant_show", getattr(portal, person), **data)


def raw() -> str:
    """Everything that the database holds, as text."""
    with model.ensure_engine().begin() as connection:
        names = connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all()
        return "\n".join(
            str(row)
            for name in names
            for row in connection.scalars(sa.text(f'SELECT t::text FROM "{name}" t'))
        )


def looks(outcome="done"):
    query = sa.select(AuditRecord).where(
        AuditRecord.action == "applicant_look", AuditRecord.outcome == outcome
    )
    return list(model.Session.scalars(query.order_by(AuditRecord.at)))


class TestKept:
    def test_sealed_in_the_row_and_in_no_log(self, portal, caplog):
        caplog.set_level(logging.DEBUG)
        made = profiles.keep(portal, portal.researcher, profiles.NATURAL)
        assert {k: made[k] for k in profiles.NATURAL} == profiles.NATURAL
        assert shown(portal, "researcher") == made
        held = raw()
        assert portal.researcher["id"] in held
        for canary in profiles.CANARIES:
            assert canary not in held
            assert canary not in caplog.text

        # The same words for another row are other bytes, and do not open there.
        profiles.keep(portal, portal.stranger, profiles.NATURAL)
        mine = model.Session.get(Applicant, portal.researcher["id"])
        other = model.Session.get(Applicant, portal.stranger["id"])
        assert mine.sealed != other.sealed
        with pytest.raises(sealed.SealError):
            sealed.unseal(mine.sealed, other.place)

    def test_what_is_wrong_is_said_by_field(self, portal):
        def wrong(**changed):
            with pytest.raises(tk.ValidationError) as error:
                profiles.keep(portal, portal.researcher, {**profiles.BODY, **changed})
            return set(error.value.error_dict)

        assert wrong(kind="") == {"kind"}
        assert wrong(code=profiles.BODY["code"][:-1] + "!") == {"code"}
        assert wrong(telephone="12", mail="a@b\r\nBcc: c@d.cn") == {"telephone", "mail"}
        assert wrong(name="示例\u202e院", head="") == {"name", "head"}
        assert keeping.get(portal.researcher["id"]) is None
        wide = {**profiles.BODY, "telephone": "０２１－６４３１００００"}
        assert profiles.keep(portal, portal.researcher, wide)["telephone"] == (
            "021-64310000"
        )
        with pytest.raises(tk.ValidationError, match="version"):
            profiles.keep(portal, portal.researcher, {**profiles.BODY, "version": 7})
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_applicant_update", None, **profiles.NATURAL)

    def test_without_a_key_nothing_is_kept_and_nothing_shown(
        self, portal, ckan_config, visit
    ):
        profiles.keep(portal, portal.researcher, profiles.NATURAL)
        ckan_config[sealed.SETTING] = ""
        for call in (
            lambda: profiles.keep(portal, portal.stranger, profiles.NATURAL),
            lambda: shown(portal, "researcher"),
        ):
            with pytest.raises(tk.ValidationError, match="applicants key"):
                call()
        page = visit(portal.researcher).get("/applicant")
        assert page.status_code == 503
        assert "ckan edudata applicants key" in page.body
        assert profiles.NAME not in page.body
        ckan_config[sealed.SETTING] = "short"
        with pytest.raises(tk.ValidationError, match="32"):
            shown(portal, "researcher")


class TestKeys:
    def test_rotation(self, portal, ckan_config):
        profiles.keep(portal, portal.researcher, profiles.NATURAL)
        old = ckan_config[sealed.SETTING]
        new = CliRunner().invoke(applicants, ["key"]).output.strip()
        ckan_config[sealed.SETTING] = f"{new} {old}"
        assert shown(portal, "researcher")["name"] == profiles.NAME
        profiles.keep(portal, portal.stranger, profiles.BODY)
        first = CliRunner().invoke(applicants, ["rotate"])
        assert first.output == "Sealed anew: 1. Not opened: 0.\n"
        assert (
            CliRunner()
            .invoke(applicants, ["rotate"])
            .output.startswith("Sealed anew: 0.")
        )
        ckan_config[sealed.SETTING] = new
        model.Session.expire_all()
        assert shown(portal, "researcher")["name"] == profiles.NAME
        assert CliRunner().invoke(applicants, ["status"]).exit_code == 0

        ckan_config[sealed.SETTING] = old
        with pytest.raises(tk.ValidationError, match="no longer"):
            shown(portal, "researcher")
        lost = CliRunner().invoke(applicants, ["rotate"])
        assert (lost.exit_code, lost.output) == (
            1,
            "Sealed anew: 0. Not opened: 2.\n",
        )
        assert CliRunner().invoke(applicants, ["status"]).exit_code == 1


class TestSeen:
    def test_by_who_decides_and_nobody_else_on_record(self, portal, data):
        profiles.keep(portal, portal.researcher, profiles.NATURAL)
        me = portal.researcher["id"]
        draft = portal.act(
            "edudata_request_create",
            portal.researcher,
            resource_id=data.resource_id,
            **conditional.form(),
        )
        for person in ("reviewer", *OTHERS):
            with pytest.raises(tk.ObjectNotFound):
                shown(portal, person, user_id=me, request_id=draft["id"])
        assert len(looks("denied")) == 1 + len(OTHERS)
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_applicant_show", None, user_id=me)

        portal.act("edudata_request_submit", portal.researcher, id=draft["id"])
        for person in ("reviewer", "second_reviewer"):
            seen = shown(portal, person, user_id=me, request_id=draft["id"])
            assert seen["telephone"] == profiles.TELEPHONE
        for person in ("stranger", "outsider", "compiler", "technician", "coordinator"):
            with pytest.raises(tk.ObjectNotFound) as refused:
                shown(portal, person, user_id=me)
            with pytest.raises(tk.ObjectNotFound) as unknown:
                shown(portal, person, user_id="no-such-person")
            assert str(refused.value) == str(unknown.value)
        done = looks()
        assert [record.actor_id for record in done] == [
            portal.reviewer["id"],
            portal.second_reviewer["id"],
        ]
        assert {record.object_id for record in done} == {me}
        assert done[0].detail == {"request": draft["id"], "what": "profile"}
        mine = portal.act("edudata_applicant_look_list", portal.researcher)
        assert [look["unit_title"] for look in mine["looks"]] == ["徐汇区教育局"] * 2
        assert portal.reviewer["name"] not in str(mine)

    def test_not_after_it_is_over_but_for_who_decided(self, portal, data):
        profiles.keep(portal, portal.researcher, profiles.NATURAL)
        request = conditional.in_review(portal, data)
        me = portal.researcher["id"]
        portal.act(
            "edudata_request_refuse",
            portal.reviewer,
            id=request["id"],
            words="目的与数据不符。",
        )
        assert shown(portal, "reviewer", user_id=me)["name"] == profiles.NAME
        with pytest.raises(tk.ObjectNotFound):
            shown(portal, "second_reviewer", user_id=me)

    def test_pages(self, portal, data, visit):
        me, reviewer = visit(portal.researcher), visit(portal.reviewer)
        assert visit(None).get("/applicant").status_code == 302
        wrong = me.post("/applicant", **{**profiles.NATURAL, "mail": "none"})
        assert wrong.status_code == 422
        assert 'id="error-mail"' in wrong.body
        assert profiles.NAME in wrong.body
        saved = me.post("/applicant?back=//evil.example", **profiles.NATURAL)
        assert saved.status_code == 302
        assert saved.location.endswith("/applicant")
        back = me.post("/applicant?back=/requests/mine", **profiles.NATURAL)
        assert back.location.endswith("/requests/mine")
        page = me.get("/applicant")
        assert {"private", "no-store"} <= page.cache_control.keys()
        for canary in profiles.CANARIES:
            assert canary in page.body
        request = conditional.submitted(portal, data)
        path = f"/requests/{request['id']}/applicant"
        look = reviewer.get(path)
        assert profiles.TELEPHONE in look.body
        assert {"private", "no-store"} <= look.cache_control.keys()
        assert visit(None).get(path).status_code == 302
        for person in ("stranger", "outsider", "technician"):
            page = visit(getattr(portal, person)).get(path)
            assert page.status_code == 404
            assert profiles.NAME not in page.body
        for path in ("/requests", f"/requests/{request['id']}"):
            page = reviewer.get(path)
            for canary in (profiles.TELEPHONE, profiles.MAIL, profiles.ADDRESS):
                assert canary not in page.body
        assert "徐汇区教育局" in me.get("/applicant").body
        exported = me.get("/applicant/export")
        assert exported.headers["Content-Disposition"].startswith("attachment")
        assert exported.json["applicant"]["mail"] == profiles.MAIL
        assert exported.json["applications"][0]["number"] == request["number"]


class TestChangedAndDeleted:
    def test_who_applies_stays_while_somebody_decides(self, portal, data):
        profiles.keep(portal, portal.researcher, profiles.NATURAL)
        conditional.submitted(portal, data)
        with pytest.raises(tk.ValidationError) as error:
            profiles.keep(portal, portal.researcher, profiles.BODY)
        assert set(error.value.error_dict) == {"kind", "name", "code"}
        moved = {**profiles.NATURAL, "telephone": "13800000000"}
        assert profiles.keep(portal, portal.researcher, moved)["version"] == 2

    def test_deleted_when_nothing_needs_it(self, portal, data):
        profiles.keep(portal, portal.researcher, profiles.NATURAL)
        profiles.keep(portal, portal.stranger, profiles.NATURAL)
        request = conditional.granted(portal, data)
        row = model.Session.get(Request, request["id"])
        me = portal.researcher["id"]

        def delete():
            return portal.act("edudata_applicant_delete", portal.researcher)

        with pytest.raises(tk.ValidationError, match="runs"):
            delete()
        portal.act("edudata_request_end", portal.researcher, id=request["id"])
        with pytest.raises(tk.ValidationError, match="until"):
            delete()
        now = datetime.datetime.now(datetime.timezone.utc)
        assert forgetting_applicants.forget_what_nothing_needs() == 0
        # The stranger never applied: half a year; the researcher had data: three years.
        later = now + datetime.timedelta(days=200)
        assert forgetting_applicants.forget_what_nothing_needs(later) == 1
        assert keeping.get(portal.stranger["id"]) is None
        later = now + datetime.timedelta(days=1098)
        assert keeping.get(me) is not None
        assert forgetting_applicants.forget_what_nothing_needs(later) == 1
        assert forgetting_applicants.forget_what_nothing_needs(later) == 0
        assert keeping.get(me) is None

        profiles.keep(portal, portal.researcher, profiles.NATURAL)
        row.since = now - datetime.timedelta(days=1200)
        model.Session.commit()
        assert delete() == {"deleted": True}
        with pytest.raises(tk.ObjectNotFound):
            shown(portal, "researcher")
