"""Extracts, reports of use, onward provision, recalls (Art. 31).

Revision ID: 023
Revises: 022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "023"
down_revision = "022"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": True, **options})


def _number(name, kind=sa.BigInteger, **options):
    return sa.Column(
        name, kind, **{"nullable": False, "server_default": "0", **options}
    )


def _of_grant():
    return [
        _text("grant_id", index=True),
        _text("request_id"),
        _text("user_id", index=True),
        _text("unit_id", index=True),
    ]


def upgrade():
    op.create_table(
        "edudata_extract",
        _text("id", primary_key=True),
        *_of_grant(),
        _text("format"),
        _text("lang"),
        _text("state"),
        _text("failure", nullable=True),
        _number("rows"),
        _number("rows_done"),
        _number("size"),
        _text("sha256", nullable=True),
        _number("tries", sa.Integer),
        _time("queued_at", nullable=False),
        _time("beat_at"),
        _time("finished_at"),
        _time("expires_at"),
        _time("removed_at"),
    )
    op.create_index("edudata_extract_state", "edudata_extract", ["state"])
    op.create_index(
        "edudata_extract_one_at_work",
        "edudata_extract",
        ["grant_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_table(
        "edudata_use_report",
        _text("request_id", primary_key=True),
        _text("grant_id"),
        _text("user_id", index=True),
        _text("unit_id", index=True),
        sa.Column("form", JSONB, nullable=False, server_default="{}"),
        sa.Column("due", sa.Date),
        _text("told", server_default=""),
        _time("filed_at"),
        _text("filed_by", nullable=True),
        sa.Column("late", sa.Boolean, nullable=False, server_default="false"),
        _time("read_at"),
        _text("read_by", nullable=True),
        _text("words", server_default=""),
    )
    op.create_table(
        "edudata_provision",
        _text("id", primary_key=True),
        *_of_grant(),
        sa.Column("serial", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        _text("dataset_id"),
        sa.Column("form", JSONB, nullable=False),
        _text("state", index=True),
        _time("asked_at", nullable=False),
        sa.Column("due", sa.Date, nullable=False),
        _time("decided_at"),
        _text("decided_by", nullable=True),
        _text("words", server_default=""),
    )
    op.create_table(
        "edudata_recall",
        _text("id", primary_key=True),
        sa.Column("serial", sa.BigInteger, sa.Identity(), nullable=False, unique=True),
        _text("unit_id", index=True),
        _text("dataset_id", index=True),
        _text("release_id", nullable=True, index=True),
        _text("reason"),
        _text("words"),
        _text("state"),
        _time("at", nullable=False),
        _text("actor_id"),
        sa.Column("due", sa.Date, nullable=False),
        _time("settled_at"),
        _time("told_late_at"),
        _time("closed_at"),
        _text("closed_by", nullable=True),
        _text("closing_words", server_default=""),
    )
    op.create_table(
        "edudata_recall_person",
        _text("recall_id", primary_key=True),
        _text("user_id", primary_key=True, index=True),
        sa.Column("grants", JSONB, nullable=False),
        _number("deliveries"),
        _number("rows"),
        _time("last_delivery"),
        _time("told_at", nullable=False),
        _number("chased", sa.Integer),
        _time("chased_at"),
        _time("confirmed_at"),
        sa.Column("deleted_on", sa.Date),
        _text("what", server_default=""),
        _text("derived", nullable=True),
        _text("derived_words", server_default=""),
    )


def downgrade():
    for table in ("recall_person", "recall", "provision", "use_report", "extract"):
        op.drop_table(f"edudata_{table}")
