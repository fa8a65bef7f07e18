"""Seals as pages and commands: who may, what is said, what a third party can prove."""

from __future__ import annotations

import csv
import datetime
import io
import json
import subprocess
import sys

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan

from ckanext.edudata.audit import anchors, check_export, proving, sealing, trail
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.feedback.model import Notice
from tests.audit.test_seals import superuser
from tests.conftest import give
from tests.visitors import Visitor

pytestmark = [pytest.mark.promise(6), pytest.mark.article(33, 35)]
TODAY = (
    datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    .date()
    .isoformat()
)


@pytest.fixture
def auditor(portal):
    give(portal.stranger, "audit_admin", portal.commission)
    return portal.stranger


def proven(path, *options):
    """What a third party sees who has the file and the script only."""
    found = subprocess.run(
        [sys.executable, "-I", check_export.__file__, str(path), *options],
        capture_output=True,
        text=True,
        cwd="/",
        env={},
    )
    return found.returncode, found.stdout + found.stderr


def test_an_auditors_page_from_the_first_seal_to_the_proof(app, portal, auditor):
    visitor = Visitor(app, auditor)
    assert "还没有" in visitor.text("/zh_Hans_CN/audit/seals") or visitor.text(
        "/audit/seals"
    )
    done = tk.get_action("edudata_audit_seal")({"ignore_auth": True}, {})
    assert (done["blocks"], done["stopped"]) == (1, None)
    shown = portal.act("edudata_audit_seal_show", auditor)
    assert shown["blocks"] == 1
    assert shown["records"] == done["records"]
    assert shown["verified"] is None
    page = visitor.text("/audit/seals")
    assert shown["last"]["head"] in page
    answer = visitor.post("/audit/verify", page="/audit/seals")
    assert answer.status_code == 302
    from ckanext.edudata.audit import jobs

    jobs.verify(auditor["id"])
    shown = portal.act("edudata_audit_seal_show", auditor)
    assert shown["verified"]["proven"]
    assert shown["verified"]["by"] == auditor["id"]
    assert visitor.text("/audit").count("/audit/seals?before=2") > 3


def test_what_is_broken_is_told_to_auditors(app, portal, auditor):
    proving.seal()
    with superuser() as run:
        run(
            "UPDATE edudata_audit SET action = 'y'"
            " WHERE id = (SELECT min(id) FROM edudata_audit)"
        )
    report = proving.verify([], actor_id=None)
    assert not report.proven
    told = model.Session.query(Notice).filter_by(kind="audit_trail").all()
    assert [notice.user_id for notice in told] == [auditor["id"]]
    page = Visitor(app, auditor).text("/audit/seals")
    assert tk._("NOT PROVEN") in page or "未通过" in page
    failed = model.Session.query(AuditRecord).filter_by(action="audit_verify").one()
    assert (failed.outcome, failed.detail["kind"], failed.detail["block"]) == (
        "failed",
        "changed",
        1,
    )


def test_a_sealer_that_is_held_up_says_so_once(portal, auditor, ckan_config, tmp_path):
    proving.seal()
    path = tmp_path / "anchors"
    anchors.append(path, anchors.Anchor(9, "00" * 32, 9, "x"))
    ckan_config["ckanext.edudata.audit.anchors"] = str(path)
    for _ in range(3):
        assert proving.seal()["stopped"] == "anchor_missing"
    shown = portal.act("edudata_audit_seal_show", auditor)
    assert shown["stopped"] == "anchor_missing"
    assert model.Session.query(Notice).filter_by(kind="audit_trail").count() == 1
    query = model.Session.query(AuditRecord).filter_by(action="audit_seal")
    assert query.count() == 1


