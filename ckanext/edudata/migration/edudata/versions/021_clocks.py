"""Reminders given and preferences of notices (Art. 28).

Revision ID: 021
Revises: 020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "021"
down_revision = "020"
branch_labels = None
depends_on = None


def _json(name, default):
    return sa.Column(name, JSONB, nullable=False, server_default=default)


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    op.create_table(
        "edudata_work_year",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        _json("off", "[]"),
        _json("work", "[]"),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("announced_by", sa.Text),
        _time("announced_at", nullable=False, server_default=sa.func.now()),
    )
    op.create_table(
        "edudata_request_reminder",
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, primary_key=True),
        sa.Column("stage", sa.Text, primary_key=True),
        sa.Column("due_on", sa.Date, primary_key=True),
        _time("at", nullable=False, server_default=sa.func.now()),
    )
    op.add_column("edudata_request", _json("stays", "[]"))
    op.add_column("edudata_request", sa.Column("due_on", sa.Date))
    op.create_index("edudata_request_due", "edudata_request", ["state", "due_on"])

    op.create_table(
        "edudata_notice_preference",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("language", sa.Text),
        _json("mail", "{}"),
        _json("hidden", "[]"),
        _time("changed_at", nullable=False, server_default=sa.func.now()),
    )
    op.add_column("edudata_notice", _time("done_at"))
    op.add_column(
        "edudata_notice",
        sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_edudata_notice_open",
        "edudata_notice",
        ["user_id", "created_at"],
        postgresql_where=sa.text("read_at IS NULL AND done_at IS NULL"),
    )
    op.create_index(
        "ix_edudata_notice_digest",
        "edudata_notice",
        ["next_try"],
        postgresql_where=sa.text("mail = 'digest'"),
    )


def downgrade():
    op.drop_index("ix_edudata_notice_digest", "edudata_notice")
    op.drop_index("ix_edudata_notice_open", "edudata_notice")
    op.drop_column("edudata_notice", "hidden")
    op.drop_column("edudata_notice", "done_at")
    op.drop_table("edudata_notice_preference")
    op.drop_index("edudata_request_due", "edudata_request")
    op.drop_column("edudata_request", "due_on")
    op.drop_column("edudata_request", "stays")
    op.drop_table("edudata_request_reminder")
    op.drop_table("edudata_work_year")
