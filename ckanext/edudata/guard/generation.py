"""Which state of the public content the database holds: a mark that changes with it.

The mark stands in CKAN's `system_info` and is written in the very transaction that
changes what everybody sees, as its last statement. A page that was kept under one mark
is so never served once a release, a stop or a new version is committed, whoever wrote
it: the page, the API, the worker, a command, a sweep. What is written into the index
or into the DataStore moves the mark on by itself, after it was written.
"""

from __future__ import annotations

import functools
import re
import uuid
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.search.index import PackageSearchIndex
from flask import g, has_request_context
from sqlalchemy import event

KEY = "edudata.public"

#: Tables that nothing kept is made of. All others move the mark, new ones with them.
_QUIET = """
    activity activity_detail alembic_version api_token dashboard edudata_account
    edudata_account_mail edudata_alarm edudata_alembic_version edudata_applicant
    edudata_application edudata_audit edudata_audit_block edudata_audit_leaf
    edudata_backup edudata_batch edudata_by_itself edudata_catalog
    edudata_catalog_line edudata_catalog_part edudata_catalog_row
    edudata_catalog_step edudata_check edudata_clearance edudata_code_sequence
    edudata_code_unit edudata_delivery edudata_entry edudata_entry_standing
    edudata_entry_version edudata_event edudata_exception edudata_extract
    edudata_factor_reset edudata_finding_decision edudata_grant edudata_grant_day
    edudata_grant_person edudata_grant_token edudata_import edudata_import_row
    edudata_incident edudata_incident_drill edudata_incident_plan
    edudata_incident_step edudata_institution_account edudata_kept_profile
    edudata_making edudata_notice edudata_notice_preference edudata_open_list_touch
    edudata_past_password edudata_post_record edudata_provision
    edudata_quality_reminder edudata_recall edudata_recall_person
    edudata_recovery_code edudata_request edudata_request_attachment
    edudata_request_event edudata_request_person edudata_request_reason
    edudata_request_reminder edudata_reread edudata_retention_run
    edudata_review_round edudata_role_assignment edudata_row_comparison
    edudata_second_factor edudata_source_case edudata_staged_table edudata_template
    edudata_template_answer edudata_template_row edudata_unit_import
    edudata_use_report file file_owner file_owner_transfer_history member package
    package_member package_relationship package_tag resource resource_view
    system_info tag task_status tracking_raw tracking_summary user
    user_following_dataset user_following_group user_following_user
"""
QUIET = frozenset(_QUIET.split())
"""Of packages only the door's writing counts, and a release or stop is always with it
(`edudata_release`): a unit's people write into their entries all day long."""

_WRITES = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from|truncate(?:\s+table)?|merge\s+into|copy)"
    r'\s+(?:only\s+)?(?:"?public"?\.)?"?(\w+)',
    re.IGNORECASE,
)
_NO_TABLE = frozenset({"set", "skip", "nowait", "of"})
_WRITING = ("INSERT", "UPDATE", "DELETE", "TRUNCA", "MERGE ", "COPY ", "WITH")
_FLAG = "edudata_public"

_CONFIG = "ckan.config_update"
"""CKAN reads this of the same table, at the beginning of each request."""

_READ = "SELECT key, value FROM system_info WHERE key IN (%s, %s)"
# Under the lock of the row, so that no two marks fall into one second: what HTTP knows
# of time are seconds.
_WRITE = (
    "INSERT INTO system_info AS s (key, value, state)"
    " VALUES (%(key)s, ceil(extract(epoch FROM clock_timestamp())) || %(rest)s,"
    " 'active') ON CONFLICT (key) DO UPDATE SET value = greatest("
    "ceil(extract(epoch FROM clock_timestamp())),"
    " split_part(s.value, ' ', 1)::numeric + 1) || %(rest)s"
)


def install() -> None:
    """Watch what is committed to CKAN's database and written into the index."""
    # Of all engines, for CKAN may take another one while the process runs.
    if not event.contains(sa.engine.Engine, "commit", _committing):
        event.listen(sa.engine.Engine, "before_cursor_execute", _writing)
        event.listen(sa.engine.Engine, "commit", _committing)
        event.listen(sa.engine.Engine, "rollback", _rolled_back)
    if not hasattr(model.get_system_info, "edudata_told"):
        model.get_system_info = _told(model.get_system_info)
    for name in ("index_package", "delete_package", "commit"):
        written = getattr(PackageSearchIndex, name)
        if not hasattr(written, "edudata_watched"):
            setattr(PackageSearchIndex, name, _watched(written))


def current() -> str | None:
    """The mark, `<epoch seconds> <random>`; None before anything was public."""
    connection = model.Session.connection()
    found = connection.exec_driver_sql(_READ, (KEY, _CONFIG)).all()
    values: dict[str, str] = dict(map(tuple, found))
    if has_request_context():
        g.edudata_config_update = values.get(_CONFIG)
    return values.get(KEY)


def at(mark: str) -> int:
    """The second of a mark, since the epoch; each has one of its own."""
    return int(mark.partition(" ")[0])


def changed() -> None:
    """Move the mark on, in a transaction of its own."""
    with model.ensure_engine().begin() as connection:
        _move(connection)


def shown(statement: str) -> bool:
    """Whether a statement writes into a table that something public is made of."""
    if not statement.lstrip()[:6].upper().startswith(_WRITING):
        return False
    tables = {name.lower() for name in _WRITES.findall(statement)}
    return bool(tables - QUIET - _NO_TABLE)


def _writing(
    connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool
) -> None:
    if connection.info.get(_FLAG) or not shown(statement):
        return
    ours = model.ensure_engine()
    if connection.engine is ours or connection.engine.url == ours.url:
        connection.info[_FLAG] = True


def _committing(connection: Any) -> None:
    if connection.info.pop(_FLAG, None):
        _move(connection)


def _rolled_back(connection: Any) -> None:
    connection.info.pop(_FLAG, None)


def _move(connection: Any) -> None:
    cursor = connection.connection.cursor()
    try:
        # While CKAN's own tables are being made there is nothing to show yet.
        cursor.execute("SELECT to_regclass('system_info')")
        if cursor.fetchone()[0]:
            cursor.execute(_WRITE, {"key": KEY, "rest": f" {uuid.uuid4().hex}"})
    finally:
        cursor.close()


def _told(read: Any) -> Any:
    """What was read with the mark is not asked for again, once."""

    @functools.wraps(read)
    def get_system_info(key: str, default: str | None = None) -> str | None:
        if key == _CONFIG and has_request_context() and "edudata_config_update" in g:
            known = g.pop("edudata_config_update")
            return default if known is None else known
        return read(key, default)

    get_system_info.edudata_told = True  # type: ignore[attr-defined]
    return get_system_info


def _watched(written: Any) -> Any:
    @functools.wraps(written)
    def and_changed(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = written(self, *args, **kwargs)
        package = args[0] if args else {}
        if not isinstance(package, dict) or package.get("type") != "entry":
            changed()
        return found

    and_changed.edudata_watched = True  # type: ignore[attr-defined]
    return and_changed
