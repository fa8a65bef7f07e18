"""Security review, comparisons of versions, review of many entries by a sample.

Revision ID: 010
Revises: 009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _json(name, **options):
    return sa.Column(name, JSONB, **{"nullable": False, **options})


def upgrade():
    for column in (
        _text("security_by", nullable=True),
        _time("security_at"),
        _text("security_words", nullable=True),
    ):
        op.add_column("edudata_entry_version", column)
    op.create_table(
        "edudata_entry_standing",
        _text("entry_id", primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("modified", sa.DateTime, nullable=False),
        sa.Column("check_number", sa.BigInteger, nullable=False),
        _time("check_finished"),
        sa.Column("same", sa.Boolean, nullable=False),
    )
    op.create_table(
        "edudata_row_comparison",
        _text("id", primary_key=True),
        _text("entry_id", index=True),
        _text("signature", unique=True),
        _json("request"),
        _text("state"),
        sa.Column("result", JSONB),
        _time("queued_at", nullable=False, server_default=sa.func.now()),
        _time("beat_at"),
    )
    op.create_table(
        "edudata_review_round",
        _text("id", primary_key=True),
        _text("reviewer_id", index=True),
        _text("state"),
        _json("asked"),
        sa.Column("seed", sa.BigInteger, nullable=False),
        _json("entries"),
        _json("sample"),
        _json("looked"),
        _json("outcome"),
        _time("created_at", nullable=False, server_default=sa.func.now()),
        _time("beat_at"),
        _time("finished_at"),
    )


def downgrade():
    op.drop_table("edudata_review_round")
    op.drop_table("edudata_row_comparison")
    op.drop_table("edudata_entry_standing")
    for name in ("security_words", "security_at", "security_by"):
        op.drop_column("edudata_entry_version", name)
