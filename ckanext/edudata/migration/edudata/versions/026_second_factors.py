"""Second factors and accounts at institutions (8.1.4.1).

Revision ID: 026
Revises: 025
"""

revision = "026"
down_revision = "025"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
