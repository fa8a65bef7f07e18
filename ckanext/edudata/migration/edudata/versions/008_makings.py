"""Desensitized data being made, and which file they became.

Revision ID: 008
Revises: 007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    op.create_table(
        "edudata_making",
        _text("id", primary_key=True),
        _text("resource_id"),
        _text("sheet"),
        _text("entry_id", index=True),
        _text("made_id", nullable=True),
        _text("made_by"),
        _text("name"),
        _text("table_key"),
        sa.Column("plan", JSONB, nullable=False),
        _text("state"),
        _text("refused", nullable=True),
        sa.Column("progress", JSONB),
        _time("queued_at", nullable=False, server_default=sa.func.now()),
        _time("beat_at"),
        _time("finished_at"),
        sa.UniqueConstraint("resource_id", "sheet"),
    )


def downgrade():
    op.drop_table("edudata_making")
