"""Open lists: numbered versions that the database refuses to change.

Words of a line can be taken out (personal data in a title, Art. 31), and nothing else.
What may change a list is noted by the tables in which it happens, in the same
transaction; notes are only ever added, so that nobody waits for anybody.

Revision ID: 014
Revises: 013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None

_REFUSE = """
CREATE OR REPLACE FUNCTION edudata_open_list_refuse() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'A published open list stays as it is'
        USING ERRCODE = 'insufficient_privilege';
END
$$ LANGUAGE plpgsql
"""

_BLANK = """
CREATE OR REPLACE FUNCTION edudata_open_list_only_blank() RETURNS trigger AS $$
BEGIN
    IF OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL
        AND NEW.title = '' AND NEW.fields = '{}'::jsonb AND NEW.nonce = ''
        AND (NEW.list_id, NEW.place, NEW.key, NEW.kind, NEW.digest)
            = (OLD.list_id, OLD.place, OLD.key, OLD.kind, OLD.digest)
        AND NEW.entry_id = OLD.entry_id
        AND NEW.dataset_id IS NOT DISTINCT FROM OLD.dataset_id
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A published open list stays as it is'
        USING ERRCODE = 'insufficient_privilege';
END
$$ LANGUAGE plpgsql
"""

_TOUCH_RELEASE = """
CREATE OR REPLACE FUNCTION edudata_open_list_touch_release() RETURNS trigger AS $$
BEGIN
    INSERT INTO edudata_open_list_touch (unit_id) VALUES (NEW.unit_id);
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""

_TOUCH_VERSION = """
CREATE OR REPLACE FUNCTION edudata_open_list_touch_version() RETURNS trigger AS $$
BEGIN
    INSERT INTO edudata_open_list_touch (unit_id)
    SELECT p.owner_org FROM package p
    WHERE p.id = NEW.entry_id AND p.owner_org IS NOT NULL;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""

_TOUCH_ENTRY = """
CREATE OR REPLACE FUNCTION edudata_open_list_touch_entry() RETURNS trigger AS $$
BEGIN
    INSERT INTO edudata_open_list_touch (unit_id) VALUES (NEW.unit_id);
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    op.create_table(
        "edudata_open_list",
        _text("id", primary_key=True),
        _text("unit_id"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("unit", JSONB, nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        _text("digest"),
        _text("published_by", nullable=True),
        _time("published_at", nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("unit_id", "number"),
    )
    op.create_table(
        "edudata_open_list_line",
        _text("list_id", primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        _text("key", index=True),
        _text("entry_id", index=True),
        _text("dataset_id", nullable=True),
        _text("kind"),
        _text("title"),
        sa.Column("fields", JSONB, nullable=False),
        _text("nonce"),
        _text("digest"),
        _time("withdrawn_at"),
    )
    op.create_table(
        "edudata_open_list_withdrawal",
        _text("id", primary_key=True),
        _text("unit_id", index=True),
        # Both are empty where a line is withdrawn from all versions.
        sa.Column("number", sa.Integer),
        _text("key", nullable=True),
        sa.Column("words", JSONB, nullable=False, server_default="[]"),
        _text("reason"),
        _text("withdrawn_by", nullable=True),
        _time("withdrawn_at", nullable=False, server_default=sa.func.now()),
    )
    op.create_table(
        "edudata_open_list_unit",
        _text("unit_id", primary_key=True),
        _text("list_id", nullable=True),
        sa.Column("number", sa.Integer, nullable=False, server_default="0"),
        _time("published_at"),
        sa.Column("waiting", sa.Integer, nullable=False, server_default="0"),
        sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
        _text("told", nullable=True),
        _time("looked_at"),
    )
    op.create_table(
        "edudata_open_list_touch",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _text("unit_id", index=True),
    )
    op.create_table(
        "edudata_open_list_words",
        _text("digest", primary_key=True),
        _text("ruleset", primary_key=True),
        _text("verdict"),
    )
    op.create_table(
        "edudata_open_list_run",
        _text("id", primary_key=True),
        _text("unit_id", index=True),
        _text("started_by"),
        sa.Column("units", JSONB, nullable=False),
        sa.Column("results", JSONB, nullable=False, server_default="[]"),
        _text("state"),
        _time("started_at", nullable=False, server_default=sa.func.now()),
        _time("beat_at", nullable=False, server_default=sa.func.now()),
        _time("finished_at"),
    )
    for statement in (
        _REFUSE,
        _BLANK,
        _TOUCH_RELEASE,
        _TOUCH_VERSION,
        _TOUCH_ENTRY,
    ):
        op.execute(statement)
    for table in ("edudata_open_list", "edudata_open_list_withdrawal"):
        op.execute(
            f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION edudata_open_list_refuse()"
        )
    op.execute(
        "CREATE TRIGGER edudata_open_list_line_kept BEFORE DELETE "
        "ON edudata_open_list_line "
        "FOR EACH ROW EXECUTE FUNCTION edudata_open_list_refuse()"
    )
    op.execute(
        "CREATE TRIGGER edudata_open_list_line_rows BEFORE UPDATE "
        "ON edudata_open_list_line "
        "FOR EACH ROW EXECUTE FUNCTION edudata_open_list_only_blank()"
    )
    for table in (
        "edudata_open_list",
        "edudata_open_list_line",
        "edudata_open_list_withdrawal",
    ):
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION edudata_open_list_refuse()"
        )
    op.execute(
        "CREATE TRIGGER edudata_open_list_touch_release "
        "AFTER INSERT OR UPDATE ON edudata_release "
        "FOR EACH ROW EXECUTE FUNCTION edudata_open_list_touch_release()"
    )
    op.execute(
        "CREATE TRIGGER edudata_open_list_touch_version "
        "AFTER INSERT OR UPDATE ON edudata_entry_version "
        "FOR EACH ROW WHEN (NEW.state IN ('approved', 'released')) "
        "EXECUTE FUNCTION edudata_open_list_touch_version()"
    )
    # Who writes into an entry is on record in the same transaction.
    op.execute(
        "CREATE TRIGGER edudata_open_list_touch_entry AFTER INSERT ON edudata_audit "
        "FOR EACH ROW WHEN (NEW.object_type = 'entry' AND NEW.unit_id IS NOT NULL "
        "AND NEW.action IN ('entry_create', 'entry_update')) "
        "EXECUTE FUNCTION edudata_open_list_touch_entry()"
    )


def downgrade():
    op.execute("DROP TRIGGER edudata_open_list_touch_entry ON edudata_audit")
    op.execute("DROP TRIGGER edudata_open_list_touch_version ON edudata_entry_version")
    op.execute("DROP TRIGGER edudata_open_list_touch_release ON edudata_release")
    for name in (
        "run",
        "words",
        "touch",
        "unit",
        "withdrawal",
        "line",
    ):
        op.drop_table(f"edudata_open_list_{name}")
    op.drop_table("edudata_open_list")
    for name in (
        "touch_entry",
        "touch_version",
        "touch_release",
        "only_blank",
        "refuse",
    ):
        op.execute(f"DROP FUNCTION edudata_open_list_{name}()")
