"""open_lists

Revision ID: 014
Revises: 013
"""

revision = "014"
down_revision = "013"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
