"""Extracts: made by a job, for one recipient, on record, and gone in time."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import os
import re
import zipfile

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import files
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from ckanext.edudata import settings
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.delivery import extract_files, extract_rows, extracts, grants, jobs
from ckanext.edudata.delivery.model import Delivery, Grant, GrantPerson
from ckanext.edudata.delivery.model_extracts import Extract
from tests.delivery import conditional

pytestmark = [pytest.mark.promise(2), pytest.mark.article(28, 30, 31)]


@pytest.fixture(autouse=True)
def no_bytes(request):
    """The storage outlives the databases of a test."""
    if "portal" in request.fixturenames:
        request.getfixturevalue("portal")
        storage = files.get_storage(settings.PRIVATE)
        for name in bytes_kept():
            storage.remove(files.FileData(files.Location(name)))


@pytest.fixture
def copy_grant(portal, data):
    request = conditional.granted(
        portal, data, way="copy", way_reason="需要本地统计软件。"
    )
    found = portal.act(
        "edudata_grant_list", portal.researcher, request_id=request["id"]
    )
    return found["results"][0]


def made(portal, grant, form="csv", user=None):
    user = user or portal.researcher
    row = portal.act("edudata_extract_create", user, grant_id=grant["id"], format=form)
    jobs.run_extract(row["id"])
    return portal.act("edudata_extract_show", user, id=row["id"])


def fetch(app, extract, user=None, token=None, **options):
    headers = {"Authorization": token} if token else {}
    environ = {"REMOTE_USER": user["name"]} if user else {}
    return app.get(
        f"/extracts/{extract['id']}",
        headers=headers,
        extra_environ=environ,
        follow_redirects=False,
        **options,
    )


def bytes_kept():
    storage = files.get_storage(settings.PRIVATE)
    return [name for name in storage.scan() if str(name).startswith("extracts/")]


def deliveries():
    model.Session.remove()
    return list(model.Session.scalars(sa.select(Delivery).order_by(Delivery.id)))


def unzipped(content):
    box = zipfile.ZipFile(io.BytesIO(content))
    found = {name: box.read(name) for name in box.namelist()}
    terms = next(text for name, text in found.items() if name.endswith(".txt"))
    table = next(text for name, text in found.items() if name.endswith(".csv"))
    return found, terms.decode("utf-8-sig"), table


class TestCopy:
    def test_it_holds_what_is_granted_and_the_terms(
        self, app, portal, data, copy_grant, account_token
    ):
        token = account_token(portal.researcher)
        for form in ("csv", "csv_plain"):
            row = made(portal, copy_grant, form)
            assert (row["state"], row["rows"]) == ("ready", len(data.rows))
            answer = fetch(app, row, token=token)
            assert answer.status_code == 200
            names, terms, table = unzipped(answer.data)
            assert all("/" not in name and ".." not in name for name in names)
            assert table.startswith(b"\xef\xbb\xbf") == (form == "csv")
            rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
            assert list(rows[0]) == ["school", "pupils"]
            wanted = sorted((r["school"], str(r["pupils"])) for r in data.rows)
            assert sorted((r["school"], r["pupils"]) for r in rows) == wanted
            assert conditional.CANARY not in answer.data.decode("latin-1") + terms
            assert conditional.CANARY.encode() not in table
            for fact in (
                model.User.get(portal.researcher["id"]).display_name,
                "学校成绩汇总",
                copy_grant["request_number"],
                data.digest,
                row["id"],
                "研究年级规模与学校类型的关系。",
                str(len(data.rows)),
            ):
                assert fact in terms
        left = deliveries()
        assert [d.way for d in left] == ["extract_csv", "extract_csv_plain"]
        assert {d.outcome for d in left} == {"done"}
        assert left[0].fields == ["school", "pupils"]
        assert left[0].rows == len(data.rows)
        assert len(bytes_kept()) == 1  # the later took the place of the earlier

    def test_a_workbook_has_a_sheet_of_terms(self, app, portal, data, account_token):
        request = conditional.granted(
            portal, data, way="copy", way_reason="统计。", rows={"school": ["示例一中"]}
        )
        grant = portal.act(
            "edudata_grant_list", portal.researcher, request_id=request["id"]
        )["results"][0]
        row = made(portal, grant, "xlsx")
        answer = fetch(app, row, token=account_token(portal.researcher))
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
        terms, rows = (
            book.get_sheet_by_name(name).to_python() for name in book.sheet_names
        )
        assert rows[0] == ["school", "pupils"]
        assert {r[0] for r in rows[1:]} == {"示例一中"}
        wanted = [r for r in data.rows if r["school"] == "示例一中"]
        assert sorted(r[1] for r in rows[1:]) == sorted(r["pupils"] for r in wanted)
        text = "\n".join(row[0] for row in terms)
        assert model.User.get(portal.researcher["id"]).display_name in text
        assert "示例一中" in text

    def test_only_a_grant_with_a_copy_gives_one(self, portal, grant, data):
        with pytest.raises(tk.NotAuthorized):
            made(portal, grant)
        assert not model.Session.scalars(sa.select(Extract)).all()

    def test_the_quota_and_one_at_a_time(self, portal, copy_grant):
        row = model.Session.get(Grant, copy_grant["id"])
        row.quota_rows = 10
        model.Session.commit()
        with pytest.raises(tk.ValidationError, match="60"):
            made(portal, copy_grant)
        row = model.Session.get(Grant, copy_grant["id"])
        row.quota_rows = None
        model.Session.commit()
        call = {"grant_id": copy_grant["id"]}
        portal.act("edudata_extract_create", portal.researcher, **call)
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_extract_create", portal.researcher, **call)


class TestOwnerOnly:
    def test_the_link_answers_to_nobody_else(
        self, app, portal, data, copy_grant, account_token
    ):
        row = made(portal, copy_grant)
        anonymous = fetch(app, row)
        assert anonymous.status_code == 302
        assert "/user/login" in anonymous.headers["Location"]
        for name in ("stranger", "reviewer", "security_officer", "coordinator"):
            other = getattr(portal, name)
            answer = fetch(app, row, token=account_token(other))
            assert answer.status_code == 404, name
            for action in ("edudata_extract_show", "edudata_extract_remove"):
                with pytest.raises(tk.ObjectNotFound):
                    portal.act(action, other, id=row["id"])
            for action in ("edudata_extract_create", "edudata_extract_list"):
                with pytest.raises(tk.ObjectNotFound):
                    portal.act(action, other, grant_id=copy_grant["id"])
            page = app.get(
                f"/grants/{copy_grant['id']}",
                headers={"Authorization": account_token(other)},
            )
            assert page.status_code == 404
        assert not deliveries()
        head = app.test_client().head(
            f"/extracts/{row['id']}",
            headers={"Authorization": account_token(portal.researcher)},
        )
        assert head.status_code == 405
        assert not deliveries()

    def test_a_token_of_the_grant_opens_it_and_that_of_another_does_not(
        self, app, portal, data, copy_grant
    ):
        row = made(portal, copy_grant)
        mine = portal.act(
            "edudata_grant_token_create", portal.researcher, grant_id=copy_grant["id"]
        )["token"]
        assert fetch(app, row, token=mine).status_code == 200
        request = conditional.granted(
            portal, data, user=portal.stranger, way="copy", way_reason="统计。"
        )
        other = portal.act(
            "edudata_grant_list", portal.stranger, request_id=request["id"]
        )["results"][0]
        theirs = portal.act(
            "edudata_grant_token_create", portal.stranger, grant_id=other["id"]
        )["token"]
        assert fetch(app, row, token=theirs).status_code == 404
        # A second grant of the same person is another grant.
        row2 = model.Session.get(Extract, row["id"])
        row2.grant_id = other["id"]
        model.Session.commit()
        assert fetch(app, row, token=mine).status_code in (403, 404)
        model.Session.remove()
        portal.act("edudata_grant_token_end", portal.researcher,
                   grant_id=copy_grant["id"])  # fmt: skip
        assert fetch(app, row, token=mine).status_code == 403

    def test_a_person_who_was_taken_off_the_grant(
        self, app, portal, copy_grant, account_token
    ):
        row = made(portal, copy_grant)
        person = model.Session.get(
            GrantPerson, (copy_grant["id"], portal.researcher["id"])
        )
        person.ended_at = extracts.now()
        model.Session.commit()
        token = account_token(portal.researcher)
        assert fetch(app, row, token=token).status_code == 410
        tk.get_action("edudata_extract_settle")({"ignore_auth": True}, {})
        assert not bytes_kept()

    def test_names_bear_no_header_and_no_path(
        self, app, portal, data, copy_grant, account_token
    ):
        package = model.Package.get(data.id)
        package.title = '../../x\r\nSet-Cookie: a=b"; filename=evil.exe\u202egpj.'
        model.Session.commit()
        row = made(portal, copy_grant)
        answer = fetch(app, row, token=account_token(portal.researcher))
        assert "Set-Cookie" not in answer.headers or "a=b" not in str(answer.headers)
        header = answer.headers["Content-Disposition"]
        assert re.fullmatch(
            r"attachment; filename=[\w-]+\.zip; filename\*=UTF-8''[\w.%-]+", header
        )
        for name in unzipped(answer.data)[0]:
            assert not set(name) & set('/\\:\r\n"\u202e')
            assert ".." not in name


class TestEnd:
    def test_what_ends_the_grant_ends_the_copy(
        self, app, portal, data, copy_grant, account_token
    ):
        token = account_token(portal.researcher)
        request_id = copy_grant["request_id"]
        row = made(portal, copy_grant)
        portal.act("edudata_request_freeze", portal.reviewer, id=request_id,
                   words="核查中。")  # fmt: skip
        assert not bytes_kept()
        assert fetch(app, row, token=token).status_code == 410
        portal.act("edudata_request_unfreeze", portal.reviewer, id=request_id)
        assert fetch(app, row, token=token).status_code == 410  # a replayed link
        assert not deliveries()
        row = made(portal, copy_grant)
        assert fetch(app, row, token=token).status_code == 200
        # Time alone ends it, before any job has run.
        kept = model.Session.get(Extract, row["id"])
        kept.expires_at = extracts.now() - datetime.timedelta(seconds=1)
        model.Session.commit()
        assert fetch(app, row, token=token).status_code == 410
        assert bytes_kept()
        settle = tk.get_action("edudata_extract_settle")
        assert settle({"ignore_auth": True}, {})["removed"] == 1
        assert settle({"ignore_auth": True}, {})["removed"] == 0
        assert not bytes_kept()
        portal.act("edudata_extract_list", portal.researcher, grant_id=copy_grant["id"])
        waiting = portal.act("edudata_extract_create", portal.researcher,
                             grant_id=copy_grant["id"])  # fmt: skip
        portal.act("edudata_request_revoke", portal.reviewer, id=request_id,
                   words="用途不符。")  # fmt: skip
        jobs.run_extract(waiting["id"])
        shown = portal.act("edudata_extract_show", portal.researcher, id=waiting["id"])
        assert shown["state"] == "withdrawn"
        assert shown["url"] is None
        assert not bytes_kept()

    def test_a_revocation_ends_a_running_download(
        self, app, portal, copy_grant, account_token, monkeypatch
    ):
        from ckanext.edudata.delivery import views_extracts

        row = made(portal, copy_grant)
        monkeypatch.setattr(views_extracts, "CHUNK", 1)
        storage = files.get_storage(settings.PRIVATE)
        whole = b"".join(storage.stream(extracts.place(row["id"], 1)))
        monkeypatch.setattr(
            type(storage), "stream", lambda self, place: iter([whole[:10], whole[10:]])
        )
        calls = []
        judge = extracts.judge

        def revoked(*whose):
            calls.append(whose)
            if len(calls) > 1:
                raise tk.NotAuthorized
            return judge(*whose)

        monkeypatch.setattr(extracts, "judge", revoked)
        answer = fetch(app, row, token=account_token(portal.researcher))
        assert answer.data == whole[:10]
        (left,) = deliveries()
        assert left.outcome == "broken"
        assert left.rows == 60

    def test_a_killed_job_begins_anew_or_leaves_nothing(
        self, portal, copy_grant, monkeypatch
    ):
        row = portal.act(
            "edudata_extract_create", portal.researcher, grant_id=copy_grant["id"]
        )

        def killed(*args, **kwargs):
            raise SystemExit

        folder = extracts.workplace(row["id"])
        with monkeypatch.context() as patch:
            # The process dies where the bytes are stored and not yet handed over.
            patch.setattr(jobs, "_mine", killed)
            patch.setattr(jobs.shutil, "rmtree", lambda *a, **k: None)
            with pytest.raises(SystemExit):
                jobs.run_extract(row["id"])
        model.Session.rollback()
        assert os.path.exists(folder)
        assert len(bytes_kept()) == 1
        jobs.run_extract(row["id"])  # a second worker, while the first seems alive
        kept = extracts.get(row["id"])
        assert (kept.state, kept.tries) == ("running", 1)
        kept.beat_at = extracts.now() - 2 * extracts.SILENT
        model.Session.commit()
        done = tk.get_action("edudata_extract_settle")({"ignore_auth": True}, {})
        assert done["queued"] == 1
        assert not os.path.exists(folder)
        jobs.run_extract(row["id"])
        assert extracts.get(row["id"]).state == "ready"
        assert len(bytes_kept()) == 1
        assert os.listdir(extracts.workplace()) == []
        # Killed again and again it is given up, and nothing is left of it.
        kept = extracts.get(row["id"])
        kept.state, kept.tries = "running", extracts.TRIES
        kept.beat_at = extracts.now() - 2 * extracts.SILENT
        model.Session.commit()
        jobs.run_extract(row["id"])
        assert extracts.get(row["id"]).failure == "crashed"
        assert not bytes_kept()

    def test_rows_that_do_not_add_up_are_not_handed_over(
        self, portal, copy_grant, monkeypatch
    ):
        read = extract_rows.read
        monkeypatch.setattr(extract_rows, "read", lambda *a: iter(list(read(*a))[:-1]))
        row = made(portal, copy_grant)
        assert (row["state"], row["failure"]) == ("failed", "count")
        assert not bytes_kept()
        trail = model.Session.scalars(
            sa.select(AuditRecord.action)
            .where(AuditRecord.object_id == row["id"])
            .order_by(AuditRecord.id)
        ).all()
        assert list(trail) == ["extract_create", "extract_make"]


class TestFiles:
    @given(st.text(max_size=300), st.text(max_size=30))
    def test_a_name_is_one_plain_name(self, title, number):
        name = extract_files.file_stem(title, number)
        assert name
        assert not re.search(r'[\x00-\x1f\x7f/\\:*?"<>|\s]', name)
        assert ".." not in name
        assert not name.startswith((".", "-"))
        assert len(name) < 130

    @given(
        st.lists(
            st.tuples(
                st.one_of(
                    st.none(),
                    st.text(
                        st.characters(
                            exclude_categories=["Cs"], exclude_characters="\0"
                        )
                    ),
                    st.sampled_from(["=1+1", "+cmd", "@x", "-2", "\t=1", "＝1"]),
                ),
                st.one_of(
                    st.none(), st.decimals(allow_nan=False, allow_infinity=False)
                ),
            ),
            max_size=8,
        )
    )
    def test_cells_come_back_and_no_formula_among_them(self, rows):
        target = io.BytesIO()
        count = extract_files.write_zip(
            target, "x", ["a", "b"], rows, ("t", "text"), mark=True, beat=lambda n: None
        )
        assert count == len(rows)
        table = unzipped(target.getvalue())[2].decode("utf-8-sig")
        back = list(csv.reader(io.StringIO(table, newline="")))[1:]
        assert len(back) == len(rows)
        for (text, number), (cell, figure) in zip(rows, back, strict=True):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
            assert cell.removeprefix("'") == (text or "").removeprefix("'") or (
                cell == "'" + (text or "")
            )
            assert (decimal.Decimal(figure) if figure else None) == number

    def test_a_workbook_keeps_formulas_as_words_and_refuses_what_it_cannot_keep(
        self, tmp_path
    ):
        def write(rows):
            target = io.BytesIO()
            extract_files.write_xlsx(
                target, ["=a", "b"], rows, ("条款", "=1\n二"), title="t", sheet="数据",
                folder=str(tmp_path), beat=lambda n: None,
            )  # fmt: skip
            box = zipfile.ZipFile(io.BytesIO(target.getvalue()))
            sheets = [box.read(n) for n in box.namelist() if "/sheet" in n]
            assert not any(b"<f" in sheet for sheet in sheets)
            book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
            return book.get_sheet_by_name("数据").to_python()

        number = decimal.Decimal("12345678901234567890")
        cells = write([("=HYPERLINK(1)", number), ("-1", decimal.Decimal("1.5"))])
        assert cells[1] == ["=HYPERLINK(1)", "12345678901234567890"]
        assert cells[2] == ["-1", 1.5]
        with pytest.raises(extract_files.TooLongError):
            write([("x" * 40000, None)])
        assert os.listdir(tmp_path) == []

    def test_a_statement_takes_no_name_for_a_value(self):
        types = {'a:b"; DROP': "text", "n": "numeric"}
        allowed = grants.Allowed(
            fields=list(types), filters={'a:b"; DROP': [1, "x"], "n": {"gte": 2}},
            sort=['"n" asc'], q=None, distinct=False, filter_keys=[],
        )  # fmt: skip
        query, values = extract_rows.statement("t-1", allowed, types)
        assert '"a\\:b""; DROP"' in query
        assert values == {"v0": "1", "v1": "x", "v2": 2}
        assert query.endswith('ORDER BY "n"')
        with pytest.raises(KeyError):
            extract_rows.statement("t", allowed, {"n": "numeric"})
