"""sources

Revision ID: 011
Revises: 010
"""

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
