"""The rule set in force, and what released data are found to hold under new rules.

Revision ID: 005
Revises: 004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def upgrade():
    op.create_table(
        "edudata_ruleset_switch",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        _text("ruleset"),
        _text("switched_by", nullable=True),
        _time(
            "switched_at",
            nullable=False,
            server_default=sa.text("clock_timestamp()"),
        ),
    )
    op.create_table(
        "edudata_reread",
        _text("ruleset", primary_key=True),
        _text("kind", primary_key=True),
        _text("subject", primary_key=True),
        _text("dataset_id", index=True),
        sa.Column("version", sa.Integer, nullable=False),
        _text("entry_id", index=True),
        _text("resource_id"),
        _text("unit_id"),
        _text("verdict"),
        sa.Column("report", JSONB, nullable=False),
        _time("read_at", nullable=False, server_default=sa.text("clock_timestamp()")),
        _text("outcome", nullable=True),
        _time("acted_at"),
        _time("due_at"),
        _time("closed_at"),
        _text("closed", nullable=True),
    )


def downgrade():
    op.drop_table("edudata_reread")
    op.drop_table("edudata_ruleset_switch")
