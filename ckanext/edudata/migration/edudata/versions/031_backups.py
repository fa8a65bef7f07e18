"""Backups that were made and drilled (8.1.4.9).

Revision ID: 031
Revises: 030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "031"
down_revision = "030"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "edudata_backup",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("moment", sa.DateTime(timezone=True)),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", JSONB, nullable=False, server_default="{}"),
        sa.CheckConstraint("kind IN ('backup', 'restore', 'drill')"),
        sa.CheckConstraint("outcome IN ('done', 'failed')"),
    )
    op.create_index("edudata_backup_kind_idx", "edudata_backup", ["kind", "began_at"])


def downgrade():
    op.drop_table("edudata_backup")
