"""8.1.4.3 Audit: who, when, what, how it ended; kept against everybody."""

from __future__ import annotations

import datetime
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.edudata.audit import trail, words
from ckanext.edudata.audit.model import AuditRecord


@pytest.mark.clause("8.1.4.3 a", "8.1.4.3 b")
def test_what_is_done_and_what_is_denied_is_on_record(portal: Any) -> None:
    entry = portal.entry()
    began = datetime.datetime.now(datetime.timezone.utc)
    portal.upload(entry, "学校.csv", "学校,人数\n示例一中,500\n".encode())
    released = portal.released(entry)
    with pytest.raises(tk.NotAuthorized):
        portal.act(
            "edudata_incident_freeze",
            portal.stranger,
            dataset_id=released["dataset_id"],
        )
    rows = model.Session.scalars(sa.select(AuditRecord)).all()
    done = {row.action: row for row in rows if row.at >= began}
    assert {"entry_submit", "entry_approve", "release"} <= set(done)
    assert done["release"].actor_id == portal.reviewer["id"]
    denied = done["incident_freeze"]
    assert (denied.outcome, denied.actor_id) == ("denied", portal.stranger["id"])
    # Whatever is recorded has a word that people read.
    assert {row.action for row in rows} <= set(words.ACTIONS)


@pytest.mark.clause("8.1.4.3 c")
def test_nobody_changes_or_removes_a_record(portal: Any) -> None:
    portal.entry()
    for statement in (
        "UPDATE edudata_audit SET actor_id = NULL",
        "DELETE FROM edudata_audit",
        "TRUNCATE edudata_audit",
    ):
        with pytest.raises(Exception, match="edudata_audit"):
            model.Session.execute(sa.text(statement))
        model.Session.rollback()


@pytest.mark.clause("8.1.4.3 d")
def test_without_its_record_nothing_is_done(
    portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = portal.entry()
    portal.upload(entry, "学校.csv", "学校,人数\n示例一中,500\n".encode())
    portal.approved(entry)

    def gone(*args: Any, **values: Any) -> None:
        raise RuntimeError("no trail")

    with monkeypatch.context() as now:
        now.setattr(trail, "record", gone)
        with pytest.raises(RuntimeError, match="no trail"):
            portal.act("edudata_release", portal.reviewer, id=entry["id"])
    model.Session.rollback()
    count = sa.select(sa.func.count()).where(model.Package.type == "dataset")
    assert model.Session.scalar(count) == 0
