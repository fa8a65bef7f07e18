"""Backup, restore and drill of a portal with a life behind it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from hypothesis import given
from hypothesis import strategies as st

from ckanext.edudata.audit import proving
from ckanext.edudata.operations import (
    backup_files,
    backup_making,
    backup_places,
    backup_proof,
    backup_restoring,
    backup_sealing,
    backup_settings,
)
from ckanext.edudata.operations.backup_errors import BackupError
from ckanext.edudata.operations.backup_files import Kept
from ckanext.edudata.operations.backup_store import DamagedError, Store

pytestmark = [pytest.mark.promise(6), pytest.mark.clause("8.1.4.9 a")]

LIST = "学校代码,学校名称\n3101,甲学校\n3102,乙学校\n"


@pytest.fixture
def lived(portal: Any, tmp_path: Path, ckan_config: Any, monkeypatch: Any) -> Any:
    """A portal with a released dataset, an entry that stays in, and a sealed trail."""
    anchors = tmp_path / "anchors.jsonl"
    monkeypatch.setitem(tk.config, "ckanext.edudata.audit.anchors", str(anchors))
    released = portal.entry()
    portal.upload(released, "名单.csv", LIST)
    portal.released(released)
    closed = portal.entry(title="不公开的内部名单")
    portal.upload(closed, "内部.csv", LIST.replace("甲", "只在内部的"))
    proving.seal()
    identity = tmp_path / "key"
    public = backup_sealing.new_identity(identity)
    return SimpleNamespace(
        portal=portal,
        root=tmp_path / "backups",
        identity=identity,
        public=public,
        anchors=anchors,
        closed=closed,
    )


@pytest.mark.article(34)
def test_drill_proves_that_all_of_it_comes_back(lived: Any, cli: Any) -> None:
    made = backup_making.make(lived.root, lived.public)
    assert made.missing == []
    # Written after the moment: this is what is lost.
    lived.portal.entry(title="后来的")
    lost = records()
    command = ["edudata", "drill", str(lived.root), "--identity", str(lived.identity)]
    result = cli.invoke(ckan, [*command, "--json"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout.strip().splitlines()[-1])
    proof = found["proof"]
    assert all(part["good"] for part in proof.values()), proof
    assert proof["tables"]["rows"] == made.rows > 100
    assert proof["files"]["files"] == made.files > 3
    assert proof["private"]["private"] >= 2
    assert proof["private"]["public"] == 1
    assert proof["index"]["indexed"] == 3
    assert proof["audit"]["blocks"] >= 1
    assert proof["audit"]["anchors"] >= 1
    assert found["lost_records"] >= 1
    assert found["lost_records"] < lost
    assert 0 < found["seconds"]["restore"] < 120
    assert (
        not backup_restoring.common.make_connection()
        .search("site_id:edudata-drill-*", rows=0)
        .hits
    )
    row = model.Session.execute(
        sa.text("SELECT kind, outcome, name FROM edudata_backup ORDER BY began_at DESC")
    ).first()
    assert row == ("drill", "done", made.name)


def records() -> int:
    return model.Session.scalar(sa.text("SELECT count(*) FROM edudata_audit")) or 0


def test_what_is_in_a_backup_and_what_is_not(lived: Any, monkeypatch: Any) -> None:
    """Nothing readable lies in the folder, no key even behind the encryption; a second
    backup writes no file again; what was damaged is noticed and made good."""
    monkeypatch.setitem(tk.config, "SECRET_KEY", "not-to-be-found-anywhere")
    first = backup_making.make(lived.root, lived.public)
    everything = b"".join(p.read_bytes() for p in lived.root.rglob("*") if p.is_file())
    for word in ("甲学校", "只在内部的", "内部名单", "not-to-be-found-anywhere"):
        assert word.encode() not in everything
    store, keys = Store(lived.root), backup_sealing.identities(lived.identity)
    part = backup_restoring._part
    settings = part(store, first.name, "settings", keys).decode()
    assert "ckan.site_id" in settings
    given_now = backup_settings.given()
    for key, value in backup_settings.divided(given_now)[1].items():
        assert f"{key} = {value}\n" not in settings
        assert "keys" not in key or value not in settings
    files = [json.loads(x) for x in part(store, first.name, "files", keys).splitlines()]
    assert {len(file["sha256"]) for file in files} == {64}

    second = backup_making.make(lived.root, lived.public)
    assert second.new_files == 0
    assert second.files == first.files

    broken = store.object(files[0]["object"])
    content = bytearray(broken.read_bytes())
    content[-1] ^= 1
    broken.write_bytes(content)
    with pytest.raises(DamagedError):
        store.check(second.name)
    with pytest.raises(BackupError, match="objects/"):
        restore(lived)
    third = backup_making.make(lived.root, lived.public, keep=1)
    assert third.new_files == 1
    assert store.names() == [third.name]
    store.check(third.name)


def restore(lived: Any, identity: Path | None = None) -> Any:
    return backup_restoring.restore(
        lived.root, None, identity or lived.identity, lambda: None, lambda line: None
    )


def test_where_it_is_refused(
    lived: Any, tmp_path: Path, monkeypatch: Any, cli: Any
) -> None:
    """Without a public key none is made; with another key, other keys of the sealed
    fields, or into a place that holds something, nothing is restored."""
    before = records()
    monkeypatch.setitem(tk.config, backup_sealing.SETTING, "")
    result = cli.invoke(ckan, ["edudata", "backup", str(lived.root)])
    assert result.exit_code == 2
    assert "backup-key" in result.stderr
    assert Store(lived.root).names() == []
    assert records() == before + 1
    backup_making.make(lived.root, lived.public)
    wrong = tmp_path / "wrong"
    backup_sealing.new_identity(wrong)
    with pytest.raises(BackupError):
        restore(lived, wrong)
    with pytest.raises(FileExistsError):
        backup_sealing.new_identity(wrong)
    with pytest.raises(BackupError):
        restore(lived)
    monkeypatch.setitem(tk.config, "ckanext.edudata.applicants.keys", "another")
    with pytest.raises(BackupError, match="applicants"):
        restore(lived)
    assert lived.closed["id"] in set(model.Session.scalars(sa.select(model.Package.id)))


def test_a_crash_leaves_no_backup(lived: Any, monkeypatch: Any) -> None:
    """What broke off counts as none, and is cleared away by the next."""
    store = Store(lived.root)

    def die(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "finish", die)
        with pytest.raises(OSError, match="No space"):
            backup_making.make(lived.root, lived.public)
    assert store.names() == []
    assert list(lived.root.glob("*.partial"))
    made = backup_making.make(lived.root, lived.public)
    assert not list(lived.root.glob("*.partial"))
    assert store.names() == [made.name]
    with store.alone(), pytest.raises(BackupError):
        backup_making.make(lived.root, lived.public)


def test_a_proof_fails_where_anything_differs(lived: Any, monkeypatch: Any) -> None:
    """The proof is no formality: each part of it can fail."""
    now = datetime.datetime.now(datetime.timezone.utc)
    counts = model.Session.execute(
        sa.text(
            "SELECT (SELECT max(number) FROM edudata_audit_block), "
            "count(*) FILTER (WHERE private AND state = 'active'), count(*) "
            "FROM package"
        )
    ).one()
    facts = {
        "tables": {"ckan": {"public.a": [1, "5"]}, "datastore": {}},
        "missing": [],
        "audit_blocks": counts[0],
        "private": counts[1],
        "indexed": counts[2],
    }
    done = backup_restoring.Restored("n", "d", now, now, facts)
    proof = backup_proof.of(done)
    assert backup_proof.good(proof), proof
    done.differing = ["ckan:public.a"]
    done.damaged = ["path/x"]
    facts |= {"audit_blocks": counts[0] + 1, "private": 9, "indexed": 9}
    assert not any(part["good"] for part in backup_proof.of(done).values())
    # Somebody opens what was closed.
    facts |= {"private": counts[1]}
    monkeypatch.setattr(
        backup_proof.tk, "get_action", lambda name: lambda context, data: {"count": 1}
    )
    assert not backup_proof.of(done)["private"]["good"]


def kept(stamp: float, name: str = "a") -> Kept:
    return Kept(name * 64, 1, name, (1, stamp))


def test_files_are_those_of_the_moment() -> None:
    """New ones are in; one that is gone only where the database names it; of one that
    was changed after the moment the earlier content."""
    moment = datetime.datetime.fromtimestamp(100, datetime.timezone.utc)
    first = {
        "path": {
            "resources/gone": kept(1),
            "resources/named": kept(1),
            "resources/changed": kept(1, "old"),
            "resources/replaced": kept(1, "old"),
        }
    }
    second = {
        "path": {
            "resources/new": kept(99),
            "resources/changed": kept(101, "new"),
            "resources/replaced": kept(99, "new"),
        }
    }
    named = {"resources": {"named", "new"}}
    found = backup_files.chosen(first, second, moment, named)
    assert {file["location"]: file["object"] for file in found} == {
        "resources/named": "a",
        "resources/changed": "old",
        "resources/replaced": "new",
        "resources/new": "a",
    }


def test_files_stay_within_their_folder(tmp_path: Path) -> None:
    tree = backup_places.Tree(tmp_path / "in", [])
    (tmp_path / "in").mkdir()
    (tmp_path / "source").write_text("x")
    with pytest.raises(BackupError):
        tree.put("../out", str(tmp_path / "source"))
    tree.put("a/b", str(tmp_path / "source"))
    assert list(tree.found()) == ["a/b"]


SECRETS = (
    "SECRET_KEY",
    "ckanext.edudata.applicants.keys",
    "api_token.jwt.encode.secret",
    "smtp.password",
    "ckan.files.storage.s3.secret_access_key",
    "ckan.files.storage.s3.access_key_id",
)


@given(
    st.dictionaries(st.sampled_from(SECRETS), st.from_regex(r"\A[a-z]{8,20}\Z")),
    st.from_regex(r"\A[a-zA-Z0-9!$*]{8,20}\Z"),
)
def test_no_secret_is_among_the_settings(secrets: dict[str, str], word: str) -> None:
    values = {
        **secrets,
        "sqlalchemy.url": f"postgresql://ckan:{word}@host/ckan",
        "ckan.redis.url": f"redis://:{word}@host:6379/0",
        "ckan.site_title": "平台",
    }
    plain, secret = backup_settings.divided(values)
    assert word not in backup_settings.as_lines(plain).decode()
    assert not set(plain) & set(secrets)
    assert secret["sqlalchemy.url"] == values["sqlalchemy.url"]
    assert plain["ckan.site_title"] == "平台"
    assert plain["sqlalchemy.url"] == "postgresql://ckan@host/ckan"
    assert set(plain) | set(secret) == set(values)
