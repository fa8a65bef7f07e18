"""Entries, checks and clearances, releases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


def _time(name, *, now=False):
    default = {"nullable": False, "server_default": sa.func.now()} if now else {}
    return sa.Column(name, sa.DateTime(timezone=True), **default)


def _text(name, **options):
    return sa.Column(name, sa.Text, nullable=False, **options)


def upgrade():
    op.create_table(
        "edudata_entry",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("compilers", JSONB, nullable=False),
        _time("created_at", now=True),
    )
    op.create_table(
        "edudata_entry_version",
        sa.Column("id", sa.Text, primary_key=True),
        _text("entry_id", index=True),
        sa.Column("number", sa.Integer, nullable=False),
        _text("state"),
        _text("digest"),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("compilers", JSONB, nullable=False),
        sa.Column("submitted_by", sa.Text),
        _time("submitted_at", now=True),
        sa.Column("decided_by", sa.Text),
        _time("decided_at"),
        sa.Column("reason", sa.Text),
        sa.UniqueConstraint("entry_id", "number"),
    )
    op.create_table(
        "edudata_check",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        _text("entry_id", index=True),
        _text("resource_id", index=True),
        _text("subject"),
        _text("stamp"),
        _text("state"),
        sa.Column("sha256", sa.Text, index=True),
        sa.Column("ruleset", sa.Text),
        sa.Column("verdict", sa.Text),
        sa.Column("report", JSONB),
        sa.Column("progress", JSONB),
        _time("queued_at", now=True),
        _time("started_at"),
        _time("beat_at"),
        _time("finished_at"),
    )
    op.create_table(
        "edudata_clearance",
        sa.Column("id", sa.Text, primary_key=True),
        _text("check_id"),
        _text("entry_id"),
        _text("resource_id", index=True),
        _text("sha256", index=True),
        _text("ruleset"),
        _text("permits"),
        sa.Column("tables", JSONB, nullable=False),
        _time("given_at", now=True),
        _time("withdrawn_at"),
    )
    op.create_table(
        "edudata_release",
        sa.Column("id", sa.Text, primary_key=True),
        _text("entry_id", index=True),
        _text("entry_version_id"),
        _text("dataset_id", index=True),
        _text("unit_id"),
        sa.Column("version", sa.Integer, nullable=False),
        _text("opening_class"),
        sa.Column("dataset", JSONB, nullable=False),
        _text("state"),
        sa.Column("released_by", sa.Text),
        _time("released_at", now=True),
        _time("settled_at"),
        _time("stopped_at"),
        sa.UniqueConstraint("dataset_id", "version"),
    )
    op.create_table(
        "edudata_released_resource",
        sa.Column("id", sa.Text, primary_key=True),
        _text("release_id", index=True),
        _text("resource_id", index=True),
        _text("source"),
        _text("kind"),
        _text("table_id", unique=True),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("row_count", sa.BigInteger, nullable=False),
        _text("content_digest"),
        sa.Column("file_digest", sa.Text),
        sa.Column("file_name", sa.Text),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("clearance_id", sa.Text),
    )
    op.create_table(
        "edudata_staged_table",
        sa.Column("table_id", sa.Text, primary_key=True),
        _time("staged_at", now=True),
    )


def downgrade():
    for table in (
        "edudata_staged_table",
        "edudata_released_resource",
        "edudata_release",
        "edudata_clearance",
        "edudata_check",
        "edudata_entry_version",
        "edudata_entry",
    ):
        op.drop_table(table)
