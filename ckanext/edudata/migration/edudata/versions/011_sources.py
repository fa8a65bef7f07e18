"""The catalog for units, and one data, one source

Revision ID: 011
Revises: 010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None

WORDS = postgresql.ARRAY(sa.Text)


def upgrade():
    op.create_table(
        "edudata_catalog_line",
        sa.Column("entry_id", sa.Text, primary_key=True),
        sa.Column("version_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column(
            "listed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text_sha256", sa.Text, nullable=False),
        *(
            sa.Column(name, sa.Text)
            for name in (
                "category",
                "subject_database",
                "school_stage",
                "district",
                "update_cycle",
                "opening_class",
            )
        ),
        *(
            sa.Column(f"{when}_{name}", sa.Text, nullable=False)
            for when in ("approved", "working")
            for name in ("class", "scope")
        ),
        *(
            sa.Column(name, WORDS, nullable=False, server_default="{}")
            for name in (
                "approved_units",
                "working_units",
                "title_grams",
                "items",
                "digests",
            )
        ),
        sa.Column("grams", postgresql.TSVECTOR, nullable=False),
    )
    for name in ("grams", "title_grams", "items", "digests"):
        op.create_index(
            f"ix_edudata_catalog_line_{name}",
            "edudata_catalog_line",
            [name],
            postgresql_using="gin",
        )
    op.create_table(
        "edudata_source_case",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("entry_id", sa.Text, nullable=False, index=True),
        sa.Column("other_id", sa.Text, nullable=False, index=True),
        sa.Column("grounds", postgresql.JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("chosen_by", sa.Text),
        sa.Column(
            "chosen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
        sa.Column("authority_id", sa.Text, index=True),
        sa.Column("decision", sa.Text),
        sa.Column("decision_reason", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
    )
    # Earlier cases of the same two stay on record as superseded.
    op.create_index(
        "ix_edudata_source_case_in_force",
        "edudata_source_case",
        ["entry_id", "other_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'superseded'"),
    )


def downgrade():
    op.drop_table("edudata_source_case")
    op.drop_table("edudata_catalog_line")
