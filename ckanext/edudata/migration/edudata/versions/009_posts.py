"""Moves and ends of units, undertakings and training, imports that wait.

Revision ID: 009
Revises: 008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade():
    for key in ("superior", "acting_office", "code"):
        op.execute(
            f'CREATE INDEX IF NOT EXISTS edudata_unit_{key}_idx ON "group" '
            f"((extras ->> '{key}'))"
        )
    op.create_table(
        "edudata_unit_change",
        _text("id", primary_key=True),
        _text("unit_id", index=True),
        _text("kind"),
        sa.Column("detail", JSONB, nullable=False, server_default="{}"),
        _text("reason", server_default=""),
        _text("made_by", nullable=True),
        _time("made_at", nullable=False, server_default=sa.func.now()),
        _time("indexed_at"),
    )
    op.create_table(
        "edudata_post_record",
        _text("id", primary_key=True),
        _text("unit_id", index=True),
        _text("user_id", nullable=True, index=True),
        _text("person_name", server_default=""),
        _text("company", server_default=""),
        _text("post"),
        _text("kind"),
        _text("reference", server_default=""),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        _text("recorded_by", nullable=True),
        _time("recorded_at", nullable=False, server_default=sa.func.now()),
        _text("withdrawn_by", nullable=True),
        _time("withdrawn_at"),
        sa.Column("reminded_for", sa.Date),
    )
    op.create_table(
        "edudata_unit_import",
        _text("id", primary_key=True),
        _text("user_id", nullable=True, index=True),
        _text("file_name", server_default=""),
        sa.Column("content", sa.LargeBinary),
        sa.Column("options", JSONB, nullable=False, server_default="{}"),
        _text("digest", server_default=""),
        _text("state"),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        _time("made_at", nullable=False, server_default=sa.func.now()),
        _time("done_at"),
    )


def downgrade():
    op.drop_table("edudata_unit_import")
    op.drop_table("edudata_post_record")
    op.drop_table("edudata_unit_change")
    for key in ("superior", "acting_office", "code"):
        op.execute(f"DROP INDEX IF EXISTS edudata_unit_{key}_idx")
