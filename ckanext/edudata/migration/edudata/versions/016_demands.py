"""Data demands of the public: asked, supported, answered (Art. 26).

Revision ID: 016
Revises: 015
"""

import sqlalchemy as sa
from alembic import op

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def upgrade():
    op.create_table(
        "edudata_demand",
        _text("id", primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(), unique=True),
        _text("title"),
        _text("purpose"),
        _text("likeness", index=True),
        _text("unit_id", index=True),
        sa.Column("unsure", sa.Boolean, nullable=False),
        _text("line_unit", nullable=True),
        _text("line_title", nullable=True),
        _text("user_id", index=True),
        _text("state"),
        sa.Column("supports", sa.Integer, nullable=False, server_default="0"),
        _text("answer", nullable=True),
        _text("opening_class", nullable=True),
        sa.Column("planned_date", sa.Date),
        _text("dataset_id", nullable=True),
        _text("answer_words", server_default=""),
        _text("answered_unit", nullable=True),
        _time("answered_at"),
        _time("created_at", nullable=False),
        _time("since", nullable=False),
    )
    op.create_index("ix_edudata_demand_state", "edudata_demand", ["state", "since"])
    op.create_table(
        "edudata_demand_support",
        _text("demand_id", primary_key=True),
        _text("user_id", primary_key=True),
        _time("at", nullable=False),
    )
    op.create_table(
        "edudata_demand_event",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _text("demand_id", index=True),
        _text("command"),
        _text("source"),
        _text("target"),
        _text("unit_id"),
        _text("actor_id", nullable=True),
        _text("words", server_default=""),
        _time("at", nullable=False),
    )


def downgrade():
    for table in ("_event", "_support", ""):
        op.drop_table(f"edudata_demand{table}")
