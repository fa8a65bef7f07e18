"""codes

Revision ID: 017
Revises: 016
"""

revision = "017"
down_revision = "016"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
