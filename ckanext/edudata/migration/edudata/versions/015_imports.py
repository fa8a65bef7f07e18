"""Imports of catalog sheets, and a district's catalog templates.

Revision ID: 015
Revises: 014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "015"
down_revision = "014"
branch_labels = None
depends_on = None


def _text(name, **options):
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _time(name, **options):
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def _now(name):
    return _time(name, nullable=False, server_default=sa.func.now())


def _number(name, **options):
    return sa.Column(name, sa.Integer, **{"nullable": False, **options})


def upgrade():
    op.create_table(
        "edudata_import",
        _text("id", primary_key=True),
        _text("made_by", index=True),
        _text("filename"),
        _text("sha256"),
        _text("state"),
        _text("refused", nullable=True),
        _text("token", nullable=True),
        sa.Column("sheet", JSONB, nullable=False),
        sa.Column("counts", JSONB),
        sa.Column("progress", JSONB),
        _now("made_at"),
        _time("beat_at"),
        _time("finished_at"),
        _time("indexed_at"),
    )
    op.create_table(
        "edudata_import_row",
        _text("import_id", primary_key=True),
        _number("number", primary_key=True, autoincrement=False),
        sa.Column("cells", JSONB, nullable=False),
        sa.Column("items", JSONB, nullable=False),
        _text("outcome", nullable=True),
        _text("title", nullable=True),
        _text("entry_id", nullable=True, index=True),
        _text("seen", nullable=True),
        sa.Column("data", JSONB),
        sa.Column("changes", JSONB),
        sa.Column("errors", JSONB),
        sa.ForeignKeyConstraint(
            ["import_id"], ["edudata_import.id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "edudata_template",
        _text("id", primary_key=True),
        _text("unit_id", index=True),
        _text("title"),
        _text("state"),
        _number("version"),
        _text("made_by"),
        _now("made_at"),
        _now("changed_at"),
    )
    op.create_table(
        "edudata_template_row",
        _text("id", primary_key=True),
        _text("template_id", index=True),
        _number("position"),
        _number("version"),
        sa.Column("content", JSONB, nullable=False),
        _time("removed_at"),
        sa.ForeignKeyConstraint(
            ["template_id"], ["edudata_template.id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "edudata_template_answer",
        _text("row_id", primary_key=True),
        _text("unit_id", primary_key=True, index=True),
        _text("template_id", index=True),
        _text("state"),
        _text("reason", nullable=True),
        _text("entry_id", nullable=True, index=True),
        sa.Column("seen", JSONB),
        _number("seen_version"),
        _text("answered_by", nullable=True),
        _time("answered_at"),
        _now("sent_at"),
        _time("reminded_at"),
        _time("settled_at"),
        sa.ForeignKeyConstraint(
            ["row_id"], ["edudata_template_row.id"], ondelete="CASCADE"
        ),
    )


def downgrade():
    for name in (
        "edudata_template_answer",
        "edudata_template_row",
        "edudata_template",
        "edudata_import_row",
        "edudata_import",
    ):
        op.drop_table(name)
