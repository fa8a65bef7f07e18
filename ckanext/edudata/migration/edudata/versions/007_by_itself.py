"""Entries that release by themselves, what arrives in them, and kept profiles.

Revision ID: 007
Revises: 006
"""

import sqlalchemy as sa
from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def upgrade():
    op.create_table(
        "edudata_by_itself",
        _text("id", primary_key=True),
        _text("entry_id"),
        _text("opening_class"),
        _text("switched_by"),
        _time("switched_at", nullable=False, server_default=sa.func.now()),
        _text("ended_by", nullable=True),
        _time("ended_at"),
        _text("end_cause", nullable=True),
    )
    op.create_index(
        "ux_edudata_by_itself_on",
        "edudata_by_itself",
        ["entry_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "edudata_batch",
        _text("id", primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(), nullable=False),
        _text("entry_id", index=True),
        _text("resource_id", index=True),
        _text("kind"),
        sa.Column("rows", sa.BigInteger, nullable=True),
        _text("written_by", nullable=True),
        _time("written_at", nullable=False, server_default=sa.func.clock_timestamp()),
        _text("state"),
        _text("reason", nullable=True),
        _text("check_id", nullable=True, index=True),
        _text("sha256", nullable=True),
        _text("release_id", nullable=True),
        _time("settled_at"),
    )
    op.create_table(
        "edudata_kept_profile",
        _text("check_id", primary_key=True),
        _text("resource_id", index=True),
        _text("sha256"),
        _text("ruleset"),
        sa.Column("small_cell", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        _time("kept_at", nullable=False, server_default=sa.func.now()),
    )


def downgrade():
    op.drop_table("edudata_kept_profile")
    op.drop_table("edudata_batch")
    op.drop_table("edudata_by_itself")
