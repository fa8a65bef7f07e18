"""Attachments: kept encrypted, whole or not at all, seen by those who decide."""

from __future__ import annotations

import hashlib
import io
import uuid
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from werkzeug.datastructures import FileStorage

from ckanext.edudata import settings
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.requests import (
    forgetting_applicants,
    keeping_attachments,
    sealed,
    store_attachments,
)
from ckanext.edudata.requests.model_applicants import Attachment
from tests.delivery import conditional
from tests.requests import files
from tests.requests.visiting import Caller

pytestmark = [pytest.mark.article(28), pytest.mark.promise(3)]
NAME = "盖章页-王小明.pdf"
PDF = files.pdf(b"<< /Title (CANARY-4417) >>")


@pytest.fixture
def visit(app, portal, account_token):
    """Makes a visitor: `get` and `post` as this person."""
    return lambda user: Caller(app, account_token(user) if user else None)


@pytest.fixture
def draft(portal, data):
    conditional.known(portal, portal.researcher)
    return portal.act(
        "edudata_request_create",
        portal.researcher,
        resource_id=data.resource_id,
        **conditional.form(),
    )


def attach(portal, draft, content=PDF, name=NAME, person=None, **more):
    return portal.act(
        "edudata_attachment_create",
        person or portal.researcher,
        application_id=draft["application_id"],
        upload=FileStorage(io.BytesIO(content), name, "upload"),
        **more,
    )


def stored(ckan_config):
    root = Path(ckan_config[f"ckan.files.storage.{settings.ATTACHMENTS}.path"])
    return {path for path in root.rglob("*") if path.is_file()} if root.exists() else ()


def listed(portal, person, draft):
    return portal.act(
        "edudata_attachment_list",
        getattr(portal, person),
        application_id=draft["application_id"],
    )


class TestKept:
    def test_encrypted_and_outside_of_what_is_served(self, portal, draft, ckan_config):
        before = set(stored(ckan_config))
        made = attach(portal, draft)
        assert made["sha256"] == hashlib.sha256(PDF).hexdigest()
        assert (made["type"], made["size"]) == ("application/pdf", len(PDF))
        (path,) = set(stored(ckan_config)) - before
        assert b"CANARY" not in path.read_bytes()
        assert b"%PDF" not in path.read_bytes()
        row = model.Session.get(Attachment, made["id"])
        assert "王小明" not in str(vars(row))
        assert "王小明" not in str(
            list(model.Session.scalars(sa.select(AuditRecord.detail)))
        )
        assert listed(portal, "researcher", draft) == [made]
        # Changed by a byte, it is not handed out.
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
        with pytest.raises(tk.ValidationError):
            keeping_attachments.content(row)

    def test_refused_with_words_and_nothing_stays(
        self, portal, draft, ckan_config, monkeypatch
    ):
        before = set(stored(ckan_config))

        def refused(content=PDF, name=NAME):
            with pytest.raises(tk.ValidationError) as error:
                attach(portal, draft, content, name)
            return error.value.error_dict["upload"][0]

        assert "ending .pdf" in refused(name="研究.docx")
        assert "none of them" in refused(b"MZ" + b"\0" * 99, "a.pdf")
        assert "empty" in refused(b"")
        assert "Choose" in refused(name="")
        monkeypatch.setitem(ckan_config, "ckanext.edudata.attachments.max_mb", 1)
        assert "1 MB" in refused(PDF + b"\n" * (1 << 20))
        monkeypatch.setitem(ckan_config, "ckanext.edudata.attachments.most", 0)
        assert "at most 0" in refused()
        monkeypatch.setitem(ckan_config, "ckanext.edudata.attachments.most", 9)
        # The disk is full in the middle of it, or the database after it.
        for target, name in ((store_attachments, "keep"), (model.Session, "commit")):
            with monkeypatch.context() as broken:

                def fail(*_):
                    raise OSError("full")

                broken.setattr(target, name, fail)
                with pytest.raises(OSError, match="full"):
                    attach(portal, draft)
        assert listed(portal, "researcher", draft) == []
        assert set(stored(ckan_config)) == before
        ckan_config[sealed.SETTING] = ""
        with pytest.raises(tk.ValidationError, match="applicants key"):
            attach(portal, draft)

    def test_taken_back_swept_and_deleted(self, portal, draft, ckan_config):
        before = set(stored(ckan_config))
        first, second = attach(portal, draft), attach(portal, draft, name="b.pdf")
        portal.act("edudata_attachment_take_back", portal.researcher, id=first["id"])
        assert listed(portal, "researcher", draft) == [second]
        assert len(set(stored(ckan_config)) - before) == 1
        assert model.Session.get(Attachment, first["id"]).sealed == ""
        # What a crash left behind goes; what has a row stays.
        stray = str(uuid.uuid4())
        store_attachments.keep(stray, b"k" * 32, b"left")
        assert keeping_attachments.sweep() >= 1
        left = {path.name for path in stored(ckan_config)}
        assert second["id"] in left
        assert stray not in left
        portal.act("edudata_request_submit", portal.researcher, id=draft["id"])
        with pytest.raises(tk.ValidationError, match="draft or was returned"):
            attach(portal, draft)
        with pytest.raises(tk.ValidationError, match="draft or was returned"):
            portal.act(
                "edudata_attachment_take_back", portal.researcher, id=second["id"]
            )
        portal.act("edudata_request_withdraw", portal.researcher, id=draft["id"])
        portal.act("edudata_applicant_delete", portal.researcher)
        assert second["id"] not in {path.name for path in stored(ckan_config)}
        forgetting_applicants.remove_files([second["id"]])


