"""Quality of entries: stored figures, results of tables, confirmations, reminders.

Revision ID: 012
Revises: 011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def _number(name, **options):
    return sa.Column(name, sa.BigInteger, **{"nullable": True, **options})


def upgrade():
    op.create_table(
        "edudata_quality",
        _text("entry_id", primary_key=True),
        _text("seen"),
        _time("measured_at", nullable=False),
        sa.Column("completeness", sa.Integer, nullable=False),
        sa.Column("gaps", JSONB, nullable=False, server_default="[]"),
        _text("validity"),
        _number("rows"),
        _number("bad_rows"),
        sa.Column("problems", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tables", JSONB, nullable=False, server_default="[]"),
        _text("cycle", nullable=True),
        _text("base_kind", nullable=True),
        sa.Column("base_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("remind_on", sa.Date),
        sa.Column("overdue_on", sa.Date, index=True),
    )
    op.create_table(
        "edudata_quality_table",
        _text("digest", primary_key=True),
        _text("asked", primary_key=True),
        _text("state"),
        _number("rows"),
        _number("bad_rows"),
        sa.Column("result", JSONB, nullable=False, server_default="{}"),
        _time("measured_at", nullable=False),
    )
    op.create_table(
        "edudata_quality_confirmation",
        _text("id", primary_key=True),
        _text("entry_id", index=True),
        _text("confirmed_by", nullable=True),
        _time("confirmed_at", nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("next_due_on", sa.Date, nullable=False),
    )
    op.create_table(
        "edudata_quality_reminder",
        _text("entry_id", primary_key=True),
        sa.Column("due_on", sa.Date, primary_key=True),
        _text("stage", primary_key=True),
        sa.Column("sent_on", sa.Date, nullable=False),
    )


def downgrade():
    for name in ("reminder", "confirmation", "table"):
        op.drop_table(f"edudata_quality_{name}")
    op.drop_table("edudata_quality")
