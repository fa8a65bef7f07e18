"""What is past its time goes without a trace; what is needed stays."""

from __future__ import annotations

import os
import time
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from click.testing import CliRunner

from ckanext.edudata.audit.model import AuditRecord
from ckanext.edudata.operations import retention
from ckanext.edudata.operations.cli_retention import retention as command
from tests.delivery import conditional

CANARY = "金丝雀用途七七四一"


def trace(*words: str) -> dict[str, int]:
    """Rows of all tables, the trail apart, in which one of the words stands."""
    found = {}
    with model.ensure_engine().connect() as connection:
        for table in connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).all():
            if table.startswith("edudata_audit"):
                continue
            for word in words:
                count = connection.scalar(
                    sa.text(
                        f'SELECT count(*) FROM "{table}" t '
                        "WHERE CAST(t AS text) LIKE '%' || :word || '%'"
                    ),
                    {"word": word},
                )
                if count:
                    found[f"{table}: {word}"] = count
    return found


def older(table: str, column: str, days: int, where: str = "true") -> None:
    model.Session.execute(
        sa.text(
            f"UPDATE {table} SET {column} = {column} - interval '{days} days' "
            f"WHERE {where}"
        )
    )
    model.Session.commit()


def purge(dry: bool = False) -> Any:
    return tk.get_action("edudata_retention_run")({"ignore_auth": True}, {"dry": dry})


@pytest.mark.clause("8.1.4.10 a", "8.1.4.10 b", "8.1.4.11 a")
class TestApplications:
    def test_an_old_one_leaves_nothing_and_others_stay(self, portal: Any) -> None:
        data = conditional.released(portal)
        old = conditional.granted(portal, data, purpose=CANARY)
        grant = portal.act("edudata_grant_list", portal.researcher)["results"][0]
        portal.act(
            "edudata_grant_token_create", portal.researcher, grant_id=grant["id"]
        )
        portal.act("datastore_search", portal.researcher, resource_id=data.resource_id)
        kept = conditional.granted(portal, data, portal.stranger)
        conditional.known(portal, portal.outsider)
        draft = portal.act(
            "edudata_request_create",
            portal.outsider,
            resource_id=data.resource_id,
            **conditional.form(),
        )
        older("edudata_request", "since", 2000)
        older("edudata_application", "created_at", 2000)
        assert purge()["applications"]["found"] == 0, "it is still in use"
        # Somebody worked at the draft a moment ago.
        assert purge(dry=True)["drafts"]["found"] == 0
        portal.act("edudata_request_end", portal.researcher, id=old["id"])
        assert purge()["applications"]["found"] == 0, "it ended a moment ago"
        older("edudata_request", "since", 1200, f"id = '{old['id']}'")
        assert purge(dry=True)["applications"]["found"] == 1
        assert trace(CANARY, old["id"], grant["id"]), "a dry run removes nothing"
        told = purge()["applications"]
        assert (told["found"], told["removed"], told["failed"]) == (1, 1, 0)
        assert told["rows"] > 8
        assert trace(CANARY, old["id"], grant["id"], old["number"]) == {}
        shown = portal.act("edudata_request_show", portal.stranger, id=kept["id"])
        assert shown["state"] == "active"
        assert portal.act("edudata_request_show", portal.outsider, id=draft["id"])
        records = model.Session.scalars(
            sa.select(AuditRecord).where(AuditRecord.action == "retention_purge")
        ).all()
        assert [row.detail["rule"] for row in records] == ["applications"]
        # The trail still says that it was, and what left.
        left = {
            row.action
            for row in model.Session.scalars(
                sa.select(AuditRecord).where(AuditRecord.object_id == grant["id"])
            )
        }
        assert "grant_create" in left

    def test_an_open_recall_keeps_it(self, portal: Any) -> None:
        data = conditional.released(portal)
        old = conditional.granted(portal, data)
        portal.act("edudata_request_end", portal.researcher, id=old["id"])
        older("edudata_request", "since", 1200)
        portal.act(
            "edudata_recall_create",
            portal.reviewer,
            dataset_id=data.id,
            reason="mistake",
            words="请删除。",
        )
        assert purge()["applications"]["found"] == 0


@pytest.mark.clause("8.1.4.10 b", "8.1.4.11 a")
class TestOthers:
    def test_closed_accounts_checks_notices_and_files(
        self, portal: Any, tmp_path: Any, ckan_config: Any
    ) -> None:
        entry = portal.entry()
        portal.upload(entry, "学校.csv", "学校,人数\n示例一中,500\n".encode())
        portal.work()
        resource = portal.act("package_show", portal.compiler, id=entry["id"])
        portal.act(
            "edudata_check_run",
            portal.compiler,
            resource_id=resource["resources"][0]["id"],
        )
        portal.work()
        name, user = portal.stranger["name"], model.User.get(portal.stranger["id"])
        mail = user.email
        user.state = "deleted"
        model.Session.commit()
        assert purge()["accounts"]["found"] == 0, "closed a moment ago"
        older('"user"', "created", 200, f"id = '{user.id}'")
        older("edudata_check", "finished_at", 400)
        half = os.path.join(ckan_config["ckan.storage_path"], "half.csv~")
        whole = os.path.join(ckan_config["ckan.storage_path"], "whole.csv")
        for path in (half, whole):
            with open(path, "w") as file:
                file.write("x")
            os.utime(path, (time.time() - 200_000,) * 2)
        told = purge()
        assert told["accounts"]["removed"] == 1
        assert trace(mail, f'"{name}"') == {}
        assert os.path.exists(whole)
        assert not os.path.exists(half)
        os.remove(whole)
        # The newest check of each file stays whatever its age.
        shown = portal.act(
            "edudata_check_show",
            portal.compiler,
            resource_id=resource["resources"][0]["id"],
        )
        assert shown["verdict"] == "clear"
        assert all(each["failed"] == 0 for each in told.values())

    def test_the_command_says_what_it_did_and_roles_decide(self, portal: Any) -> None:
        found = CliRunner().invoke(command, ["--dry-run"])
        assert found.exit_code == 0, found.output
        for rule in retention.rules():
            assert rule.name in found.output
        for user in (portal.compiler, portal.coordinator, None):
            for action in ("edudata_retention_run", "edudata_retention_list"):
                with pytest.raises(tk.NotAuthorized):
                    portal.act(action, user)
