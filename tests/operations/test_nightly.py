"""What runs every night: the trail is proven, and a backup made where one is set."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan

from ckanext.edudata.operations import backup_sealing
from ckanext.edudata.operations.backup_store import Store
from stack.launcher.nightly import SHANGHAI, seconds_until

pytestmark = [pytest.mark.clause("8.1.4.9 a")]


@pytest.mark.usefixtures("portal")
def test_a_night(cli: Any, tmp_path: Path, ckan_config: Any, monkeypatch: Any) -> None:
    folder, key = tmp_path / "backups", tmp_path / "key"
    monkeypatch.setitem(tk.config, "ckanext.edudata.backup.folder", str(folder))
    public = backup_sealing.new_identity(key)
    monkeypatch.setitem(tk.config, backup_sealing.SETTING, public)
    result = cli.invoke(ckan, ["edudata", "nightly"])
    assert result.exit_code == 0, result.output
    done = model.Session.execute(
        sa.text("SELECT action, outcome FROM edudata_audit ORDER BY id DESC LIMIT 2")
    ).all()
    assert sorted(done) == [("audit_verify", "done"), ("backup_make", "done")]
    assert len(Store(folder).names()) == 1
    # A backup that fails is told, and fails the night.
    monkeypatch.setitem(tk.config, backup_sealing.SETTING, "age1nothing")
    result = cli.invoke(ckan, ["edudata", "nightly"])
    assert result.exit_code == 1
    kinds = model.Session.scalars(sa.text("SELECT kind FROM edudata_event")).all()
    assert "backup_failed" in kinds


def test_the_hour_is_shanghais() -> None:
    now = datetime.datetime(2026, 1, 1, 1, 30, tzinfo=SHANGHAI)
    assert seconds_until(2, now) == 1800
    assert seconds_until(1, now) == 23.5 * 3600
    assert seconds_until(2, now.astimezone(datetime.timezone.utc)) == 1800
