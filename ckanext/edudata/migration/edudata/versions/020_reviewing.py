"""Assignment, comments, templates of reasons (Art. 28).

Revision ID: 020
Revises: 019
"""

import sqlalchemy as sa
from alembic import op

revision = "020"
down_revision = "019"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("edudata_request", sa.Column("assigned_to", sa.Text))
    op.create_index(
        "edudata_request_assigned",
        "edudata_request",
        ["assigned_to"],
        postgresql_where=sa.text("assigned_to IS NOT NULL"),
    )
    op.create_table(
        "edudata_request_reason",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "edudata_request_reason_of", "edudata_request_reason", ["unit_id", "command"]
    )


def downgrade():
    op.drop_table("edudata_request_reason")
    op.drop_index("edudata_request_assigned", "edudata_request")
    op.drop_column("edudata_request", "assigned_to")
