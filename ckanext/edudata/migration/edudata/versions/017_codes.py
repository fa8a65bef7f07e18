"""Resource codes: the last number given in each row of codes.

Revision ID: 017
Revises: 016
"""

import sqlalchemy as sa
from alembic import op

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "edudata_code_sequence",
        sa.Column("part", sa.Text, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    # Units that had no code of their own when they got their first resource code.
    op.create_table(
        "edudata_code_unit",
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, sa.Identity(always=True), nullable=False),
    )
    op.execute(
        "CREATE INDEX edudata_resource_code ON package ((extras ->> 'resource_code')) "
        "WHERE extras ? 'resource_code'"
    )


def downgrade():
    op.execute("DROP INDEX edudata_resource_code")
    op.drop_table("edudata_code_unit")
    op.drop_table("edudata_code_sequence")
