"""Notices to people, and reports of personal data in open datasets.

Revision ID: 006
Revises: 005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def upgrade():
    op.create_table(
        "edudata_notice",
        _text("id", primary_key=True),
        _text("user_id", index=True),
        _text("kind"),
        _text("unit_id", nullable=True),
        _text("object_type"),
        _text("object_id", index=True),
        sa.Column("detail", JSONB, nullable=False, server_default="{}"),
        _time("created_at", nullable=False),
        _time("read_at"),
        _text("mail"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        _time("next_try", nullable=False),
    )
    op.create_index(
        "ix_edudata_notice_waiting",
        "edudata_notice",
        ["next_try"],
        postgresql_where=sa.text("mail = 'waiting'"),
    )
    op.create_table(
        "edudata_alarm",
        _text("id", primary_key=True),
        _text("dataset_id", index=True),
        _text("unit_id", index=True),
        _text("kind"),
        _text("where", server_default=""),
        _text("state"),
        _time("raised_at", nullable=False),
        sa.Column("reports", sa.Integer, nullable=False, server_default="1"),
        _text("answered_by", nullable=True),
        _time("answered_at"),
        _text("reason", server_default=""),
    )
    op.create_index(
        "ux_edudata_alarm_open",
        "edudata_alarm",
        ["dataset_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade():
    op.drop_table("edudata_alarm")
    op.drop_table("edudata_notice")