class TestSeen:
    OTHERS = ("stranger", "outsider", "compiler", "technician", "coordinator")

    def test_by_who_decides_on_record_and_by_nobody_else(self, portal, draft, visit):
        made = attach(portal, draft, kind="agreement_page")
        path = f"/requests/attachments/{made['id']}"
        me, reviewer = visit(portal.researcher), visit(portal.reviewer)
        mine = me.get(path)
        assert mine.status_code == 200
        assert mine.get_data() == PDF
        assert mine.headers["X-Content-Type-Options"] == "nosniff"
        assert mine.headers["Content-Disposition"].startswith("attachment;")
        assert "sandbox" in mine.headers["Content-Security-Policy"]
        assert {"private", "no-store"} <= mine.cache_control.keys()
        assert mine.headers["Content-Type"].startswith("application/pdf")
        # A draft is nobody's but its author's.
        assert reviewer.get(path).status_code == 404

        portal.act("edudata_request_submit", portal.researcher, id=draft["id"])
        assert reviewer.get(path).get_data() == PDF
        assert listed(portal, "reviewer", draft)[0]["name"] == NAME
        query = sa.select(AuditRecord).where(AuditRecord.action == "applicant_look")
        (look,) = list(model.Session.scalars(query))
        assert look.actor_id == portal.reviewer["id"]
        assert look.detail == {"request": draft["id"], "what": "attachment"}

        made_up = f"/requests/attachments/{uuid.uuid4()}"
        for name in self.OTHERS:
            person = getattr(portal, name)
            answers = [visit(person).get(each) for each in (path, made_up)]
            assert [each.status_code for each in answers] == [404, 404]
            assert b"CANARY" not in answers[0].get_data()
            for action, data in (
                ("list", {"application_id": draft["application_id"]}),
                ("show", {"id": made["id"]}),
                ("take_back", {"id": made["id"]}),
            ):
                with pytest.raises(tk.ObjectNotFound):
                    portal.act(f"edudata_attachment_{action}", person, **data)
            with pytest.raises(tk.ObjectNotFound):
                attach(portal, draft, person=person)
        # A technician sees the application, but neither its files nor their names.
        case = portal.act(
            "edudata_request_case_show", portal.technician, id=draft["id"]
        )
        assert case["attachments"] == []
        assert NAME not in visit(portal.technician).get(f"/requests/{draft['id']}").body
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_attachment_take_back", portal.reviewer, id=made["id"])
        anonymous = visit(None).get(path)
        assert anonymous.status_code == 302
        assert "/user/login" in anonymous.location
        with pytest.raises(tk.NotAuthorized):
            portal.act("edudata_attachment_show", None, id=made["id"])

    def test_pages(self, portal, draft, visit):
        me = visit(portal.researcher)
        path = f"/applications/{draft['application_id']}/attachments"
        sent = me.post(path, kind="attachment", upload=(io.BytesIO(PDF), NAME))
        assert sent.status_code == 302
        page = me.get(path)
        assert NAME in page.body
        wrong = me.post(
            path, upload=(io.BytesIO(b"<script>"), "<img src=x onerror=1>.pdf")
        )
        assert wrong.status_code == 422
        assert 'id="error-upload"' in wrong.body
        evil = me.post(
            path, upload=(io.BytesIO(PDF), "<img src=x onerror=alert(1)>.pdf")
        )
        assert evil.status_code == 302
        page = me.get(path).body
        assert "<img src=x" not in page
        made = listed(portal, "researcher", draft)[-1]
        answer = me.get(f"/requests/attachments/{made['id']}")
        assert "\n" not in answer.headers["Content-Disposition"]
        gone = me.post(f"{path}?back=https://evil.example/", take_back=made["id"])
        assert gone.location.endswith(path)
        assert visit(portal.stranger).get(path).status_code == 404
        assert visit(None).get(path).status_code == 302
