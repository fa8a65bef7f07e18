"""quality

Revision ID: 012
Revises: 011
"""

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