def test_it_is_for_nobody_else(app, portal, auditor):
    give(portal.researcher, "supervisor", portal.other)
    for person in (None, portal.compiler, portal.reviewer, portal.technician):
        for action in ("seal_show", "block_list", "verify", "export", "seal"):
            with pytest.raises(tk.NotAuthorized):
                portal.act(
                    f"edudata_audit_{action}", person, **{"from": TODAY, "to": TODAY}
                )
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_audit_verify", portal.researcher)
    with pytest.raises(tk.NotAuthorized):
        portal.act("edudata_audit_seal", auditor)
    assert Visitor(app, portal.reviewer).get("/audit/seals").status_code == 403
    assert "/user/login" in Visitor(app).get("/audit/seals").location
    supervisor = Visitor(app, portal.researcher)
    assert supervisor.get("/audit/seals").status_code == 200
    assert supervisor.post("/audit/verify", page="/audit/seals").status_code == 403
    forged = supervisor.client.post("/audit/export", data={"from": TODAY, "to": TODAY})
    assert forged.status_code == 400


class TestExport:
    def test_a_third_party_proves_it_with_the_script_alone(
        self, app, portal, auditor, tmp_path
    ):
        portal.entry()
        proving.seal()
        portal.entry()
        proving.seal()
        portal.entry()
        answer = Visitor(app, auditor).post(
            "/audit/export",
            {"from": TODAY, "to": TODAY, "format": "jsonl"},
            page="/audit/seals",
        )
        assert answer.status_code == 200
        path = tmp_path / "a.jsonl"
        path.write_bytes(answer.data)
        code, said = proven(path)
        assert code == 0, said
        lines = path.read_text().splitlines()
        total = model.Session.scalar(sa.select(sa.func.count(AuditRecord.id))) - 1
        assert f"{total} records in 2 blocks" in said
        with model.ensure_engine().begin() as connection:
            last = sealing.last_block(connection)
        kept = tmp_path / "anchors"
        anchors.append(kept, anchors.of_block(last))
        assert "1 heads compared" in proven(path, "--anchors", str(kept))[1]
        self.every_change_is_seen(lines, tmp_path, kept)
        taken = model.Session.query(AuditRecord).filter_by(action="audit_export").one()
        assert taken.detail["records"] == total

    def every_change_is_seen(self, lines, folder, kept):
        at = next(
            n for n, line in enumerate(lines) if '"record"' in line and '"path"' in line
        )
        block = next(
            n for n, line in enumerate(lines) if json.loads(line)["type"] == "block"
        )
        record = json.loads(lines[at])
        forged = {**record, "record": record["record"].replace('"done"', '"denied"')}
        moved = {**record, "position": record["position"] + 1}
        short = {**record, "path": record["path"][1:]}
        header = json.loads(lines[block])
        header["header"] = header["header"].replace('"size":', '"size":1')
        for number, other in ((at, forged), (at, moved), (at, short), (block, header)):
            changed = list(lines)
            changed[number] = json.dumps(other)
            path = folder / "changed.jsonl"
            path.write_text("\n".join(changed))
            assert proven(path)[0] == 1
        path.write_text("\n".join(lines[:at] + lines[at + 1 :]))
        assert proven(path)[0] == 1
        path.write_text("\n".join(lines))
        number = json.loads(kept.read_text())["number"]
        kept.write_text(
            json.dumps(
                {"number": number, "head": "00" * 32, "total": 1, "sealed_at": ""}
            )
        )
        assert proven(path, "--anchors", str(kept))[0] == 1
        path.write_text("what is this?")
        assert proven(path)[0] == 2

    def test_a_sheet_for_reading(self, app, portal, auditor):
        proving.seal()
        answer = Visitor(app, auditor).post(
            "/audit/export",
            {"from": TODAY, "to": TODAY, "format": "csv"},
            page="/audit/seals",
        )
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert len(rows) > 5
        assert rows[0]["block"] == "1"
        assert len(rows[0]["head"]) == 64
        assert not any(
            cell.startswith(("=", "+", "@")) for row in rows for cell in row.values()
        )

    def test_supervisors_get_their_units_only(self, portal, auditor):
        give(portal.researcher, "supervisor", portal.other)
        mine = portal.entry(portal.outsider, owner_org=portal.other["id"])
        theirs = portal.entry()
        proving.seal()
        found = portal.act(
            "edudata_audit_export", portal.researcher, **{"from": TODAY, "to": TODAY}
        )
        text = json.dumps(found)
        assert mine["id"] in text
        assert theirs["id"] not in text
        units = {
            json.loads(line["record"])["unit_id"]
            for line in found["lines"]
            if line["type"] == "record"
        }
        assert units == {portal.other["id"]}

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("2026-02-31", TODAY),
            ("", TODAY),
            (TODAY, "2020-01-01"),
            ("0001-01-01", "9999-12-31"),
        ],
    )
    def test_bad_days_are_told(self, app, portal, auditor, first, last):
        with pytest.raises(tk.ValidationError):
            portal.act("edudata_audit_export", auditor, **{"from": first, "to": last})
        answer = Visitor(app, auditor).post(
            "/audit/export", {"from": first, "to": last}, page="/audit/seals"
        )
        assert answer.status_code == 400

    def test_too_many_are_refused_with_what_to_do(self, portal, auditor, ckan_config):
        ckan_config["ckanext.edudata.audit.export_max"] = 2
        with pytest.raises(tk.ValidationError) as refused:
            portal.act("edudata_audit_export", auditor, **{"from": TODAY, "to": TODAY})
        assert "2" in str(refused.value.error_dict["from"])


