"""Second factors and accounts at institutions (8.1.4.1).

Revision ID: 026
Revises: 025
"""

import sqlalchemy as sa
from alembic import op

revision = "026"
down_revision = "025"
branch_labels = None
depends_on = None


def upgrade():
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "edudata_second_factor",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("secret", sa.Text),
        sa.Column("since", moment),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("proposed", sa.Text),
        sa.Column("proposed_at", moment),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("shut_until", moment),
    )
    op.create_table(
        "edudata_recovery_code",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False, index=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("used_at", moment),
    )
    op.create_table(
        "edudata_factor_reset",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False, index=True),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("state", sa.Text, nullable=False, server_default="asked"),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", moment),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by OR state = 'withdrawn'",
            name="edudata_factor_reset_two",
        ),
    )
    op.create_index(
        "edudata_factor_reset_open",
        "edudata_factor_reset",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "edudata_institution_account",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, nullable=False, index=True),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("linked_at", moment, nullable=False, server_default=sa.func.now()),
        sa.Column("used_at", moment),
        sa.Column("ended_at", moment),
    )
    # At any time one account here for one there, and the other way round.
    for columns in (["issuer", "subject"], ["issuer", "user_id"]):
        op.create_index(
            f"edudata_institution_account_{columns[1]}",
            "edudata_institution_account",
            columns,
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_index(
        "edudata_institution_account_person",
        "edudata_institution_account",
        ["issuer", "subject"],
    )


def downgrade():
    for table in (
        "edudata_institution_account",
        "edudata_factor_reset",
        "edudata_recovery_code",
        "edudata_second_factor",
    ):
        op.drop_table(table)
