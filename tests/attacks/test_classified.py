"""A classification mark leaves nothing behind: no copy, no title (Art. 2)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.edudata.audit.model import AuditRecord
from tests.attacks.test_leaks import ACTIVITY, _everywhere, _queue

CANARIES = ("金丝雀机房方案", "canarycell", "金丝雀摘要", "金丝雀附件")
PLAIN = "序号,内容\n1,canarycell\n2,其他\n".encode()
MARKED = "机密★10年\n序号,内容\n1,canarycell\n2,其他\n".encode()


def _files(*roots):
    """Files on the disk that hold a canary, in the storages and for the moment."""
    roots = roots or (tk.config["ckan.storage_path"], tempfile.gettempdir())
    words = [word.encode() for word in CANARIES]
    found = []
    for root in roots:
        for folder, _, names in os.walk(root):
            for name in names:
                path = Path(folder, name)
                if not path.is_file():
                    continue
                if path.suffix in (".csv", "") and path.stat().st_size < 10_000:
                    data = path.read_bytes()
                    if any(word in data for word in words):
                        found.append(str(path))
    return found


def _index():
    solr = search.common.make_connection()
    return str(solr.search("*:*", rows=1000).docs)


def _left():
    from ckanext.datastore.backend.postgres import get_write_engine

    places = {
        **_everywhere(model.ensure_engine()),
        **_everywhere(get_write_engine()),
        "redis": _queue(),
        "solr": _index(),
        "files": "".join(Path(path).read_text("utf-8") for path in _files()),
    }
    return {
        (name, word)
        for name, text in places.items()
        for word in CANARIES
        if word in text
    }


@pytest.fixture(autouse=True)
def _apart(tmp_path, monkeypatch):
    """Temporary files go into a folder of the test's own; only the storage, which is
    the tests', is cleaned of what an earlier one left."""
    moment = tmp_path / "moment"
    moment.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(moment))
    monkeypatch.setenv("TMPDIR", str(moment))
    for path in _files(tk.config["ckan.storage_path"]):
        os.remove(path)


@pytest.mark.promise(3, 4)
@pytest.mark.article(2)
@pytest.mark.ckan_config("ckan.plugins", ACTIVITY)
class TestNothingIsLeft:
    def test_of_a_marked_file(self, portal):
        entry = portal.entry()
        made = portal.upload(
            entry, "金丝雀附件.csv", MARKED, description="金丝雀机房方案"
        )
        portal.work()
        assert _left() == set()
        assert model.Session.get(model.Resource, made["id"]) is None

    def test_of_a_marked_title(self, portal):
        """The words stand in the title; the files and their tables go along."""
        entry = portal.entry(title="金丝雀机房方案", notes="金丝雀摘要")
        portal.upload(entry, "金丝雀附件.csv", PLAIN)
        portal.approved(entry)
        assert _left()
        portal.act(
            "package_patch",
            portal.compiler,
            id=entry["id"],
            notes="秘密★5年 金丝雀摘要",
        )
        portal.work()
        assert _left() == set()
        assert model.Package.get(entry["id"]) is None
        with pytest.raises(tk.ObjectNotFound):
            portal.act("edudata_entry_show", portal.compiler, id=entry["id"])

    def test_of_a_file_whose_mark_is_found_by_a_later_rule_set(self, portal):
        """Cleared, kept and made into other data before anybody knew."""
        entry = portal.entry()
        made = portal.upload(
            entry, "金丝雀附件.csv", PLAIN, description="金丝雀机房方案"
        )
        portal.approved(entry)
        portal.act("edudata_desensitize", portal.compiler, resource_id=made["id"])
        portal.work()
        portal.act(
            "resource_patch",
            portal.compiler,
            id=made["id"],
            upload=portal.file("金丝雀附件.csv", MARKED),
        )
        portal.work()
        assert _left() == set()

    def test_another_entry_with_the_same_table_keeps_it(self, portal):
        other = portal.entry(title="另一份")
        portal.upload(other, "同样.csv", PLAIN)
        entry = portal.entry()
        made = portal.upload(entry, "附件.csv", PLAIN)
        portal.work()
        portal.act(
            "resource_patch",
            portal.compiler,
            id=made["id"],
            upload=portal.file("附件.csv", MARKED),
        )
        portal.work()
        done = portal.released(other)
        assert done["version"] == 1

    def test_the_trail_says_that_it_was_and_no_more(self, portal):
        entry = portal.entry()
        portal.upload(entry, "金丝雀附件.csv", MARKED)
        portal.work()
        row = model.Session.scalar(
            sa.select(AuditRecord).where(AuditRecord.action == "classified_purge")
        )
        assert set(row.detail) == {"entry", "ruleset"}