def test_the_list_is_filtered_by_day_person_and_outcome(app, portal, auditor):
    entry = portal.entry()
    trail.record_apart(
        "x", object_type="x", object_id="denied-one", actor_id=None, outcome="denied"
    )
    visitor = Visitor(app, auditor)
    by_person = visitor.text(f"/audit?actor={portal.compiler['name']}")
    assert entry["id"][:8] in by_person
    assert "denied-o" not in by_person
    assert "denied-o" in visitor.text("/audit?outcome=denied")
    assert "denied-o" in visitor.text(f"/audit?from={TODAY}&to={TODAY}")
    assert "denied-o" not in visitor.text("/audit?to=2020-01-01")
    assert "<tbody>" not in visitor.text("/audit?actor=nobody-of-that-name")
    assert visitor.get("/audit?from=yesterday").status_code == 200
    assert visitor.get("/audit?before=" + "9" * 40).status_code == 200
    assert visitor.get("/audit/seals?before=" + "9" * 40).status_code == 200


class TestCommands:
    def test_the_whole_way(self, portal, auditor, cli, tmp_path):
        def run(*words, code=0):
            found = cli.invoke(ckan, ["edudata", "audit", *words])
            assert found.exit_code == code, found.output
            return found.output

        kept = str(tmp_path / "anchors.jsonl")
        portal.entry()
        model.Session.commit()
        run("seal")
        run("anchor", kept)
        run("anchor", kept)
        run("verify", "--anchors", kept, "--by", auditor["name"])
        out = tmp_path / "out.jsonl"
        run("export", "--from", TODAY, "--to", TODAY, "-o", str(out))
        assert proven(out, "--anchors", kept)[0] == 0
        run("export", "--from", TODAY, "--to", TODAY, "--format", "csv", "-o", str(out))
        assert out.read_bytes().startswith(b"\xef\xbb\xbfid,at,")
        run("resume", "--anchors", kept, "--by", auditor["name"])
        run("resume", "--anchors", kept, "--by", portal.reviewer["name"], code=2)
        run("verify", "--anchors", str(tmp_path / "none"), code=2)
        with superuser() as change:
            change(
                "DELETE FROM edudata_audit"
                " WHERE id = (SELECT min(id) FROM edudata_audit)"
            )
        said = run("verify", "--anchors", kept, code=1)
        first = model.Session.scalar(
            sa.text("SELECT min(record_id) FROM edudata_audit_leaf")
        )
        assert str(first) in said
