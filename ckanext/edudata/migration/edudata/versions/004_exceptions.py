"""Exceptions, the standing rule, decisions; what checks and clearances rest on.

Revision ID: 004
Revises: 003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **options})


def upgrade():
    op.add_column("edudata_check", sa.Column("basis", JSONB))
    op.add_column("edudata_clearance", sa.Column("basis", JSONB))
    op.create_table(
        "edudata_exception",
        _text("id", primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        _text("entry_id", index=True),
        _text("resource_id", index=True),
        _text("unit_id", index=True),
        _text("place"),
        _text("column_label"),
        _text("entity"),
        _text("element"),
        _text("evidence"),
        _text("kind"),
        _text("law"),
        _text("article"),
        _text("purpose"),
        _time("until"),
        _text("scope"),
        _text("state"),
        _text("asked_by", nullable=True),
        _time("asked_at", server_default=sa.func.now()),
        _text("decided_by", nullable=True),
        _time("decided_at", nullable=True),
        _text("decision_reason", nullable=True),
        _text("ended_by", nullable=True),
        _time("ended_at", nullable=True),
        _text("end_cause", nullable=True),
    )
    op.create_index(
        "edudata_exception_one_open",
        "edudata_exception",
        ["resource_id", "place", "column_label", "entity"],
        unique=True,
        postgresql_where=sa.text("state = 'requested'"),
    )
    op.create_table(
        "edudata_standing_rule",
        _text("id", primary_key=True),
        _text("basis"),
        _time("starts"),
        _time("until", nullable=True),
        _text("approved_by", nullable=True),
        _time("approved_at", server_default=sa.func.now()),
        _time("applied_at", nullable=True),
        _text("ended_by", nullable=True),
        _time("ended_at", nullable=True),
    )
    op.create_index(
        "edudata_standing_rule_one",
        "edudata_standing_rule",
        [sa.text("(1)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "edudata_finding_decision",
        _text("id", primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        _text("unit_id"),
        _text("resource_id", index=True),
        _text("place"),
        _text("column_label"),
        _text("entity"),
        _text("element"),
        _text("way"),
        _text("exception_id", nullable=True),
        _text("decided_by", nullable=True),
        _time("decided_at", server_default=sa.func.now()),
    )
    op.create_index(
        "edudata_finding_decision_of",
        "edudata_finding_decision",
        ["unit_id", "column_label", "entity"],
    )


def downgrade():
    for table in (
        "edudata_finding_decision",
        "edudata_standing_rule",
        "edudata_exception",
    ):
        op.drop_table(table)
    op.drop_column("edudata_clearance", "basis")
    op.drop_column("edudata_check", "basis")
