"""Passwords of before, and what is known of how people log in (8.1.4.1).

Revision ID: 025
Revises: 024
"""

import sqlalchemy as sa
from alembic import op

revision = "025"
down_revision = "024"
branch_labels = None
depends_on = None


def upgrade():
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "edudata_account",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("generation", sa.Integer, nullable=False, server_default="0"),
        sa.Column("password_at", moment),
        sa.Column("must_change", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("last_login_at", moment),
        sa.Column("asleep_at", moment),
        sa.Column("woken_at", moment),
        sa.Column("woken_by", sa.Text),
    )
    op.create_table(
        "edudata_past_password",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False, index=True),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("until", moment, nullable=False, server_default=sa.func.now()),
    )
    op.create_table(
        "edudata_account_mail",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False, server_default=""),
        sa.Column("user_id", sa.Text, index=True),
        sa.Column("language", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("made_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("key_digest", sa.Text, unique=True),
        sa.Column("expires_at", moment),
    )


def downgrade():
    for table in (
        "edudata_account_mail",
        "edudata_past_password",
        "edudata_account",
    ):
        op.drop_table(table)
