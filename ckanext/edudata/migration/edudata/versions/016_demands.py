"""demands

Revision ID: 016
Revises: 015
"""

revision = "016"
down_revision = "015"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
