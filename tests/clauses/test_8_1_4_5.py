"""8.1.4.5: malware is found before a file is kept; what nobody looked at is refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata import settings
from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.guard import clamd, malware
from ckanext.edudata.operations import doctor
from ckanext.edudata.operations.model import Event
from ckanext.edudata.requests import keeping_attachments
from tests.clauses.clamd_server import EICAR, daemon
from tests.requests import files
from tests.visitors import Visitor, words

pytestmark = pytest.mark.clause("8.1.4.5")

CHINESE = "病毒扫描在此文件中发现有害内容"
TABLE = "学校,学生数\n示例小学,620\n".encode()
ODD = (
    *(b"", b"\0", b"OK\0", b"stream: OK", b"stream: OK\n", b"stream: ok\0"),
    *(b"stream: OK\0stream: X FOUND\0", b"stream: OK FOUND", b"stream: FOUND\0"),
    *(b"UNKNOWN COMMAND\0", b"stream: lstat() failed. ERROR\0", b"x" * 9000, b"\xff\0"),
)


@pytest.fixture
def scanner(ckan_config: Any, tmp_path: Path) -> Any:
    with daemon(str(tmp_path / "clamd.sock")) as running:
        ckan_config[malware.SETTING] = running.setting
        ckan_config[malware.SECONDS] = 5
        yield running


def kept(config: Any) -> set[Path]:
    root = Path(config["ckan.storage_path"])
    places = [root / "resources", root / "storage"]
    places.append(Path(config[f"ckan.files.storage.{settings.ATTACHMENTS}.path"]))
    return {path for place in places for path in place.rglob("*") if path.is_file()}


def refused(call: Any, *args: Any) -> str:
    with pytest.raises(tk.ValidationError) as error:
        call(*args)
    model.Session.rollback()
    return error.value.error_dict["upload"][0]


def test_a_file_of_an_entry_passes_the_scanner_before_it_is_kept(
    portal: Any, app: Any, scanner: Any, ckan_config: Any
) -> None:
    entry = portal.entry()
    made = portal.upload(entry, "schools.csv", TABLE)
    assert scanner.seen == [TABLE]
    before = kept(ckan_config)
    assert any(path.read_bytes() == TABLE for path in before)
    said = refused(portal.upload, entry, "harmful.csv", TABLE + EICAR)
    assert said == tk._(malware.FOUND)
    change = {"id": made["id"], "upload": portal.file("schools.csv", EICAR)}
    with pytest.raises(tk.ValidationError):
        portal.act("resource_patch", portal.compiler, **change)
    model.Session.rollback()
    # By the page: the sentence stands at the form, and nothing was kept either way.
    visitor = Visitor(app, portal.compiler)
    where = f"/entry/{entry['name']}/resource/new"
    typed = {"name": "x", "upload": (io.BytesIO(EICAR), "harmful.csv")}
    answer = visitor.post(where, typed)
    assert answer.status_code in (200, 409, 422)
    shown = words(answer)
    assert malware.FOUND in shown or CHINESE in shown
    assert kept(ckan_config) == before
    assert [each.id for each in model.Package.get(entry["id"]).resources] == [
        made["id"]
    ]
    records = model.Session.query(AuditRecord).filter_by(action="file_scan").all()
    assert [each.outcome for each in records] == ["denied"] * 3
    assert records[0].detail["name"] == "Win.Test.EICAR_HDB-1"
    assert records[2].actor_id == portal.compiler["id"]
    events = model.Session.query(Event).filter_by(kind="malware_found").all()
    assert {each.severity for each in events} == {"alarm"}


def test_attachments_and_pictures_pass_it_too(
    portal: Any, scanner: Any, ckan_config: Any
) -> None:
    pdf = files.pdf(b"<< /Title (1) >>")
    assert keeping_attachments.take(portal.file("a.pdf", pdf)).content == pdf
    harmful = portal.file("a.pdf", pdf + EICAR)
    assert refused(keeping_attachments.take, harmful) == tk._(malware.FOUND)
    before = kept(ckan_config)
    picture = portal.file("me.png", b"\x89PNG" + EICAR)
    with pytest.raises(tk.ValidationError) as error:
        portal.act(
            "user_patch",
            portal.stranger,
            id=portal.stranger["id"],
            image_upload=picture,
        )
    assert tk._(malware.FOUND) in str(error.value.error_dict)
    model.Session.rollback()
    assert kept(ckan_config) == before


def test_what_the_scanner_does_not_clear_is_refused(
    portal: Any, scanner: Any, ckan_config: Any
) -> None:
    entry = portal.entry()
    before = kept(ckan_config)

    def sent() -> str:
        return refused(portal.upload, entry, "schools.csv", TABLE)

    for answer in ODD:
        scanner.answer = answer
        assert sent() == tk._(malware.AWAY), answer
    scanner.answer, scanner.limit = None, 4
    assert sent() == tk._(malware.TOO_LARGE)
    scanner.limit = 1 << 20
    ckan_config[malware.SECONDS] = 1
    scanner.still.clear()
    assert sent() == tk._(malware.AWAY)
    scanner.still.set()
    for setting in ("/nowhere/clamd.sock", "127.0.0.1:1", "192.0.2.1:3310", "clamd"):
        ckan_config[malware.SETTING] = setting
        assert sent() == tk._(malware.AWAY), setting
    assert kept(ckan_config) == before
    records = model.Session.query(AuditRecord).filter_by(action="file_scan").all()
    reasons = {each.detail["reason"] for each in records}
    assert reasons == {"odd", "away", "size", "late", "address"}
    assert {each.outcome for each in records} == {"failed"}
    events = model.Session.query(Event).filter_by(kind="malware_unscanned").all()
    assert len(events) == len(reasons)
    # Without the setting nobody is asked.
    ckan_config[malware.SETTING] = ""
    assert portal.upload(entry, "schools.csv", TABLE)["id"]


def test_the_doctor_says_whether_files_are_scanned(
    app: Any, scanner: Any, ckan_config: Any
) -> None:
    rules = {rule.name: rule for rule in doctor.rules()}
    with app.flask_app.test_request_context():
        for setting, found in (
            (scanner.setting, set()),
            ("", {"malware"}),
            ("127.0.0.1:1", {"malware-scanner"}),
        ):
            config = {malware.SETTING: setting}
            names = ("malware", "malware-scanner")
            assert {name for name in names if rules[name].find(config)} == found
    assert {rules[name].severity for name in names} == {"weak"}


def test_large_files_go_in_chunks_over_a_port() -> None:
    with daemon() as running:
        running.limit = 1 << 23
        large = b"\0" * (3 << 20)
        assert clamd.scan(io.BytesIO(large), running.setting, 20) is None
        assert running.seen == [large]
        found = clamd.scan(io.BytesIO(large + EICAR), running.setting, 20)
        assert found == "Win.Test.EICAR_HDB-1"


@given(st.binary(max_size=80))
def test_no_answer_but_one_clears(said: bytes) -> None:
    try:
        cleared = clamd._read(said) is None
    except clamd.Unanswered:
        cleared = False
    assert cleared == (said == b"stream: OK\0")


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("/run/clamd.ctl", "/run/clamd.ctl"),
        ("unix:/run/clamd.ctl", "/run/clamd.ctl"),
        ("localhost:3310", ("127.0.0.1", 3310)),
        ("tcp://[::1]:3310", ("::1", 3310)),
    ],
)
def test_where_it_is(setting: str, place: Any) -> None:
    assert clamd.place(setting) == place
